import fc from 'fast-check';
import { channelEventSchema } from '../events.js';
import { conversationEvents } from './events.js';
import { jsonOf, jsonText, numberOf } from './json.js';
import { shopeePushes } from './pushes.js';
import { messagesShape, pushShape } from './shapes.js';

const RUNS = 1_000;

const id = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }).map(String),
  fc.constantFrom('2292349852063924224', '9007199254740993'),
);
const word = fc.constantFrom('normal', 'auto_reply', 'blocked', 'censored_blacklist', 'openapi', 'nova');
const content = fc.oneof(
  fc.record({ text: fc.string({ unit: 'grapheme', maxLength: 50 }), translation: fc.string() }),
  fc.record({ url: fc.oneof(fc.webUrl(), fc.string()), thumb_url: fc.string() }),
  fc.record({ item_id: fc.oneof(id, fc.nat(), fc.string()), order_sn: fc.string(), sticker_id: fc.string() }),
  fc.dictionary(fc.string(), fc.jsonValue()),
  fc.string(),
  fc.constant(null),
);
const message = fc.record(
  {
    message_id: fc.oneof(id, fc.nat()),
    message_type: fc.oneof(
      fc.constantFrom('text', 'image', 'video', 'item', 'order', 'sticker', 'voucher'),
      fc.string(),
    ),
    from_id: id,
    from_shop_id: fc.constantFrom(0, 14_701_711, '14701711', null),
    to_id: id,
    created_timestamp: fc.oneof(
      fc.integer({ min: 0, max: 4_000_000_000 }),
      fc.nat(2 ** 53 - 1),
      fc.constant('9'.repeat(20)),
    ),
    status: word,
    source: word,
    content,
    source_content: fc.oneof(fc.record({ order_sn: fc.string(), item_id: fc.nat() }), fc.jsonValue()),
    business_type: fc.constantFrom(0, 11, null),
  },
  { requiredKeys: ['message_id', 'message_type', 'from_id', 'to_id', 'created_timestamp'] },
);
const conversation = {
  id: 'c1',
  account: '14701711',
  buyerName: null,
  respondWithinMs: 43_200_000,
  windowMs: 604_800_000,
};

describe('what the platform says', () => {
  it('keeps every digit of an id, as a number and back', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 19n - 1n }), (value) => {
        const said = jsonOf(`{"message_id":${value},"n":[${value}]}`) as { message_id: unknown; n: unknown[] };
        expect([String(said.message_id), String(said.n[0])]).toEqual([String(value), String(value)]);
        expect(jsonText({ to_id: numberOf(String(value)) })).toBe(`{"to_id":${value}}`);
      }),
      { numRuns: RUNS },
    );
  });

  it('becomes events that fit, each message once and in order, whatever it holds', () => {
    fc.assert(
      fc.property(fc.array(message, { maxLength: 8 }), (messages) => {
        const parsed = messagesShape.safeParse({ messages });
        if (!parsed.success) return;
        const read = parsed.data.messages ?? [];
        const events = conversationEvents(read, conversation);
        for (const event of events) expect(channelEventSchema.safeParse(event).error).toBeUndefined();
        const instants = events.flatMap(({ data }) => ('sentAt' in data ? [data.sentAt] : []));
        expect(instants).toEqual([...instants].sort());
        expect(events.length).toBeLessThanOrEqual(read.filter(({ business_type: kind }) => (kind ?? 0) === 0).length);
      }),
      { numRuns: RUNS },
    );
  });

  it('is read without a fault, whatever comes in its place', () => {
    const pushes = shopeePushes({ pushKey: 'k' } as never);
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array)),
      fc.json().map((text) => Buffer.from(text)),
      fc
        .record({
          code: fc.constantFrom(0, 1, 2, 10, 12, 99),
          shop_id: fc.jsonValue(),
          timestamp: fc.jsonValue(),
          data: fc.jsonValue(),
        })
        .map((push) => Buffer.from(JSON.stringify(push))),
      fc
        .constantFrom('['.repeat(50_000), '{"a":'.repeat(50_000), '{"code":1,"code":2}')
        .map((text) => Buffer.from(text)),
    );
    fc.assert(
      fc.property(bytes, (body) => {
        expect(['hints', 'consent', 'nothing', 'unreadable']).toContain(pushes.parse(body).kind);
      }),
      { numRuns: RUNS },
    );
    expect(pushShape.safeParse(jsonOf('{"code":10,"__proto__":{"data":1}}')).data?.data).toBeUndefined();
  });
});
