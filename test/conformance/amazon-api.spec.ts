import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { CAPABILITIES } from '../../src/domain/channel/capabilities.js';
import { AmazonConnector } from '../../src/modules/channels/index.js';
import type { Access, Beside, Budget, Connector, Grant, OutgoingMessage } from '../../src/modules/channels/index.js';
import type { AmazonAppConfig } from '../../src/platform/config/index.js';
import { Egress } from '../../src/platform/egress/index.js';
import { Sim } from '../channels/sim.js';
import { consentConformance } from './consent.js';
import { allOf, deliver, schedules } from './delivery.js';
import { SEND_FAULTS } from './rig.js';
import type { Rig, SendFault } from './rig.js';

const SEED = Number(process.env['ATENDE_CONFORMANCE_SEED'] ?? 20_261_123);
const SCHEDULES = Number(process.env['ATENDE_CONFORMANCE_SCHEDULES'] ?? 300);
const HASTY_MS = 750;

const UNLIMITED: Budget = { take: () => Promise.resolve(null), pause: () => Promise.resolve() };
const SPENT: Budget = { take: () => Promise.resolve(1_500), pause: () => Promise.resolve() };

/** What the Selling Partner API does beside the relay. */
describe('amazon, by its API', () => {
  let sim: Sim;
  let egress: Egress;
  let app: AmazonAppConfig;
  let beside: Beside;
  let access: Access;
  let rig: Rig;
  let orders = 0;

  const connect = (budget: Budget, changed: Partial<AmazonAppConfig> = {}): Beside => {
    const settings = {
      relayDomains: ['marketplace.amazon.com.br'],
      respondHours: 24,
      filesMaxBytes: 7_000_000,
      app: { ...app, ...changed },
    };
    const connector = new AmazonConnector(settings, egress, budget);
    if (connector.beside === undefined) throw new Error('An application is set');
    return connector.beside;
  };

  /** A message of a kind that the platform takes for an order. */
  const message = async (text: string, kind = 'unexpectedProblem'): Promise<OutgoingMessage> => {
    const order = `702-0000000-${String((orders += 1)).padStart(7, '0')}`;
    const { alias } = await sim.act<{ alias: string }>('buyers', { orders: [order] });
    const template = { name: kind, language: 'pt-BR', values: [{ name: 'text', text }] };
    return {
      ...{ intentId: randomUUID(), conversationId: `${alias} ${order}`, buyerId: alias, text, language: 'pt-BR' },
      ...{ inReplyTo: null, author: 'human', attachments: [], template },
    };
  };

  const orderOf = ({ conversationId }: OutgoingMessage): string => conversationId.split(' ')[1] ?? '';

  const taken = async (one: OutgoingMessage): Promise<number> =>
    (await sim.act<unknown[]>('typed', { order: orderOf(one) })).length;

  const next = (one: OutgoingMessage, fault: SendFault): Promise<void> =>
    sim.act('faults', { call: 'typed', about: orderOf(one), fault }).then(() => undefined);

  const accessOf = ({ accessToken, account }: Grant): Access => ({
    ...{ url: sim.url, secrets: [accessToken], account, requestTimeoutMs: 20_000 },
  });

  const agree = async (url: string): Promise<Record<string, string>> => {
    const response = await fetch(url, { redirect: 'manual' });
    return Object.fromEntries(new URL(response.headers.get('location') ?? '').searchParams);
  };

  const consented = async ({ authorisation }: Beside): Promise<Access> => {
    const [redirectUri, verifier] = ['https://atende.example/oauth/amazon/callback', ''];
    const back = await agree(authorisation.consentUrl({ redirectUri, state: 'first', verifier }));
    const outcome = await authorisation.exchange({ redirectUri, back, verifier });
    if (outcome.kind !== 'granted') throw new Error(outcome.code);
    // A seller consents for a year.
    expect(outcome.grant.consentEndsAt).toBeGreaterThan(Date.now() + 364 * 86_400_000);
    return accessOf(outcome.grant);
  };

  beforeAll(async () => {
    sim = await Sim.start('amazon', { perSecond: 1_000_000, burst: 1_000_000 });
    egress = new Egress(['127.0.0.1']);
    app = {
      ...{ applicationId: 'amzn1.sp.solution.sim', clientId: 'amzn1.application-oa2-client.sim' },
      ...{ clientSecret: 'sim-client-secret', isDraft: false, perMinute: 30, marketplaceId: 'A2Q3Y263D00KWC' },
      ...{ apiUrl: sim.url, tokenUrl: sim.url, consentUrl: sim.url },
    };
    beside = connect(UNLIMITED);
    access = await consented(beside);
    const { authorisation } = beside;
    const send: Connector['send'] = (given, one) => beside.send(given, one);
    // What has a consent of its own keeps what everything keeps that has one.
    const connector: Connector = { name: 'amazon', capabilities: CAPABILITIES.amazon, authorisation, send };
    rig = {
      connector,
      access,
      ...{ stranger: { ...access, secrets: ['Atza|of-somebody-else'] }, unreachable: 'http://127.0.0.1:1' },
      ...{ message, next, taken },
      consent: {
        stays: true,
        redirectUri: 'https://atende.example/oauth/amazon/callback',
        agree,
        stolen: ({ back, ...asked }) => ({ ...asked, back: { ...back, spapi_oauth_code: 'ANSIM|guessed' } }),
        next: (fault) => sim.act('faults', { call: 'token', fault }).then(() => undefined),
        accessOf,
      },
      stop: () => Promise.resolve(),
    };
  });

  afterAll(async () => {
    await sim.stop();
    await egress.close();
  });

  consentConformance(() => rig);

  it('asks for a draft’s consent as such, and for nobody’s without a seller', async () => {
    const draft = connect(UNLIMITED, { isDraft: true }).authorisation;
    const url = draft.consentUrl({ redirectUri: 'https://x.example', state: 's', verifier: '' });
    expect(new URL(url).searchParams.get('version')).toBe('beta');
    const asked = { redirectUri: '', back: { spapi_oauth_code: 'ANSIM|x' }, verifier: '' };
    expect(await draft.exchange(asked)).toEqual({ kind: 'refused', code: 'seller_not_named' });
  });

  it('says which kinds of messages the platform allows for an order, and which have words', async () => {
    const { conversationId } = await message('');
    const answer = await beside.templates.list(access, ['nobody@marketplace.amazon.com.br', conversationId]);
    if (answer.kind !== 'read') throw new Error(answer.kind);
    const states = answer.value.map(({ name, state, fillable }) => [name, state, fillable]);
    expect(states).toContainEqual(['confirmOrderDetails', 'approved', true]);
    expect(states).toContainEqual(['digitalAccessKey', 'not_allowed', true]);
    expect(states).toContainEqual(['invoice', 'approved', false]);
    const none = await beside.templates.list(access, ['nobody@marketplace.amazon.com.br']);
    expect(none.kind === 'read' && none.value.every(({ state }) => state === 'no_order')).toBe(true);
    expect(await beside.templates.list(access, null)).toMatchObject({ kind: 'read' });
    expect(await beside.templates.list(rig.stranger, [conversationId])).toMatchObject({ kind: 'unauthorised' });
  });

  it.each([
    ['a kind that is not allowed for the order', 'digitalAccessKey', 'action_not_allowed'],
    ['a kind that nobody knows', '../../orders', 'kind_unknown'],
  ])('does not send %s', async (_what, kind, reason) => {
    const one = await message('Nada.', kind);
    expect(await beside.send(access, one)).toEqual({ kind: 'refused', reason });
    expect(await taken(one)).toBe(0);
  });

  it('does not send what is about no order, or one that the platform does not know', async () => {
    const one = await message('Nada.');
    const about = (conversationId: string) => beside.send(access, { ...one, conversationId });
    expect(await about(one.buyerId)).toEqual({ kind: 'refused', reason: 'order_unknown' });
    expect(await about(`${one.buyerId} 703-9999999-9999999`)).toEqual({ kind: 'refused', reason: 'order_unknown' });
  });

  it.each(SEND_FAULTS)('never says what is not so: %s', async (fault) => {
    const one = await message(`Aviso sob ${fault}.`);
    await next(one, fault);
    const given = fault === 'hang_after' ? { ...access, requestTimeoutMs: HASTY_MS } : access;
    const outcome = await beside.send(given, one);
    const count = await taken(one);
    if (outcome.kind === 'taken') expect(count).toBe(1);
    if (outcome.kind === 'not_taken' || outcome.kind === 'refused') expect(count).toBe(0);
    if (fault === 'none') expect(outcome).toMatchObject({ kind: 'taken', status: 'available' });
    if (fault === 'busy') expect(outcome.kind).toBe('not_taken');
    if (fault === 'refuse') expect(outcome).toEqual({ kind: 'refused', reason: 'invalidinput' });
    expect(JSON.stringify(outcome)).not.toContain(access.secrets[0]);
  });

  it('tells a token that is over from something that is not allowed', async () => {
    const one = await message('De novo.');
    expect(await beside.send(rig.stranger, one)).toMatchObject({ kind: 'not_taken', reason: 'token_invalid' });
    await sim.act('faults', { call: 'typed', about: orderOf(one), fault: 'forbidden' });
    expect(await beside.send(access, one)).toMatchObject({ kind: 'refused', reason: 'unauthorized' });
    const nowhere = { ...access, url: rig.unreachable };
    expect(await beside.send(nowhere, one)).toMatchObject({ kind: 'not_taken' });
    expect(await taken(one)).toBe(0);
  });

  it('asks for nothing when nothing is left of what may be asked', async () => {
    const held = connect(SPENT);
    const one = await message('Agora não.');
    const wait = { reason: 'rate_budget', retryAfterMs: 1_500 };
    expect(await held.send(access, one)).toEqual({ kind: 'not_taken', ...wait });
    const listed = await held.templates.list(access, [one.conversationId]);
    expect(listed).toEqual({ kind: 'later', code: 'rate_budget', retryAfterMs: 1_500 });
  });

  it('shows the orders that a conversation names, and asks for nothing of the buyer', async () => {
    const one = await message('');
    const subject = {
      conversationIds: [one.buyerId, one.conversationId, one.conversationId],
      orderIds: [],
      productIds: [],
    };
    expect(await beside.context?.read(access, subject)).toEqual({
      kind: 'read',
      value: {
        products: [],
        orders: [
          {
            ...{
              id: orderOf(one),
              status: 'shipped',
              orderedAt: '2026-11-20T12:00:00.000Z',
              currency: 'BRL',
              total: 159.8,
            },
            items: [{ productId: 'B0SIM00001', title: 'Caneca azul', quantity: 2, unitPrice: 69.9 }],
          },
        ],
      },
    });
    await sim.act('faults', { call: 'order', about: orderOf(one), fault: 'garbage' });
    expect(await beside.context?.read(access, subject)).toMatchObject({ kind: 'unreadable' });
  });

  it(`is on the platform once at most, and its end is true (seed ${SEED}, ${SCHEDULES} schedules)`, async () => {
    const drawn = fc.sample(schedules(SEND_FAULTS), { numRuns: SCHEDULES, seed: SEED });
    const wrong = await allOf(drawn, 50, async ({ faults, deaths }, index) => {
      const one = await message(`Mensagem ${index} de uma série.`);
      for (const fault of faults) await next(one, fault);
      const end = await deliver(rig, { ...access, requestTimeoutMs: HASTY_MS }, one, deaths);
      const count = await taken(one);
      const isTrue =
        count <= 1 && (end === 'available' ? count === 1 : true) && (end === 'failed' ? count === 0 : true);
      return isTrue ? [] : [{ faults, deaths, end, count }];
    });
    expect(wrong.flat()).toEqual([]);
  }, 120_000);
});
