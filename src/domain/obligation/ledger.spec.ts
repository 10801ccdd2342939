import fc from 'fast-check';
import type { Calendar } from '../calendar/types.js';
import { elapsedWorking, isOpen } from '../calendar/working-time.js';
import { ledgerOf } from './ledger.js';
import type { LedgerInput, LedgerSegment, Pause } from './ledger.js';
import { phasesOf } from './phases.js';
import type { Phase, PhaseEntry } from './phases.js';

const HOUR = 3_600_000;
const office: Calendar = {
  key: 'office',
  version: 3,
  spec: {
    zone: 'America/Sao_Paulo',
    week: Object.fromEntries(
      (['mon', 'tue', 'wed', 'thu', 'fri'] as const).map((day) => [
        day,
        [
          { from: '09:00', to: '12:00' },
          { from: '13:00', to: '18:00' },
        ],
      ]),
    ),
    exceptions: [{ date: '2026-11-20', name: 'Consciência Negra', intervals: [] }],
  },
};

/** Thursday, 19 November 2026, 17:00 in São Paulo. */
const THURSDAY = Date.parse('2026-11-19T20:00:00.000Z');

const ledger = (more: Partial<LedgerInput>): LedgerSegment[] =>
  ledgerOf({ from: THURSDAY, to: THURSDAY + HOUR, clock: 'house', calendar: office, pauses: [], phases: [], ...more });
const short = (segments: readonly LedgerSegment[]) =>
  segments.map(({ from, to, kind, reason, during }) => [(to - from) / HOUR, kind, reason ?? during]);

describe('ledgerOf', () => {
  it('names the holiday and the hours outside which nothing counts', () => {
    // To Monday, 10:00 in São Paulo.
    expect(short(ledger({ to: Date.parse('2026-11-23T13:00:00.000Z') }))).toEqual([
      [1, 'counting', 'queued'],
      [6, 'closed', 'outside_hours'],
      [24, 'closed', 'Consciência Negra'],
      [57, 'closed', 'outside_hours'],
      [1, 'counting', 'queued'],
    ]);
  });

  it('has no closed time on the wall clock, whatever the calendar says', () => {
    expect(short(ledger({ clock: 'wall', to: THURSDAY + 48 * HOUR }))).toEqual([[48, 'counting', 'queued']]);
  });

  it('tells who paused it and why, and leaves closed time inside a pause closed', () => {
    const pause: Pause = {
      from: THURSDAY + HOUR / 2,
      to: THURSDAY + 2 * HOUR,
      reason: 'waiting_buyer',
      by: 'member-1',
    };
    const segments = ledger({ to: THURSDAY + 2 * HOUR, pauses: [pause] });
    expect(short(segments)).toEqual([
      [0.5, 'counting', 'queued'],
      [0.5, 'paused', 'waiting_buyer'],
      [1, 'closed', 'outside_hours'],
    ]);
    expect(segments[1]?.by).toBe('member-1');
  });

  it('tells what was going on while it counted', () => {
    const phases: Phase[] = [
      { from: THURSDAY, to: THURSDAY + HOUR / 4, during: 'channel_lag' },
      { from: THURSDAY + HOUR / 4, to: THURSDAY + 2 * HOUR, during: 'held' },
    ];
    expect(short(ledger({ phases }))).toEqual([
      [0.25, 'counting', 'channel_lag'],
      [0.75, 'counting', 'held'],
    ]);
  });

  it('is empty when it was met before it started', () => {
    expect(ledger({ to: THURSDAY - HOUR })).toEqual([]);
  });
});

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
