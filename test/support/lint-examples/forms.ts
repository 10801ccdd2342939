import { before, definition, example, ANSWER } from './example.js';
import type { Example } from './example.js';

const form = (fields: string, outcomes = '[grant, deny]', id = 'ask'): string =>
  before(`{ id: ${id}, task: { kind: form, fields: ${fields}, outcomes: ${outcomes} }, goto: reply }`);

const approved = (rule: string): string =>
  definition([`{ id: reply, task: { kind: reply, approve: { ${rule} } }, goto: buyer }`, ...ANSWER.slice(1)]);

/** What people fill in, and what others approve. */
export const FORMS: readonly Example[] = [
  example('schema_invalid', 'steps.reply.task.approve.by', approved('by: ‹«auditor|supervisor›')),
  example(
    'schema_invalid',
    'steps.reply.task.approve.onExpiry',
    approved('by: agent, ‹|within: 30m, ›onExpiry: «return'),
  ),
  example('unknown_queue', 'steps.reply.task.approve.by', approved('by: ‹«queue:x|queue:supervisors›')),
  example(
    'expression_type',
    'steps.reply.task.approve.when',
    approved('by: supervisor, when: \'‹«replies|reply›.text.contains("R$") && "new" in author.tags\', edit: true'),
  ),
  example(
    'schema_invalid',
    'steps.ask.task.approve.edit',
    before(
      '{ id: ask, task: { kind: form, fields: { sum: number }, outcomes: [ok], approve: { by: agent‹, edit: «true|› } }, goto: reply }',
    ),
  ),
  example('schema_invalid', 'steps.ask.task.fields.token', form('{ ‹«token|code›: string }')),
  example(
    'schema_invalid',
    'steps.ask.task.fields.size',
    form('{ size: «{ type: choice‹|, choices: [small, large]›, optional: true } }'),
  ),
  example(
    'schema_invalid',
    'steps.ask.task.fields.pixKey.choices',
    form('{ pixKey: { type: ‹string, «choices: [a]|choice, choices: [a]›, personal: true } }'),
  ),
  example('schema_invalid', 'steps.ask.task.outcomes.1', form('{ amount: number }', '[grant, ‹«hand_over|pass_on›]')),
  example('duplicate_id', 'steps.ask.task.outcomes.1', form('{ amount: number }', '[grant, ‹«grant|deny›]')),
  example(
    'duplicate_id',
    'steps.amount.id',
    definition(
      ['{ id: «amount, task: { kind: form, fields: { paid: number }, outcomes: [ok] }, goto: reply }', ...ANSWER],
      'data: { ‹amount|total›: number }',
    ),
  ),
  example(
    'duplicate_id',
    'events.paid',
    definition(ANSWER, 'data: { ‹paid|cost›: number }', 'events:', '  «paid: { amount: number }'),
  ),
  example(
    'outcome_not_handled',
    'steps.claim.on',
    definition(
      [
        '{ id: claim, wait: { for: [event:claim_closed], until: 1d }, on: «{ timeout: reply‹|, claim_closed: reply› } }',
        ...ANSWER,
      ],
      'events: { claim_closed: { result: string } }',
    ),
  ),
  example(
    'unknown_event',
    'steps.claim.wait.for.1',
    definition(
      [
        '{ id: claim, wait: { for: [buyer_message, ‹«event:paid|event:claim_closed›], until: 1d }, goto: reply }',
        ...ANSWER,
      ],
      'events: { claim_closed: { result: string } }',
    ),
  ),
  example(
    'outcome_not_handled',
    'steps.ask.on',
    definition([
      '{ id: ask, task: { kind: form, fields: { amount: number }, outcomes: [grant, deny], expires: 2d }, on: «{ grant: reply, deny: reply‹|, expired: close› } }',
      ...ANSWER,
    ]),
  ),
  example(
    'expression_type',
    'steps.which.choose.0.when',
    definition([
      '{ id: ask, task: { kind: form, fields: { amount: number }, outcomes: [ok] }, goto: which }',
      "{ id: which, choose: [{ when: 'data.ask.‹«sum|amount› > 100.0', goto: buyer }] }",
      ...ANSWER,
    ]),
  ),
];
