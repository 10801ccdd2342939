import { office, THURSDAY } from '../../../test/support/split-office.js';
import { ledgerOf } from './ledger.js';
import type { LedgerInput, LedgerSegment, Pause } from './ledger.js';
import type { Phase } from './phases.js';

const HOUR = 3_600_000;

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
