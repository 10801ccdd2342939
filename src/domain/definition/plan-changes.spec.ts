import { planOf } from '../../../test/support/world.js';
import { shippedDefinition } from '../../../test/support/definition-environment.js';
import { planChanges } from './plan-changes.js';
import type { PlanChange } from './plan-changes.js';

const STANDARD = shippedDefinition('standard-br.yaml');

/** What changes in the shipped definition when its text is edited. */
function changesOf(...edits: readonly (readonly [string | RegExp, string])[]): readonly PlanChange[] {
  const edited = edits.reduce((text, [from, to]) => {
    const next = text.replace(from, to);
    if (next === text) throw new Error(`"${String(from)}" is not there`);
    return next;
  }, STANDARD);
  return planChanges(planOf(STANDARD), planOf(edited));
}

const changed = (part: string, id: string, ...fields: readonly (readonly [string, unknown, unknown])[]) => {
  return { part, id, change: 'changed', fields: fields.map(([name, before, after]) => ({ name, before, after })) };
};

describe('planChanges', () => {
  it.each<[string, readonly (readonly [string | RegExp, string])[]]>([
    ['comments and white space', [[/#.*/g, '# other words']]],
    ['a duration spelled otherwise', [['within: 5m', 'within: PT300S']]],
    ['a default that is written out', [[', strategy: least_loaded', ', acceptWithin: 10m']]],
    ['a jump to where the token went anyway', [['classify: {} }', 'classify: {}, goto: hours }']]],
  ])('does not see %s', (_, edits) => {
    expect(changesOf(...edits)).toEqual([]);
  });

  it.each<[string, readonly [string | RegExp, string], readonly object[]]>([
    ['a deadline', ['within: 5m', 'within: 90s'], [changed('obligation', 'acknowledge', ['within', '5m', '90s'])]],
    [
      'a target under a condition',
      ['is: 20m', 'is: 2bd'],
      [
        changed('obligation', 'first_response', [
          'within',
          [{ when: 'buyer.value >= 1000.0', is: '20m' }, { is: '1h' }],
          [{ when: 'buyer.value >= 1000.0', is: '2bd' }, { is: '1h' }],
        ]),
      ],
    ],
    [
      'another clock',
      ['within: 5m', 'within: 5m, clock: house'],
      [changed('obligation', 'acknowledge', ['clock', 'wall', 'house'])],
    ],
    [
      'a level at another moment',
      ['start+45m', 'start+30m'],
      [
        changed(
          'chain',
          'late-reply',
          ['start+45m', [{ when: null, kind: 'notify', to: 'holder', urgent: false }], null],
          ['start+30m', null, [{ when: null, kind: 'notify', to: 'holder', urgent: false }]],
        ),
      ],
    ],
    [
      'a rule that stops',
      ['urgent: true } }]\n\nsteps', 'urgent: true } }]\n    stop: true\n\nsteps'],
      [changed('rule', 'consumer-agency', ['stop', false, true])],
    ],
    [
      'another text for the buyer',
      ['send: { template: ack }', 'send: { template: away, with: { back: "now" } }'],
      [
        changed('step', 'acknowledge', ['send.template', 'ack', 'away'], ['send.with.back', null, 'now']),
        { part: 'template', id: 'ack', change: 'removed', fields: [] },
      ],
    ],
    [
      'an outcome that leads elsewhere',
      ['timeout: close', 'timeout: reply'],
      [changed('step', 'buyer', ['leads.timeout', 'close', 'reply'])],
    ],
    [
      'a step put between two',
      ['  - { id: hours', '  - { id: mark, set: { tags: [seen] } }\n  - { id: hours'],
      [
        changed('step', 'classify', ['leads.next', 'hours', 'mark']),
        { part: 'step', id: 'mark', change: 'added', fields: [] },
      ],
    ],
    [
      'a title',
      ['en: Standard inquiry', 'en: Standard'],
      [changed('definition', 'standard-br', ['title.en', 'Standard inquiry', 'Standard'])],
    ],
    [
      'data and events that are declared',
      ['\nobligations:', 'data: { id: string, source: string }\nevents: { paid: { source: string } }\n\nobligations:'],
      [
        { part: 'data', id: 'id', change: 'added', fields: [] },
        { part: 'data', id: 'source', change: 'added', fields: [] },
        { part: 'event', id: 'paid', change: 'added', fields: [] },
      ],
    ],
  ])('tells of %s', (_, edit, expected) => {
    expect(changesOf(edit)).toEqual(expected);
  });

  it('tells of rules in another order, once', () => {
    const rule = (id: string): string =>
      `  - { id: ${id}, when: 'message.text == "${id}"', do: [{ set: { tags: [a] } }] }\n`;
    const withRules = (...ids: readonly string[]) =>
      planOf(STANDARD.replace('\nsteps:', `${ids.map(rule).join('')}\nsteps:`));
    expect(planChanges(withRules('one', 'two'), withRules('two', 'new', 'one'))).toEqual([
      changed('definition', 'standard-br', [
        'ruleOrder',
        ['consumer-agency', 'one', 'two'],
        ['consumer-agency', 'two', 'one'],
      ]),
      { part: 'rule', id: 'new', change: 'added', fields: [] },
    ]);
  });

  it('tells backwards what it tells forwards', () => {
    const other = STANDARD.replace('  - { id: hours', '  - { id: more, set: { tags: [a] } }\n  - { id: hours').replace(
      '1h }]',
      '2h }]',
    );
    const [older, newer] = [planOf(STANDARD), planOf(other)];
    const turned = planChanges(newer, older).map(({ change, fields, ...rest }) => ({
      ...rest,
      change: { added: 'removed', removed: 'added', changed: 'changed' }[change],
      fields: fields.map(({ name, before, after }) => ({ name, before: after, after: before })),
    }));
    const place = ({ part, id }: { readonly part: string; readonly id: string }): string => `${part} ${id}`;
    const byPlace = (left: Parameters<typeof place>[0], right: Parameters<typeof place>[0]): number =>
      place(left) < place(right) ? -1 : 1;
    expect(turned.sort(byPlace)).toEqual([...planChanges(older, newer)].sort(byPlace));
  });
});
