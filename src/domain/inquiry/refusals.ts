/** Every expected "no" of an inquiry or its tasks. The code is part of the API; HTTP status is decided in `src/api`. */
export const INQUIRY_REFUSALS = [
  'inquiry_closed',
  'task_held',
  'task_offered',
  'task_ended',
  'task_open',
  'token_stale',
  'newer_message',
  'already_sent',
  'thread_answered',
  'window_closed',
  'version_stale',
  'queue_unknown',
  'member_unknown',
  'member_not_in_queue',
  'field_unknown',
  'form_invalid',
  'until_past',
  'nothing_open',
  'message_unknown',
  'approval_pending',
  'own_work',
  'text_changed',
  'edit_not_allowed',
] as const;

export type InquiryRefusalCode = (typeof INQUIRY_REFUSALS)[number];

/** A refusal with what the caller needs to act on it: ids and instants, never text. */
export type Refusal = {
  readonly code: InquiryRefusalCode;
  readonly details: Readonly<Record<string, string | number | boolean | null>>;
};

export function refuse(code: InquiryRefusalCode, details: Refusal['details'] = {}): Refusal {
  return { code, details };
}
