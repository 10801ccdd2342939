import { shift } from '../obligation/clock.js';
import type { Course } from './course.js';
import { replaceObligation } from './obligation-changes.js';
import { calendarOf } from './obligations.js';
import { isOpenObligation } from './state.js';
import type { LevelState, ObligationState } from './state.js';

/**
 * Levels that hang on the channel's window (`window-30m`) go with it: the buyer has written, so it ends later. Otherwise people
 * would be called for an end that is no longer one. A level that has fired stays so.
 */
export function followWindow(course: Course): void {
  if (course.state.backfill) return;
  for (const obligation of course.state.obligations.filter(isOpenObligation)) {
    const chain = course.plan.escalations[obligation.chain ?? ''] ?? [];
    if (!chain.some(({ anchor }) => anchor === 'window')) continue;
    const { windowUntil } = course.facts.get('conversation');
    if (windowUntil === null) continue;
    const calendar = calendarOf(course, obligation);
    const levels = chain.flatMap(({ anchor, offsetMs }, index): LevelState[] => {
      const known = obligation.levels.find(({ level }) => level === index + 1);
      if (anchor !== 'window' || (known !== undefined && known.state !== 'pending')) return known ? [known] : [];
      const plannedAt = shift(obligation.clock, calendar, windowUntil, offsetMs);
      return [{ level: index + 1, plannedAt, state: 'pending', firedAt: null, remaining: null }];
    });
    follow(course, { ...obligation, levels }, obligation.levels);
  }
}

function follow(course: Course, next: ObligationState, before: readonly LevelState[]): void {
  const { name, instance, levels } = next;
  const from = new Map(before.map(({ level, plannedAt }) => [level, plannedAt]));
  const moved = levels.filter(({ level, plannedAt }) => from.get(level) !== plannedAt);
  if (moved.length === 0) return;
  replaceObligation(course, next);
  for (const { level, plannedAt } of moved) {
    course.record('level.moved', { name, instance, level, from: from.get(level) ?? null, planned: plannedAt });
  }
}
