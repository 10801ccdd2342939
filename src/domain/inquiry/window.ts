import type { Course } from './course.js';

/** Why the channel would not take an answer of a person now, or null. */
export function blockedBy(course: Course): 'thread_answered' | 'window_closed' | null {
  const conversation = course.facts.get('conversation');
  const answering = course.state.sends.some((send) => send.author === 'human');
  if (conversation.oneAnswer && (answering || course.state.humanAnswered)) return 'thread_answered';
  if (conversation.windowUntil !== null && conversation.windowUntil <= course.now) return 'window_closed';
  return null;
}
