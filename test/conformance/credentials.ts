import type { Access, Credentials } from '../../src/modules/channels/index.js';
import { nowhereOf } from './rig.js';
import type { Rig } from './rig.js';

/** What a channel has to keep whose administrators give what it is reached with. */
export function credentialsConformance(current: () => Rig): void {
  describe('credentials', () => {
    const parts = (): { credentials: Credentials; account: string; access: Access } | null => {
      const { connector, credentials: told, access } = current();
      const { credentials } = connector;
      return credentials === undefined || told === undefined
        ? null
        : { credentials, account: told.account, access: { ...access, account: null } };
    };

    it('have one secret for each name, and are known by the account they open', async () => {
      const known = parts();
      if (known === null) return expect(current().connector.credentials).toBeUndefined();
      const { credentials, account, access } = known;
      expect(access.secrets).toHaveLength(credentials.secret.length);
      const named = credentials.secret.map((name, index) => [name, access.secrets[index]] as const);
      const given = Object.fromEntries(named.filter(([, value]) => value !== ''));
      expect(credentials.shape.parse({ ...access.settings, ...given })).toEqual({ ...access.settings, ...given });
      expect(await credentials.check(access)).toEqual({ kind: 'good', account });
      return undefined;
    });

    it('are refused when they are wrong, and not when nobody can be asked', async () => {
      const known = parts();
      if (known === null) return expect(current().connector.credentials).toBeUndefined();
      const { credentials } = known;
      const wrong = await credentials.check({ ...current().stranger, account: null });
      expect(wrong).toMatchObject({ kind: 'refused' });
      for (const secret of current().stranger.secrets.filter((one) => one !== ''))
        expect(JSON.stringify(wrong)).not.toContain(secret);
      expect(await credentials.check({ ...nowhereOf(current()), account: null })).toMatchObject({ kind: 'later' });
      return undefined;
    });

    it('may be anything: nothing else is let in', () => {
      const { credentials } = current().connector;
      if (credentials === undefined) return expect(current().credentials).toBeUndefined();
      for (const given of [{}, { surprise: 'x' }, { ...current().access.settings, surprise: 'x' }])
        expect(credentials.shape.safeParse(given).success).toBe(false);
      return undefined;
    });
  });
}
