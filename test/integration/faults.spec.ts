import fc from 'fast-check';
import { BuyerServer } from '../support/buyer-server.js';
import type { ReadScript, Report, SendScript } from '../support/buyer-server.js';
import { deliveryFaults, onTheirWay } from '../support/delivery-check.js';
import { eventually } from '../support/eventually.js';
import { answerPatiently, deliverPatiently, setShop } from '../support/people.js';
import { startStack } from '../support/stack.js';
import type { Stack } from '../support/stack.js';

/** A failing seed can be run again; the long run has more inquiries. Each inquiry has two messages, so two schedules. */
const SEED = Number(process.env['ATENDE_FAULTS_SEED'] ?? 20_261_122);
const INQUIRIES = Number(process.env['ATENDE_FAULTS_INQUIRIES'] ?? 30);

/** Inquiries at once: enough to be in each other's way, few enough that a slow machine gets through. */
const WAVE = 30;

const LONG_AGO = 'Wed, 21 Oct 2015 07:28:00 GMT';

const report: fc.Arbitrary<Report> = fc.record({
  status: fc.constantFrom('available', 'available', 'rejected', 'bounced'),
  by: fc.constantFrom('intentId', 'externalId'),
  when: fc.constantFrom('before', 'after'),
  times: fc.integer({ min: 1, max: 3 }),
});

const take = fc.record({
  do: fc.constant('take' as const),
  status: fc.constantFrom('available' as const, 'accepted' as const, 'rejected' as const),
});

const send: fc.Arbitrary<SendScript> = fc.oneof(
  take,
  fc.record({ do: fc.constant('take' as const), status: fc.constantFrom('available', 'accepted'), report }),
  fc.record({ do: fc.constantFrom('take_and_hang' as const, 'take_and_cut' as const), report }),
  fc.record({ do: fc.constant('take_and_answer' as const), http: fc.constantFrom(500, 502, 503, 504, 408) }),
  fc.record({ do: fc.constant('take_and_drip' as const), what: fc.constantFrom('headers', 'body') }),
  fc.constant<SendScript>({ do: 'take_and_flood' }),
  fc.constantFrom<SendScript>(
    { do: 'take_and_say', body: '<p>Welcome</p>', contentType: 'text/html' },
    { do: 'take_and_say', body: '{"status":"in a queue","externalId":7}', contentType: 'application/json' },
    { do: 'take_and_say', body: '{"externalId":', contentType: 'application/json' },
    { do: 'take_and_say', body: '', contentType: 'application/json' },
  ),
  fc.record({ do: fc.constant('cut_and_take' as const), afterMs: fc.integer({ min: 0, max: 700 }) }),
  fc.constant<SendScript>({ do: 'cut' }),
  fc.constantFrom<SendScript>(
    { do: 'refuse', http: 500 },
    { do: 'refuse', http: 503, headers: { 'retry-after': '1' } },
    { do: 'refuse', http: 429 },
    { do: 'refuse', http: 429, headers: { 'retry-after': '1' } },
    { do: 'refuse', http: 429, headers: { 'retry-after': LONG_AGO } },
    { do: 'refuse', http: 429, headers: { 'retry-after': 'soon' } },
    { do: 'refuse', http: 422 },
    { do: 'refuse', http: 307, headers: { location: 'http://169.254.169.254/latest/meta-data/' } },
  ),
);

type Schedule = {
  readonly sends: SendScript[];
  readonly reads: ReadScript[];
  readonly late: 'rejected' | 'bounced' | null;
};

const schedule: fc.Arbitrary<Schedule> = fc.record({
  sends: fc.array(send, { minLength: 1, maxLength: 4 }),
  reads: fc.array(fc.constantFrom<ReadScript>('answer', 'answer', 'fail', 'cut', 'page'), { maxLength: 3 }),
  /** What the channel says once more when everything is over. */
  late: fc.constantFrom(null, null, 'rejected' as const, 'bounced' as const),
});

describe('a buyer’s side that misbehaves', () => {
  let stack: Stack;
  let buyer: BuyerServer;

  beforeAll(async () => {
    stack = await startStack({ environment: { ATENDE_RATE_REQUESTS_PER_KEY: '1000000' } });
    buyer = await new BuyerServer(stack.demo.webhookSecret).start();
    buyer.deliver = (event) => stack.deliver(event);
    await setShop(stack, { replyUrl: buyer.url, requestTimeout: '1s', settleTime: '1s', verdictTimeout: '2s' });
  }, 60_000);

  afterAll(async () => {
    await stack.stop();
    await buyer.stop();
  }, 60_000);

  /** One inquiry with its acknowledgement and its answer, both under one script. */
  async function converse(name: string, { sends, reads }: Schedule): Promise<string> {
    buyer.scriptFor(name, sends, reads);
    const { inquiryId } = await deliverPatiently(stack, { buyer: name });
    await answerPatiently(stack, inquiryId);
    return inquiryId;
  }

  it(`gets every message once at most, and every message ends (seed ${SEED})`, async () => {
    const schedules = fc.sample(schedule, { numRuns: INQUIRIES, seed: SEED });
    const settled = (): Promise<unknown> =>
      eventually(
        () => onTheirWay(stack),
        (open) => open === 0,
        120_000,
        250,
      );
    const inquiries: string[] = [];
    for (let first = 0; first < schedules.length; first += WAVE) {
      const wave = schedules.slice(first, first + WAVE);
      inquiries.push(...(await Promise.all(wave.map((steps, index) => converse(`f-${first + index}`, steps)))));
      await settled();
    }
    expect(await deliveryFaults(stack, buyer)).toEqual([]);

    await Promise.all(
      schedules.map(async ({ late }, index) => {
        const intentId = late === null ? null : await answerOf(inquiries[index] ?? '');
        if (intentId === null) return;
        await stack.deliver({ type: 'message.status', data: { intentId, status: late } });
        await stack.deliver({ type: 'message.status', data: { intentId, status: late } });
      }),
    );
    await settled();
    expect(await deliveryFaults(stack, buyer)).toEqual([]);
    // A verdict is in the outbox before the inquiry has heard of it.
    await eventually(falselyMet, (found) => found.length === 0, 60_000, 250);
    expect(buyer.unsigned).toEqual([]);
  }, 600_000);

  /** The intent of an inquiry's answer, if the buyer has it. */
  async function answerOf(inquiryId: string): Promise<string | null> {
    const { rows } = await stack.superuser.query<{ intentId: string }>(
      `select intent_id as "intentId" from message
        where inquiry_id = $1 and author = 'human' and delivery_state = 'available'`,
      [inquiryId],
    );
    return rows[0]?.intentId ?? null;
  }

  /** Inquiries whose first response counts as met although the buyer sees no answer, or the other way round. */
  async function falselyMet(): Promise<unknown[]> {
    const { rows } = await stack.superuser.query(
      `select i.id, o.state, array_agg(m.delivery_state) as messages
         from inquiry i
         join obligation o on o.tenant_id = i.tenant_id and o.inquiry_id = i.id and o.name = 'first_response'
         join message m on m.tenant_id = i.tenant_id and m.inquiry_id = i.id and m.author = 'human'
        group by i.id, o.state
       having bool_or(m.delivery_state = 'available') <> (o.state in ('met', 'breached_met'))`,
    );
    return rows;
  }
});
