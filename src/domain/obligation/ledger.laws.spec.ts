import fc from 'fast-check';
import { office, THURSDAY } from '../../../test/support/split-office.js';
import { elapsedWorking, isOpen } from '../calendar/working-time.js';
import { ledgerOf } from './ledger.js';
import type { LedgerInput, LedgerSegment, Pause } from './ledger.js';
import { phasesOf } from './phases.js';
import type { PhaseEntry } from './phases.js';

const HOUR = 3_600_000;

const WEEK = 7 * 24 * HOUR;
const offset = fc.integer({ min: 0, max: WEEK });
const kinds = fc.constantFrom(
  'task.opened',
  'task.claimed',
  'task.released',
  'message.queued',
  'message.accepted',
  'message.available',
);

/** An obligation with any pauses and any history; instants are not tied to opening hours. */
const anyInput = fc
  .record({
    from: offset.map((ms) => THURSDAY - ms),
    length: fc.integer({ min: 1, max: 2 * WEEK }),
    clock: fc.constantFrom('wall' as const, 'house' as const),
    cuts: fc.array(fc.integer({ min: -WEEK, max: 3 * WEEK }), { maxLength: 8 }),
    entries: fc.array(fc.tuple(offset, kinds, fc.boolean()), { maxLength: 12 }),
    lag: fc.option(fc.integer({ min: 0, max: HOUR }), { nil: null }),
  })
  .map(({ from, length, clock, cuts, entries, lag }): LedgerInput => {
    const to = from + length;
    const edges = [...new Set(cuts)].sort((a, b) => a - b).map((ms) => from + ms);
    const pauses = edges.flatMap((edge, index): Pause[] => {
      const end = edges[index + 1];
      return index % 2 === 1 || end === undefined ? [] : [{ from: edge, to: end, reason: 'waiting_buyer', by: null }];
    });
    const history = entries
      .sort(([a], [b]) => a - b)
      .map(([ms, kind, offered]): PhaseEntry => ({
        at: from + ms,
        kind,
        task: 'task:1',
        send: 'send:1',
        author: 'human',
        offered,
      }));
    const receivedAt = lag === null ? null : from + lag;
    return {
      from,
      to,
      clock,
      calendar: office,
      pauses,
      phases: phasesOf('human_reply', { from, to }, receivedAt, history),
    };
  });

const lasting = (segments: readonly LedgerSegment[], kind?: LedgerSegment['kind']): number =>
  segments
    .filter((segment) => kind === undefined || segment.kind === kind)
    .reduce((sum, { from, to }) => sum + to - from, 0);

describe('laws of the ledger', () => {
  it('accounts for every millisecond exactly once', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const segments = ledgerOf(input);
        expect(segments[0]?.from).toBe(input.from);
        expect(segments.at(-1)?.to).toBe(input.to);
        for (const [index, segment] of segments.entries()) {
          expect(segment.to).toBeGreaterThan(segment.from);
          const next = segments[index + 1];
          if (next === undefined) continue;
          expect(next.from).toBe(segment.to);
          expect({ ...next, from: 0, to: 0 }).not.toEqual({ ...segment, from: 0, to: 0 });
        }
        expect(lasting(segments)).toBe(input.to - input.from);
      }),
    );
  });

  it('counts or pauses exactly while the calendar is open, on the house clock', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const segments = ledgerOf({ ...input, clock: 'house' });
        expect(lasting(segments, 'counting') + lasting(segments, 'paused')).toBe(
          elapsedWorking(office, input.from, input.to),
        );
        for (const { from, to, kind } of segments) {
          expect(isOpen(office, from)).toBe(kind !== 'closed');
          expect(isOpen(office, to - 1)).toBe(kind !== 'closed');
        }
      }),
    );
  });

  it('says during what it counted, and why it did not', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        for (const { kind, during, reason } of ledgerOf(input)) {
          expect(during === null).toBe(kind !== 'counting');
          expect(reason === null).toBe(kind === 'counting');
        }
      }),
    );
  });

  it('is never closed on the wall clock', () => {
    fc.assert(fc.property(anyInput, (input) => lasting(ledgerOf({ ...input, clock: 'wall' }), 'closed') === 0));
  });
});
