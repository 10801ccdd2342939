import type { AssignStrategy } from '../definition/plan.js';
import { onDuty } from './duty.js';
import type { MemberFacts, QueueFacts } from '../inquiry/facts.js';

/** Why a member of the queue was not chosen. */
export type PassedOver = {
  readonly memberId: string;
  readonly why: 'off_duty' | 'away' | 'at_capacity' | 'language' | 'role' | 'strategy';
};

export type Choice = {
  readonly memberId: string | null;
  /** Rule that decided: the strategy, or that the member answered this buyer before. */
  readonly by: AssignStrategy | 'last_agent' | 'nobody';
  readonly passedOver: readonly PassedOver[];
};

type Request = {
  readonly queue: QueueFacts;
  readonly strategy: AssignStrategy;
  /** Who last answered this conversation, if that counts. */
  readonly lastAgentId: string | null;
  /** The buyer's language, or null when unknown. */
  readonly language: string | null;
  readonly now: number;
};

/** Roles that are offered work; supervisors only where a queue has nobody else. */
const OFFERED = 'agent';

/**
 * Chooses whom to offer a task, from recorded facts alone, so that "why Ana?" has the same answer at any later time.
 * Filters come first (on duty, not away, below capacity, speaks the language if anybody does), then the strategy; ties go
 * to the member that comes first in the queue.
 */
export function choose(request: Request): Choice {
  const passedOver: PassedOver[] = [];
  const eligible = filter(request, passedOver);
  if (request.strategy === 'manual') return { memberId: null, by: 'manual', passedOver };
  const last = eligible.find((member) => member.id === request.lastAgentId);
  const chosen = last ?? pick(request, eligible);
  if (!chosen) return { memberId: null, by: 'nobody', passedOver };
  for (const member of eligible) {
    if (member.id !== chosen.id) passedOver.push({ memberId: member.id, why: 'strategy' });
  }
  return { memberId: chosen.id, by: last ? 'last_agent' : request.strategy, passedOver };
}

function filter(request: Request, passedOver: PassedOver[]): MemberFacts[] {
  const { queue, now } = request;
  const workers = queue.members.filter((member) => member.role === OFFERED);
  const candidates = workers.length > 0 ? workers : queue.members;
  for (const member of queue.members) {
    if (!candidates.includes(member)) passedOver.push({ memberId: member.id, why: 'role' });
  }
  const present = candidates.filter((member) => {
    if (member.away) passedOver.push({ memberId: member.id, why: 'away' });
    else if (!onDuty(queue, member, now)) passedOver.push({ memberId: member.id, why: 'off_duty' });
    else if (member.openTasks >= member.capacity) passedOver.push({ memberId: member.id, why: 'at_capacity' });
    else return true;
    return false;
  });
  return speakers(present, request.language, passedOver);
}

/** Members who speak the language; all of them when nobody does, because an answer late beats no answer. */
function speakers(members: MemberFacts[], language: string | null, passedOver: PassedOver[]): MemberFacts[] {
  if (language === null) return members;
  const base = language.split('-')[0];
  const speaks = (member: MemberFacts): boolean =>
    member.languages.length === 0 || member.languages.some((known) => known.split('-')[0] === base);
  if (!members.some(speaks)) return members;
  for (const member of members) if (!speaks(member)) passedOver.push({ memberId: member.id, why: 'language' });
  return members.filter(speaks);
}

function pick(request: Request, eligible: readonly MemberFacts[]): MemberFacts | undefined {
  if (request.strategy === 'least_loaded') {
    return eligible.reduce<MemberFacts | undefined>(
      (best, member) => (best === undefined || member.openTasks < best.openTasks ? member : best),
      undefined,
    );
  }
  const order = request.queue.members.map((member) => member.id);
  const after = order.indexOf(request.queue.lastChosen ?? '') + 1;
  const rotated = [...order.slice(after), ...order.slice(0, after)];
  return rotated.map((id) => eligible.find((member) => member.id === id)).find((member) => member !== undefined);
}
