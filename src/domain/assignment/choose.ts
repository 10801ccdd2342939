import type { AssignStrategy } from '../definition/plan.js';
import { speaks } from '../roster/coverage.js';
import { hoursOf, isWorked } from './duty.js';
import type { Because } from '../inquiry/effects.js';
import type { ActivityFacts, MemberFacts, QueueFacts } from '../inquiry/facts.js';

/** Why a member of the queue was not chosen. */
export type PassedOver = {
  readonly memberId: string;
  readonly why: 'role' | 'off_duty' | 'shop' | 'language' | 'away' | 'at_capacity' | 'at_cap' | 'strategy';
};

export type Choice = {
  readonly memberId: string | null;
  /** Rule that decided: the strategy, that the member answered this buyer before, or stands in for who did. */
  readonly by: AssignStrategy | 'last_agent' | 'substitute' | 'nobody';
  readonly passedOver: readonly PassedOver[];
};

export type ChoiceRequest = {
  readonly queue: QueueFacts;
  readonly strategy: AssignStrategy;
  /** Who last answered this conversation, if that counts. */
  readonly lastAgentId: string | null;
  /** The buyer's language, or null when unknown. */
  readonly language: string | null;
  /** Where the buyer wrote. */
  readonly shop: { readonly key: string; readonly channel: string };
  /** Needed as `asksForActivity` says, else null. */
  readonly activity: ActivityFacts | null;
  readonly now: number;
};

/** Whether a choice in a queue depends on what its members did lately. */
export function asksForActivity(queue: QueueFacts, strategy: AssignStrategy): boolean {
  return queue.cap !== null || strategy === 'longest_idle';
}

/** Roles that are offered work; supervisors only where a queue has nobody else. */
const OFFERED = 'agent';

/**
 * Chooses whom to offer a task, from recorded facts alone, so that "why Ana?" has the same answer at any later time.
 * The filters come first, in this order: on duty, permitted for shop and channel, language, not away, below capacity, below the
 * queue's cap; who fails several is recorded with the first. Then the strategy; ties go to the member that comes first in the queue.
 */
export function choose(request: ChoiceRequest): Choice {
  const reasons = unfitness(request);
  const eligible = request.queue.members.filter(({ id }) => reasons.get(id) === null);
  const [memberId, by] = pick(request, eligible);
  const passedOver = request.queue.members
    .filter(({ id }) => id !== memberId)
    .map(({ id }): PassedOver => ({ memberId: id, why: reasons.get(id) ?? 'strategy' }));
  return { memberId, by, passedOver };
}

/** What a choice was taken from, as it is recorded with it: enough to see why, and to take it again. */
export function grounds(
  { queue, activity }: Pick<ChoiceRequest, 'queue' | 'activity'>,
  { passedOver }: Choice,
): Pick<Because, 'values' | 'passedOver' | 'calendar' | 'roster'> {
  const { calendar, roster, members, lastChosen } = queue;
  return {
    values: {
      candidates: members.map(({ id, openTasks, capacity, away }) => ({ id, openTasks, capacity, away })),
      lastChosen,
      ...(activity === null ? {} : { activity }),
    },
    passedOver,
    calendar: { key: calendar.key, version: calendar.version },
    ...(roster === null ? {} : { roster: { key: roster.key, version: roster.version } }),
  };
}

type Unfit = Exclude<PassedOver['why'], 'strategy'>;

/** Filters that come before the language. */
const BEFORE_LANGUAGE: ReadonlySet<Unfit | null> = new Set<Unfit>(['role', 'off_duty', 'shop']);

/**
 * The first filter each member does not pass, or null. The language counts while somebody who answers in it could take the
 * task; if nobody could, an answer in another language beats none.
 */
function unfitness(request: ChoiceRequest): ReadonlyMap<string, Unfit | null> {
  const { queue, language } = request;
  const found = new Map(queue.members.map((member) => [member.id, unfitBesideLanguage(request, member)]));
  if (language === null) return found;
  const speakers = queue.members.filter(({ languages }) => speaks(languages, language));
  if (!speakers.some(({ id }) => found.get(id) === null)) return found;
  for (const member of queue.members) {
    if (!speakers.includes(member) && !BEFORE_LANGUAGE.has(found.get(member.id) ?? null))
      found.set(member.id, 'language');
  }
  return found;
}

function unfitBesideLanguage({ queue, shop, activity, now }: ChoiceRequest, member: MemberFacts): Unfit | null {
  const agents = queue.members.some(({ role }) => role === OFFERED);
  if (agents && member.role !== OFFERED) return 'role';
  if (!isWorked(hoursOf(queue, member.id), now)) return 'off_duty';
  if (!isPermitted(member, shop)) return 'shop';
  if (member.away) return 'away';
  if (member.openTasks >= member.capacity) return 'at_capacity';
  return queue.cap !== null && (activity?.[member.id]?.taken ?? 0) >= queue.cap.tasks ? 'at_cap' : null;
}

/** Whoever names shops or channels among their skills is offered nothing from others. */
function isPermitted({ skills }: MemberFacts, shop: ChoiceRequest['shop']): boolean {
  const allowed = (word: string, name: string): boolean =>
    !skills.some((skill) => skill.startsWith(`${word}:`)) || skills.includes(`${word}:${name}`);
  return allowed('shop', shop.key) && allowed('channel', shop.channel);
}

function pick(request: ChoiceRequest, eligible: readonly MemberFacts[]): [string | null, Choice['by']] {
  const { strategy, lastAgentId, queue } = request;
  if (strategy === 'manual') return [null, 'manual'];
  if (eligible.length === 0) return [null, 'nobody'];
  const last = eligible.find(({ id }) => id === lastAgentId);
  if (last) return [last.id, 'last_agent'];
  const absent = queue.members.find(({ id, away }) => away && id === lastAgentId);
  const substitute = eligible.find(({ id }) => id === absent?.substituteId);
  if (substitute) return [substitute.id, 'substitute'];
  return [byStrategy(request, eligible)?.id ?? null, strategy];
}

function byStrategy(request: ChoiceRequest, eligible: readonly MemberFacts[]): MemberFacts | undefined {
  const { strategy, queue } = request;
  if (strategy === 'least_loaded') {
    return eligible.reduce((best, member) => (member.openTasks < best.openTasks ? member : best));
  }
  if (strategy === 'longest_idle') {
    const rank = ({ id, openTasks }: MemberFacts): [number, number] => [
      Math.min(openTasks, 1),
      request.activity?.[id]?.idleSince ?? -Infinity,
    ];
    return eligible.reduce((best, member) => (isBefore(rank(member), rank(best)) ? member : best));
  }
  const order = queue.members.map((member) => member.id);
  const after = order.indexOf(queue.lastChosen ?? '') + 1;
  const rotated = [...order.slice(after), ...order.slice(0, after)];
  return rotated.map((id) => eligible.find((member) => member.id === id)).find((member) => member !== undefined);
}

/** Who has nothing to do comes before who has; of both, whose last task ended first. */
function isBefore([busy, since]: [number, number], [otherBusy, otherSince]: [number, number]): boolean {
  return busy === otherBusy ? since < otherSince : busy < otherBusy;
}
