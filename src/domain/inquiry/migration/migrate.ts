import { stepOf } from '../../definition/plan.js';
import type { Course } from '../course.js';
import { applyDue, nextDue } from '../due.js';
import type { DefinitionChangedEvent } from '../events.js';
import { followPauses } from '../obligations.js';
import type { InquiryState } from '../state.js';
import { endEarly } from '../steps/wait.js';
import { reviewTargets } from '../targets.js';
import { advance } from '../walk.js';
import { blockOf } from './blocks.js';
import { followObligations } from './obligations.js';
import { renamed, renamingOf } from './renaming.js';

/** What is due at once is bounded, as in a drain; the rest falls under the new plan. */
const MAX_DUE = 100;

/**
 * Brings an inquiry onto another version of its definition, or records why it stays. Where it stands it goes on standing: on
 * the step of the same kind, with the same tasks, holders, drafts and ends of waits; no expression is evaluated again for
 * them. What had become due before happens by the old plan.
 */
export function migrate(course: Course, event: DefinitionChangedEvent): void {
  const { migrationId, version, steps } = event;
  const from = course.plan;
  const to = course.facts.get('plan', `${from.key}@${version}`);
  if (course.state.closedAt === null) catchUp(course);
  const renaming = renamingOf(from, steps);
  const { channel } = course.facts.get('shop');
  const block = blockOf({ state: course.state, from, to, renaming, channel });
  if (block !== null) {
    course.record('definition.migration_refused', { migrationId, toVersion: version, ...block }, {}, course.actor);
    return;
  }
  const before = course.state;
  course.follow(to);
  course.set(renamed(before, from, to, renaming));
  const told = { migrationId, fromVersion: from.version, toVersion: to.version };
  course.record('definition.migrated', { ...told, ...renamedStep(before, course.state) }, {}, course.actor);
  for (const { key, step } of course.state.tasks) {
    const earlier = before.tasks.find((task) => task.key === key)?.step ?? null;
    if (step !== null && step !== earlier) course.effect({ do: 'rename_step', task: key, step });
  }
  followObligations(course, from, renaming);
  followWait(course, before.step === null ? null : stepOf(from, before.step));
}

function catchUp(course: Course): void {
  for (let count = 0; count < MAX_DUE && course.state.closedAt === null; count += 1) {
    const due = nextDue(course.state, course.now);
    if (due === null) return;
    applyDue(course, due);
    followPauses(course);
    reviewTargets(course);
  }
}

function renamedStep(before: InquiryState, after: InquiryState): { readonly fromStep?: string } {
  return before.step === null || before.step === after.step ? {} : { fromStep: before.step };
}

/** A wait keeps its end; what it waits for is the new plan's, and what of that is there already ends it. */
function followWait(course: Course, old: ReturnType<typeof stepOf> | null): void {
  const { wait, step } = course.state;
  const next = step === null ? null : stepOf(course.plan, step);
  if (wait === null || old?.kind !== 'wait' || next?.kind !== 'wait') return;
  course.set({ wait: { ...wait, as: next.as } });
  const events = next.events.filter((name) => !old.events.includes(name));
  const outcome = endEarly(course, next.id, { events, messages: next.messages && !old.messages });
  if (outcome !== null) advance(course, outcome);
}
