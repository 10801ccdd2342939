import type { Call } from './stacks.js';

const WIDTH = 1_200;
const ROW = 16;
const LETTER = 6.4;

/** Narrower calls than this many pixels are left out. */
const NARROWEST = 1.5;

/** Frames of the runtime above all work say nothing and are skipped. */
const DEEPEST = 70;

/** A flame graph as SVG: width is time, callers above what they call. */
export function flameGraph(root: Call): string {
  const boxes: string[] = [];
  let rows = 0;
  const draw = (call: Call, x: number, row: number): void => {
    const width = (call.total / root.total) * WIDTH;
    if (width < NARROWEST || row >= DEEPEST) return;
    rows = Math.max(rows, row + 1);
    boxes.push(box(call, root.total, { x, row, width }));
    let left = x;
    for (const child of [...call.children].sort((a, b) => b.total - a.total)) {
      draw(child, left, row + 1);
      left += (child.total / root.total) * WIDTH;
    }
  };
  draw(root, 0, 0);
  const style = 'text{font:11px monospace;pointer-events:none}rect{stroke:#fff;stroke-width:.4}';
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${rows * ROW}"><style>${style}</style>\n${boxes.join('\n')}\n</svg>\n`;
}

function box(
  call: Call,
  whole: number,
  { x, row, width }: { readonly x: number; readonly row: number; readonly width: number },
): string {
  const share = ((call.total / whole) * 100).toFixed(2);
  const y = row * ROW;
  const letters = Math.floor((width - 4) / LETTER);
  const label =
    letters < 3 ? '' : `<text x="${(x + 2).toFixed(1)}" y="${y + 12}">${escape(call.name.slice(0, letters))}</text>`;
  const title = `<title>${escape(`${call.name} ${call.place}`.trim())} ${share} %</title>`;
  return `<g>${title}<rect x="${x.toFixed(1)}" y="${y}" width="${width.toFixed(1)}" height="${ROW}" fill="${colorOf(call.place)}"/>${label}</g>`;
}

/** Ours warm, packages cool, the runtime grey. */
function colorOf(place: string): string {
  if (place.startsWith('src/')) return '#f0a35e';
  if (place.startsWith('@temporalio/')) return '#9db8e8';
  if (/^(@mikro-orm|kysely|pg)/.test(place)) return '#9ed3b4';
  return place === '' || place.startsWith('node:') ? '#d5d5d5' : '#e6d68a';
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
