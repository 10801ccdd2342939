import type { Calendar } from '../calendar/types.js';
import { addWorking, isOpen } from '../calendar/working-time.js';

type OnDutyQueue = { readonly calendar: Calendar };

/** Until rosters exist a member is on duty while present and while the queue's calendar is open. */
export function onDuty(queue: OnDutyQueue, member: { readonly away: boolean }, now: number): boolean {
  return !member.away && isOpen(queue.calendar, now);
}

/** The instant after `ms` of the queue's opening hours, which stand for the member's shift. */
export function afterWorking(queue: OnDutyQueue, now: number, ms: number): number {
  return addWorking(queue.calendar, now, ms);
}
