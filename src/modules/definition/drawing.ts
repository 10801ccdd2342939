import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import type { Graph } from '@viz-js/viz';
import type { GraphEdge, GraphNode, NodeKind, PlanGraph } from '../../domain/definition/plan-graph.js';

type Attributes = Readonly<Record<string, string | number | boolean>>;
type Drawn = NonNullable<Graph['nodes']>[number];

/** How long a drawing may take: the layout of some graphs of a hundred steps takes minutes. */
const LIMIT_MS = 10_000;

/**
 * What a drawing's thread runs. Graphviz is WebAssembly that cannot be interrupted from within: a thread of its own keeps it
 * from holding up everybody else, and can be ended. It is plain text, because a thread starts from a file or a text, and
 * tests have no compiled files.
 */
const THREAD = `
  const { parentPort, workerData } = require('node:worker_threads');
  const { graphviz, graph } = workerData;
  void require(graphviz).instance()
    .then((viz) => parentPort.postMessage(viz.renderString(graph, { format: 'svg', engine: 'dot' })));
`;

/** The drawings under way: one after the other, each takes a processor and some memory. */
let last: Promise<unknown> = Promise.resolve();

/**
 * Draws a graph as an SVG document; where nodes and arrows go is Graphviz's decision. Null when it takes longer than
 * `limitMs`.
 */
export function svgOf(graph: PlanGraph, limitMs = LIMIT_MS): Promise<string | null> {
  const drawn = last.then(() => draw(graph, limitMs));
  last = drawn.catch(() => null);
  return drawn;
}

async function draw(graph: PlanGraph, limitMs: number): Promise<string | null> {
  const graphviz = createRequire(import.meta.url).resolve('@viz-js/viz');
  const thread = new Worker(THREAD, { eval: true, workerData: { graphviz, graph: input(graph) } });
  const { promise, resolve, reject } = Promise.withResolvers<string | null>();
  const limit = setTimeout(() => resolve(null), limitMs);
  thread.once('message', resolve).once('error', reject);
  try {
    return await promise;
  } finally {
    clearTimeout(limit);
    await thread.terminate();
  }
}

const FONT = { fontname: 'Helvetica,Arial,sans-serif' };

const LOOKS: Readonly<Partial<Record<NodeKind, Attributes>>> = {
  choose: { shape: 'diamond', style: 'filled', fillcolor: '#fff7e0' },
  wait: { fillcolor: '#eef3fb' },
  task: { fillcolor: '#e6f4ea', penwidth: 2 },
  close: { shape: 'doubleoctagon', style: 'filled', fillcolor: '#f1f1f1' },
  obligation: { shape: 'hexagon', style: 'filled', fillcolor: '#fdecea' },
  level: { fillcolor: '#fdf3f2' },
  rule: { fillcolor: '#f5effb' },
};

const ARROWS: Readonly<Record<GraphEdge['kind'], Attributes>> = {
  flow: {},
  // What stands beside the steps must not pull them out of their order.
  aside: { style: 'dashed', color: '#888888' },
  jump: { style: 'bold', color: '#7a4fb5', constraint: false },
};

function input({ title, nodes, groups, edges }: PlanGraph): Graph {
  const all = [...nodes, ...groups.flatMap((group) => group.nodes)];
  const names = new Map(all.map(({ id }, index) => [id, `n${index}`]));
  const nameOf = (id: string): string => names.get(id) ?? id;
  const node = ({ id, kind, lines }: GraphNode): Drawn => {
    return { name: nameOf(id), attributes: { label: escaped(lines.join('\n')), ...LOOKS[kind] } };
  };
  return {
    directed: true,
    graphAttributes: { label: escaped(title), labelloc: 't', fontsize: 18, rankdir: 'TB', ...FONT },
    // Whoever shows the drawing may have a wider font.
    nodeAttributes: {
      margin: '0.2,0.1',
      shape: 'box',
      style: 'rounded,filled',
      fillcolor: 'white',
      fontsize: 11,
      ...FONT,
    },
    edgeAttributes: { fontsize: 10, ...FONT },
    nodes: nodes.map(node),
    edges: edges.map(({ from, to, label, kind }) => ({
      tail: nameOf(from),
      head: nameOf(to),
      attributes: { ...(label === null ? {} : { label: escaped(label) }), ...ARROWS[kind] },
    })),
    subgraphs: groups.map((group, index) => ({
      name: `cluster_${index}`,
      graphAttributes: { label: escaped(group.label), style: 'rounded', color: '#bbbbbb', fontsize: 12, ...FONT },
      nodes: group.nodes.map(node),
    })),
  };
}

/** Graphviz reads backslashes as escapes and `&lt;` as a character; what XML needs it writes itself. */
function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('&', '&amp;').replaceAll('\n', '\\n');
}
