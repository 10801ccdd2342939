import type { Environment } from '../../../src/modules/definition/language/environment.js';
import { definitionEnvironment } from '../definition-environment.js';

/**
 * A wrong definition and the same one put right, in one text: `‹wrong|right›` stands for what differs, `«` for the place
 * of the problem in the wrong one.
 */
export type Example = { readonly code: string; readonly path: string; readonly text: string };

export const example = (code: string, path: string, text: string): Example => ({ code, path, text });

/** The wrong definition of an example, and where its problem stands. */
export function wrongOf({ text }: Pick<Example, 'text'>): { text: string; line: number; column: number } {
  const marked = text.replace(/‹([^|›]*)\|[^›]*›/gs, '$1');
  const before = marked.slice(0, marked.indexOf('«')).split('\n');
  return { text: marked.replace('«', ''), line: before.length, column: (before.at(-1) ?? '').length + 1 };
}

/** The right definition of an example. */
export function rightOf({ text }: Pick<Example, 'text'>): string {
  return text.replace(/‹[^|›]*\|([^›]*)›/gs, '$1').replace('«', '');
}

const REPLY = '{ id: reply, task: { kind: reply }, on: { sent: buyer, not_needed: close } }';
const BUYER = '{ id: buyer, wait: { until: 48h }, on: { message: reply, timeout: close } }';

/** A task, a wait for the buyer and a close. */
export const ANSWER = [REPLY, BUYER, '{ id: close, close: {} }'] as const;

/** A definition of these steps, with these lines above `steps:`. */
export function definition(steps: readonly string[], ...head: readonly string[]): string {
  const own = head.some((line) => /^‹?calendar|^# no calendar/.test(line));
  const lines = [
    'atende: 1',
    'key: example',
    'title: Example',
    own ? '# its own' : 'calendar: br-office',
    ...head,
    'steps:',
  ];
  return [...lines, ...steps.map((step) => `  - ${step}`), ''].join('\n');
}

/** A definition that begins with these steps and goes on with a task for a person. */
export const before = (...steps: readonly string[]): string => definition([...steps, ...ANSWER]);

/** A definition with these lines above its steps. */
export const above = (...head: readonly string[]): string => definition(ANSWER, ...head);

/** A definition with one rule. */
export const rule = (action: string, when = "'inquiry.sensitive'"): string =>
  above('rules:', `  - { id: one, when: ${when}, do: [${action}] }`);

/** A definition with a chain of these levels. */
export const chain = (...levels: readonly string[]): string => {
  const obligations = ['obligations:', '  first_response: { within: 1h, escalate: late }'];
  return above(...obligations, 'escalations:', '  late:', ...levels.map((level) => `    - ${level}`));
};

/** A definition with one obligation. */
export const obligation = (name: string, body: string): string => above('obligations:', `  ${name}: ${body}`);

const LOCALES = ['pt-BR', 'es', 'en', 'zh-CN'];
const demo = definitionEnvironment();

/** One member who works by a rule, in the hours of an office and a little more. */
const onDuty = (rule: string): NonNullable<Environment['queues'][number]['duty']> => ({
  members: ['ana'],
  roster: {
    key: 'cover',
    version: 1,
    spec: {
      shifts: [
        {
          key: 'day',
          members: ['ana'],
          zone: 'America/Sao_Paulo',
          starts: '2026-01-01',
          rule,
          from: '07:00',
          to: '20:00',
          calendar: null,
        },
      ],
      exceptions: [],
      swaps: [],
    },
    calendars: [],
  },
});

/** The tenant the examples are written for. */
export const TENANT: Environment = {
  ...demo,
  templates: [
    { key: 'ack', locales: LOCALES, forms: ['letter', 'chat'], variables: ['buyer.name'], usedElsewhere: true },
    { key: 'away', locales: LOCALES, forms: ['letter', 'chat'], variables: ['back'], usedElsewhere: true },
    { key: 'half', locales: ['pt-BR', 'en'], forms: ['chat'], variables: [], usedElsewhere: true, minLength: 5_000 },
  ],
  queues: [
    { key: 'sales-br', calendar: 'br-office', hasMembers: true },
    { key: 'night-sz', calendar: 'always', hasMembers: true },
    { key: 'supervisors', calendar: null, hasMembers: true },
    { key: 'mornings', calendar: 'mornings', hasMembers: true },
    { key: 'empty', calendar: 'always', hasMembers: false },
    { key: 'weekdays', calendar: 'always', hasMembers: true, duty: onDuty('FREQ=WEEKLY;BYDAY=TU,WE,TH,FR') },
    { key: 'daily', calendar: 'mornings', hasMembers: true, duty: onDuty('FREQ=DAILY') },
  ],
  calendars: [
    ...demo.calendars,
    { key: 'never', spec: { zone: 'UTC', week: {}, exceptions: [] } },
    { key: 'mornings', spec: { zone: 'UTC', week: { mon: [{ from: '09:00', to: '10:00' }] }, exceptions: [] } },
  ],
  channels: [
    ...demo.channels,
    { name: 'strict', capabilities: { automatedSends: false, maxLength: null } },
    { name: 'questions', capabilities: { automatedSends: true, maxLength: 2000, oneAnswer: true } },
  ],
};
