import { ANSWER, above, before, chain, definition, example, obligation, rule } from './example.js';
import type { Example } from './example.js';

const person = (assign: string): string => before(`{ id: person, assign: { ${assign} } }`);
const ack = (send: string, ...head: readonly string[]): string =>
  definition([`{ id: ack, send: ${send} }`, ...ANSWER], ...head);
const TYPED = 'data: { amount: number }';

/** What a definition names: in itself and in the tenant. */
export const REFERENCES: readonly Example[] = [
  example('unknown_queue', 'steps.person.assign.queue.1', person('queue: [sales-br, ‹«sale-br|night-sz›]')),
  example('unknown_queue', 'steps.person.assign.queue', person('queue: ‹«sales|sales-br›')),
  example('unknown_queue', 'rules.one.do.0.notify.to', rule('{ notify: { to: ‹«queue:x|queue:empty› } }')),
  example(
    'unknown_queue',
    'escalations.late.0.do.0.reassign.queue',
    chain('{ at: deadline, do: [{ reassign: { queue: ‹«x|supervisors› } }] }'),
  ),
  example('unknown_template', 'steps.ack.send.template', ack('{ template: ‹«akc|ack› }')),
  example(
    'unknown_template',
    'steps.reply.task.draft',
    definition([
      '{ id: reply, task: { kind: reply, draft: ‹«nothing|ack› }, goto: close }',
      '{ id: close, close: {} }',
    ]),
  ),
  example('unknown_calendar', 'calendar', above('calendar: ‹«office|always›')),
  example(
    'unknown_calendar',
    'obligations.resolution.calendar',
    obligation('resolution', '{ within: 3bd, calendar: ‹«x|always› }'),
  ),
  example(
    'unknown_calendar',
    'obligations.resolution',
    above('# no calendar', 'obligations:', '  «resolution: { within: 8h‹|, clock: wall› }'),
  ),
  example(
    'unknown_calendar',
    'steps.hours.choose.0.when',
    definition(
      ["{ id: hours, choose: [{ when: «'‹calendar.open|buyer.blocked›', goto: buyer }] }", ...ANSWER],
      '# no calendar',
    ),
  ),
  example(
    'unknown_calendar',
    'steps.ack.send.once',
    ack('{ template: ack, once: ‹«closed_period|inquiry› }', '# no calendar'),
  ),
  example(
    'unknown_chain',
    'obligations.first_response.escalate',
    chain('{ at: deadline, do: [{ notify: { to: ops } }] }').replace('escalate: late', 'escalate: ‹«later|late›'),
  ),
  example(
    'unknown_event',
    'steps.buyer.wait.for.0',
    definition([
      '{ id: reply, task: { kind: reply }, goto: buyer }',
      '{ id: buyer, wait: { for: [‹«event:paid|buyer_message›], until: 1d }, goto: close }',
      '{ id: close, close: {} }',
    ]),
  ),
  example(
    'unknown_field',
    'rules.one.do.0.set.data.amout',
    above(
      TYPED,
      'rules:',
      "  - { id: one, when: 'buyer.blocked', do: [{ set: { data: { ‹amout: «5|amount: 5› } } }] }",
    ),
  ),
  example(
    'unknown_field',
    'steps.which.choose.0.when',
    definition(["{ id: which, choose: [{ when: 'data.‹«amout|amount› > 5.0', goto: buyer }] }", ...ANSWER], TYPED),
  ),
  example(
    'unknown_field',
    'steps.ack.send.template',
    ack("{ template: «away‹|, with: { back: 'calendar.nextOpening' }› }"),
  ),
  example(
    'unknown_retention',
    'steps.close.close.retention',
    definition([...ANSWER.slice(0, 2), '{ id: close, close: { retention: ‹«ordr|dispute› } }']),
  ),
  example('template_missing_locale', 'steps.ack.send.template', ack('{ template: ‹«half|ack› }')),
  example('channel_cannot', 'steps.ack.send', ack('«{ template: ack }', 'channels: [webhook, ‹strict|shopee›]')),
  example('channel_cannot', 'steps.ack.send', ack('«{ template: ack }', 'channels: [‹questions|webhook›]')),
  example('channel_cannot', 'channels.1', above('channels: [webhook, ‹«telex|email›]')),
  example('calendar_never_opens', 'calendar', above('calendar: ‹«never|mornings›')),
  example(
    'calendar_never_opens',
    'obligations.resolution.calendar',
    obligation('resolution', '{ within: 1h, calendar: ‹«never|always› }'),
  ),
  example('uncovered_hours', 'steps.person.assign.queue', person('queue: ‹«mornings|[mornings, supervisors]›')),
  example('uncovered_hours', 'steps.person.assign.queue', person('queue: «[empty‹|, night-sz›]')),
  example('uncovered_hours', 'steps.person.assign.queue', person('queue: ‹«weekdays|daily›')),
];
