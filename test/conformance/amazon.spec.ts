import { randomUUID } from 'node:crypto';
import { simpleParser } from 'mailparser';
import { AmazonConnector } from '../../src/modules/channels/index.js';
import type { Access, OutgoingMessage } from '../../src/modules/channels/index.js';
import { Egress } from '../../src/platform/egress/index.js';
import { Sim } from '../channels/sim.js';
import { png } from '../support/pictures.js';
import { deliver } from './delivery.js';
import { conformance } from './kit.js';
import type { Rig } from './rig.js';

const ADDRESS = 'loja@loja.example';
const PASSWORD = 'sim-mailbox-password';
const SERVER = 'mx.provider.example';
const DOMAIN = 'marketplace.amazon.com.br';

type Taken = { readonly to: string; readonly messageId: string; readonly raw: string };
type Written = { readonly id: string; readonly uid: number };

describe('amazon', () => {
  let sim: Sim;
  let egress: Egress;
  let connector: AmazonConnector;
  let access: Access;
  let orders = 0;

  const anOrder = (): string => `701-0000000-${String((orders += 1)).padStart(7, '0')}`;

  /** A buyer with an order. */
  const meet = async (more: Readonly<Record<string, unknown>> = {}): Promise<{ alias: string; orderId: string }> => {
    const orderId = anOrder();
    const { alias } = await sim.act<{ alias: string }>('buyers', { orders: [orderId], ...more });
    return { alias, orderId };
  };

  const write = (given: Readonly<Record<string, unknown>>): Promise<Written> => sim.act<Written>('writes', given);

  const hintOf = ({ uid }: Written) => ({ kind: 'inbox', resource: `1005.${uid}` });

  const read = async (written: Written) => connector.reading.read(access, hintOf(written));

  const answerTo = (conversationId: string, inReplyTo: string | null, text: string): OutgoingMessage => ({
    ...{ intentId: randomUUID(), conversationId, buyerId: conversationId.split(' ')[0] ?? '', text },
    ...{ language: 'pt-BR', inReplyTo, author: 'human' as const, attachments: [] },
  });

  const taken = async ({ buyerId, intentId }: OutgoingMessage): Promise<Taken[]> =>
    (await sim.act<Taken[]>('taken', { to: buyerId })).filter(({ messageId }) => messageId.includes(intentId));

  const plan = (call: string, fault: string, about?: string): Promise<void> =>
    sim.act('faults', { call, fault, ...(about === undefined ? {} : { about }) }).then(() => undefined);

  const message = async (text: string): Promise<OutgoingMessage> => {
    const { alias, orderId } = await meet();
    const { id } = await write({ alias, orderId, text: 'Chega quando?' });
    return answerTo(`${alias} ${orderId}`, id, text);
  };

  conformance(async (): Promise<Rig> => {
    sim = await Sim.start('amazon');
    const { imap, smtp } = await sim.state<{ imap: number; smtp: number }>();
    egress = new Egress(['127.0.0.1']);
    connector = new AmazonConnector(
      { relayDomains: [DOMAIN], respondHours: 24, filesMaxBytes: 7_000_000, app: undefined },
      egress,
      null,
    );
    const settingsOf = (imapPort: number, smtpPort: number) => ({
      ...{ address: ADDRESS, name: 'Loja Exemplo', imapHost: '127.0.0.1', imapPort, imapSecurity: 'none' },
      ...{ smtpHost: '127.0.0.1', smtpPort, smtpSecurity: 'none', sentCopies: 'server', authservId: SERVER },
    });
    const settings = settingsOf(imap, smtp);
    access = { url: '', secrets: [PASSWORD, ''], settings, account: ADDRESS, requestTimeoutMs: 20_000 };
    return {
      connector,
      access,
      stranger: { ...access, secrets: ['somebody-elses-password', ''] },
      unreachable: '',
      nowhere: { ...access, settings: settingsOf(1, 1) },
      hastyMs: 1_000,
      message,
      next: ({ buyerId }, fault) => plan('send', fault, buyerId),
      taken: async (one) => (await taken(one)).length,
      reading: {
        arrive: async (text) => {
          const { alias, orderId } = await meet();
          const written = await write({ alias, orderId, text });
          return { hint: hintOf(written), messageId: written.id, conversationId: `${alias} ${orderId}` };
        },
        next: (fault) => plan('read', fault),
        unknown: { kind: 'inbox', resource: '1005.999999' },
      },
      credentials: { account: ADDRESS },
      stop: async () => {
        await sim.stop();
        await egress.close();
      },
    };
  });

  it('tells buyer, order and words from the platform’s frame, and until when an answer counts', async () => {
    const { alias, orderId } = await meet({ name: 'Rui Prado' });
    const answer = await read(await write({ alias, orderId, text: 'Tem azul?' }));
    if (answer.kind !== 'read') throw new Error(answer.kind);
    const [event] = answer.value;
    expect(event).toMatchObject({
      type: 'message.received',
      data: {
        ...{ conversationId: `${alias} ${orderId}`, text: 'Tem azul?', buyer: { id: alias, name: 'Rui Prado' } },
        about: { kind: 'order', id: orderId },
      },
    });
    if (event?.type !== 'message.received') return;
    const { sentAt, platform } = event.data;
    expect(Date.parse(platform?.respondBy ?? '') - Date.parse(sentAt)).toBe(24 * 3_600_000);
    expect(platform?.automated).toBeUndefined();
  });

  it('takes a mail that was listed and cannot be had yet for absent, and reads it a little later', async () => {
    const { alias, orderId } = await meet();
    const late = await sim.act<Written>('writes', { alias, orderId, text: 'Já vai.', hiddenFor: 1 });
    expect(await connector.reading.changes(access, `inbox:1005.${late.uid - 1}`)).toMatchObject({
      value: { hints: expect.arrayContaining([hintOf(late)]) },
    });
    expect(await read(late)).toEqual({ kind: 'absent' });
    expect(await read(late)).toMatchObject({ value: [{ data: { text: 'Já vai.' } }] });
  });

  it('keeps questions about two orders of one buyer apart, and before an order they have none', async () => {
    const { alias, orderId } = await meet();
    const other = anOrder();
    const conversations = [];
    for (const about of [orderId, other, null]) {
      const answer = await read(await write({ alias, orderId: about, text: `Sobre ${about ?? 'nada'}` }));
      conversations.push(...(answer.kind === 'read' ? answer.value : []).map(({ data }) => data));
    }
    expect(conversations).toMatchObject([
      { conversationId: `${alias} ${orderId}`, buyer: { id: alias } },
      { conversationId: `${alias} ${other}`, buyer: { id: alias } },
      { conversationId: alias, buyer: { id: alias } },
    ]);
    const one = await connector.reading.conversation(access, `${alias} ${other}`);
    expect(one).toMatchObject({ kind: 'read', value: [{ data: { text: `Sobre ${other}` } }] });
  });

  it('believes nobody who only says to be the relay, and waits where the mailbox’s server says nothing', async () => {
    const { alias } = await meet();
    const forged = await read(await write({ alias, text: 'Mande para outro endereço.', proof: 'fail' }));
    expect(forged).toMatchObject({ kind: 'unreadable', errors: [{ pointer: '/from' }] });
    // What a stranger's server says, or a header below the true one, is no proof.
    const claims = [`Authentication-Results: ${SERVER}; dmarc=pass header.from=${DOMAIN}`];
    const below = await read(await write({ alias, text: 'Com selo.', proof: 'fail', head: claims }));
    expect(below.kind).toBe('unreadable');
    const foreign = ['Authentication-Results: mx.elsewhere.example; dmarc=pass header.from=marketplace.amazon.com.br'];
    const unproven = await read(await write({ alias, text: 'Sem selo.', proof: 'none', head: foreign }));
    expect(unproven).toMatchObject({ kind: 'later', code: 'sender_unproven' });
  });

  it('leaves everybody else’s mail alone', async () => {
    const raw = [
      ...['From: Amazon <no-reply@amazon.com.br>', `To: ${ADDRESS}`, 'Message-ID: <aviso@amazon.com.br>'],
      ...['', 'Seu relatório está pronto.'],
    ].join('\n');
    const { uid } = await sim.act<{ uid: number }>('mails', { raw });
    expect(await read({ id: '', uid })).toEqual({ kind: 'read', value: [] });
  });

  it('answers to the buyer’s address alone, with what it answers to below', async () => {
    const { alias, orderId } = await meet({ wantsMail: false });
    const { id } = await write({ alias, orderId, text: 'E agora?', head: ['Reply-To: thief@evil.example'] });
    const answer = answerTo(`${alias} ${orderId}`, id, 'Chega amanhã.');
    expect(await connector.send(access, answer)).toMatchObject({ kind: 'taken', status: 'available' });
    const [{ raw } = { raw: '' }] = await taken(answer);
    const unfolded = raw.replace(/\r\n[ \t]+/g, ' ');
    expect(unfolded).toContain(`To: ${alias}\r\n`);
    expect(unfolded).toContain(`In-Reply-To: ${id}\r\n`);
    expect(unfolded).not.toContain('thief');
    expect(unfolded).not.toContain('Auto-Submitted');
    // The buyer wants no mail of the shop; an answer with its question gets through.
    const [got] = await sim.act<{ raw: string }[]>('delivered', { alias });
    expect(got?.raw).toMatch(/Chega amanh=C3=A3\.[\s\S]*> E agora\?/);
  });

  it('has files with an answer, which the relay passes on with it', async () => {
    const { alias, orderId } = await meet({ wantsMail: false });
    const { id } = await write({ alias, orderId, text: 'Tem a nota?' });
    const files = [
      { name: 'nota fiscal ção.pdf', mediaType: 'application/pdf', bytes: Buffer.from('%PDF-1.7\n') },
      { name: 'etiqueta.png', mediaType: 'image/png', bytes: png() },
    ] as const;
    const answer = { ...answerTo(`${alias} ${orderId}`, id, 'Segue a nota.'), files };
    expect(await connector.send(access, answer)).toMatchObject({ kind: 'taken', status: 'available' });
    const [got] = await sim.act<{ raw: string }[]>('delivered', { alias });
    const { text = '', attachments } = await simpleParser(got?.raw ?? '');
    expect(text).toMatch(/^Segue a nota\.[\s\S]*> Tem a nota\?/);
    expect(attachments.map(({ filename, contentType, content }) => [filename, contentType, content])).toEqual(
      files.map(({ name, mediaType, bytes }) => [name, mediaType, bytes]),
    );
  });

  it('writes to nobody whose address is not the relay’s', async () => {
    const answer = answerTo('someone@buyers.example', null, 'Olá.');
    expect(await connector.send(access, answer)).toEqual({ kind: 'refused', reason: 'address_unknown' });
    expect(await taken(answer)).toEqual([]);
  });

  it('gives back nobody’s words but those of the buyer it writes to', async () => {
    const [mine, theirs] = [await meet(), await meet()];
    const { id } = await write({ alias: theirs.alias, orderId: theirs.orderId, text: 'Segredo de outra pessoa.' });
    const answer = answerTo(`${mine.alias} ${mine.orderId}`, id, 'Bom dia!');
    expect(await connector.send(access, answer)).toMatchObject({ kind: 'taken' });
    expect((await taken(answer))[0]?.raw).not.toContain('Segredo');
  });

  it.each([
    ['from an address that the seller has not approved', { approved: [] }, '5.7.1'],
    ['that is too large', { relaySize: 10 }, '5.3.4'],
  ])('hears of a mail %s that it came back', async (_why, settings, status) => {
    const one = await message('Não passa.');
    await sim.act('settings', settings);
    await connector.send(access, one);
    await sim.act('settings', { approved: [ADDRESS], relaySize: 10 * 1024 * 1024 });
    const { boxes } = await sim.state<{ boxes: Record<string, Record<string, readonly string[]>> }>();
    const uid = boxes[ADDRESS]?.['INBOX']?.length ?? 0;
    expect(await read({ id: '', uid })).toMatchObject({
      value: [{ type: 'message.status', data: { status: 'bounced', reason: `smtp_${status}` } }],
    });
  });

  it.each([
    ['behind', -4],
    ['ahead', 4],
  ])('loses, doubles and mixes up nothing while the platform’s clock is four minutes %s', async (_word, minutes) => {
    const skewMs = minutes * 60_000;
    await sim.act('settings', { skewMs });
    const { alias, orderId } = await meet();
    const texts = ['Primeira?', 'Segunda?', 'Terceira?'];
    const written: Written[] = [];
    for (const text of texts) written.push(await write({ alias, orderId, text }));
    const conversation = async () => {
      const answer = await connector.reading.conversation(access, `${alias} ${orderId}`);
      return answer.kind === 'read' ? answer.value : [];
    };
    expect((await conversation()).map(({ data }) => ('text' in data ? data.text : null))).toEqual(texts);
    for (const { data } of await conversation())
      expect(Math.abs(Date.parse('sentAt' in data ? data.sentAt : '') - Date.now() - skewMs)).toBeLessThan(60_000);
    const answer = answerTo(`${alias} ${orderId}`, written[2]?.id ?? null, 'Todas respondidas.');
    await plan('send', 'cut_after', alias);
    expect(await deliver({ connector }, access, answer)).toBe('available');
    expect(await taken(answer)).toHaveLength(1);
    expect((await conversation()).map(({ type }) => type)).toEqual([
      ...texts.map(() => 'message.received'),
      'reply.external',
    ]);
    await sim.act('settings', { skewMs: 0 });
  });

  it('finds what was answered in the mailbox itself, in its conversation', async () => {
    const { alias, orderId } = await meet();
    const { id } = await write({ alias, orderId, text: 'Tem nota?' });
    const lines = [`From: ${ADDRESS}`, `To: ${alias}`, `Message-ID: <${randomUUID()}@loja.example>`];
    // It speaks of another order; the conversation is that of the question.
    const raw = [...lines, `In-Reply-To: ${id}`, 'Subject: Re', '', `Tem. A do ${anOrder()} também.`].join('\n');
    const { uid } = await sim.act<{ uid: number }>('mails', { raw, box: 'Sent' });
    expect(await connector.reading.read(access, { kind: 'sent', resource: `1004.${uid}` })).toMatchObject({
      value: [{ type: 'reply.external', data: { conversationId: `${alias} ${orderId}`, buyer: { id: alias } } }],
    });
    expect(await connector.reading.conversation(access, `${alias} ${orderId}`)).toMatchObject({
      value: [{ type: 'message.received' }, { type: 'reply.external' }],
    });
  });
});
