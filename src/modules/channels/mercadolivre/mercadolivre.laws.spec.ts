import fc from 'fast-check';
import { channelEventSchema } from '../events.js';
import type { ChannelEvent } from '../events.js';
import { claimEvents } from './claim-events.js';
import { packEvents, questionEvents } from './events.js';
import { hintOf, packHint } from './notices.js';
import { claimMessagesShape, claimShape, packShape, questionShape } from './shapes.js';

const RUNS = 1_000;
const SELLER = '1001';

const id = fc.oneof(fc.nat(), fc.bigInt({ min: 0n, max: 10n ** 19n }).map(String), fc.string());
const who = fc.constantFrom(1_001, SELLER, 5_001, '5002');
const text = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 50 }), fc.constantFrom(null, '\0', '\ud800'));
const instant = fc.oneof(
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  fc.constantFrom(
    '2026-11-22T12:00:00.000-03:00',
    '-000001-01-01T00:00:00Z',
    '+275760-09-13T00:00:00Z',
    '2026',
    'nunca',
  ),
);
const file = fc.oneof(
  fc.record({ filename: fc.string(), original_filename: fc.string(), type: fc.string(), size: fc.integer() }),
  fc.jsonValue(),
);
const files = fc.oneof(fc.array(file, { maxLength: 2 }), fc.constant(null));
const status = fc.constantFrom('UNANSWERED', 'ANSWERED', 'BANNED', 'ACTIVE', 'available', 'moderated', 'novo');
const moderation = fc.oneof(
  fc.record({ status: fc.constantFrom('rejected', 'pending'), reason: text }),
  fc.constant(null),
);

const question = fc.record(
  {
    ...{ id, date_created: instant, item_id: fc.string(), seller_id: who, status, text },
    answer: fc.oneof(fc.record({ text, status, date_created: instant }), fc.constant(null)),
    from: fc.record({ id: who }),
  },
  { requiredKeys: ['id', 'date_created', 'item_id', 'seller_id', 'status', 'from'] },
);
const pack = fc.record({
  paging: fc.record({ total: fc.nat() }),
  messages: fc.array(
    fc.record({
      ...{ id, from: fc.record({ user_id: who }), status, text, message_moderation: moderation },
      message_date: fc.record({ created: instant, received: instant }, { requiredKeys: [] }),
      message_attachments: files,
    }),
    { maxLength: 5 },
  ),
});
const role = fc.constantFrom('respondent', 'complainant', 'mediator', 'internal');
const claim = fc.record({
  ...{ id, status },
  players: fc.array(fc.record({ role, user_id: who, available_actions: fc.jsonValue() }), { maxLength: 3 }),
});
const claimMessages = fc.array(
  fc.record({
    ...{ sender_role: role, receiver_role: fc.oneof(role, fc.constant(null)), message: text, date_created: instant },
    ...{ message_moderation: moderation, attachments: files },
  }),
  { maxLength: 5 },
);

/** Files are named by the platform's own ids, which no signed delivery could hold. */
function expectToFit(events: readonly ChannelEvent[]): void {
  for (const { type, data } of events) {
    const { attachments: _files, ...rest } = data as typeof data & { readonly attachments?: unknown };
    expect(channelEventSchema.safeParse({ type, data: rest }).error).toBeUndefined();
  }
}

describe('what the platform says of', () => {
  it('a question becomes events that fit', () => {
    fc.assert(
      fc.property(question, (given) => {
        const read = questionShape.safeParse(given);
        if (read.success) expectToFit(questionEvents(read.data));
      }),
      { numRuns: RUNS },
    );
  });

  it('a sale becomes events that fit, each message once at most and in order', () => {
    fc.assert(
      fc.property(pack, (given) => {
        const read = packShape.safeParse(given);
        if (!read.success) return;
        const events = packEvents('2000001', read.data.messages, SELLER, '5001');
        expectToFit(events);
        expect(events.length).toBeLessThanOrEqual(read.data.messages.length);
        const instants = events.flatMap(({ data }) => ('sentAt' in data ? [data.sentAt] : []));
        expect(instants).toEqual([...instants].sort());
      }),
      { numRuns: RUNS },
    );
  });

  it('a claim becomes events that fit', () => {
    fc.assert(
      fc.property(claim, claimMessages, (given, messages) => {
        const [read, written] = [claimShape.safeParse(given), claimMessagesShape.safeParse(messages)];
        if (!read.success || !written.success) return;
        expectToFit(
          claimEvents(
            read.data,
            written.data.map((message, at) => ({ id: `claim:1:${at}`, message })),
          ),
        );
      }),
      { numRuns: RUNS },
    );
  });

  it('where something changed leads to ids alone', () => {
    const place = fc.oneof(
      fc.string(),
      fc
        .tuple(fc.constantFrom('/questions/', 'messages/', '/packs/', '/post-purchase/v1/claims/'), fc.string())
        .map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(fc.constantFrom('questions', 'messages', 'post_purchase', 'items'), place, (topic, resource) => {
        for (const hint of [hintOf(topic, resource), packHint(resource)])
          if (hint !== null) expect(hint.resource).toMatch(/^[0-9A-Za-z_-]{1,128}$/);
      }),
      { numRuns: RUNS },
    );
  });
});
