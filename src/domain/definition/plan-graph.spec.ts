import { planOf, standardPlan } from '../../../test/support/world.js';
import { shippedDefinition } from '../../../test/support/definition-environment.js';
import { mermaidOf } from './mermaid.js';
import { graphOf } from './plan-graph.js';
import type { PlanGraph } from './plan-graph.js';

const arrows = ({ edges }: PlanGraph): readonly string[] =>
  edges.map(({ from, to, label, kind }) =>
    `${from} ${{ flow: '>', aside: '-', jump: '=' }[kind]} ${to} ${label ?? ''}`.trim(),
  );

/** A definition whose own words try to be markup. */
const HOSTILE = [
  'atende: 1',
  'key: hostile',
  `title: { en: 'A "quoted" <b>title</b> & \\N', pt-BR: 'Olá' }`,
  'rules:',
  `  - { id: end, when: 'message.text.contains("<script>alert(1)</script>\\\\N]|#quot;")', do: [{ goto: subgraph, interrupt: true }] }`,
  'steps:',
  `  - { id: end, choose: [{ when: 'message.text == "\`x\`"', goto: subgraph }] }`,
  '  - { id: subgraph, task: { kind: reply }, on: { sent: style, not_needed: style } }',
  '  - { id: style, close: {} }',
].join('\n');

describe('graphOf', () => {
  it('draws steps with their outcomes, chains beside them', () => {
    const graph = graphOf(standardPlan(), 'en');
    expect(graph.nodes.map(({ id, lines }) => `${id}: ${lines[1]}`)).toEqual([
      'step:classify: classify',
      'step:hours: choose',
      'step:acknowledge: send: ack',
      'step:away: send: away',
      'step:person: assign: sales-br, night-sz',
      'step:reply: a person answers',
      'step:buyer: wait: buyer_message, 2d',
      'step:close: close: resolved',
    ]);
    expect(arrows(graph)).toEqual([
      'step:classify > step:hours',
      'step:hours > step:away !calendar.open',
      'step:hours > step:acknowledge otherwise',
      'step:acknowledge > step:person',
      'step:away > step:person',
      'step:person > step:reply',
      'step:reply > step:buyer sent',
      'step:reply > step:close not_needed',
      'step:buyer > step:reply message',
      'step:buyer > step:close timeout',
      'obligation:first_response - level:late-reply:0',
      'obligation:next_response - level:late-reply:0',
      'obligation:platform_response - level:platform-alarm:0',
      'level:late-reply:0 - level:late-reply:1',
      'level:late-reply:1 - level:late-reply:2',
    ]);
    expect(graph.groups.map(({ label, nodes }) => [label, nodes.length])).toEqual([
      ['Obligations', 5],
      ['Escalation late-reply', 3],
      ['Escalation platform-alarm', 1],
      ['Rules, on every buyer message', 1],
    ]);
    expect(graph.groups[0]?.nodes[1]?.lines).toEqual(['first_response', '20m / 1h, house clock']);
    expect(graph.groups[1]?.nodes[1]?.lines).toEqual(['deadline', 'notify supervisor', 'set urgency = high']);
  });

  it.each([
    ['zh-CN', '标准询单', '义务'],
    ['pt-PT', 'Atendimento padrão', 'Obrigações'],
    ['es', 'Standard inquiry', 'Obligations'],
  ])('speaks %s where it can', (language, title, heading) => {
    const graph = graphOf(standardPlan(), language);
    expect([graph.title, graph.groups[0]?.label]).toEqual([title, heading]);
  });

  it('draws jumps of rules and levels', () => {
    expect(arrows(graphOf(planOf(HOSTILE), 'en'))).toContain('rule:end = step:subgraph go to');
  });

  it('draws forms and calls with every outcome', () => {
    const drawn = arrows(graphOf(planOf(shippedDefinition('refund-approval.yaml')), 'en'));
    expect(drawn.filter((arrow) => arrow.startsWith('step:pay '))).toEqual([
      'step:pay > step:paid ok',
      'step:pay > step:why refused',
      'step:pay > step:doubt unknown',
    ]);
  });
});

/** Every line Mermaid text of ours may consist of; texts hold nothing that could end them. */
const TEXT = '"(?:[^"#&<>`\\\\]|#\\d+;|<br/>)*"';
const NODE = `n\\d+(?:\\[${TEXT}\\]|\\{${TEXT}\\}|\\(\\[${TEXT}\\]\\)|\\[\\[${TEXT}\\]\\]|\\(\\(\\(${TEXT}\\)\\)\\)|\\{\\{${TEXT}\\}\\})`;
const LINES = new RegExp(
  `^(?: {2}| {4})(?:${NODE}|subgraph g\\d+\\[${TEXT}\\]|end|n\\d+ (?:-->|-\\.->|==>)(?:\\|${TEXT}\\|)? n\\d+)$`,
);

describe('mermaidOf', () => {
  it.each([
    ['the standard definition', standardPlan()],
    ['a hostile one', planOf(HOSTILE)],
  ])('writes %s line by line, with nothing that could end a text', (_, plan) => {
    const [front, title, end, head, ...lines] = mermaidOf(graphOf(plan, 'en')).split('\n');
    expect([front, end, head, lines.pop()]).toEqual(['---', '---', 'flowchart TD', '']);
    expect(JSON.parse(title?.replace('title: ', '') ?? '')).toBe(graphOf(plan, 'en').title);
    expect(lines.filter((line) => !LINES.test(line))).toEqual([]);
    const declared = lines.flatMap((line) => /^ +(n\d+)[[{(]/.exec(line)?.[1] ?? []);
    expect(new Set(declared).size).toBe(declared.length);
    const named = lines.flatMap((line) => [...line.matchAll(/(?<![\w#"])n\d+(?= |$)/g)].map(([name]) => name));
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((name) => !declared.includes(name))).toEqual([]);
  });
});
