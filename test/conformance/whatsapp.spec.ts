import { createHmac, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { Egress } from '../../src/platform/egress/index.js';
import { WhatsAppConnector } from '../../src/modules/channels/index.js';
import type { Access, Budget, ChannelEvent, Notice, OutgoingMessage } from '../../src/modules/channels/index.js';
import type { WhatsAppConfig } from '../../src/platform/config/index.js';
import { Sim } from '../channels/sim.js';
import { eventually } from '../support/eventually.js';
import { keepsToBudget } from './budget.js';
import { conformance } from './kit.js';
import type { Rig } from './rig.js';

const SECRET = 'wa-fake-app-secret-0001';
const PHONE_ID = '106540352242922';
const BUSINESS_ID = '102290129340398';
const APP: WhatsAppConfig = {
  ...{ appSecret: SECRET, verifyToken: 'sim-verify-token', apiUrl: '', version: 'v24.0', perSecond: 80 },
};

type Signed = { readonly body: string; readonly signature: string };
type Taken = { readonly id: string; readonly to: string; readonly context: { readonly message_id: string } | null };

const UNLIMITED: Budget = { take: () => Promise.resolve(null), pause: () => Promise.resolve() };

describe('whatsapp', () => {
  let sim: Sim;
  let connector: WhatsAppConnector;
  let rig: Rig;
  let good: Notice;
  let buyers = 5_511_900_000_000;

  const newBuyer = (): string => String((buyers += 1));
  const messageTo = (phone: string, text: string): OutgoingMessage => ({
    ...{ intentId: randomUUID(), conversationId: `phone:${phone}`, buyerId: `phone:${phone}`, text, language: 'pt-BR' },
    ...{ inReplyTo: null, author: 'human', attachments: [] },
  });
  const noticeOf = ({ body, signature }: Signed): Notice => ({
    headers: { 'content-type': 'application/json', 'x-hub-signature-256': signature },
    body: Buffer.from(body),
    from: '127.0.0.1',
  });
  const parsed = (body: Buffer | string): readonly ChannelEvent[] => {
    const read = connector.notices.parse(Buffer.from(body));
    return read.kind === 'events' ? read.parts.flatMap(({ events }) => events) : [];
  };
  const batch = (...messages: readonly object[]): Promise<Signed> => sim.act('batch', { messages });

  conformance(async () => (rig = await start()));

  async function start(): Promise<Rig> {
    sim = await Sim.start('whatsapp', { pairMs: 0, perSecond: 100_000 });
    const egress = new Egress(['127.0.0.1']);
    connector = new WhatsAppConnector({ ...APP, apiUrl: sim.url }, egress, () => UNLIMITED);
    good = noticeOf(await batch({ phone: newBuyer(), name: 'Marina Teles', text: 'Olá, tudo bem? 😀' }));
    const access: Access = {
      ...{ url: sim.url, secrets: ['EAAG-sim-system-user'], account: PHONE_ID, requestTimeoutMs: 20_000 },
      settings: { phoneNumberId: PHONE_ID, businessAccountId: BUSINESS_ID },
    };
    return {
      connector,
      access,
      stranger: { ...access, secrets: ['EAAG-of-somebody-else'] },
      unreachable: 'http://127.0.0.1:1',
      message: async (text) => {
        const phone = newBuyer();
        await sim.act('messages', { phone, text: 'Oi!', silent: true });
        return messageTo(phone, text);
      },
      next: (message, fault) =>
        sim.act('faults', { call: 'send', fault, about: message.conversationId.slice(6) }).then(() => undefined),
      taken: async ({ intentId }) => (await sim.act<Taken[]>('taken', { intent: intentId })).length,
      told: async ({ intentId }) => {
        const told = await sim.act<string[]>('told', { intent: intentId });
        return told.flatMap((body) =>
          parsed(body).flatMap(({ type, data }) => (type === 'message.status' ? data.status : [])),
        );
      },
      notices: () => ({ signed: true, secrets: [], good, forged: forged() }),
      credentials: { account: PHONE_ID },
      stop: async () => {
        await sim.stop();
        await egress.close();
      },
    };
  }

  function forged(): Notice[] {
    const sign = (secret: string): string => `sha256=${createHmac('sha256', secret).update(good.body).digest('hex')}`;
    const withSignature = (signature: string): Notice => ({ ...good, headers: { 'x-hub-signature-256': signature } });
    // The same words, written otherwise: only the bytes that came count.
    const rewritten = Buffer.from(JSON.stringify(JSON.parse(good.body.toString('utf8'))));
    return [
      withSignature(sign('another secret')),
      withSignature(sign(SECRET).toUpperCase()),
      withSignature(sign(SECRET).slice('sha256='.length)),
      withSignature(`sha1=${createHmac('sha1', SECRET).update(good.body).digest('hex')}`),
      { ...good, headers: {} },
      { ...good, body: rewritten },
    ];
  }

  describe('signatures', () => {
    it.each([
      [
        '{"object":"whatsapp_business_account","entry":[]}',
        '8b405acbf3d855f3b8f88e6592094304bed2a81be896c4156943ffd392100ccd',
      ],
      ['{"text":{"body":"Olá, tudo bem? 😀"}}', '058baa3ff6f5a12eadb5cc28c17023f2227b67cb719cc914f463ee472af4b1eb'],
    ])('are those computed apart for %s', (body, hex) => {
      expect(connector.notices.verify([], noticeOf({ body, signature: `sha256=${hex}` }))).toBe(true);
    });

    it('are nobody else’s, whatever stands in the header', () => {
      const hex = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 64, maxLength: 64 });
      const header = fc.oneof(
        fc.string(),
        hex.map((digits) => `sha256=${digits}`),
        fc.string({ unit: 'binary' }),
      );
      fc.assert(
        fc.property(header, fc.uint8Array({ maxLength: 200 }), (signature, body) => {
          const notice = noticeOf({ body: Buffer.from(body).toString('latin1'), signature });
          expect(connector.notices.verify([], notice)).toBe(false);
        }),
      );
    });
  });

  it('confirms the address to who knows the token, and to nobody else', () => {
    const query = { 'hub.mode': 'subscribe', 'hub.verify_token': 'sim-verify-token', 'hub.challenge': '1158201444' };
    const { challenge } = connector.notices;
    expect(challenge?.(query)).toBe('1158201444');
    expect(challenge?.({ ...query, 'hub.verify_token': 'sim-verify-tokem' })).toBeNull();
    expect(challenge?.({ ...query, 'hub.mode': 'unsubscribe' })).toBeNull();
    expect(challenge?.({ ...query, 'hub.challenge': '<script>' })).toBeNull();
    expect(challenge?.({})).toBeNull();
  });

  describe('notices', () => {
    it('of a text are a message whose window stands open for a day', async () => {
      const at = Date.parse('2026-11-22T12:00:00Z');
      const { body } = await batch({ phone: '5511987654321', user: 'BR.4f7a', name: 'Marina', text: 'Olá! 😀', at });
      expect(parsed(body)).toEqual([
        {
          type: 'message.received',
          data: {
            messageId: expect.stringMatching(/^wamid\./),
            conversationId: 'phone:5511987654321',
            sentAt: '2026-11-22T12:00:00.000Z',
            buyer: { id: 'phone:5511987654321', ids: ['phone:5511987654321', 'user:BR.4f7a'], name: 'Marina' },
            text: 'Olá! 😀',
            platform: { windowUntil: '2026-11-23T12:00:00.000Z' },
          },
        },
      ]);
    });

    it('of somebody without a number are theirs all the same, and they can be answered', async () => {
      const user = 'BR.0a1b2c3d';
      const { body } = await batch({ user, phone: newBuyer(), hidePhone: true, text: 'Sem número.' });
      const [event] = parsed(body);
      expect(event).toMatchObject({ data: { conversationId: `user:${user}`, buyer: { ids: [`user:${user}`] } } });
      const message = { ...messageTo('', 'Pois não?'), conversationId: `user:${user}` };
      expect(await connector.send(rig.access, message)).toMatchObject({ kind: 'taken' });
      expect(await sim.act('taken', { intent: message.intentId })).toMatchObject([{ to: user }]);
    });

    it.each<[string, object, object]>([
      [
        'a picture',
        { type: 'image', image: { id: '77', mime_type: 'image/jpeg', sha256: 'x', caption: 'Veio assim' } },
        { text: 'Veio assim', attachments: [{ ref: '77', mediaType: 'image/jpeg' }] },
      ],
      [
        'a voice',
        { type: 'audio', audio: { id: '78', mime_type: 'audio/ogg; codecs=opus', voice: true } },
        { text: '', attachments: [{ ref: '78', mediaType: 'audio/ogg; codecs=opus' }] },
      ],
      [
        'a document',
        { type: 'document', document: { id: '79', mime_type: 'application/pdf', filename: 'nota.pdf' } },
        { text: '', attachments: [{ ref: '79', mediaType: 'application/pdf', name: 'nota.pdf' }] },
      ],
      [
        'a place',
        { type: 'location', location: { latitude: -23.55, longitude: -46.63, name: 'Sé' } },
        { text: '📍 Sé, -23.55, -46.63' },
      ],
      [
        'a contact',
        {
          type: 'contacts',
          contacts: [{ name: { formatted_name: 'Davi' }, phones: [{ phone: '+55 11 90000-0000' }] }],
        },
        { text: '👤 Davi, +55 11 90000-0000' },
      ],
      [
        'a choice',
        { type: 'interactive', interactive: { type: 'list_reply', list_reply: { id: 'x', title: 'Troca' } } },
        { text: 'Troca' },
      ],
      [
        'a button',
        { type: 'button', button: { text: 'Falar com alguém', payload: 'p' } },
        { text: 'Falar com alguém' },
      ],
      [
        'an order',
        {
          type: 'order',
          order: { catalog_id: 'c1', product_items: [{ product_retailer_id: 'azul-42', quantity: 2, item_price: 9 }] },
        },
        { text: '🛒 2 × azul-42', about: { kind: 'catalogue', id: 'c1' } },
      ],
      [
        'an advertisement',
        { text: 'Ainda tem?', referral: { source_id: 'ad-1', source_type: 'ad', headline: 'Promoção' } },
        { text: 'Ainda tem?', about: { kind: 'advertisement', id: 'ad-1', title: 'Promoção' } },
      ],
      [
        'what nobody can show',
        { type: 'unsupported', errors: [{ code: 131_051, title: 'Unsupported' }] },
        { text: '', about: { kind: 'not_shown', id: 'unsupported' } },
      ],
      [
        'what there will be one day',
        { type: 'hologram', hologram: {} },
        { about: { kind: 'not_shown', id: 'hologram' } },
      ],
    ])('of %s are shown as far as they can be', async (_name, given, data) => {
      const { body } = await batch({ phone: newBuyer(), ...given });
      expect(parsed(body)).toMatchObject([{ type: 'message.received', data }]);
    });

    it('of a reaction, or of a changed number, ask nobody for an answer', async () => {
      const reaction = { type: 'reaction', reaction: { message_id: 'wamid.x', emoji: '👍' } };
      const { body } = await batch({ phone: newBuyer(), ...reaction }, { phone: newBuyer(), type: 'system' });
      expect(connector.notices.parse(Buffer.from(body))).toMatchObject({
        kind: 'events',
        parts: [{ events: [], unread: [] }],
      });
    });

    it('of what became of a message say so by our intent, in whatever order', async () => {
      const told = async (given: object): Promise<readonly ChannelEvent[]> => {
        const intent = randomUUID();
        await sim.act('statuses', { id: `wamid.${intent}`, intent, to: '5511', ...given });
        const bodies = await sim.act<string[]>('told', { intent });
        return bodies
          .flatMap((body) => parsed(body))
          .map((event) => {
            expect(event.data).toMatchObject({ intentId: intent, externalId: `wamid.${intent}` });
            return event;
          });
      };
      const statuses = (await told({})).map(({ data }) => ('status' in data ? data.status : null));
      expect(statuses).toEqual(['available', 'available', 'available']);
      expect(await told({ failing: 131_047 })).toMatchObject([
        { data: { status: 'rejected', reason: 'window_closed' } },
      ]);
      expect(await told({ failing: 131_999 })).toMatchObject([{ data: { reason: 'whatsapp_131999' } }]);
    });

    it('of an answer from the phone of the shop show it', async () => {
      const { body } = await sim.act<Signed>('notices', {
        field: 'smb_message_echoes',
        value: {
          message_echoes: [
            {
              from: '551140000000',
              to: '5511',
              id: 'wamid.e',
              timestamp: '1763812800',
              type: 'text',
              text: { body: 'Já vai!' },
            },
          ],
        },
      });
      expect(parsed(body)).toMatchObject([
        { type: 'reply.external', data: { messageId: 'wamid.e', conversationId: 'phone:5511', text: 'Já vai!' } },
      ]);
    });

    it.each([
      ['behind', -4],
      ['ahead', 4],
    ])('lose, double and mix up nothing while the platform’s clock is four minutes %s', async (_word, minutes) => {
      const skewMs = minutes * 60_000;
      await sim.act('settings', { skewMs, refusesClosedWindow: true });
      const phone = newBuyer();
      const texts = ['Primeira?', 'Segunda?', 'Terceira?'];
      const { body } = await batch(...texts.map((text) => ({ phone, text })));
      const events = parsed(body);
      expect(events.map(({ data }) => ('text' in data ? data.text : null))).toEqual(texts);
      for (const { data } of events)
        expect(Math.abs(Date.parse('sentAt' in data ? data.sentAt : '') - Date.now() - skewMs)).toBeLessThan(60_000);
      const answer = messageTo(phone, 'Todas respondidas.');
      expect(await connector.send(rig.access, answer)).toMatchObject({ kind: 'taken' });
      expect(await rig.taken(answer)).toBe(1);
      expect(await rig.told?.(answer)).toEqual(['available', 'available', 'available']);
      await sim.act('settings', { skewMs: 0, refusesClosedWindow: false });
    });

    it('keep apart what one of many messages says that nobody understands', async () => {
      const { body } = await batch(
        { phone: newBuyer(), text: 'Um' },
        { raw: { id: 7 } },
        { phone: newBuyer(), text: 'Dois' },
      );
      const read = connector.notices.parse(Buffer.from(body));
      if (read.kind !== 'events') throw new Error(read.kind);
      const [part] = read.parts;
      expect(part?.events.map(({ data }) => ('text' in data ? data.text : null))).toEqual(['Um', 'Dois']);
      expect(part?.unread).toHaveLength(1);
      const alone = connector.notices.parse(part?.unread[0]?.body ?? Buffer.alloc(0));
      expect(alone).toMatchObject({ kind: 'events', parts: [{ account: PHONE_ID, events: [], unread: part?.unread }] });
    });

    it('of two shops are two parts, and neither sees the other', () => {
      const change = (account: string, body: string): object => ({
        field: 'messages',
        value: {
          metadata: { phone_number_id: account },
          messages: [{ from: '5511', id: `wamid.${account}`, timestamp: '1763812800', type: 'text', text: { body } }],
        },
      });
      const changes = [change('1', 'Para a um'), change('2', 'Para a dois'), change('1', 'De novo a um')];
      const notice = { object: 'whatsapp_business_account', entry: [{ id: 'w', changes }] };
      const read = connector.notices.parse(Buffer.from(JSON.stringify(notice)));
      if (read.kind !== 'events') throw new Error(read.kind);
      expect(read.parts.map(({ account, events }) => [account, events.length])).toEqual([
        ['1', 2],
        ['2', 1],
      ]);
      expect(read.parts.map(({ body }) => body.toString('utf8').includes('dois'))).toEqual([false, true]);
    });

    it.each([
      ['of something else', { object: 'page', entry: [] }, 'nothing'],
      [
        'of other changes',
        { object: 'whatsapp_business_account', entry: [{ id: 'w', changes: [{ field: 'flows', value: 1 }] }] },
        'nothing',
      ],
    ])('%s are no events', (_name, notice, kind) => {
      expect(connector.notices.parse(Buffer.from(JSON.stringify(notice))).kind).toBe(kind);
    });

    it('of nobody are told apart from the others in it, each to be read again by itself', () => {
      const value = { metadata: { phone_number_id: '1' }, statuses: [] };
      const changes = [
        { field: 'messages', value: { statuses: [{ id: 'wamid.1' }] } },
        { field: 'messages', value },
        { field: 'messages', value: { metadata: null } },
      ];
      const notice = { object: 'whatsapp_business_account', entry: [{ id: 'w', changes }] };
      const read = connector.notices.parse(Buffer.from(JSON.stringify(notice)));
      if (read.kind !== 'events') throw new Error(read.kind);
      expect(read.parts.map(({ account }) => account)).toEqual(['1']);
      expect(read.unplaced.map(({ errors }) => errors.map(({ pointer }) => pointer))).toEqual([
        ['/metadata'],
        ['/metadata'],
      ]);
      for (const one of read.unplaced) {
        expect(connector.notices.parse(one.body)).toEqual({ kind: 'events', parts: [], unplaced: [one] });
      }
      expect(String(read.unplaced[0]?.body)).toContain('wamid.1');
    });

    it('may hold anything where a message is expected', () => {
      const value = fc.record({
        messages: fc.array(fc.object()),
        statuses: fc.array(fc.object()),
        contacts: fc.array(fc.object()),
      });
      fc.assert(
        fc.property(value, (given) => {
          const all = { metadata: { phone_number_id: '1' }, ...given };
          const notice = {
            object: 'whatsapp_business_account',
            entry: [{ changes: [{ field: 'messages', value: all }] }],
          };
          const read = connector.notices.parse(Buffer.from(JSON.stringify(notice)));
          if (read.kind !== 'events') throw new Error(read.kind);
          const { events = [], unread = [] } = read.parts[0] ?? {};
          expect(events.length + unread.length).toBeLessThanOrEqual(given.messages.length + given.statuses.length);
        }),
      );
    });
  });

  it('hears nothing more where too many notices reached nobody, until the address is tried again', async () => {
    // Nobody listens there.
    const noticesUrl = 'http://127.0.0.1:1/';
    await sim.act('settings', { noticesUrl, noticeRetryMs: 1, disablesAfter: 2 });
    for (const text of ['Uma.', 'Duas.']) await sim.act('messages', { phone: newBuyer(), text });
    const { disabled } = await eventually(
      () => sim.state<{ readonly disabled: boolean }>(),
      (state) => state.disabled,
      20_000,
    );
    expect(disabled).toBe(true);
    const asked: string[] = [];
    const address = createServer(({ method = '', url = '' }, response) => {
      asked.push(method);
      response.end(new URL(url, 'http://here').searchParams.get('hub.challenge'));
    }).listen(0, '127.0.0.1');
    await once(address, 'listening');
    await sim.act('settings', { noticesUrl: `http://127.0.0.1:${(address.address() as AddressInfo).port}/` });
    await sim.act('messages', { phone: newBuyer(), text: 'Três, para ninguém.' });
    expect(await sim.act('subscribe')).toMatchObject({ confirmed: true });
    await sim.act('messages', { phone: newBuyer(), text: 'Quatro.' });
    await eventually(
      () => Promise.resolve(asked),
      (seen) => seen.includes('POST'),
      20_000,
    );
    expect(asked).toEqual(['GET', 'POST']);
    address.close();
    await sim.act('settings', { noticesUrl: null, noticeRetryMs: 300, disablesAfter: null });
  });

  describe('what may be asked', () => {
    const watched = (): { budget: Budget; asked: string[] } => {
      const asked: string[] = [];
      const budget: Budget = {
        take: (group, urgent) => (asked.push(`${group}${urgent ? ' first' : ''}`), Promise.resolve(null)),
        pause: (group, ms) => (asked.push(`${group} paused ${ms}`), Promise.resolve()),
      };
      return { budget, asked };
    };
    const connect = (egress: Egress, budgetOf: (account: string | null) => Budget): WhatsAppConnector =>
      new WhatsAppConnector({ ...APP, apiUrl: sim.url }, egress, budgetOf);

    it('is nothing when nothing is left of the second, and a message says when to come back', async () => {
      await keepsToBudget(rig, (egress, budget) => connect(egress, () => budget));
    });

    it.each([
      [4, 20, 20_000],
      [80_007, null, 5_000],
      [130_429, 7, 7_000],
      // A limit that nobody has told us of.
      [80_008, 9, 9_000],
    ])('rests for everybody of a number who is told %d', async (code, retryAfter, ms) => {
      const { budget, asked } = watched();
      const egress = new Egress(['127.0.0.1']);
      const accounts: (string | null)[] = [];
      const counted = connect(egress, (account) => (accounts.push(account), budget));
      const message = await rig.message('Chegou?');
      const about = message.conversationId.slice(6);
      await sim.act('faults', { call: 'send', about, fault: 'busy', code, retryAfter });
      expect(await counted.send(rig.access, message)).toMatchObject({ kind: 'not_taken', reason: `whatsapp_${code}` });
      expect(asked).toEqual(['messages first', `messages paused ${ms}`]);
      expect(accounts).toEqual([PHONE_ID]);
      await egress.close();
    });

    it('is less than was asked when a number sends more in a second than it may', async () => {
      // What other tests have sent is over after a second.
      await sleep(1_100);
      await sim.act('settings', { perSecond: 2 });
      const messages = await Promise.all(['Um', 'Dois', 'Três'].map((text) => rig.message(text)));
      const outcomes = await Promise.all(messages.map((message) => connector.send(rig.access, message)));
      await sim.act('settings', { perSecond: 100_000 });
      expect(outcomes.map((one) => ('reason' in one && one.reason) || one.kind).sort()).toEqual([
        ...['taken', 'taken', 'whatsapp_130429'],
      ]);
      expect(await sim.state()).toMatchObject({ crowded: 1 });
    });

    it('rests for nobody else when one buyer was written to twice at once', async () => {
      const { budget, asked } = watched();
      const egress = new Egress(['127.0.0.1']);
      const counted = connect(egress, () => budget);
      await sim.act('settings', { pairMs: 60_000 });
      const message = await rig.message('Um');
      expect(await counted.send(rig.access, message)).toMatchObject({ kind: 'taken' });
      const second = { ...message, intentId: randomUUID() };
      expect(await counted.send(rig.access, second)).toMatchObject({ reason: 'whatsapp_131056', retryAfterMs: 6_000 });
      expect(asked).toEqual(['messages first', 'messages first']);
      await sim.act('settings', { pairMs: 0 });
      await egress.close();
    });

    it('rests when something in between says 429, which names no code', async () => {
      const { budget, asked } = watched();
      const egress = new Egress(['127.0.0.1']);
      const counted = connect(egress, () => budget);
      const message = await rig.message('Alô?');
      const about = message.conversationId.slice(6);
      await sim.act('faults', { call: 'send', about, fault: 'shed', retryAfter: 3 });
      expect(await counted.send(rig.access, message)).toEqual({
        ...{ kind: 'not_taken', reason: 'http_429', retryAfterMs: 3_000 },
      });
      expect(asked).toEqual(['messages first', 'messages paused 3000']);
      await egress.close();
    });

    it('is counted apart for messages, their files and what nobody waits for', async () => {
      const { budget, asked } = watched();
      const egress = new Egress(['127.0.0.1']);
      const counted = connect(egress, () => budget);
      const file = { name: 'nota.txt', mediaType: 'text/plain' as const, bytes: Buffer.from('Nota 1') };
      const message = await rig.message('Segue a nota.');
      expect(await counted.send(rig.access, { ...message, files: [file] })).toMatchObject({ kind: 'taken' });
      expect(asked.splice(0)).toEqual(['media first', 'messages first']);
      await counted.files.fetch(rig.access, '4242', 1_024);
      expect(asked.splice(0)).toEqual(['media']);
      await counted.templates.list(rig.access, null);
      expect(asked).toEqual(['management']);
      await egress.close();
    });

    it('is counted under the number that somebody tries to connect, not for all who try', async () => {
      const { budget, asked } = watched();
      const egress = new Egress(['127.0.0.1']);
      const accounts: (string | null)[] = [];
      const counted = connect(egress, (account) => (accounts.push(account), budget));
      const settings = { phoneNumberId: PHONE_ID, businessAccountId: BUSINESS_ID };
      const outcome = await counted.credentials.check({ ...rig.access, account: null, settings });
      expect(outcome).toEqual({ kind: 'good', account: PHONE_ID });
      expect(accounts).toEqual([PHONE_ID, PHONE_ID]);
      expect(asked).toEqual(['management', 'management']);
      await egress.close();
    });
  });

  describe('sending', () => {
    const sendOutcomes = async (plan: object): Promise<[outcome: unknown, taken: number]> => {
      const message = await rig.message('Sob um código.');
      await sim.act('faults', { call: 'send', about: message.conversationId.slice(6), ...plan });
      return [await connector.send(rig.access, message), await rig.taken(message)];
    };

    it('answers the message it is about', async () => {
      const message = { ...(await rig.message('Sobre o seu pedido.')), inReplyTo: 'wamid.before' };
      await connector.send(rig.access, message);
      expect(await sim.act('taken', { intent: message.intentId })).toMatchObject([
        { context: { message_id: 'wamid.before' } },
      ]);
    });

    it.each([2, 4, 80_007, 130_429, 131_016, 131_057, 133_016])(
      'tries later what the platform has no time for: %d',
      async (code) => {
        expect(await sendOutcomes({ fault: 'busy', code })).toMatchObject([
          { kind: 'not_taken', reason: `whatsapp_${code}` },
          0,
        ]);
      },
    );

    it.each([1, 131_000])('knows no more than the platform itself where that does not know: %d', async (code) => {
      expect(await sendOutcomes({ fault: 'error_after', code })).toMatchObject([{ kind: 'unknown' }, 1]);
    });

    it.each([0, 3, 10, 190, 200])('says that the token is of no use any more: %d', async (code) => {
      expect(await sendOutcomes({ fault: 'refuse', code })).toMatchObject([
        { kind: 'not_taken', reason: 'token_invalid' },
        0,
      ]);
    });

    it.each([
      [131_047, 'window_closed'],
      [131_026, 'undeliverable'],
      [131_049, 'limited_by_platform'],
      [131_050, 'opted_out'],
      [131_051, 'type_unsupported'],
      [131_052, 'media_failed'],
      [131_021, 'same_number'],
      [130_403, 'blocked_by_buyer'],
      [100, 'parameter_invalid'],
      [131_009, 'parameter_invalid'],
      [132_001, 'template_refused'],
      [131_042, 'payment_missing'],
      [131_048, 'spam_limit'],
      [131_031, 'account_restricted'],
      [368, 'account_restricted'],
      [999_999, 'whatsapp_999999'],
    ])('gives the text back for %d: %s', async (code, reason) => {
      expect(await sendOutcomes({ fault: 'refuse', code })).toEqual([{ kind: 'refused', reason }, 0]);
    });

    it('waits six seconds between two messages to the same person', async () => {
      const first = await rig.message('Uma.');
      await sim.act('settings', { pairMs: 6_000 });
      expect(await connector.send(rig.access, first)).toMatchObject({ kind: 'taken' });
      const second = { ...first, intentId: randomUUID() };
      expect(await connector.send(rig.access, second)).toMatchObject({ kind: 'not_taken', retryAfterMs: 6_000 });
      await sim.act('settings', { pairMs: 0 });
    });

    it('goes nowhere without an address', async () => {
      const message = { ...messageTo('', 'Para quem?'), conversationId: 'pack:1' };
      expect(await connector.send(rig.access, message)).toEqual({ kind: 'refused', reason: 'address_unknown' });
    });
  });

  describe('files', () => {
    it('are given by their id, over an address that holds for five minutes', async () => {
      const base64 = Buffer.from('foto do produto').toString('base64');
      const { id } = await sim.act<{ id: string }>('media', { base64, mime: 'image/jpeg' });
      const fetched = await connector.files.fetch(rig.access, id, 1_000);
      expect(fetched).toMatchObject({ kind: 'read', value: { complete: true } });
      if (fetched.kind === 'read') expect(fetched.value.bytes.toString('utf8')).toBe('foto do produto');
      expect(await connector.files.fetch(rig.access, id, 4)).toMatchObject({
        kind: 'read',
        value: { complete: false },
      });
      await sim.act('settings', { mediaUrlMs: -1 });
      expect(await connector.files.fetch(rig.access, id, 1_000)).toMatchObject({
        kind: 'later',
        code: 'media_address_ended',
      });
      await sim.act('settings', { mediaUrlMs: 300_000 });
      expect(await connector.files.fetch(rig.access, '1', 1_000)).toEqual({ kind: 'absent' });
      expect(await connector.files.fetch(rig.stranger, id, 1_000)).toMatchObject({ kind: 'unauthorised' });
    });
  });

  describe('templates', () => {
    const body = (text: string): object => ({ type: 'BODY', text });
    const given = (more: object): Promise<unknown> =>
      sim.act('templates', { language: 'pt_BR', status: 'APPROVED', category: 'UTILITY', ...more });
    const listed = async () => {
      const answer = await connector.templates.list(rig.access, null);
      return answer.kind === 'read' ? answer.value : [];
    };

    it('are read to the last page, with their states and what is to be filled in', async () => {
      const buttons = [{ type: 'URL', url: 'https://loja.example/{{1}}' }];
      await given({
        name: 'saiu',
        components: [{ type: 'HEADER', format: 'TEXT', text: 'Pedido' }, body('Oi, {{1}}! {{2}} saiu.')],
      });
      await given({ name: 'pausado', status: 'PAUSED', components: [body('Oi!')] });
      await given({ name: 'com_foto', components: [{ type: 'HEADER', format: 'IMAGE' }, body('Oi!')] });
      await given({ name: 'com_endereco', components: [body('Oi!'), { type: 'BUTTONS', buttons }] });
      await given({ name: 'nomeado', parameter_format: 'NAMED', components: [body('Oi, {{nome}}!')] });
      expect(await listed()).toMatchObject([
        {
          name: 'saiu',
          language: 'pt_BR',
          state: 'approved',
          text: 'Pedido\n\nOi, {{1}}! {{2}} saiu.',
          variables: ['1', '2'],
          fillable: true,
        },
        { name: 'pausado', state: 'paused' },
        { name: 'com_foto', fillable: false },
        { name: 'com_endereco', fillable: false },
        { name: 'nomeado', variables: ['nome'], fillable: true },
      ]);
      expect(await connector.templates.list(rig.stranger, null)).toMatchObject({ kind: 'unauthorised' });
    });

    it.each([
      [
        'saiu',
        [
          { name: '1', text: 'Marina' },
          { name: '2', text: '77' },
        ],
        'Oi, Marina! 77 saiu.',
      ],
      ['nomeado', [{ name: 'nome', text: 'Davi' }], 'Oi, Davi!'],
    ])('are sent when free text is not taken any more: %s', async (name, values, text) => {
      await sim.act('settings', { refusesClosedWindow: true });
      const stranger = messageTo(newBuyer(), 'livre');
      expect(await connector.send(rig.access, stranger)).toEqual({ kind: 'refused', reason: 'window_closed' });
      const message = { ...stranger, intentId: randomUUID(), template: { name, language: 'pt_BR', values } };
      expect(await connector.send(rig.access, message)).toMatchObject({ kind: 'taken' });
      expect(await sim.act('taken', { intent: message.intentId })).toMatchObject([{ type: 'template', text }]);
      await sim.act('settings', { refusesClosedWindow: false });
    });

    it('are given back where the platform has changed its mind about them', async () => {
      const template = { name: 'pausado', language: 'pt_BR', values: [] };
      const outcome = await connector.send(rig.access, { ...messageTo(newBuyer(), 'Oi!'), template });
      expect(outcome).toEqual({ kind: 'refused', reason: 'template_refused' });
    });
  });

  it('does not take an account for the number’s that does not have it', async () => {
    const settings = { phoneNumberId: PHONE_ID, businessAccountId: '1' };
    const access = { ...rig.access, account: null };
    expect(await connector.credentials.check({ ...access, settings })).toMatchObject({
      ...{ kind: 'refused', code: 'id_unknown', field: 'businessAccountId' },
    });
    const swapped = { phoneNumberId: '2', businessAccountId: BUSINESS_ID };
    expect(await connector.credentials.check({ ...access, settings: swapped })).toMatchObject({
      field: 'phoneNumberId',
    });
  });
});
