import { ANSWER, above, before, chain, definition, example, obligation, rule } from './example.js';
import type { Example } from './example.js';

const NOTIFY = 'do: [{ notify: { to: ops } }]';
const RULES = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `  - { id: r${index}, when: 'buyer.value > ${index}.5', ${NOTIFY} }`);
const STEPS = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `{ id: s${index}, classify: {} }`);

const atSteps = (text: string): string => text.replace('steps:', '«steps:');

/** Obligations, chains, rules, expressions and sizes. */
export const OBLIGATIONS: readonly Example[] = [
  example(
    'chain_names_nobody',
    'escalations.late.1',
    chain(
      `{ at: start, ${NOTIFY} }`,
      '«{ at: deadline, do: [{ set: { urgency: high } }‹|, { notify: { to: supervisor } }›] }',
    ),
  ),
  example(
    'chain_names_nobody',
    'escalations.late.0',
    chain('«{ at: deadline, do: [{ reassign: { queue: ‹empty|sales-br› } }] }'),
  ),
  example(
    'pause_on_wall_clock',
    'obligations.acknowledge.pauseWhile',
    obligation('acknowledge', '{ within: 5m, ‹|clock: house, ›pauseWhile: «[waiting_buyer] }'),
  ),
  example(
    'pause_on_wall_clock',
    'obligations.resolution.pauseWhile',
    obligation('resolution', '{ within: 3d, ‹clock: wall, |›pauseWhile: «[waiting_buyer] }'),
  ),
  example(
    'deadline_longer_than_platform',
    'obligations.first_response.within',
    above('channels: [shopee]', 'obligations:', '  first_response: { within: ‹«13h|12h› }'),
  ),
  example(
    'deadline_longer_than_platform',
    'obligations.next_response.within.0.is',
    above(
      'channels: [‹shopee|webhook›]',
      'obligations:',
      "  next_response: { within: [{ when: 'buyer.returning', is: «1bd }, { is: 1h }] }",
    ),
  ),
  example(
    'unused_obligation',
    'obligations.platform_response',
    above('channels: [email‹|, webhook›]', 'obligations:', '  «platform_response: { within: platform }'),
  ),
  example(
    'unused_obligation',
    'obligations.resolution',
    above('obligations:', "  «resolution: { within: 1h, when: '‹false|buyer.returning›' }"),
  ),
  example(
    'unused_chain',
    'escalations.late',
    above(
      'obligations:',
      '  resolution: { within: 1h‹|, escalate: late› }',
      'escalations:',
      `  «late: [{ at: deadline, ${NOTIFY} }]`,
    ),
  ),
  example('schema_invalid', 'obligations.acknowledge.within', obligation('acknowledge', '{ within: ‹«2bd|2h› }')),
  example('schema_invalid', 'obligations.resolution.within', obligation('resolution', '{ within: ‹«platform|2h› }')),
  example(
    'schema_invalid',
    'obligations.resolution.metBy',
    obligation('resolution', '{ within: 1h‹, «metBy: close|› }'),
  ),
  example(
    'schema_invalid',
    'obligations.parcel',
    obligation('«parcel', '{ within: 2d, ‹|startOn: reply, ›metBy: close }'),
  ),
  example(
    'schema_invalid',
    'obligations.parcel',
    obligation('«parcel', '{ within: 2d, startOn: ‹opening|opening, metBy: human_reply› }'),
  ),
  example(
    'schema_invalid',
    'obligations.parcel.startOn',
    obligation('parcel', '{ within: 2d, startOn: ‹«close|buyer› }'),
  ),
  example('unknown_step', 'obligations.parcel.startOn', obligation('parcel', '{ within: 2d, startOn: ‹«send|reply› }')),
  example(
    'unknown_event',
    'obligations.parcel.startOn',
    above(
      'events: { paid: {} }',
      'obligations:',
      '  parcel: { within: 2d, startOn: «event:‹payed|paid›, metBy: close }',
    ),
  ),
  example(
    'unknown_event',
    'obligations.parcel.metBy',
    above(
      'events: { sent: {} }',
      'obligations:',
      '  parcel: { within: 2d, startOn: reply, metBy: «event:‹went|sent› }',
    ),
  ),
  example(
    'rule_shadowed',
    'rules.b.when',
    above(
      'rules:',
      `  - { id: a, when: 'buyer.blocked', ${NOTIFY}‹, stop: true|› }`,
      `  - { id: b, when: «'inquiry.sensitive  &&  (buyer.blocked)', ${NOTIFY} }`,
    ),
  ),
  example(
    'rule_shadowed',
    'steps.hours.choose.1.when',
    before(
      "{ id: hours, choose: [{ when: '‹true|inquiry.sensitive›', goto: reply }, { when: «'calendar.open', goto: buyer }] }",
    ),
  ),
  example(
    'rule_shadowed',
    'obligations.first_response.within.1.when',
    obligation(
      'first_response',
      "{ within: [{ when: 'buyer.returning‹| && buyer.value > 1.0›', is: 2h }, { when: «'buyer.returning', is: 1h }, { is: 3h }] }",
    ),
  ),
  example(
    'expression_type',
    'rules.one.when',
    rule('{ notify: { to: ops } }', `'"it''s" == ‹«mesage.text|message.text›'`),
  ),
  example(
    'expression_type',
    'rules.one.when',
    rule('{ notify: { to: ops } }', `"message.text.matches(\\"a\\") && buyer.‹«worth|value› > 1.0"`),
  ),
  example('expression_type', 'rules.one.when', rule('{ notify: { to: ops } }', "'‹«message.text|calendar.open›'")),
  example(
    'expression_type',
    'steps.buyer.wait.until',
    definition([
      ANSWER[0],
      '{ id: buyer, wait: { until: \'‹«calendar.open|calendar.nextOpening + duration("1h")›\' }, goto: close }',
      ANSWER[2],
    ]),
  ),
  example(
    'expression_type',
    'rules.one.do.0.set.data.amount',
    above(
      'data: { amount: number }',
      'rules:',
      "  - { id: one, when: 'buyer.blocked', do: [{ set: { data: { amount: '‹«shop.key|buyer.value›' } } }] }",
    ),
  ),
  example(
    'expression_type',
    'steps.note.set.data.amount',
    definition(['{ id: note, set: { data: { amount: ‹«true|1.5› } } }', ...ANSWER], 'data: { amount: number }'),
  ),
  example(
    'schema_invalid',
    'rules.one.when',
    rule('{ notify: { to: ops } }', "‹«inquiry.sensitive|'inquiry.sensitive'›"),
  ),
  example(
    'limit_exceeded',
    'steps',
    atSteps(definition([...STEPS(97), `‹{ id: s97, classify: {} }\n  - |›${ANSWER[0]}`, ...ANSWER.slice(1)])),
  ),
  example(
    'limit_exceeded',
    'rules',
    atSteps(above('rules:', ...RULES(50), `‹  - { id: more, when: 'buyer.blocked', ${NOTIFY} }|#›`)),
  ),
  example(
    'limit_exceeded',
    'escalations.late',
    atSteps(
      chain(
        ...Array.from({ length: 10 }, () => `{ at: deadline, ${NOTIFY} }`),
        `‹{ at: deadline, ${NOTIFY} }|#›`,
      ).replace('    - ‹{', '‹    - {'),
    ),
  ),
];
