import type { NotifyPlan } from '../definition/plan.js';
import { onDuty } from '../assignment/duty.js';
import type { Course } from './course.js';
import type { Because } from './effects.js';

type Reason = Omit<Because, 'definition'>;

/** When nobody answers to a target, who is asked next. */
const FALL_THROUGH = ['holder', 'on_duty', 'supervisor', 'role:ops'] as const;

type NoticeOptions = {
  /** What the notice is about, as a code. */
  readonly kind?: string;
  /** Whom it is not for. */
  readonly without?: string | null;
};

/**
 * Tells people inside Atende. The recipients are decided here and recorded; if nobody at all can be told, that is an
 * audit event of its own (`notify_nobody`).
 */
export function notify(
  course: Course,
  plan: NotifyPlan,
  because: Reason,
  { kind = 'escalation', without = null }: NoticeOptions = {},
): void {
  const passedOver: string[] = [];
  const start = (FALL_THROUGH as readonly string[]).indexOf(plan.to);
  const targets = start === -1 ? [plan.to, ...FALL_THROUGH.slice(1)] : FALL_THROUGH.slice(start);
  for (const target of targets) {
    const members = recipients(course, target).filter((id) => id !== without);
    if (members.length === 0) {
      passedOver.push(target);
      continue;
    }
    course.effect({
      do: 'notify',
      to: plan.to,
      members,
      urgent: plan.urgent,
      kind,
      data: noticeData(because),
    });
    course.record(
      'notification.sent',
      { to: plan.to, reached: target, members, urgent: plan.urgent },
      { ...because, passedOver },
    );
    return;
  }
  course.effect({
    do: 'notify',
    to: plan.to,
    members: [],
    urgent: plan.urgent,
    kind: 'notify_nobody',
    data: noticeData(because),
  });
  course.record('notification.nobody', { to: plan.to, code: 'notify_nobody' }, { ...because, passedOver });
}

function noticeData(because: Reason): Readonly<Record<string, string | number | null>> {
  return {
    rule: because.rule ?? null,
    step: because.step ?? null,
    obligation: because.level?.obligation ?? null,
    level: because.level?.level ?? null,
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
