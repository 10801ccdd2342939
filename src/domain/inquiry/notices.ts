import type { NotifyPlan, NotifyTarget } from '../definition/plan.js';
import { onDuty } from '../assignment/duty.js';
import { meansFor } from '../notice/means.js';
import type { Means } from '../notice/means.js';
import type { Course } from './course.js';
import type { Because } from './effects.js';
import type { NoticeOrigin, NoticeUndeliveredEvent } from './events.js';

type Reason = Omit<Because, 'definition'>;

/** When nobody answers to a target, who is asked next. */
const FALL_THROUGH = ['holder', 'on_duty', 'supervisor', 'role:ops'] as const;

type NoticeOptions = {
  /** What the notice is about, as a code. */
  readonly kind?: string;
  /** Whom it is not for. */
  readonly without?: string | null;
};

type Notice = {
  readonly to: NotifyTarget;
  readonly urgent: boolean;
  readonly kind: string;
  /** null = inside Atende, as it has always been without a word about it. */
  readonly by: readonly Means[] | null;
  readonly origin: NoticeOrigin;
  readonly without: readonly string[];
};

/**
 * Tells people. The recipients are decided here and recorded: those of the first target that somebody can be told of by the
 * means of the plan. If nobody at all can be told, that is an audit event of its own (`notify_nobody`).
 */
export function notify(
  course: Course,
  plan: NotifyPlan,
  because: Reason,
  { kind = 'escalation', without = null }: NoticeOptions = {},
): void {
  const { to, urgent, by = null } = plan;
  const notice = { to, urgent, kind, by, origin: originOf(because), without: without === null ? [] : [without] };
  tell(course, notice, [to, ...after(to)], because);
}

/**
 * A notice that reached none of those it was for: the next target is told, inside Atende too, so that it does not hang on the
 * same means again. Nobody needs it in an inquiry that is closed.
 */
export function undelivered(course: Course, event: NoticeUndeliveredEvent): void {
  const { to, reached, members, by, urgent, about, origin, code } = event;
  const because = reasonOf(origin);
  course.record('notification.undelivered', { to, reached, members, by, code }, because);
  if (course.state.closedAt !== null) return;
  const means = [...new Set<Means>([...by, 'in_app'])];
  tell(course, { to, urgent, kind: about, by: means, origin, without: members }, after(reached), because);
}

/** Who is asked after a target. */
function after(target: string): readonly string[] {
  const place = (FALL_THROUGH as readonly string[]).indexOf(target);
  return FALL_THROUGH.slice(Math.max(place, 0) + 1);
}

function tell(course: Course, notice: Notice, targets: readonly string[], because: Reason): void {
  const { to, urgent, kind, by, origin, without } = notice;
  const passedOver: unknown[] = [];
  for (const target of targets) {
    const there = recipients(course, target).filter((id) => !without.includes(id));
    const members = by === null ? there : there.filter((id) => canBeTold(course, id, by));
    if (members.length === 0) {
      passedOver.push(there.length === 0 ? target : { to: target, unreachable: there });
      continue;
    }
    const ways = by === null ? {} : { by, reached: target };
    course.effect({ do: 'notify', to, members, urgent, kind, data: origin, ...ways });
    course.record(
      'notification.sent',
      { to, reached: target, members, urgent, ...(by === null ? {} : { by }) },
      { ...because, passedOver },
    );
    return;
  }
  course.effect({ do: 'notify', to, members: [], urgent, kind: 'notify_nobody', data: origin });
  course.record('notification.nobody', { to, code: 'notify_nobody' }, { ...because, passedOver });
}

function canBeTold(course: Course, memberId: string, by: readonly Means[]): boolean {
  return by.includes('in_app') || meansFor(course.facts.get('reach', memberId), by).length > 0;
}

function originOf({ rule, step, level }: Reason): NoticeOrigin {
  return { rule: rule ?? null, step: step ?? null, obligation: level?.obligation ?? null, level: level?.level ?? null };
}

/** What a notice came from, as far as it is kept with it. */
function reasonOf({ rule, step }: NoticeOrigin): Reason {
  return {
    ...(typeof rule === 'string' ? { rule } : {}),
    ...(typeof step === 'string' ? { step } : {}),
  };
}

function recipients(course: Course, target: string): string[] {
  const [word, name] = splitTarget(target);
  switch (word) {
    case 'holder':
      return holders(course);
    case 'queue':
      return queueMembers(course, name ?? course.state.queue, false);
    case 'on_duty':
      return queueMembers(course, course.state.queue, true);
    case 'supervisor':
      return byRole(course, 'supervisor');
    case 'role':
      return name === null ? [] : byRole(course, name);
    case 'member':
      return name === null ? [] : [course.facts.get('member', name)?.id].filter((id) => id !== undefined);
    default:
      return [];
  }
}

function splitTarget(target: string): [string, string | null] {
  const colon = target.indexOf(':');
  return colon === -1 ? [target, null] : [target.slice(0, colon), target.slice(colon + 1)];
}

function holders(course: Course): string[] {
  const held = course.state.tasks.flatMap((task) => {
    const facts = course.facts.get('task', task.key);
    const holder = facts?.holderId ?? null;
    return holder !== null && (facts?.leaseUntil ?? 0) > course.now ? [holder] : [];
  });
  return [...new Set(held)];
}

function queueMembers(course: Course, key: string | null, dutyOnly: boolean): string[] {
  const queue = key === null ? null : course.facts.get('queue', key);
  if (queue === null) return [];
  return queue.members.filter((member) => !dutyOnly || onDuty(queue, member, course.now)).map((member) => member.id);
}

/** Members of a role; supervisors of the inquiry's own queue first, all of them where the queue has none. */
function byRole(course: Course, role: string): string[] {
  const people = course.facts.get('role', role);
  const { queue } = course.state;
  const own = queue === null ? [] : people.filter((person) => person.queues.includes(queue));
  return (own.length > 0 ? own : people).map((person) => person.id);
}
