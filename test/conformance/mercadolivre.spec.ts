import { randomUUID } from 'node:crypto';
import type {
  Answer,
  Budget,
  Changes,
  Grant,
  MercadoLivreApp,
  Notice,
  OutgoingMessage,
} from '../../src/modules/channels/index.js';
import { channelEventSchema, MercadoLivreConnector } from '../../src/modules/channels/index.js';
import { Egress } from '../../src/platform/egress/index.js';
import { Sim } from '../channels/sim.js';
import { eventually } from '../support/eventually.js';
import { keepsToBudget } from './budget.js';
import { deliver } from './delivery.js';
import { conformance } from './kit.js';
import type { Rig } from './rig.js';

/** The limits are another test's: here everything may be asked. */
const UNLIMITED: Budget = { take: () => Promise.resolve(null), pause: () => Promise.resolve() };
const SELLER = '1001';

type Taken = { readonly about: string; readonly text: string };
type Given = { readonly id: number | string };

describe('mercadolivre', () => {
  let sim: Sim;
  let app: MercadoLivreApp;
  let connector: MercadoLivreConnector;
  let rig: Rig;
  let buyers = 5_000;
  let turns = 0;

  const question = (text: string): Promise<Given> => sim.act('questions', { buyerId: (buyers += 1), text });
  const pack = async (text: string, more: object = {}): Promise<{ packId: number; messageId: string }> => {
    const { id } = await sim.act<Given>('packs', { buyerId: (buyers += 1), ...more });
    const message = await sim.act<Given>('messages', { packId: id, text });
    return { packId: Number(id), messageId: String(message.id) };
  };
  const claim = async (text: string): Promise<number> => {
    const { id } = await sim.act<{ id: number }>('claims', { buyerId: (buyers += 1) });
    await sim.act('claimed', { claimId: id, sender: 'complainant', receiver: 'respondent', text });
    return id;
  };
  const messageTo = (conversationId: string, text: string): OutgoingMessage => ({
    ...{ intentId: randomUUID(), conversationId, buyerId: String(buyers), text, language: 'pt-BR' },
    ...{ inReplyTo: null, author: 'human', attachments: [] },
  });
  const aboutOf = ({ conversationId }: OutgoingMessage): string => conversationId.split(':')[1] ?? '';

  conformance(async () => (rig = await start()));

  async function start(): Promise<Rig> {
    sim = await Sim.start('mercadolivre', { perMinute: 1_000_000 });
    app = {
      ...{ clientId: '7000000001', clientSecret: 'sim-client-secret', apiUrl: sim.url, authUrl: sim.url },
      ...{ agentId: '3037675074', sources: ['127.0.0.1'] },
    };
    const egress = new Egress(['127.0.0.1']);
    connector = new MercadoLivreConnector(app, egress, UNLIMITED);
    const redirectUri = 'https://atende.example/oauth/mercadolivre/callback';
    const agree = async (url: string): Promise<Record<string, string>> => {
      const response = await fetch(url, { redirect: 'manual' });
      return Object.fromEntries(new URL(response.headers.get('location') ?? '').searchParams);
    };
    const accessOf = ({ accessToken, account }: Grant) => {
      return { url: sim.url, secrets: [accessToken], account, requestTimeoutMs: 20_000 };
    };
    const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
    const back = await agree(connector.authorisation.consentUrl({ redirectUri, state: 'first', verifier }));
    const outcome = await connector.authorisation.exchange({ redirectUri, back, verifier });
    if (outcome.kind !== 'granted') throw new Error(outcome.code);
    const access = accessOf(outcome.grant);
    const next = (call: string, fault: string, about?: string): Promise<void> =>
      sim.act('faults', { call, fault, ...(about === undefined ? {} : { about }) }).then(() => undefined);
    return {
      connector,
      access,
      stranger: { ...access, secrets: ['APP_USR-of-somebody-else'] },
      unreachable: 'http://127.0.0.1:1/',
      message: async (text, where = 'thread') => {
        if (where === 'thread') return messageTo(`question:${(await question('Tem no tamanho M?')).id}`, text);
        // Conversations are of both kinds, by turns.
        return (turns += 1) % 2 === 0
          ? messageTo(`claim:${await claim('Veio quebrado.')}`, text)
          : messageTo(`pack:${(await pack('Onde está o meu pedido?')).packId}`, text);
      },
      next: (message, fault) => next('send', fault, aboutOf(message)),
      taken: async (message) => {
        const taken = await sim.act<Taken[]>('taken', { about: aboutOf(message) });
        return taken.filter(({ text }) => text === message.text).length;
      },
      notices,
      reading: {
        arrive: async (text) => {
          const { id } = await question(text);
          const conversationId = `question:${id}`;
          return { hint: { kind: 'question', resource: String(id) }, messageId: conversationId, conversationId };
        },
        next: (fault) => next('read', fault),
        unknown: { kind: 'question', resource: '1' },
      },
      consent: {
        ...{ redirectUri, agree, next: (fault) => next('token', fault), accessOf },
        ages: { days: 183, elapse: (days) => sim.act('elapse', { ms: days * 86_400_000 }).then(() => undefined) },
        stolen: (asked) => ({ ...asked, verifier: 'another' }),
      },
      stop: async () => {
        await sim.stop();
        await egress.close();
      },
    };
  }

  const noticeOf = (given: Readonly<Record<string, unknown>>, from = '127.0.0.1'): Notice => ({
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(
      JSON.stringify({
        ...{ _id: randomUUID(), resource: '/questions/123', user_id: 1001, topic: 'questions' },
        ...{ application_id: 7000000001, attempts: 1, sent: '2026-11-22T12:00:00.000Z', ...given },
      }),
    ),
    from,
  });

  function notices(): ReturnType<NonNullable<Rig['notices']>> {
    const good = noticeOf({});
    const forged = [
      noticeOf({ application_id: 42 }),
      noticeOf({}, '203.0.113.9'),
      { ...good, body: Buffer.from('{}') },
    ];
    return { signed: false, secrets: [], good, forged };
  }

  it.each([
    ['a question', { topic: 'questions', resource: '/questions/77' }, [{ kind: 'question', resource: '77' }]],
    ['a message', { topic: 'messages', resource: '0a1b2c' }, [{ kind: 'message', resource: '0a1b2c' }]],
    [
      'a claim',
      { topic: 'post_purchase', resource: 'post-purchase/v1/claims/5175647586' },
      [{ kind: 'claim', resource: '5175647586' }],
    ],
    ['a user in words', { user_id: '1001' }, [{ kind: 'question', resource: '123' }]],
  ])('notices of %s say what to read', (_name, given, hints) => {
    expect(connector.notices.parse(noticeOf(given).body)).toMatchObject({ kind: 'hints', account: SELLER, hints });
  });

  it('hears nothing more of a topic when too many of its notices reached nobody, until it is switched on', async () => {
    const disabled = async (): Promise<readonly string[]> =>
      (await sim.state<{ readonly disabled: readonly string[] }>()).disabled;
    const missed = async (): Promise<number> => (await sim.state<{ readonly missed: number }>()).missed;
    const before = await missed();
    // Nobody listens there.
    await sim.act('settings', { noticesUrl: 'http://127.0.0.1:1/', noticeRetryMs: 1, disablesAfter: 2 });
    await question('Uma?');
    await eventually(missed, (count) => count === before + 1, 20_000);
    expect(await disabled()).toEqual([]);
    await question('Duas?');
    await eventually(disabled, (topics) => topics.length > 0, 20_000);
    expect(await disabled()).toEqual(['questions']);
    await question('Três?');
    // While it is off nothing is kept for later.
    expect(await missed()).toBe(before + 2);
    await sim.act('topics', { topic: 'questions' });
    await question('Quatro?');
    await eventually(missed, (count) => count === before + 3, 20_000);
    await sim.act('settings', { noticesUrl: null, noticeRetryMs: 400, disablesAfter: null });
  });

  it.each(['_id', 'id'])('notices are known by %s', (name) => {
    const { _id: _, ...others } = JSON.parse(noticeOf({}).body.toString('utf8')) as Record<string, unknown>;
    const parsed = connector.notices.parse(Buffer.from(JSON.stringify({ ...others, [name]: 'n-1' })));
    expect(parsed).toMatchObject({ kind: 'hints', id: 'n-1' });
  });

  it('notices for our application that say nothing else anybody knows are let in, to be kept', () => {
    const { application_id } = JSON.parse(noticeOf({}).body.toString('utf8')) as Record<string, unknown>;
    const odd = { ...noticeOf({}), body: Buffer.from(JSON.stringify({ application_id, subject: 'new' })) };
    expect(connector.notices.verify([], odd)).toBe(true);
    expect(connector.notices.parse(odd.body).kind).toBe('unreadable');
  });

  it.each([
    { topic: 'items', resource: '/items/MLB1' },
    { topic: 'questions', resource: '/questions/../users/1' },
    { topic: 'messages', resource: 'a b' },
    { topic: 'post_purchase', resource: 'post-purchase/v1/claims/1x' },
  ])('notices of what is none of ours say nothing: %p', (given) => {
    expect(connector.notices.parse(noticeOf(given).body)).toEqual({ kind: 'nothing' });
  });

  it("takes no seller's consent for over because the application's own secret is wrong", async () => {
    const redirectUri = 'https://atende.example/oauth/mercadolivre/callback';
    const verifier = randomUUID().repeat(2);
    const page = await fetch(connector.authorisation.consentUrl({ redirectUri, state: 'st', verifier }), {
      redirect: 'manual',
    });
    const back = Object.fromEntries(new URL(page.headers.get('location') ?? '').searchParams);
    const outcome = await connector.authorisation.exchange({ redirectUri, back, verifier });
    if (outcome.kind !== 'granted') throw new Error(outcome.code);
    const wrong = new MercadoLivreConnector(
      { ...app, clientSecret: 'yesterday' },
      new Egress(['127.0.0.1']),
      UNLIMITED,
    );
    expect(await wrong.authorisation.refresh(outcome.grant)).toMatchObject({ kind: 'later', code: 'invalid_client' });
    expect(await connector.authorisation.refresh(outcome.grant)).toMatchObject({ kind: 'granted' });
  });

  describe('questions', () => {
    it('are answered once: an answer of somebody else stands, an attempt of ours is recognised', async () => {
      const { id } = await question('Aceita troca?');
      await sim.act('answers', { questionId: id, text: 'Sim, aceitamos.' });
      const [other, same] = ['Não.', 'Sim,  aceitamos. '].map((text) => messageTo(`question:${id}`, text));
      expect(await connector.send(rig.access, other as OutgoingMessage)).toEqual({
        kind: 'refused',
        reason: 'answered_elsewhere',
      });
      expect(await connector.send(rig.access, same as OutgoingMessage)).toMatchObject({
        ...{ kind: 'taken', status: 'available', externalId: `answer:${id}` },
      });
    });

    it('may be taken and not shown', async () => {
      const message = await rig.message('Meu WhatsApp é (11) 90000-0000');
      await sim.act('faults', { call: 'send', fault: 'moderate', about: aboutOf(message) });
      const outcome = await connector.send(rig.access, message);
      expect(outcome).toMatchObject({ kind: 'taken', status: 'rejected', reason: 'answer_banned' });
    });

    it("that are under review or banned are nobody's to answer yet", async () => {
      const { id } = await sim.act<Given>('questions', { buyerId: 9, text: 'x', status: 'BANNED' });
      const read = await connector.reading.read(rig.access, { kind: 'question', resource: String(id) });
      expect(read).toEqual({ kind: 'read', value: [] });
      const outcome = await connector.send(rig.access, messageTo(`question:${id}`, 'Oi'));
      expect(outcome).toEqual({ kind: 'refused', reason: 'question_banned' });
    });

    it('tell of an answer given elsewhere, and of one that was taken away', async () => {
      const { id } = await question('Tem garantia?');
      const hint = { kind: 'question', resource: String(id) };
      await sim.act('answers', { questionId: id, text: 'Um ano.' });
      const answered = await connector.reading.read(rig.access, hint);
      expect(answered).toMatchObject({
        value: [
          { type: 'message.received' },
          { type: 'reply.external', data: { messageId: `answer:${id}`, text: 'Um ano.' } },
        ],
      });
      await sim.act('moderate', { questionId: id });
      const moderated = await connector.reading.read(rig.access, hint);
      expect(moderated).toMatchObject({
        value: [{ type: 'message.received' }, { type: 'message.status', data: { status: 'rejected' } }],
      });
    });
  });

  describe('messages after a sale', () => {
    it.each([{}, { single: true }, { agent: true }])('go to whoever is on the other side: %p', async (how) => {
      const { packId, messageId } = await pack('Chegou quebrado.', how);
      const message = messageTo(`pack:${packId}`, 'Vamos resolver já.');
      expect(await connector.send(rig.access, message)).toMatchObject({ kind: 'taken', status: 'available' });
      expect(await rig.taken(message)).toBe(1);
      const read = await connector.reading.read(rig.access, { kind: 'message', resource: messageId });
      // Whoever stands in the buyer's place on the platform: the buyer is the one who bought.
      expect(read).toMatchObject({
        value: [
          {
            type: 'message.received',
            data: { messageId: `message:${messageId}`, buyer: { id: String(buyers) }, category: 'order' },
          },
          { type: 'reply.external', data: { text: 'Vamos resolver já.' } },
        ],
      });
    });

    it('are told apart by their ids when their texts are equal', async () => {
      const { packId } = await pack('E agora?');
      const message = messageTo(`pack:${packId}`, 'Já vamos ver.');
      const first = await connector.send(rig.access, { ...message, known: [] });
      const known = [first.kind === 'taken' ? (first.externalId ?? '') : ''];
      const since = Date.now();
      const find = (more: object): unknown =>
        connector.find(rig.access, { intentId: message.intentId, since, message: { ...message, ...more } });
      expect(await find({ known })).toEqual({ kind: 'absent' });
      expect(await find({ known: [] })).toMatchObject({ kind: 'found', externalId: known[0] });
      expect(await connector.send(rig.access, { ...message, known })).toMatchObject({ kind: 'taken' });
      const second = await find({ known });
      expect(second).toMatchObject({ kind: 'found', status: 'available' });
      expect(second).not.toMatchObject({ externalId: known[0] });
    });

    it.each([-4, 4])('are found again when the platform’s clock is minutes off: %d', async (minutes) => {
      await sim.act('settings', { skewMs: minutes * 60_000 });
      const { packId } = await pack('Que horas são?');
      const message = { ...messageTo(`pack:${packId}`, 'Quase meio-dia.'), known: [] };
      const since = Date.now();
      await rig.next(message, 'cut_after');
      expect(await connector.send(rig.access, message)).toMatchObject({ kind: 'unknown' });
      expect(await connector.find(rig.access, { intentId: message.intentId, since, message })).toMatchObject({
        kind: 'found',
      });
      await sim.act('settings', { skewMs: 0 });
    });

    it('are not written when somebody has answered on the platform since the buyer wrote', async () => {
      const { packId } = await pack('Cadê?');
      const message = { ...messageTo(`pack:${packId}`, 'Chega hoje.'), known: [] };
      await sim.act('messages', { packId, text: 'Saiu para entrega.', from: 'seller', at: Date.now() + 1 });
      expect(await connector.send(rig.access, message)).toEqual({ kind: 'refused', reason: 'answered_elsewhere' });
      await sim.act('messages', { packId, text: 'Ainda não chegou.', at: Date.now() + 60_000 });
      expect(await connector.send(rig.access, message)).toMatchObject({ kind: 'taken' });
    });

    it("are read in either of the platform's two shapes, whole conversations in order", async () => {
      const { packId, messageId } = await pack('Primeira.');
      await sim.act('messages', { packId, text: 'Segunda.', at: Date.now() + 1_000 });
      const texts = async (): Promise<unknown> => {
        const read = await connector.reading.read(rig.access, { kind: 'message', resource: messageId });
        return read.kind === 'read' ? read.value.map(({ data }) => ('text' in data ? data.text : null)) : read;
      };
      expect(await texts()).toEqual(['Primeira.', 'Segunda.']);
      await sim.act('settings', { oldShape: true });
      expect(await texts()).toEqual(['Primeira.', 'Segunda.']);
      await sim.act('settings', { oldShape: false });
    });

    it('are not marked as read by reading them', async () => {
      const { packId } = await pack('Li ou não li?');
      await connector.reading.conversation(rig.access, `pack:${packId}`);
      const { messages } = await sim.state<{ messages: { pack: number; read: string | null }[] }>();
      expect(messages.filter((message) => message.pack === packId).map(({ read }) => read)).toEqual([null]);
    });

    it('of which the platform does not know yet are there a little later', async () => {
      const { id: packId } = await sim.act<Given>('packs', { buyerId: 77 });
      const { id } = await sim.act<Given>('messages', { packId, text: 'Já vai.', hiddenFor: 1 });
      const hint = { kind: 'message', resource: String(id) };
      expect(await connector.reading.read(rig.access, hint)).toEqual({ kind: 'absent' });
      expect(await connector.reading.read(rig.access, hint)).toMatchObject({ kind: 'read' });
    });

    it('are refused where nobody may write, and when the text does not fit', async () => {
      const { packId } = await pack('Cancelei.');
      await sim.act('block', { packId, substatus: 'blocked_by_cancelled_order' });
      expect(await connector.send(rig.access, messageTo(`pack:${packId}`, 'Que pena.'))).toEqual({
        ...{ kind: 'refused', reason: 'blocked_by_cancelled_order' },
      });
      for (const text of ['a'.repeat(351), '你好']) {
        const outcome = await connector.send(rig.access, messageTo(`pack:${(await pack('Oi')).packId}`, text));
        expect(outcome).toMatchObject({ kind: 'refused' });
      }
    });

    it('may be taken and not shown, at once or hours later', async () => {
      const message = messageTo(`pack:${(await pack('Onde está o meu pedido?')).packId}`, 'Me chama no Instagram');
      await sim.act('faults', { call: 'send', fault: 'moderate', about: aboutOf(message) });
      const outcome = await connector.send(rig.access, message);
      expect(outcome).toMatchObject({ kind: 'taken', status: 'rejected', reason: 'personal_data' });
      const read = await connector.reading.conversation(rig.access, message.conversationId);
      expect(read).toMatchObject({ value: [{ type: 'message.received' }, { data: { status: 'rejected' } }] });
    });
  });

  describe('claims', () => {
    const said = (
      claimId: number,
      sender: string,
      receiver: string,
      text: string,
      more: object = {},
    ): Promise<unknown> => sim.act('claimed', { claimId, sender, receiver, text, ...more });
    const read = async (id: number): Promise<readonly unknown[]> => {
      const answer = await connector.reading.read(rig.access, { kind: 'claim', resource: String(id) });
      return answer.kind === 'read' ? answer.value : [answer];
    };

    it('are read oldest first, each message under an id of its own, mediators as themselves', async () => {
      const id = await claim('Veio quebrado.');
      const at = Date.now() + 1_000;
      await said(id, 'respondent', 'complainant', 'Pode mandar uma foto?', { at });
      for (const later of [2_000, 2_000]) await said(id, 'complainant', 'respondent', 'Segue.', { at: at + later });
      await said(id, 'mediator', 'respondent', 'Qual é a sua proposta?', { at: at + 3_000 });
      await said(id, 'complainant', 'mediator', 'Só entre nós.', { at: at + 4_000 });
      const events = await read(id);
      const thread = { id: `claim:${id}`, apart: true };
      const buyer = { id: String(buyers) };
      expect(events).toMatchObject([
        { type: 'message.received', data: { text: 'Veio quebrado.', conversationId: `claim:${id}`, thread, buyer } },
        { type: 'reply.external', data: { text: 'Pode mandar uma foto?', thread: { id: `claim:${id}` }, buyer } },
        { type: 'message.received', data: { text: 'Segue.' } },
        { type: 'message.received', data: { text: 'Segue.' } },
        {
          type: 'message.received',
          data: { text: '[Mercado Livre] Qual é a sua proposta?', conversationId: `mediation:${id}`, thread, buyer },
        },
      ]);
      const ids = events.map((event) => (event as { data: { messageId: string } }).data.messageId);
      expect(new Set(ids).size).toBe(5);
      expect(events.map((event) => channelEventSchema.safeParse(event).error)).toEqual(events.map(() => undefined));
      expect(await read(id)).toEqual(events);
      expect(await connector.reading.conversation(rig.access, `mediation:${id}`)).toEqual({
        kind: 'read',
        value: events,
      });
      expect(connector.reading.hintOf(`mediation:${id}`)).toEqual({ kind: 'claim', resource: String(id) });
    });

    it('of other sellers are none of ours', async () => {
      const id = await claim('Oi?');
      expect(
        await connector.reading.read({ ...rig.access, account: '4242' }, { kind: 'claim', resource: String(id) }),
      ).toEqual({ kind: 'read', value: [] });
    });

    it('are found by a sweep while they are open', async () => {
      const [open, closed] = [await claim('Aberta.'), await claim('Fechada.')];
      await sim.act('claim', { claimId: closed, status: 'closed', silent: true });
      const found: unknown[] = [];
      for (let cursor: string | null = 'claims:0'; cursor?.startsWith('claims:') === true;) {
        const part: Answer<Changes> = await connector.reading.changes(rig.access, cursor);
        if (part.kind !== 'read') throw new Error(part.kind);
        found.push(...part.value.hints);
        cursor = part.value.next;
      }
      expect(found).toContainEqual({ kind: 'claim', resource: String(open), grows: true });
      expect(found).not.toContainEqual(expect.objectContaining({ resource: String(closed) }));
    });

    it('hold up nothing where the application may not read them', async () => {
      await sim.act('faults', { call: 'read', fault: 'forbidden' });
      const part = await connector.reading.changes(rig.access, 'claims:0');
      expect(part).toEqual({ kind: 'read', value: { hints: [], next: 'missed:0' } });
    });

    it('are answered to whoever wrote, as long as the platform lets us', async () => {
      const id = await claim('Quero trocar.');
      const answered = await connector.send(rig.access, { ...messageTo(`claim:${id}`, 'Trocamos.'), known: [] });
      expect(answered).toMatchObject({
        kind: 'taken',
        status: 'available',
        externalId: expect.stringMatching(/^claim:/),
      });
      expect(await connector.send(rig.access, messageTo(`mediation:${id}`, 'Oi.'))).toEqual({
        ...{ kind: 'refused', reason: 'claim_takes_no_message' },
      });
      await sim.act('claim', { claimId: id, stage: 'dispute', silent: true });
      expect(await connector.send(rig.access, messageTo(`claim:${id}`, 'Oi.'))).toEqual({
        ...{ kind: 'refused', reason: 'claim_in_mediation' },
      });
      expect(await connector.send(rig.access, messageTo(`mediation:${id}`, 'A troca saiu.'))).toMatchObject({
        kind: 'taken',
      });
      await sim.act('claim', { claimId: id, status: 'closed', silent: true });
      expect(await connector.send(rig.access, messageTo(`claim:${id}`, 'Oi.'))).toEqual({
        ...{ kind: 'refused', reason: 'claim_closed' },
      });
      expect(await connector.send(rig.access, messageTo('claim:1', 'Oi.'))).toEqual({
        kind: 'refused',
        reason: 'claim_gone',
      });
      expect(await sim.act('taken', { about: String(id) })).toMatchObject([
        { receiver: 'complainant', text: 'Trocamos.' },
        { receiver: 'mediator', text: 'A troca saiu.' },
      ]);
    });

    it('are not answered when somebody has answered on the platform since the buyer wrote', async () => {
      const id = await claim('Cadê?');
      const message = { ...messageTo(`claim:${id}`, 'Chega hoje.'), known: [] };
      await said(id, 'respondent', 'complainant', 'Saiu para entrega.', { at: Date.now() + 1 });
      expect(await connector.send(rig.access, message)).toEqual({ kind: 'refused', reason: 'answered_elsewhere' });
    });

    it('may hide what is written in them', async () => {
      const id = await claim('Tem WhatsApp?');
      await sim.act('faults', { call: 'send', fault: 'moderate', about: String(id) });
      const outcome = await connector.send(rig.access, messageTo(`claim:${id}`, 'Me liga.'));
      expect(outcome).toMatchObject({ kind: 'taken', status: 'rejected', reason: 'personal_data' });
      expect(await read(id)).toMatchObject([{ type: 'message.received' }, { data: { status: 'rejected' } }]);
    });

    it('give files and take them, within their own limits', async () => {
      const id = await claim('Veja.');
      const png = Buffer.from('89504e470d0a1a0a', 'hex');
      const photo = { name: 'foto.png', type: 'image/png', base64: png.toString('base64') };
      await said(id, 'complainant', 'respondent', '', { at: Date.now() + 1_000, files: [photo] });
      const [, second] = await read(id);
      const ref = (second as { data: { attachments: { ref: string }[] } }).data.attachments[0]?.ref ?? '';
      expect(await connector.files.fetch(rig.access, ref, 1_000)).toEqual({
        ...{ kind: 'read', value: { bytes: png, complete: true } },
      });
      const note = {
        name: 'nota fiscal nº 1.pdf',
        mediaType: 'application/pdf',
        bytes: Buffer.from('%PDF-1.4'),
      } as const;
      const message = messageTo(`claim:${id}`, 'Segue a nota.');
      expect(await connector.send(rig.access, { ...message, files: [note] })).toMatchObject({ kind: 'taken' });
      expect(await sim.act('taken', { about: String(id) })).toMatchObject([
        { files: [{ name: 'notafiscaln1.pdf', type: 'application/pdf' }] },
      ]);
      const text = { name: 'leia.txt', mediaType: 'text/plain', bytes: Buffer.from('Oi') } as const;
      expect(await connector.send(rig.access, { ...message, files: [text] })).toEqual({
        ...{ kind: 'refused', reason: 'claim_file_not_taken' },
      });
    });
  });

  describe('reasons to write after a sale', () => {
    const LIMITED = 'blocked_by_conversation_initiated_by_seller_limited';
    const limited = async (): Promise<number> => {
      const { packId } = await pack('Comprei!');
      await sim.act('block', { packId, substatus: LIMITED });
      return packId;
    };
    const reasonedTo = (packId: number, name: string, values: { name: string; text: string }[], text: string) => ({
      ...messageTo(`pack:${packId}`, text),
      template: { name, language: 'pt-BR', values },
      known: [],
    });
    const free = (packId: number, text: string) => reasonedTo(packId, 'OTHER', [{ name: 'text', text }], text);
    const listed = async (ids: readonly string[] | null): Promise<readonly unknown[]> => {
      const answer = await connector.templates.list(rig.access, ids);
      return answer.kind === 'read' ? answer.value : [answer];
    };

    it('are told with what is to be filled in, how long it may be and whether any are left', async () => {
      const packId = await limited();
      expect(await listed([`pack:${packId}`])).toMatchObject([
        { name: 'TEMPLATE___REQUEST_VARIANTS___1', state: 'approved', text: '[REQUEST_VARIANTS]', variables: [] },
        { name: 'TEMPLATE___DELIVERY_PROMISE___1', text: '[DELIVERY_PROMISE] {{delivery_day}}' },
        { name: 'SEND_INVOICE_LINK', state: 'not_allowed' },
        { name: 'OTHER', state: 'approved', text: '{{text}}', variables: ['text'], maxLength: 350 },
      ]);
      await connector.send(rig.access, free(packId, 'Oi!'));
      expect(await listed([`pack:${packId}`])).toContainEqual(
        expect.objectContaining({ name: 'OTHER', state: 'used_up' }),
      );
    });

    it('are needed where a seller writes first, and nowhere else', async () => {
      const { id } = await sim.act<Given>('packs', { buyerId: 77 });
      expect(await listed([`pack:${id}`])).toHaveLength(4);
      const { packId } = await pack('Eu escrevi primeiro.');
      expect(await listed([`pack:${packId}`])).toEqual([]);
      await sim.act('block', { packId, substatus: 'blocked_by_refund' });
      expect(await listed([`pack:${packId}`])).toEqual([]);
      expect(await listed([`question:1`, `pack:${id}`])).toEqual([]);
      expect(await listed(['pack:1'])).toEqual([]);
      expect(await listed(null)).toContainEqual(expect.objectContaining({ name: 'OTHER', state: 'by_order' }));
    });

    it('carry words of the author, or of the platform', async () => {
      const packId = await limited();
      const message = free(packId, 'Qual é a cor?');
      expect(await connector.send(rig.access, { ...message, known: [] })).toMatchObject({
        kind: 'taken',
        status: 'available',
      });
      const day = { name: 'delivery_day', text: '24/11' };
      const promised = reasonedTo(packId, 'TEMPLATE___DELIVERY_PROMISE___1', [day], '[DELIVERY_PROMISE] 24/11');
      expect(await connector.send(rig.access, promised)).toMatchObject({ kind: 'taken', status: 'available' });
      expect(await sim.act('taken', { about: String(packId) })).toMatchObject([
        { option: 'OTHER', text: 'Qual é a cor?' },
        { option: 'DELIVERY_PROMISE', text: 'Olá! Seu pedido chega no dia 24/11.' },
      ]);
      expect(await connector.send(rig.access, messageTo(`pack:${packId}`, 'Sem motivo.'))).toEqual({
        kind: 'refused',
        reason: LIMITED,
      });
      expect(await connector.send(rig.access, reasonedTo(packId, 'NONE', [], ''))).toEqual({
        kind: 'refused',
        reason: 'option_unknown',
      });
      expect(await connector.send(rig.access, free(packId, 'De novo.'))).toEqual({
        kind: 'refused',
        reason: 'option_used_up',
      });
    });

    it('may be refused in the ways of the platform', async () => {
      const outcomes = [];
      for (const fault of ['refuse', 'lock', 'deactivated', 'busy', 'error_before']) {
        const packId = await limited();
        await sim.act('faults', { call: 'option', about: String(packId), fault });
        outcomes.push(await connector.send(rig.access, free(packId, 'Oi!')));
      }
      expect(outcomes).toMatchObject([
        { kind: 'refused', reason: 'option_used_up' },
        { kind: 'not_taken', reason: 'http_409' },
        { kind: 'refused', reason: 'buyer_deactivated' },
        { kind: 'not_taken', reason: 'http_429' },
        { kind: 'unknown' },
      ]);
    });

    it('are left out where the platform wants ordinary messages', async () => {
      const { id } = await sim.act<{ id: number }>('packs', { buyerId: buyers, excepted: true });
      expect(await connector.send(rig.access, free(id, 'Combinamos a entrega?'))).toMatchObject({ kind: 'taken' });
      const { packId } = await pack('Oi?');
      await sim.act('block', { packId, substatus: 'blocked_by_conversation_use_message_api' });
      expect(await connector.send(rig.access, messageTo(`pack:${packId}`, 'Oi!'))).toMatchObject({ kind: 'taken' });
    });

    it.each(['cut_after', 'error_after', 'cut_before'])(
      'are never given twice, and a person looks where nobody can tell: %s',
      async (fault) => {
        const own = await limited();
        await sim.act('faults', { call: 'option', about: String(own), fault });
        expect(await deliver(rig, rig.access, free(own, 'Com as minhas palavras.'))).toBe('available');
        const theirs = await limited();
        await sim.act('faults', { call: 'option', about: String(theirs), fault });
        const message = reasonedTo(theirs, 'TEMPLATE___REQUEST_VARIANTS___1', [], '[REQUEST_VARIANTS]');
        expect(await deliver(rig, rig.access, message)).toBe(fault === 'cut_before' ? 'available' : 'uncertain');
        for (const packId of [own, theirs]) expect(await sim.act('taken', { about: String(packId) })).toHaveLength(1);
      },
    );
  });

  it('proves with the published challenge of RFC 7636 that it knows the verifier', () => {
    const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
    const url = new URL(
      connector.authorisation.consentUrl({ redirectUri: 'https://a.example/cb', state: 's', verifier }),
    );
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      ...{ code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', code_challenge_method: 'S256' },
    });
  });

  it('asks for nothing when nothing is left of the minute, and says when to come back', async () => {
    await keepsToBudget(
      rig,
      (egress, budget) => new MercadoLivreConnector(app, egress, budget),
      (message) => ({ kind: 'question', resource: aboutOf(message) }),
    );
  });
});
