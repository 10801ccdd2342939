import type { LevelPlan, ObligationPlan, Plan, Within } from '../../definition/plan.js';
import { saysTheSame } from '../../definition/same-meaning.js';
import { dueFromStart, pausedTime } from '../../obligation/promise.js';
import type { Course } from '../course.js';
import { replaceObligation, retarget } from '../obligation-changes.js';
import { activate, calendarOf, cancelObligation, chooseTarget, fromStart, planLevels, resume } from '../obligations.js';
import { isOpenObligation, unansweredOf } from '../state.js';
import type { LevelState, ObligationState } from '../state.js';
import type { Renaming } from './renaming.js';
import { renamedNeeds } from './renaming.js';

/** Why an obligation was begun or ended, where a migration did it. */
const CAUSE = 'migrated';

/**
 * Brings the open obligations onto the plan the course follows now. One that the new plan has as it was keeps its time; another
 * target counts from the original start; one on another clock, calendar or moment ends and begins anew from that start; what
 * the new plan does not have ends, and what it adds begins where it would have begun. A breach stays what it is.
 */
export function followObligations(course: Course, from: Plan, renaming: Renaming): void {
  for (const obligation of course.state.obligations) {
    const [old, next] = [planOf(from, obligation.name), planOf(course.plan, obligation.name)];
    if (!isOpenObligation(obligation)) followEnded(course, obligation, { next, before: chainOf(from, old) });
    else if (next === undefined) cancelObligation(course, obligation, CAUSE);
    else if (obligation.status === 'breached_open' || isSamePromise(course, { from, old, next, renaming }))
      keep(course, obligation, { old, next, before: chainOf(from, old) });
    else beginAnew(course, obligation);
  }
  for (const { name } of course.plan.obligations) if (planOf(from, name) === undefined) begin(course, name);
}

function planOf(plan: Plan, name: string): ObligationPlan | undefined {
  return plan.obligations.find((obligation) => obligation.name === name);
}

function stateOf(course: Course, name: string, instance: number): ObligationState | undefined {
  return course.state.obligations.find((one) => one.name === name && one.instance === instance);
}

function chainOf(plan: Plan, obligation: ObligationPlan | undefined): readonly LevelPlan[] {
  return plan.escalations[obligation?.escalate ?? ''] ?? [];
}

type Versions = {
  readonly from: Plan;
  readonly old: ObligationPlan | undefined;
  readonly next: ObligationPlan;
  readonly renaming: Renaming;
};

/** Whether both plans mean the same thing to be done, on the same clock and calendar. */
function isSamePromise(course: Course, { from, old, next, renaming }: Versions): boolean {
  const { calendar: ofShop } = course.facts.get('shop');
  const key = (plan: Plan, { clock, calendar }: ObligationPlan): string | null =>
    clock === 'wall' ? null : (calendar ?? ofShop ?? plan.calendar);
  return (
    old !== undefined &&
    old.clock === next.clock &&
    renamedNeeds(old.metBy, renaming) === next.metBy &&
    key(from, old) === key(course.plan, next)
  );
}

type Kept = {
  readonly old: ObligationPlan | undefined;
  readonly next: ObligationPlan;
  /** The chain it has had. */
  readonly before: readonly LevelPlan[];
};

type Followed = { readonly next: ObligationPlan | undefined };

/** It goes on: with another target or chain where the new plan says so, from its own start. */
function keep(course: Course, found: ObligationState, { old, next, before }: Kept): void {
  const chain = chainOf(course.plan, next);
  const isSameChain = saysTheSame(before, chain);
  const within = found.status === 'breached_open' ? found.within : targetOf(course, found, old, next);
  if (isSameChain && saysTheSame(within, found.within)) {
    if (found.chain !== next.escalate) replaceObligation(course, { ...found, chain: next.escalate });
    return;
  }
  // What pauses is brought up to now first, and pauses again where the new plan wants it to.
  if (found.status === 'paused') resume(course, found);
  const obligation = stateOf(course, found.name, found.instance) ?? found;
  const deadline = saysTheSame(within, found.within) ? obligation.deadline : movedTo(course, obligation, within);
  if (deadline === null) return;
  const planned = plannedLevels(course, obligation, next, deadline);
  const levels = isSameChain ? obligation.levels : carriedLevels(obligation.levels, before, chain, planned);
  const plannedAt = ({ level, plannedAt: at }: LevelState): number =>
    planned.find((other) => other.level === level)?.plannedAt ?? at;
  retarget(course, { ...obligation, within, chain: next.escalate, levels }, { deadline, plannedAt }, {});
}

/** What it has to come to under the new plan; as before where the plan has not changed that, or leaves it to the channel. */
function targetOf(
  course: Course,
  { within }: ObligationState,
  old: ObligationPlan | undefined,
  next: ObligationPlan,
): Within {
  if (saysTheSame(old?.targets, next.targets)) return within;
  const target = chooseTarget(course, next)?.within ?? within;
  return 'platform' in target ? within : target;
}

/** Where another target ends it: the whole time from the original start, with pauses and what an earlier inquiry had used. */
function movedTo(course: Course, obligation: ObligationState, within: Within): number | null {
  return 'platform' in within
    ? obligation.deadline
    : dueFromStart({ ...obligation, within }, calendarOf(course, obligation));
}

