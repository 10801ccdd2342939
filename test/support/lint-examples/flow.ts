import { above, before, definition, example, rule } from './example.js';
import type { Example } from './example.js';

const REPLY_THEN = (on: string): string => `{ id: reply, task: { kind: reply }, ${on} }`;
const BUYER_THEN = (on: string): string => `{ id: buyer, wait: { until: 48h }, ${on} }`;
const CLOSE = '{ id: close, close: {} }';
const REPLY = REPLY_THEN('on: { sent: buyer, not_needed: close }');
const BUYER = BUYER_THEN('on: { message: reply, timeout: close }');
const BUYER_LATE = BUYER_THEN('on: { message: reply, timeout: late }');

/** Where the token goes. */
export const FLOW: readonly Example[] = [
  example(
    'unknown_step',
    'steps.reply.on.sent',
    definition([REPLY_THEN('on: { sent: ‹«byer|buyer›, not_needed: close }'), BUYER, CLOSE]),
  ),
  example('unknown_step', 'steps.reply.goto', definition([REPLY_THEN('goto: ‹«byer|buyer›'), BUYER, CLOSE])),
  example(
    'unknown_step',
    'steps.hours.choose.0.goto',
    before("{ id: hours, choose: [{ when: 'calendar.open', goto: ‹«nowhere|buyer› }] }"),
  ),
  example('unknown_step', 'rules.one.do.0.goto', rule('{ goto: ‹«nowhere|reply› }')),
  example(
    'unreachable_step',
    'steps.lost',
    before('{ id: start, classify: {}‹, goto: reply|› }', '«{ id: lost, classify: {} }'),
  ),
  example(
    'loop_without_wait',
    'steps.one',
    before(
      '«{ id: one, notify: { to: queue } }',
      "{ id: two, choose: [{ when: 'calendar.open', goto: ‹one|reply› }] }",
    ),
  ),
  example(
    'loop_without_wait',
    'steps.ack',
    before('«{ id: ack, send: { template: ack }, on: { refused: ‹ack|reply› } }'),
  ),
  example(
    'wait_without_exit',
    'steps.buyer.wait',
    definition([REPLY, '{ id: buyer, wait: «{‹| until: 1d ›}, on: { message: reply }, goto: close }', CLOSE]),
  ),
  example(
    'no_close',
    'steps',
    definition([
      REPLY_THEN('goto: ‹reply|close›'),
      '{ id: close, ‹task: { kind: triage }, goto: reply|close: {}› }',
    ]).replace('steps:', '«steps:'),
  ),
  example(
    'no_close',
    'steps.late',
    definition([REPLY, BUYER_LATE, CLOSE, '«{ id: late, notify: { to: ops }‹|, goto: close› }']),
  ),
  example(
    'no_path_to_person',
    'steps.ack.send',
    before(
      '{ id: ack, send: «{ template: ack } }',
      '{ id: more, wait: { until: 1d }, on: { message: ‹close|reply›, timeout: reply } }',
    ),
  ),
  example(
    'no_path_to_person',
    'steps.late.send',
    definition([REPLY, BUYER_LATE, '{ id: late, send: «{ template: ack }‹|, goto: reply› }', CLOSE]),
  ),
  example(
    'no_path_to_person',
    'rules.one.do.0.send',
    definition(
      ['{ id: hold, ‹wait: { until: 1d }|task: { kind: triage }›, goto: close }', CLOSE],
      'rules:',
      "  - { id: one, when: 'inquiry.sensitive', do: [{ send: «{ template: ack } }] }",
    ),
  ),
  example(
    'auto_reply_loop',
    'steps.ack.send.once',
    before(
      '{ id: ack, send: { template: ack, once: ‹«false|closed_period› } }',
      '{ id: more, wait: { until: 1h }, on: { message: which, timeout: reply } }',
      "{ id: which, choose: [{ when: 'buyer.returning', goto: ack }] }",
    ),
  ),
  example('auto_reply_loop', 'rules.one.do.0.send.once', rule('{ send: { template: ack, once: ‹«false|inquiry› } }')),
  example(
    'auto_reply_loop',
    'rules.one.do.0.goto',
    definition(
      [REPLY, BUYER, '{ id: ack, send: { template: ack, once: ‹false|inquiry› }, goto: reply }', CLOSE],
      'rules:',
      "  - { id: one, when: 'inquiry.sensitive', do: [{ goto: «ack }] }",
    ),
  ),
  example(
    'outcome_not_handled',
    'steps.reply.on',
    definition([REPLY_THEN('on: «{ sent: buyer‹|, not_needed: close› }'), BUYER, CLOSE]),
  ),
  example(
    'outcome_not_handled',
    'steps.look.on',
    before('«{ id: look, task: { kind: triage }‹|, on: { done: reply }› }'),
  ),
  example(
    'outcome_not_handled',
    'steps.buyer.on',
    definition([REPLY, BUYER_THEN('on: «{ message: reply‹|, timeout: close› }'), CLOSE]),
  ),
  example(
    'schema_invalid',
    'steps.reply.on.answered',
    definition([REPLY_THEN('on: { ‹«answered: close, |›sent: buyer, not_needed: close }'), BUYER, CLOSE]),
  ),
  example('task_interrupt', 'rules.one.do.0.interrupt', rule('{ goto: close, interrupt: ‹«true|false› }')),
  example(
    'duplicate_id',
    'steps.start.id',
    before('{ id: start, classify: {} }', '{ id: ‹«start|other›, classify: {} }'),
  ),
  example(
    'duplicate_id',
    'rules.a.id',
    above(
      'rules:',
      "  - { id: a, when: 'buyer.blocked', do: [{ notify: { to: ops } }] }",
      "  - { id: ‹«a|b›, when: 'buyer.returning', do: [{ notify: { to: ops } }] }",
    ),
  ),
];
