/** Every problem code the API can answer with, its status and its title; the only place where a code meets a status. */
export const PROBLEMS = {
  // 400: the request itself is malformed
  request_invalid: [400, 'The request does not have the expected shape'],
  payload_invalid: [400, 'The payload does not have the expected shape'],
  json_invalid: [400, 'The body is not valid JSON'],
  idempotency_key_missing: [400, 'An Idempotency-Key header is required'],
  idempotency_key_invalid: [400, 'The Idempotency-Key header must have 1 to 255 visible ASCII characters'],
  cursor_invalid: [400, 'The cursor was not given out by this list'],
  // 401 to 408
  unauthenticated: [401, 'A valid API key is required'],
  signature_invalid: [401, 'The signature does not match'],
  forbidden: [403, 'The role of this key does not allow that'],
  own_work: [403, 'Nobody approves their own work'],
  own_role: [403, 'Nobody changes their own role'],
  not_found: [404, 'There is no such thing'],
  method_not_allowed: [405, 'This method is not offered here'],
  request_too_slow: [408, 'The request did not arrive in time'],
  // 409: state or claim conflicts
  inquiry_closed: [409, 'The inquiry is closed'],
  task_held: [409, 'Somebody else holds the task'],
  task_offered: [409, 'The task is offered to somebody else'],
  task_ended: [409, 'The task has ended'],
  task_open: [409, 'A task is open'],
  token_stale: [409, 'The token is not the current one'],
  newer_message: [409, 'The buyer has written again'],
  already_sent: [409, 'The message has already been handed to the channel'],
  thread_answered: [409, 'The thread takes one answer and has it'],
  nothing_open: [409, 'There is nothing open to act on'],
  approval_pending: [409, 'An answer awaits approval'],
  text_changed: [409, 'The text is not the one that was shown'],
  not_closed: [409, 'The inquiry is not closed'],
  inquiry_open: [409, 'There is an open inquiry already'],
  on_hold: [409, 'A legal hold forbids that'],
  key_taken: [409, 'The key is taken'],
  last_admin: [409, 'Without this nobody could administer the account'],
  in_use: [409, 'It is in use'],
  released: [409, 'It has been released already'],
  // 410 to 415, 428, 431
  erased: [410, 'It has been erased'],
  version_stale: [412, 'It was changed since it was read'],
  body_too_large: [413, 'The body is too large'],
  url_too_long: [414, 'The address is too long'],
  media_type_unsupported: [415, 'The content type is not supported'],
  if_match_missing: [428, 'An If-Match header is required'],
  headers_too_large: [431, 'The headers are too large'],
  // 422: understood and refused for what it means
  idempotency_key_reused: [422, 'The Idempotency-Key was used for another request'],
  meaning_invalid: [422, 'The request cannot be carried out as it stands'],
  definition_invalid: [422, 'The definition has errors'],
  drawing_too_large: [422, 'The definition is too large to be drawn in time'],
  template_invalid: [422, 'The template has errors'],
  calendar_invalid: [422, 'The calendar has errors'],
  ical_invalid: [422, 'The iCalendar text cannot be used'],
  roster_invalid: [422, 'The roster has errors'],
  routing_invalid: [422, 'The routing has errors'],
  phrases_invalid: [422, 'The forbidden phrases have errors'],
  policy_warning: [422, 'The text has something that should not be written to buyers'],
  window_closed: [422, 'The channel no longer takes free text'],
  queue_unknown: [422, 'There is no such queue'],
  member_unknown: [422, 'There is no such member'],
  member_not_in_queue: [422, 'The member does not belong to the queue'],
  field_unknown: [422, 'The field is not declared'],
  form_invalid: [422, 'The form is not filled in as it has to be'],
  edit_not_allowed: [422, 'The text may be approved or returned, not changed'],
  until_past: [422, 'The instant lies in the past'],
  reference_unknown: [422, 'Something named in the request does not exist'],
  secret_needed: [422, 'A secret has to be given'],
  namespace_unknown: [422, 'The namespace is not that of this installation'],
  message_unknown: [422, 'There is no such message in this conversation'],
  // 429, 5xx
  too_many_requests: [429, 'Too many requests'],
  no_route: [503, 'No published definition takes this message'],
  engine_unavailable: [503, 'The workflow engine cannot be reached'],
  database_unavailable: [503, 'The database cannot be reached'],
  internal_error: [500, 'Something went wrong on our side'],
} as const satisfies Readonly<Record<string, readonly [status: number, title: string]>>;

export type ProblemCode = keyof typeof PROBLEMS;

/** True for a code of the table. */
export function isProblemCode(code: string): code is ProblemCode {
  return code in PROBLEMS;
}
