import fc from 'fast-check';
import { retentionStep } from './sweep.js';
import type { RetentionFacts, RetentionStep } from './sweep.js';

const CLOSED = 1_000_000;
const REOPEN = CLOSED + 100;
const RETAIN = CLOSED + 1_000;

const closed: RetentionFacts = {
  closedAt: CLOSED,
  archivedAt: null,
  erasedAt: null,
  reopenUntil: REOPEN,
  retainUntil: RETAIN,
  onHold: false,
};
const archived: RetentionFacts = { ...closed, archivedAt: REOPEN + 1 };

describe('retentionStep', () => {
  it.each<[string, RetentionFacts, number, RetentionStep]>([
    ['an open inquiry', { ...closed, closedAt: null, reopenUntil: null, retainUntil: null }, RETAIN * 2, 'keep'],
    ['a closed one that may be reopened', closed, REOPEN - 1, 'keep'],
    ['at the very end of reopening', closed, REOPEN, 'keep'],
    ['after reopening', closed, REOPEN + 1, 'archive'],
    ['without a reopening period', { ...closed, reopenUntil: null }, CLOSED, 'archive'],
    ['long over but never archived', closed, RETAIN + 1, 'archive'],
    ['under a hold: archiving takes nothing away', { ...closed, onHold: true }, REOPEN + 1, 'archive'],
    ['archived and kept', archived, RETAIN - 1, 'keep'],
    ['exactly at the end of the class', archived, RETAIN, 'erase'],
    ['after the end of the class', archived, RETAIN + 1, 'erase'],
    ['at the end, on hold', { ...archived, onHold: true }, RETAIN + 1, 'held'],
    ['before the end, on hold', { ...archived, onHold: true }, RETAIN - 1, 'keep'],
    ['without a decided end', { ...archived, retainUntil: null }, RETAIN * 2, 'keep'],
    ['a class shorter than the reopening', { ...archived, reopenUntil: RETAIN + 50 }, RETAIN + 1, 'keep'],
    ['erased already', { ...archived, erasedAt: RETAIN + 2, onHold: true }, RETAIN * 2, 'keep'],
  ])('%s', (_name, facts, now, step) => {
    expect(retentionStep(facts, now)).toBe(step);
  });

  const instant = fc.option(fc.integer({ min: 0, max: 1_000 }), { nil: null });
  const anyFacts = fc.record({
    closedAt: instant,
    archivedAt: instant,
    erasedAt: instant,
    reopenUntil: instant,
    retainUntil: instant,
    onHold: fc.boolean(),
  });

  it('never erases what is on hold, and a hold changes nothing else', () => {
    fc.assert(
      fc.property(anyFacts, fc.integer({ min: 0, max: 1_100 }), (facts, now) => {
        const free = retentionStep({ ...facts, onHold: false }, now);
        const held = retentionStep({ ...facts, onHold: true }, now);
        expect(held).toBe(free === 'erase' ? 'held' : free);
      }),
    );
  });

  it('never goes back: what may be erased now may be erased later', () => {
    fc.assert(
      fc.property(anyFacts, fc.integer({ min: 0, max: 1_100 }), fc.nat(500), (facts, now, later) => {
        if (retentionStep(facts, now) === 'erase') expect(retentionStep(facts, now + later)).toBe('erase');
      }),
    );
  });
});
