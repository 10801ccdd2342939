import { randomUUID } from 'node:crypto';
import type { Budget, Grant, MercadoLivreApp, Notice, OutgoingMessage } from '../../src/modules/channels/index.js';
import { MercadoLivreConnector } from '../../src/modules/channels/index.js';
import { Egress } from '../../src/platform/egress/index.js';
import { Sim } from '../channels/sim.js';
import { keepsToBudget } from './budget.js';
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

  const question = (text: string): Promise<Given> => sim.act('questions', { buyerId: (buyers += 1), text });
  const pack = async (text: string, more: object = {}): Promise<{ packId: number; messageId: string }> => {
    const { id } = await sim.act<Given>('packs', { buyerId: (buyers += 1), ...more });
    const message = await sim.act<Given>('messages', { packId: id, text });
    return { packId: Number(id), messageId: String(message.id) };
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
        return messageTo(`pack:${(await pack('Onde está o meu pedido?')).packId}`, text);
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
    ['a user in words', { user_id: '1001' }, [{ kind: 'question', resource: '123' }]],
  ])('notices of %s say what to read', (_name, given, hints) => {
    expect(connector.notices.parse(noticeOf(given).body)).toMatchObject({ kind: 'hints', account: SELLER, hints });
  });

  it.each([
    { topic: 'items', resource: '/items/MLB1' },
    { topic: 'questions', resource: '/questions/../users/1' },
    { topic: 'messages', resource: 'a b' },
  ])('notices of what is none of ours say nothing: %p', (given) => {
    expect(connector.notices.parse(noticeOf(given).body)).toEqual({ kind: 'nothing' });
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
          { type: 'message.received', data: { messageId: `message:${messageId}`, buyer: { id: String(buyers) } } },
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
      const message = await rig.message('Me chama no Instagram', 'conversation');
      await sim.act('faults', { call: 'send', fault: 'moderate', about: aboutOf(message) });
      const outcome = await connector.send(rig.access, message);
      expect(outcome).toMatchObject({ kind: 'taken', status: 'rejected', reason: 'personal_data' });
      const read = await connector.reading.conversation(rig.access, message.conversationId);
      expect(read).toMatchObject({ value: [{ type: 'message.received' }, { data: { status: 'rejected' } }] });
    });
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
