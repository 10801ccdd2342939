import type { ChannelCapabilities, MessageLimits } from '../channel/capabilities.js';

/** What a channel takes in one message; `oneAnswer` = as the only answer of its thread. */
export function limitsOf(
  { message, answer }: Pick<ChannelCapabilities, 'message' | 'answer'>,
  oneAnswer: boolean,
): MessageLimits {
  return oneAnswer ? (answer ?? message) : message;
}

/** Why a text cannot be sent as it is. */
export type TextProblem = {
  readonly code: 'text_empty' | 'text_too_long' | 'text_charset' | 'thread_answered' | 'window_closed';
  readonly detail: string;
};

type Standing = {
  /** Of the channel, as `limitsOf` tells. */
  readonly limits: MessageLimits;
  readonly windowUntil: number | null;
  readonly answered: boolean;
  readonly now: number;
};

/** Everything that stands in the way of sending `text` now; nothing does when the list is empty. */
export function checkText(text: string, standing: Standing): TextProblem[] {
  const { maxLength, charset } = standing.limits;
  const problems: TextProblem[] = [];
  if (text.trim() === '') problems.push({ code: 'text_empty', detail: 'Write something.' });
  if (text.length > maxLength) {
    problems.push({ code: 'text_too_long', detail: `At most ${maxLength} characters; this has ${text.length}.` });
  }
  const strange = charset === 'latin1' ? /[^\t\n\r\x20-\x7e\xa0-\xff]/u.exec(text)?.[0] : undefined;
  if (strange !== undefined) {
    problems.push({
      code: 'text_charset',
      detail: `The channel does not take ${strange}: letters of ISO-8859-1 only.`,
    });
  }
  if (standing.answered) problems.push({ code: 'thread_answered', detail: 'The thread takes one answer and has it.' });
  if (standing.windowUntil !== null && standing.windowUntil <= standing.now) {
    problems.push({ code: 'window_closed', detail: 'The channel no longer takes free text here.' });
  }
  return problems;
}
