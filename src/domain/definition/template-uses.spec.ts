import type { Plan } from './plan.js';
import { templateUses } from './template-uses.js';

const send = { once: 'inquiry', with: {} } as const;
const expression = { id: 'e', source: 'now' };

it('finds a template wherever a plan renders one', () => {
  const plan: Plan = {
    key: 'k',
    version: 1,
    checksum: '',
    title: 'k',
    calendar: null,
    channels: null,
    obligations: [],
    escalations: {
      late: [
        { anchor: 'start', offsetMs: 0, do: [{ when: null, kind: 'notify', to: 'holder', urgent: false }] },
        { anchor: 'deadline', offsetMs: 0, do: [{ when: null, kind: 'send', id: 's', template: 'sorry', ...send }] },
      ],
    },
    rules: [
      {
        id: 'r',
        when: expression,
        stop: false,
        do: [{ when: null, kind: 'send', id: 't', template: 'notice', once: 'inquiry', with: { label: expression } }],
      },
    ],
    steps: [
      { id: 'ack', kind: 'send', send: { template: 'ack', ...send }, on: {}, goto: null },
      {
        id: 'away',
        kind: 'send',
        send: { template: 'away', once: 'inquiry', with: { back: expression } },
        on: {},
        goto: null,
      },
      {
        id: 'reply',
        kind: 'task',
        task: 'reply',
        leaseMs: 1,
        draft: 'start',
        expiresMs: null,
        form: null,
        approve: null,
        on: {},
        goto: null,
      },
      {
        id: 'look',
        kind: 'task',
        task: 'triage',
        leaseMs: 1,
        draft: null,
        expiresMs: null,
        form: null,
        approve: null,
        on: {},
        goto: null,
      },
    ],
    data: {},
    events: {},
  };
  expect(templateUses(plan)).toEqual([
    { template: 'ack', given: [] },
    { template: 'away', given: ['back'] },
    { template: 'start', given: [] },
    { template: 'notice', given: ['label'] },
    { template: 'sorry', given: [] },
  ]);
});