/** What has ended may be taken back, when the message that met it is rejected: its levels are then those of the new chain. */
function followEnded(
  course: Course,
  obligation: ObligationState,
  { next, before }: Pick<Kept, 'before'> & Followed,
): void {
  const { deadline, levels } = obligation;
  const chain = chainOf(course.plan, next);
  if (saysTheSame(before, chain) && obligation.chain === (next?.escalate ?? null)) return;
  const planned = next === undefined || deadline === null ? [] : plannedLevels(course, obligation, next, deadline);
  const carried = carriedLevels(levels, before, chain, planned);
  const ended = carried.map((level) => (level.state === 'pending' ? { ...level, state: 'cancelled' as const } : level));
  replaceObligation(course, { ...obligation, chain: next?.escalate ?? null, levels: ended });
}

/** When each level of the new chain is due, with the time it paused put on those that count from the start. */
function plannedLevels(
  course: Course,
  obligation: ObligationState,
  plan: ObligationPlan,
  deadline: number,
): readonly LevelState[] {
  if (course.state.backfill) return [];
  const { clock, startedAt } = obligation;
  const calendar = calendarOf(course, obligation);
  const paused = pausedTime(obligation, calendar);
  return planLevels(course, { ...plan, clock }, calendar, { startedAt, deadline, paused });
}

/** The levels of the new chain; one that the old chain had too has come as far as it had there. */
function carriedLevels(
  levels: readonly LevelState[],
  before: readonly LevelPlan[],
  chain: readonly LevelPlan[],
  planned: readonly LevelState[],
): readonly LevelState[] {
  const left = [...levels];
  return planned.map((level) => {
    const index = left.findIndex((other) => saysTheSame(before[other.level - 1], chain[level.level - 1]));
    const [known] = index === -1 ? [] : left.splice(index, 1);
    if (known === undefined) return level;
    const { state, firedAt } = known;
    return state === 'pending' ? level : { ...level, state, firedAt, plannedAt: known.plannedAt };
  });
}

/** Ends it and begins it again as the new plan has it, from the same start and with the pauses it had. */
function beginAnew(course: Course, found: ObligationState): void {
  if (found.status === 'paused') resume(course, found);
  const obligation = stateOf(course, found.name, found.instance) ?? found;
  const { name, startedAt, deadline, pauses, used } = obligation;
  cancelObligation(course, obligation, CAUSE);
  const platformDeadline = name === 'platform_response' ? deadline : null;
  activate(course, { name, startedAt, cause: CAUSE, used, platformDeadline });
  const begun = newest(course, name);
  if (begun === undefined) return;
  if (begun.clock === 'house' && pauses.length > 0) replaceObligation(course, fromStart(course, { ...begun, pauses }));
  checkPast(course, name);
}

function newest(course: Course, name: string): ObligationState | undefined {
  return course.state.obligations.findLast((one) => one.name === name && one.status === 'running');
}

/** Begins an obligation that only the new plan has, where it would have begun; not one whose moment has passed unseen. */
function begin(course: Course, name: string): void {
  const start = startOf(course, name);
  if (start === null) return;
  activate(course, { name, cause: CAUSE, ...start });
  checkPast(course, name);
}

type Start = { readonly startedAt: number; readonly platformDeadline?: number };

function startOf(course: Course, name: string): Start | null {
  const { state } = course;
  const [oldest] = unansweredOf(state);
  const at = (startedAt: number | undefined): Start | null => (startedAt === undefined ? null : { startedAt });
  switch (name) {
    case 'resolution':
      return at(state.openedAt);
    case 'acknowledge':
      return state.sends.some(({ status }) => status === 'available') ? null : at(oldest?.sentAt);
    case 'first_response':
      return state.humanAnswered ? null : at(oldest?.sentAt);
    case 'next_response':
      return state.humanAnswered ? at(oldest?.sentAt) : null;
    case 'platform_response':
      return platformStart(course);
    default:
      return ownStart(course, name);
  }
}

/** The channel's rule for the newest message, while nobody has answered it. */
function platformStart(course: Course): Start | null {
  const { newestMessageId, newestPosition } = course.state;
  const isOpen = unansweredOf(course.state).some(({ position }) => position === newestPosition);
  if (newestMessageId === null || !isOpen) return null;
  const { sentAt, respondBy } = course.facts.get('message', newestMessageId);
  return respondBy === null ? null : { startedAt: sentAt, platformDeadline: respondBy };
}

/** An obligation of the definition's own begins with the opening, or with the step the token rests on. */
function ownStart(course: Course, name: string): Start | null {
  const { state, plan } = course;
  const moment = planOf(plan, name)?.startOn;
  if (moment === 'opening') return { startedAt: state.openedAt };
  if (state.step === null || moment !== `step:${state.step}`) return null;
  const task = state.tasks.find(({ step }) => step === state.step);
  return { startedAt: state.wait?.since ?? task?.openedAt ?? course.now };
}

/** What would have been due before now is a breach of now: nobody knew of the rule then. */
function checkPast(course: Course, name: string): void {
  const begun = newest(course, name);
  if (begun === undefined || begun.deadline === null || begun.deadline > course.now) return;
  retarget(course, begun, { deadline: begun.deadline, plannedAt: (level) => level.plannedAt }, {});
}
