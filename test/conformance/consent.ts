import { randomBytes } from 'node:crypto';
import type { Authorisation, Grant } from '../../src/modules/channels/index.js';
import type { Rig } from './rig.js';

/** What a channel that needs a seller's consent has to keep. */
export function consentConformance(current: () => Rig): void {
  describe('consent', () => {
    const parts = (): { authorisation: Authorisation; told: NonNullable<Rig['consent']> } | null => {
      const { connector, consent } = current();
      const { authorisation } = connector;
      return authorisation === undefined || consent === undefined ? null : { authorisation, told: consent };
    };

    const verifier = randomBytes(32).toString('base64url');
    const granted = async ({ authorisation, told }: NonNullable<ReturnType<typeof parts>>): Promise<Grant> => {
      const { redirectUri } = told;
      const back = await told.agree(authorisation.consentUrl({ redirectUri, state: 'st', verifier }));
      const outcome = await authorisation.exchange({ redirectUri, back, verifier });
      if (outcome.kind !== 'granted') throw new Error(`Not granted: ${outcome.kind}`);
      return outcome.grant;
    };

    it('is asked for with a state and without the verifier, and gives access', async () => {
      const known = parts();
      if (known === null) return expect(current().connector.authorisation).toBeUndefined();
      const { authorisation, told } = known;
      const url = authorisation.consentUrl({ redirectUri: told.redirectUri, state: 'the-state', verifier });
      expect(url).not.toContain(verifier);
      expect(await told.agree(url)).toMatchObject({ state: 'the-state' });
      const grant = await granted(known);
      expect(grant.expiresAt).toBeGreaterThan(Date.now());
      const message = await current().message('Com autorização.');
      expect(await current().connector.send(told.accessOf(grant), message)).toMatchObject({ kind: 'taken' });
      return undefined;
    });

    it('does not take a code twice, nor from somebody else', async () => {
      const known = parts();
      if (known === null) return expect(current().connector.authorisation).toBeUndefined();
      const { authorisation, told } = known;
      const { redirectUri } = told;
      const agree = () => told.agree(authorisation.consentUrl({ redirectUri, state: 'st', verifier }));
      const asked = { redirectUri, back: await agree(), verifier };
      expect(await authorisation.exchange(asked)).toMatchObject({ kind: 'granted' });
      expect(await authorisation.exchange(asked)).toMatchObject({ kind: 'refused' });
      const stolen = told.stolen({ redirectUri, back: await agree(), verifier });
      expect(await authorisation.exchange(stolen)).toMatchObject({ kind: 'refused' });
      return undefined;
    });

    it('is refreshed, each time with the newest token only', async () => {
      const known = parts();
      if (known === null) return expect(current().connector.authorisation).toBeUndefined();
      const { authorisation } = known;
      const first = await granted(known);
      const second = await authorisation.refresh(first);
      expect(second.kind).toBe('granted');
      if (second.kind !== 'granted') return undefined;
      const { stays = false } = known.told;
      expect(second.grant.refreshToken === first.refreshToken).toBe(stays);
      expect(await authorisation.refresh(first)).toMatchObject({ kind: stays ? 'granted' : 'refused' });
      expect(await authorisation.refresh(second.grant)).toMatchObject({ kind: 'granted' });
      return undefined;
    });

    it('can be refreshed as long as the platform says, and not a day longer', async () => {
      const known = parts();
      const ages = known?.told.ages;
      if (known === null || ages === undefined) return expect(known?.told.ages).toBeUndefined();
      const { authorisation } = known;
      const first = await granted(known);
      await ages.elapse(ages.days - 1);
      const second = await authorisation.refresh(first);
      if (second.kind !== 'granted') throw new Error(second.code);
      await ages.elapse(ages.days + 1);
      expect(await authorisation.refresh(second.grant)).toMatchObject({ kind: 'refused' });
      // What others use was given as long ago as before.
      return ages.elapse(-2 * ages.days);
    });

    it.each(['busy', 'error_before', 'cut_before', 'cut_after'] as const)(
      'is not taken for lost when the platform fails: %s',
      async (fault) => {
        const known = parts();
        if (known === null) return expect(current().connector.authorisation).toBeUndefined();
        const { authorisation, told } = known;
        const grant = await granted(known);
        await told.next(fault);
        expect(await authorisation.refresh(grant)).toMatchObject({ kind: 'later' });
        // Whether the token was used up is found out by using it.
        const after = await authorisation.refresh(grant);
        expect(after.kind).toBe(fault === 'cut_after' && told.stays !== true ? 'refused' : 'granted');
        return undefined;
      },
    );
  });
}
