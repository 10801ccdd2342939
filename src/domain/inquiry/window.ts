import type { Course } from './course.js';
import type { ReplyTemplate } from './reply-template.js';

/** Why the channel would not take an answer of a person now, or null; a text that it has approved knows no window. */
export function blockedBy(course: Course, template: ReplyTemplate | null): 'thread_answered' | 'window_closed' | null {
  const conversation = course.facts.get('conversation');
  const answering = course.state.sends.some((send) => send.author === 'human');
  if (conversation.oneAnswer && (answering || course.state.humanAnswered)) return 'thread_answered';
  if (template?.approved === true) return null;
  if (conversation.windowUntil !== null && conversation.windowUntil <= course.now) return 'window_closed';
  return null;
}
