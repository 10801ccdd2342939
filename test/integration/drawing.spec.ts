import { graphOf } from '../../src/domain/definition/plan-graph.js';
import type { PlanGraph } from '../../src/domain/definition/plan-graph.js';
import { standardPlan } from '../support/world.js';
import { svgOf } from '../../src/modules/definition/drawing.js';

const HOSTILE = '<script>alert("x")</script> & \\N \\" &lt; ]]> 你好';

const graph: PlanGraph = {
  title: HOSTILE,
  nodes: [
    { id: 'step:a', kind: 'choose', lines: ['a', HOSTILE] },
    { id: 'step:b', kind: 'close', lines: ['b'] },
  ],
  groups: [{ label: HOSTILE, nodes: [{ id: 'rule:r', kind: 'rule', lines: [HOSTILE] }] }],
  edges: [
    { from: 'step:a', to: 'step:b', label: HOSTILE, kind: 'flow' },
    { from: 'rule:r', to: 'step:b', label: null, kind: 'jump' },
  ],
};

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', nbsp: '\u00a0' };

/** Texts of an SVG document as somebody sees them. */
function textsOf(svg: string): readonly string[] {
  return [...svg.matchAll(/<text [^>]*>([^<]*)<\/text>/g)].map(([, text]) =>
    (text ?? '')
      .replaceAll(/&(?:#(\d+)|(\w+));/g, (_, code: string | undefined, name: string | undefined) =>
        code === undefined ? (ENTITIES[name ?? ''] ?? '?') : String.fromCodePoint(Number(code)),
      )
      .replaceAll('\u00a0', ' '),
  );
}

async function drawn(plan: PlanGraph): Promise<string> {
  const svg = await svgOf(plan);
  if (svg === null) throw new Error('It took too long');
  return svg;
}

describe('svgOf', () => {
  it('draws every node, arrow and heading of the standard definition', async () => {
    const plan = graphOf(standardPlan(), 'pt-BR');
    const svg = await drawn(plan);
    const nodes = [...plan.nodes, ...plan.groups.flatMap((group) => group.nodes)];
    const labels = plan.edges.flatMap(({ label }) => (label === null ? [] : [label]));
    const shown = [
      plan.title,
      ...plan.groups.map(({ label }) => label),
      ...nodes.flatMap(({ lines }) => lines),
      ...labels,
    ];
    expect([...textsOf(svg)].sort()).toEqual(shown.sort());
    expect(svg.match(/class="edge"/g)).toHaveLength(plan.edges.length);
  });

  it('shows what texts say and lets none of them become markup', async () => {
    const svg = await drawn(graph);
    expect(textsOf(svg).filter((text) => text === HOSTILE)).toHaveLength(5);
    const tags = new Set([...svg.matchAll(/<\/?([A-Za-z!?][\w-]*)/g)].map(([, name]) => name));
    const ours = ['svg', 'g', 'title', 'text', 'polygon', 'polyline', 'path', 'ellipse', '?xml', '!DOCTYPE', '!--'];
    expect([...tags].filter((tag) => !ours.includes(tag ?? ''))).toEqual([]);
    expect(svg).not.toMatch(/\s(?:on\w+|href|xlink:href)=/);
  });

  it('gives up where the layout takes too long, and draws the next', async () => {
    const ids = Array.from({ length: 100 }, (_, index) => `step:${index}`);
    const tangle: PlanGraph = {
      title: 'tangle',
      nodes: ids.map((id) => ({ id, kind: 'task', lines: [id, 'a person answers'] })),
      groups: [],
      edges: ids.flatMap((from, index) =>
        [index + 1, (index * 7) % 99].flatMap((to) =>
          ids[to] === undefined ? [] : [{ from, to: ids[to], label: 'not_needed', kind: 'flow' as const }],
        ),
      ),
    };
    const [late, next] = await Promise.all([svgOf(tangle, 300), svgOf(graph)]);
    expect([late, next]).toEqual([null, expect.stringContaining('<svg')]);
  });
});
