import { round } from '../statistics.js';

/** What V8 writes: nodes of a call tree, and which node each sample met. */
export type CpuProfile = {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
    readonly children?: readonly number[];
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
};

/** A call with the time spent in it and below it, in microseconds. */
export type Call = {
  readonly name: string;
  readonly place: string;
  readonly total: number;
  readonly children: readonly Call[];
};

const NOT_WORK = new Set(['(idle)', '(program)']);
const SHOWN = 40;

/** The tree of calls without the time in which nothing was to do. */
export function callTree(profile: CpuProfile): Call {
  const self = selfTimes(profile);
  const byId = new Map(profile.nodes.map((node) => [node.id, node]));
  const build = (id: number): Call => {
    const node = byId.get(id);
    const children = (node?.children ?? [])
      .filter((child) => !NOT_WORK.has(byId.get(child)?.callFrame.functionName ?? ''))
      .map(build);
    const total = (self.get(id) ?? 0) + children.reduce((sum, child) => sum + child.total, 0);
    return { ...describe(node?.callFrame), total, children };
  };
  return build(profile.nodes[0]?.id ?? 0);
}

/** Own time by function and by package, the longest first. */
export function topSelf(profile: CpuProfile): string {
  const functions = new Map<string, number>();
  const packages = new Map<string, number>();
  const self = selfTimes(profile);
  let all = 0;
  for (const { id, callFrame } of profile.nodes) {
    if (NOT_WORK.has(callFrame.functionName)) continue;
    const { name, place } = describe(callFrame);
    const time = self.get(id) ?? 0;
    all += time;
    add(functions, `${name}  ${place}`, time);
    add(packages, packageOf(callFrame.url), time);
  }
  const list = (title: string, times: ReadonlyMap<string, number>): string[] => [
    title,
    ...[...times]
      .sort(([, a], [, b]) => b - a)
      .slice(0, SHOWN)
      .map(
        ([name, time]) =>
          `${((time / all) * 100).toFixed(1).padStart(6)} %  ${String(round(time / 1_000)).padStart(7)} ms  ${name}`,
      ),
  ];
  return [...list('by package', packages), '', ...list('by function', functions), ''].join('\n');
}

function selfTimes({ samples, timeDeltas }: CpuProfile): ReadonlyMap<number, number> {
  const times = new Map<number, number>();
  for (const [index, id] of samples.entries()) add(times, id, timeDeltas[index] ?? 0);
  return times;
}

function add<K>(times: Map<K, number>, key: K, time: number): void {
  times.set(key, (times.get(key) ?? 0) + time);
}

function describe(frame: CpuProfile['nodes'][number]['callFrame'] | undefined): { name: string; place: string } {
  const { functionName = '', url = '', lineNumber = 0 } = frame ?? {};
  const file = url.replace(/^file:\/\//, '').replace(/^.*\/(node_modules|dist)\//, '');
  return {
    name: functionName === '' ? '(anonymous)' : functionName,
    place: file === '' ? '' : `${file}:${lineNumber + 1}`,
  };
}

/** A package of npm, a room of ours, Node itself, or the engine. */
function packageOf(url: string): string {
  const dependency = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1];
  if (dependency !== undefined) return dependency;
  const room = /\/dist\/src\/((?:modules\/|platform\/|domain\/)?[^/]+)/.exec(url)?.[1];
  if (room !== undefined) return `atende ${room}`;
  return url.startsWith('node:') ? 'node' : url === '' ? 'v8 (garbage collector, builtins)' : 'workflow bundle';
}
