import fc from 'fast-check';
import { PATIENT_MS } from '../support/channel-shop.js';
import { eventually } from '../support/eventually.js';
import { MAIL_ADDRESS, MailShop } from '../support/mail-shop.js';
import { answerPatiently } from '../support/people.js';

const SEED = Number(process.env['ATENDE_FAULTS_SEED'] ?? 20_261_122);
const SCHEDULES = Number(process.env['ATENDE_PLATFORM_SCHEDULES'] ?? 8);

describe('a shop that is written to by e-mail', () => {
  let shop: MailShop;

  beforeAll(async () => {
    shop = await MailShop.start();
  }, 60_000);

  afterAll(() => shop.stop(), 30_000);

  type Inquiry = NonNullable<Awaited<ReturnType<MailShop['shownWith']>>>;

  const inquiryWith = async (text: string, fits: (inquiry: Inquiry) => boolean = () => true): Promise<Inquiry> => {
    const found = await eventually(
      () => shop.shownWith(text),
      (inquiry) => inquiry !== undefined && fits(inquiry),
      PATIENT_MS,
      200,
    );
    if (found === undefined) throw new Error('Not there');
    return found;
  };

  /** A buyer writes and the mailbox is looked at. */
  const written = async (from: string, text: string, head: readonly string[] = []): Promise<string> => {
    const id = await shop.arrive(from, text, head);
    await shop.sweep();
    return id;
  };

  it('is red until somebody has given what its mailbox is reached with, and says what is wrong with it', async () => {
    expect(await shop.health()).toMatchObject({ state: 'down', trouble: { code: 'credentials_missing' } });
    expect(await shop.give({ password: 'wrong' })).toMatchObject({
      ...{ status: 422, body: { code: 'credentials_refused', errors: [{ pointer: '/password' }] } },
    });
    expect(await shop.give({ smtpPassword: 'wrong' })).toMatchObject({
      body: { errors: [{ pointer: '/smtpPassword' }] },
    });
    expect(await shop.give({ imapHost: '169.254.169.254' })).toMatchObject({
      body: { errors: [{ pointer: '/imapHost' }] },
    });
    expect(await shop.give({ imapPort: 1 })).toMatchObject({ status: 503, body: { code: 'platform_unavailable' } });
    expect(await shop.give({ surprise: 'x' })).toMatchObject({ status: 400 });
    expect((await shop.give()).status).toBe(204);
    await shop.becomesWell();
  }, 120_000);

  it('takes a mail, acknowledges it, and a person’s answer goes into the same thread', async () => {
    const id = await written('Marina Teles <marina@buyers.example>', 'Chega quando?', ['Subject: Pedido 42']);
    const { id: inquiryId } = await inquiryWith('Chega quando?', ({ messages }) =>
      messages.some(({ from, state }) => from === 'automated' && state === 'available'),
    );
    await answerPatiently(shop.stack, inquiryId, 'Chega amanhã.');
    await inquiryWith('Chega amanhã.', ({ messages }) =>
      messages.some(({ text, state }) => text === 'Chega amanhã.' && state === 'available'),
    );
    const passed = await shop.passedOn('marina@buyers.example');
    expect(passed).toHaveLength(2);
    for (const { raw } of passed) expect(raw).toContain(`In-Reply-To: ${id}`);
    expect(passed.map(({ raw }) => /^Auto-Submitted: auto-replied/m.test(raw))).toEqual([true, false]);
    // The copies that the provider made of them are looked at, and known.
    await written('Outra <outra@buyers.example>', 'E a minha?');
    await inquiryWith('E a minha?');
    expect((await inquiryWith('Chega quando?')).messages).toHaveLength(3);
  }, 120_000);

  it('lets no machine be answered by a machine', async () => {
    const from = 'ausente@buyers.example';
    await written(from, 'Estou de férias.', ['Auto-Submitted: auto-replied']);
    await written('lista@buyers.example', 'Novidades!', ['List-Unsubscribe: <https://lista.example/sair>']);
    await inquiryWith('Estou de férias.');
    const { id } = await inquiryWith('Novidades!');
    // A person may answer all the same; by then an acknowledgement would have gone before it.
    await answerPatiently(shop.stack, id, 'Obrigada!');
    await inquiryWith('Obrigada!', ({ messages }) => messages.some(({ state }) => state === 'available'));
    expect(await shop.passedOn('lista@buyers.example')).toHaveLength(1);
    expect(await shop.passedOn(from)).toEqual([]);
  }, 120_000);

  it('shows what was answered in the mailbox itself, and which mails came back', async () => {
    const id = await written('Rui <rui@buyers.example>', 'Tem azul?');
    const { id: inquiryId } = await inquiryWith('Tem azul?');
    const raw = [
      ...[`From: ${MAIL_ADDRESS}`, 'To: rui@buyers.example', 'Message-ID: <elsewhere@loja.example>'],
      ...[`In-Reply-To: ${id}`, '', 'Temos azul.'],
    ].join('\n');
    await shop.sim.act('mails', { raw, box: 'Sent' });
    await shop.sweep();
    expect((await inquiryWith('Temos azul.')).id).toBe(inquiryId);

    await written('Lia <lia@buyers.example>', 'Onde está?');
    const { id: other } = await inquiryWith('Onde está?');
    await answerPatiently(shop.stack, other, 'A caminho.');
    await inquiryWith('A caminho.', ({ messages }) =>
      messages.some(({ text, state }) => text === 'A caminho.' && state === 'available'),
    );
    const sent = (await shop.passedOn('lia@buyers.example')).find((mail) => mail.raw.includes('A caminho.'));
    await written('Mail Delivery System <mailer-daemon@provider.example>', bounce(sent?.messageId ?? ''), [
      'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
    ]);
    await inquiryWith('A caminho.', ({ messages }) =>
      messages.some(({ text, state }) => text === 'A caminho.' && state === 'bounced'),
    );
  }, 120_000);

  it('takes two mails of one Message-ID for two, a copy for none, and answers each of those who wrote', async () => {
    const mail = (from: string, text: string, head: readonly string[] = []): string =>
      [...head, `From: ${from}`, `To: ${MAIL_ADDRESS}`, 'Message-ID: <form@sender.example>', '', text].join('\n');
    const [eva, ivo] = ['eva@buyers.example', 'ivo@buyers.example'];
    for (const raw of [mail(eva, 'Tem G?'), mail(ivo, 'Tem P?'), mail(eva, 'Tem G?', ['Received: by another way'])])
      await shop.sim.act('mails', { raw });
    await shop.sweep();
    const asked = [await inquiryWith('Tem G?'), await inquiryWith('Tem P?')];
    expect(asked[0]?.id).not.toBe(asked[1]?.id);
    await answerPatiently(shop.stack, asked[1]?.id ?? '', 'Temos P.');
    await inquiryWith('Temos P.', ({ messages }) =>
      messages.some(({ text, state }) => text === 'Temos P.' && state === 'available'),
    );
    expect((await shop.passedOn(ivo)).filter(({ raw }) => raw.includes('Temos P.'))).toHaveLength(1);
    expect((await shop.passedOn(eva)).filter(({ raw }) => raw.includes('Temos P.'))).toEqual([]);
    // Another mail of hers under the same id, and an answer to him from the mailbox itself, which is his.
    await shop.sim.act('mails', { raw: mail(eva, 'E M, tem?') });
    const own = [`From: ${MAIL_ADDRESS}`, `To: ${ivo}`, 'Message-ID: <by-hand@loja.example>'];
    const raw = [...own, 'In-Reply-To: <form@sender.example>', '', 'Já separei o P.'].join('\n');
    await shop.sim.act('mails', { raw, box: 'Sent' });
    await shop.sweep();
    const hers = await inquiryWith('E M, tem?');
    expect(hers.messages.filter(({ text }) => text === 'Tem G?')).toHaveLength(1);
    expect((await inquiryWith('Já separei o P.')).messages.map(({ text }) => text)).toContain('Tem P?');
  }, 120_000);

  it('takes a mail that was listed and could not be had at first', async () => {
    const raw = [
      'From: lea@buyers.example',
      `To: ${MAIL_ADDRESS}`,
      'Message-ID: <late@buyers.example>',
      '',
      'Demorei?',
    ];
    await shop.sim.act('mails', { raw: raw.join('\n'), hiddenFor: 2 });
    await shop.sweep();
    await inquiryWith('Demorei?');
  }, 120_000);

  it('makes nothing of a mail that only says that an answer was opened', async () => {
    const before = await shop.stack.superuser.query<{ id: string }>('select id from inquiry');
    await shop.arrive('Lia <lia@buyers.example>', RECEIPT, [
      ...[
        'Subject: Lida: Pedido',
        'Content-Type: multipart/report;\n report-type=disposition-notification; boundary="b"',
      ],
    ]);
    await written('Zoe <zoe@buyers.example>', 'E eu?');
    await inquiryWith('E eu?');
    const { rows } = await shop.stack.superuser.query<{ id: string }>('select id from inquiry');
    expect(rows).toHaveLength(before.rows.length + 1);
    // It was read, and is not asked for again.
    await eventually(
      () =>
        shop.stack.superuser.query('select 1 from channel_hint where read_at is null and shop_id = $1', [shop.shopId]),
      ({ rowCount }) => rowCount === 0,
    );
  }, 120_000);

  it('puts what nobody can be told to have written into quarantine', async () => {
    await shop.sim.act('mails', { raw: 'Subject: sem remetente\n\nnada' });
    await shop.sweep();
    await eventually(
      () => shop.health(),
      ({ trouble }) => trouble?.code === 'answer_unreadable',
      PATIENT_MS,
    );
  }, 120_000);

  it('loses nothing when the provider fails in every way, and sends nothing twice', async () => {
    const sends = ['hang_after', 'cut_after', 'error_after', 'cut_before', 'error_before', 'busy'] as const;
    const reads = ['busy', 'error_before', 'cut_before', 'cut_after'] as const;
    const schedule = fc.record({
      sends: fc.array(fc.constantFrom(...sends), { maxLength: 2 }),
      reads: fc.array(fc.constantFrom(...reads), { maxLength: 2 }),
    });
    const asked = fc.sample(schedule, { numRuns: SCHEDULES, seed: SEED }).map((plan, index) => ({
      ...{
        ...plan,
        from: `f${index}@buyers.example`,
        text: `Pergunta ${index} sob faltas?`,
        answer: `Resposta ${index}.`,
      },
    }));
    for (const { reads: faults } of asked)
      for (const fault of faults) await shop.sim.act('faults', { call: 'read', fault });
    // The same mail twice, as after a move between folders; it is one message.
    for (const { from, text } of asked) {
      const raw = [
        `From: ${from}`,
        `To: ${MAIL_ADDRESS}`,
        `Message-ID: <${from}>`,
        'Auto-Submitted: auto-generated',
        '',
        text,
      ];
      for (let copies = 0; copies < 2; copies += 1) await shop.sim.act('mails', { raw: raw.join('\n') });
    }
    await shop.sweep();
    for (const { text, answer, from, sends: faults } of asked) {
      const { id } = await inquiryWith(text);
      for (const fault of faults) await shop.sim.act('faults', { call: 'send', about: from, fault });
      await answerPatiently(shop.stack, id, answer);
    }
    const ends: unknown[] = [];
    for (const { text, answer, from } of asked) {
      const { messages } = await inquiryWith(answer, (inquiry) =>
        inquiry.messages.some((one) => one.text === answer && one.state === 'available'),
      );
      const [passed, told] = [await shop.passedOn(from), messages.map((one) => one.text).sort()];
      if (passed.length !== 1 || JSON.stringify(told) !== JSON.stringify([text, answer].sort()))
        ends.push([from, passed.length, told]);
    }
    expect(ends).toEqual([]);
  }, 300_000);

  it('waits when the password is not taken any more, tells once, and catches up', async () => {
    await shop.sim.act('accounts', { user: MAIL_ADDRESS, password: 'a-newer-password' });
    await written('Ana <ana@buyers.example>', 'Alguém aí?');
    await eventually(
      () => shop.health(),
      ({ trouble }) => trouble?.code === 'credentials_lost',
      PATIENT_MS,
    );
    const { body } = await shop.stack.as('admin').get('/v1/notifications');
    expect(body.items.filter((item: { kind: string }) => item.kind === 'credentials_lost')).toHaveLength(1);
    expect((await shop.give({ password: 'a-newer-password' })).status).toBe(204);
    await inquiryWith('Alguém aí?');
  }, 120_000);
});

/** What a mail program says when somebody opens a mail (RFC 8098). */
const RECEIPT = [
  ...['--b', 'Content-Type: text/plain', '', 'Sua mensagem foi lida.', ''],
  ...['--b', 'Content-Type: message/disposition-notification', '', 'Reporting-UA: buyers.example; Mail 1.0'],
  ...['Final-Recipient: rfc822;lia@buyers.example', 'Original-Message-ID: <some@loja.example>'],
  ...['Disposition: manual-action/MDN-sent-manually; displayed', '', '--b--', ''],
].join('\n');

/** What a provider gives back when a mail could not be delivered (RFC 3464). */
function bounce(messageId: string): string {
  return [
    ...['--b', 'Content-Type: text/plain', '', 'Sorry.', ''],
    ...['--b', 'Content-Type: message/delivery-status', '', 'Reporting-MTA: dns; provider.example', ''],
    ...['Final-Recipient: rfc822; lia@buyers.example', 'Action: failed', 'Status: 5.1.1', ''],
    ...['--b', 'Content-Type: text/rfc822-headers', '', `Message-ID: ${messageId}`, 'Subject: Re:', '', '--b--', ''],
  ].join('\n');
}
