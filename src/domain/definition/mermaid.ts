import type { GraphEdge, GraphNode, NodeKind, PlanGraph } from './plan-graph.js';

/** The brackets of a node's shape. */
const SHAPES: Readonly<Partial<Record<NodeKind, readonly [string, string]>>> = {
  choose: ['{', '}'],
  wait: ['([', '])'],
  task: ['[[', ']]'],
  close: ['(((', ')))'],
  obligation: ['{{', '}}'],
};
const RECTANGLE = ['[', ']'] as const;

const ARROWS: Readonly<Record<GraphEdge['kind'], string>> = { flow: '-->', aside: '-.->', jump: '==>' };

/** Characters that mean something to Mermaid or to the page it draws on. */
const SPECIAL = /["#&<>`\\]/g;

/**
 * A graph as Mermaid text (a flow chart from top to bottom). Nodes are numbered: a step may be called like a word of Mermaid.
 * Texts are quoted, and what could end the quotes or be read as markup is written by its code point.
 */
export function mermaidOf({ title, nodes, groups, edges }: PlanGraph): string {
  const all = [...nodes, ...groups.flatMap((group) => group.nodes)];
  const names = new Map(all.map(({ id }, index) => [id, `n${index}`]));
  const nameOf = (id: string): string => names.get(id) ?? id;
  const node = ({ id, kind, lines }: GraphNode): string => {
    const [open, end] = SHAPES[kind] ?? RECTANGLE;
    return `${nameOf(id)}${open}${quoted(lines)}${end}`;
  };
  return [
    '---',
    // A text in JSON is one in YAML too.
    `title: ${JSON.stringify(title)}`,
    '---',
    'flowchart TD',
    ...nodes.map((each) => `  ${node(each)}`),
    ...groups.flatMap((group, index) => [
      `  subgraph g${index}[${quoted([group.label])}]`,
      ...group.nodes.map((each) => `    ${node(each)}`),
      '  end',
    ]),
    ...edges.map(({ from, to, label, kind }) => {
      const said = label === null ? '' : `|${quoted([label])}|`;
      return `  ${nameOf(from)} ${ARROWS[kind]}${said} ${nameOf(to)}`;
    }),
    '',
  ].join('\n');
}

const quoted = (lines: readonly string[]): string =>
  `"${lines.map((line) => line.replaceAll(SPECIAL, (character) => `#${character.codePointAt(0)};`)).join('<br/>')}"`;
