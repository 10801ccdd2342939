import { receivedEvents } from './events.js';
import { readMail } from './mail.js';
import { referencesTo } from './threads.js';

const OWN = 'loja@loja.example';

const mailOf = (head: readonly string[], body = 'Oi.'): Buffer =>
  Buffer.from(
    ['From: Marina <marina@buyers.example>', `To: ${OWN}`, 'Message-ID: <m@x>', ...head, '', body].join('\r\n'),
  );

const read = async (raw: Buffer) => {
  const mail = await readMail(raw, OWN);
  if (mail === null) throw new Error('Nobody wrote it');
  return mail;
};

const fileBeside = (words: string, file: string): string =>
  [
    ...['--b', 'Content-Type: text/plain; charset=utf-8', '', words, '--b', 'Content-Type: text/csv'],
    ...['Content-Disposition: attachment', '', file, '--b--', ''],
  ].join('\r\n');

describe('a mail', () => {
  it.each([
    ['nothing special', [], false],
    ['Auto-Submitted: no', ['Auto-Submitted: no'], false],
    ['an absence note', ['Auto-Submitted: auto-replied'], true],
    ['a list', ['List-Id: <novidades.loja.example>'], true],
    ['a list to unsubscribe from', ['List-Unsubscribe: <mailto:sair@loja.example>'], true],
    ['a feedback id', ['Feedback-ID: 1:2:3'], true],
    ['bulk', ['Precedence: bulk'], true],
    ['a wish for no automatic answer', ['X-Auto-Response-Suppress: DR, OOF, AutoReply'], true],
    ['a wish about something else', ['X-Auto-Response-Suppress: RN'], false],
    ['an empty return path', ['Return-Path: <>'], true],
  ])('with %s', async (_name, head, isAutomatic) => {
    expect((await read(mailOf(head))).isAutomatic).toBe(isAutomatic);
  });

  it.each(['mailer-daemon', 'no-reply', 'noreply+42', 'postmaster'])('from %s is a machine’s', async (name) => {
    const raw = Buffer.from(`From: ${name}@provider.example\r\nTo: ${OWN}\r\n\r\nx`);
    expect((await read(raw)).isAutomatic).toBe(true);
  });

  it('that is not addressed to the mailbox is never answered automatically', async () => {
    const mail = await read(Buffer.from('From: a@b.example\r\nTo: other@loja.example\r\nMessage-ID: <m@x>\r\n\r\nx'));
    const [event] = receivedEvents(mail, { arrivedAt: 0, buyer: null });
    expect(event).toMatchObject({ data: { platform: { automated: true } } });
  });

  it('is answered where it asks to be', async () => {
    const mail = await read(mailOf(['Reply-To: Outra <Outra@Buyers.example>']));
    expect(mail.answerTo).toEqual({ address: 'outra@buyers.example', name: 'Outra' });
  });

  it('in HTML becomes plain text, without what runs or is not seen', async () => {
    const html = '<p>Oi &amp; tchau</p><script>alert(1)</script><style>p{}</style><img src="https://t.example/p.gif">';
    const { text } = await read(mailOf(['Content-Type: text/html'], html));
    expect(text).toBe('Oi & tchau');
  });

  it('has its files with names and kinds', async () => {
    const head = ['Content-Type: multipart/mixed; boundary=b'];
    const parts = ['--b', 'Content-Type: text/plain', '', 'Veja.', '--b'];
    const file = ['Content-Type: image/png; name="[foto].png"', 'Content-Disposition: attachment', '', 'x', '--b--'];
    const mail = await read(mailOf(head, [...parts, ...file].join('\r\n')));
    const [event] = receivedEvents(mail, { arrivedAt: 0, buyer: null });
    expect(event).toMatchObject({
      data: {
        text: 'Veja.',
        attachments: [{ ref: `0 <m@x> ${mail.print}`, mediaType: 'image/png', name: '[foto].png', size: 1 }],
      },
    });
  });

  it('that came another way, or was written in other letters on its way, says the same', async () => {
    const { print } = await read(mailOf([], 'Já chegou?'));
    const quoted = ['Received: from elsewhere', 'Content-Type: text/plain; charset=utf-8'];
    const encoded = [...quoted, 'Content-Transfer-Encoding: base64'];
    const same = [
      await read(mailOf(quoted, 'Já chegou?\r\n\r\n')),
      await read(mailOf(encoded, Buffer.from('Já  chegou?').toString('base64'))),
    ];
    expect(same.map((mail) => mail.print)).toEqual([print, print]);
  });

  it.each([
    ['other words', mailOf([], 'Já saiu?')],
    ['another subject', mailOf(['Subject: Pedido 43'], 'Já chegou?')],
    ['another author', Buffer.from(mailOf([], 'Já chegou?').toString('utf8').replace('marina@', 'ana@'))],
    ['a file', mailOf(['Content-Type: multipart/mixed; boundary=b'], fileBeside('Já chegou?', 'x'))],
    ['another file', mailOf(['Content-Type: multipart/mixed; boundary=b'], fileBeside('Já chegou?', 'y'))],
  ])('with %s says something else, whatever its Message-ID', async (_name, raw) => {
    const others = [
      mailOf([], 'Já chegou?'),
      mailOf(['Content-Type: multipart/mixed; boundary=b'], fileBeside('Já chegou?', 'z')),
    ];
    const mail = await read(raw);
    expect(mail.id).toBe('<m@x>');
    for (const other of others) expect((await read(other)).print).not.toBe(mail.print);
  });

  it.each([
    ['was opened', 'multipart/report; report-type=disposition-notification; boundary=b', []],
    ['was opened, in a header of several lines', 'multipart/report;\r\n\treport-type="disposition-notification"', []],
    ['is about receipts, and a person’s', 'text/plain; x=disposition-notification', [{ type: 'message.received' }]],
  ])('that only says that another %s is nobody’s question', async (_name, type, events) => {
    const mail = await read(mailOf([`Content-Type: ${type}`], 'Lida.'));
    expect(receivedEvents(mail, { arrivedAt: 0, buyer: null })).toMatchObject(events);
  });

  it('without a Message-ID is known by its bytes', async () => {
    const raw = Buffer.from(`From: a@b.example\r\nTo: ${OWN}\r\n\r\nx`);
    const [first, second] = [await read(raw), await read(raw)];
    expect(first.id).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(second.id).toBe(first.id);
  });

  it('that reports a delay says nothing', async () => {
    const body = ['--b', 'Content-Type: message/delivery-status', '', 'Action: delayed', 'Status: 4.0.0', '', '--b'];
    const given = ['Content-Type: text/rfc822-headers', '', 'Message-ID: <ours@loja.example>', '', '--b--'];
    const head = ['Content-Type: multipart/report; report-type=delivery-status; boundary=b'];
    const mail = await read(mailOf(head, [...body, ...given].join('\r\n')));
    expect(mail.report).toEqual({ about: '<ours@loja.example>', action: 'delayed', status: '4.0.0' });
    expect(receivedEvents(mail, { arrivedAt: 0, buyer: null })).toEqual([]);
  });
});

describe('what an answer refers to (RFC 5322, 3.6.4)', () => {
  const base = async (head: readonly string[]) => referencesTo(await read(mailOf(head)));

  it.each([
    ['References and the mail itself', ['References: <a@x> <b@x>', 'In-Reply-To: <b@x>'], ['<a@x>', '<b@x>', '<m@x>']],
    ['In-Reply-To where there are no References', ['In-Reply-To: <b@x>'], ['<b@x>', '<m@x>']],
    ['the mail alone', [], ['<m@x>']],
  ])('%s', async (_name, head, expected) => {
    expect(await base(head)).toEqual(expected);
  });
});
