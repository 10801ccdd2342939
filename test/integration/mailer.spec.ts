import { Mailer } from '../../src/platform/mail/index.js';
import type { MailOutcome } from '../../src/platform/mail/index.js';
import { MailServer, textOf } from '../support/mail-server.js';
import type { MailScript } from '../support/mail-server.js';

const FROM = 'Atende <no-reply@shop.example>';
const MAIL = {
  id: '0192-mail',
  to: 'ana.duarte@example.com',
  subject: '[Urgente] Um atendimento precisa de você',
  text: 'Relógio: primeira resposta\n.\nPrazo: amanhã\n',
  urgent: true,
};

describe('the mailer', () => {
  let server: MailServer;

  beforeAll(async () => {
    server = await new MailServer().start();
  });

  beforeEach(() => server.clear());

  afterAll(async () => {
    await server.stop();
  });

  it('hands in a plain letter, the same Message-ID at every attempt', async () => {
    const mailer = new Mailer({ url: server.url, from: FROM });
    expect(mailer.isSetUp).toBe(true);
    expect(await mailer.send(MAIL)).toEqual({ kind: 'taken' });
    await mailer.send(MAIL);
    const [mail] = server.kept;
    if (mail === undefined) throw new Error('No mail');
    expect([mail.to, mail.from]).toEqual(['ana.duarte@example.com', 'no-reply@shop.example']);
    expect(textOf(mail).replaceAll('\r\n', '\n').trim()).toBe(MAIL.text.trim());
    expect(mail.raw).toMatch(/^Auto-Submitted: auto-generated\r$/m);
    expect(mail.raw).toMatch(/^Importance: High\r$/m);
    expect(server.kept.map(({ raw }) => /^Message-ID: (.*)\r$/m.exec(raw)?.[1])).toEqual([
      '<0192-mail@shop.example>',
      '<0192-mail@shop.example>',
    ]);
  });

  it.each<[MailScript, MailOutcome]>([
    [
      { do: 'answer', code: 550 },
      { kind: 'refused', code: 'smtp_550' },
    ],
    [
      { do: 'answer', code: 451 },
      { kind: 'not_taken', code: 'smtp_451' },
    ],
    [
      { do: 'refuse_recipient', code: 550 },
      { kind: 'refused', code: 'smtp_550' },
    ],
    [
      { do: 'refuse_recipient', code: 450 },
      { kind: 'not_taken', code: 'smtp_450' },
    ],
    [{ do: 'cut' }, { kind: 'not_taken', code: 'econnection' }],
    [{ do: 'take_and_cut' }, { kind: 'unknown', code: 'econnection' }],
  ])('%j comes to %j', async (script, outcome) => {
    server.script(script);
    expect(await new Mailer({ url: server.url, from: FROM }).send(MAIL)).toEqual(outcome);
  });

  it('logs in, and whoever may not has handed in nothing', async () => {
    const guarded = await new MailServer({ user: 'atende', pass: 's3cret' }).start();
    try {
      const as = (pass: string): Mailer =>
        new Mailer({ url: `smtp://atende:${pass}@127.0.0.1:${guarded.port}`, from: FROM });
      expect(await as('wrong').send(MAIL)).toEqual({ kind: 'not_taken', code: 'smtp_535' });
      expect(await as('s3cret').send(MAIL)).toEqual({ kind: 'taken' });
      expect(guarded.kept).toHaveLength(1);
    } finally {
      await guarded.stop();
    }
  });

  it('speaks in clear to this machine only', async () => {
    // The same server by another name: TLS is demanded there, and it has none.
    const elsewhere = new Mailer({ url: `smtp://0.0.0.0:${server.port}`, from: FROM });
    expect(await elsewhere.send(MAIL)).toMatchObject({ kind: 'not_taken' });
    expect(server.kept).toEqual([]);
    const allowed = new Mailer({ url: `smtp://0.0.0.0:${server.port}?tls=optional`, from: FROM });
    expect(await allowed.send(MAIL)).toEqual({ kind: 'taken' });
  });

  it('cannot send where no server answers, or none is set up', async () => {
    const closed = await new MailServer().start();
    const { url } = closed;
    await closed.stop();
    expect(await new Mailer({ url, from: FROM }).send(MAIL)).toMatchObject({ kind: 'not_taken' });
    const none = new Mailer({ url: undefined, from: undefined });
    expect([none.isSetUp, await none.send(MAIL)]).toEqual([false, { kind: 'refused', code: 'mail_not_set_up' }]);
  });
});
