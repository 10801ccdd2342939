import {
  CHANNEL_KILL_POINTS,
  KILL_POINTS,
  MIGRATION_KILL_POINTS,
  TOKEN_KILL_POINT,
  UPLOAD_KILL_POINT,
} from '../chaos/kill-points.js';
import { projectFiles, readProject } from '../support/project.js';

/** Kinds of work a loop gives back; see `WorkKind`. */
const WORK = [
  'ring',
  'sweep',
  'lease',
  'dispatch',
  'call',
  'sequence',
  'archive',
  'migration',
  'attachment',
  'notice',
  'notify',
  'fetch',
  'catch_up',
  'reconcile',
];

/** Every place the sources name, written out. */
function marked(): string[] {
  const sources = projectFiles('src', '.ts').filter((path) => !/\.spec\.ts$|kill-point/.test(path));
  return sources.flatMap((path) => {
    const text = readProject(path);
    const single = [...text.matchAll(/\breach\(['`]([^'`]+)['`]\)/g)].map(([, name]) => name ?? '');
    const commits = [...text.matchAll(/\breachCommit\(\w+, ([^)]+)\)/g)].flatMap(([, words]) =>
      [...(words ?? '').matchAll(/'([a-z-]+)'/g)].map(([, word]) => word ?? ''),
    );
    return [
      ...single.flatMap((name) =>
        name.includes('${item.kind}') ? WORK.map((kind) => name.replace('${item.kind}', kind)) : [name],
      ),
      ...commits.flatMap((word) => [`${word}.before-commit`, `${word}.after-commit`]),
    ];
  });
}

describe('kill points', () => {
  it('are each marked once in the sources and killed at by the chaos tests', () => {
    expect(marked().sort()).toEqual(
      [...KILL_POINTS, TOKEN_KILL_POINT, UPLOAD_KILL_POINT, ...CHANNEL_KILL_POINTS, ...MIGRATION_KILL_POINTS].sort(),
    );
  });
});
