import { randomUUID } from 'node:crypto';
import { EmailConnector } from '../../src/modules/channels/index.js';
import type { Access, Authorisation, OutgoingMessage } from '../../src/modules/channels/index.js';
import { Egress } from '../../src/platform/egress/index.js';
import { Sim } from '../channels/sim.js';
import { consentConformance } from './consent.js';
import type { Rig } from './rig.js';

const ADDRESS = 'loja@loja.example';
const REDIRECT = 'https://atende.example/oauth/email/callback';

type State = { readonly imap: number; readonly smtp: number };

describe.each([
  ['microsoft', true],
  ['google', false],
] as const)('a mailbox that is opened by consent at %s', (signIn, rotates) => {
  let sim: Sim;
  let egress: Egress;
  let connector: EmailConnector;
  let authorisation: Authorisation;
  let access: Access;
  let rig: Rig;

  const message = async (text: string): Promise<OutgoingMessage> => {
    const [id, buyerId] = [`<${randomUUID()}@buyers.example>`, 'marina@buyers.example'];
    const raw = `From: ${buyerId}\nTo: ${ADDRESS}\nMessage-ID: ${id}\n\nChega quando?`;
    await sim.act('mails', { raw });
    return {
      ...{ intentId: randomUUID(), conversationId: id, buyerId, text, language: 'pt-BR' },
      ...{ inReplyTo: id, author: 'human', attachments: [] },
    };
  };

  const agree = async (url: string): Promise<Record<string, string>> => {
    const response = await fetch(url, { redirect: 'manual' });
    return Object.fromEntries(new URL(response.headers.get('location') ?? '').searchParams);
  };

  beforeAll(async () => {
    sim = await Sim.start('email', { rotates });
    egress = new Egress(['127.0.0.1']);
    const app = { clientId: 'sim-mail-client', clientSecret: 'sim-mail-secret' };
    const apps = {
      microsoft: { ...app, tenant: 'sim-tenant', url: sim.url },
      google: { ...app, consentUrl: sim.url, tokenUrl: sim.url },
    };
    connector = new EmailConnector(apps, egress);
    const { imap, smtp } = await sim.state<State>();
    const settings = {
      ...{ address: ADDRESS, signIn, imapHost: '127.0.0.1', imapPort: imap, imapSecurity: 'none' },
      ...{ smtpHost: '127.0.0.1', smtpPort: smtp, smtpSecurity: 'none', sentCopies: 'server' },
    };
    access = { url: '', secrets: ['', ''], settings, account: ADDRESS, requestTimeoutMs: 20_000 };
    const asked = connector.credentials.consent?.(settings);
    if (asked === null || asked === undefined) throw new Error('It is set up');
    authorisation = asked;
    rig = {
      connector: {
        ...connector,
        capabilities: connector.capabilities,
        send: connector.send.bind(connector),
        authorisation,
      },
      ...{ access, stranger: access, unreachable: '', message },
      next: () => Promise.resolve(),
      taken: () => Promise.resolve(0),
      consent: {
        ...(rotates ? {} : { stays: true as const }),
        redirectUri: REDIRECT,
        agree,
        stolen: (given) => ({ ...given, verifier: 'somebody-elses-verifier' }),
        next: (fault) => sim.act('faults', { call: 'token', fault }).then(() => undefined),
        accessOf: ({ accessToken }) => ({ ...access, secrets: [accessToken] }),
      },
      stop: () => Promise.resolve(),
    };
  });

  afterAll(async () => {
    await sim.stop();
    await egress.close();
  });

  consentConformance(() => rig);

  const consented = async (): Promise<Access> => {
    const verifier = 'the-verifier-of-this-consent';
    const back = await agree(authorisation.consentUrl({ redirectUri: REDIRECT, state: 'st', verifier }));
    const outcome = await authorisation.exchange({ redirectUri: REDIRECT, back, verifier });
    if (outcome.kind !== 'granted') throw new Error(outcome.code);
    return { ...access, secrets: [outcome.grant.accessToken] };
  };

  it.each([
    ['the token comes at once', true],
    ['the token is asked for', false],
  ])('lets in and out: %s', async (_name, takesAtOnce) => {
    await sim.act('settings', { takesAtOnce });
    const open = await consented();
    const { credentials, reading } = connector;
    expect(await credentials.check(open)).toEqual({ kind: 'good', account: ADDRESS });
    expect(await reading.changes(open, null)).toMatchObject({ kind: 'read' });
    const answer = await message('Chega amanhã.');
    await sim.act('access');
    expect(await reading.changes(open, null)).toEqual({ kind: 'unauthorised', code: 'token_invalid' });
    expect(await connector.send(open, answer)).toMatchObject({ kind: 'not_taken', reason: 'token_invalid' });
    expect(await credentials.check(open)).toMatchObject({ kind: 'refused' });
    expect(await sim.act('taken', { to: answer.buyerId })).not.toContainEqual(
      expect.objectContaining({ messageId: expect.stringContaining(answer.intentId) as string }),
    );
  });

  it('says the same when handing in alone does not take the token any more', async () => {
    const open = await consented();
    const answer = await message('Chega amanhã.');
    await sim.act('faults', { call: 'smtp_token', fault: 'refuse' });
    expect(await connector.send(open, answer)).toMatchObject({ kind: 'not_taken', reason: 'token_invalid' });
    expect(await connector.send(open, answer)).toMatchObject({ kind: 'taken' });
  });

  it('is not asked of anybody who gives a password, and not kept from whoever says no', async () => {
    expect(connector.credentials.consent?.({ address: ADDRESS })).toBeNull();
    expect(
      new EmailConnector({ microsoft: undefined, google: undefined }, egress).credentials.consent?.({ signIn }),
    ).toBe(undefined);
    await sim.act('settings', { refusesConsent: true });
    const back = await agree(authorisation.consentUrl({ redirectUri: REDIRECT, state: 'st', verifier: 'v' }));
    expect(await authorisation.exchange({ redirectUri: REDIRECT, back, verifier: 'v' })).toEqual({
      ...{ kind: 'refused', code: 'access_denied' },
    });
  });
});
