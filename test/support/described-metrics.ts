import { readProject } from './project.js';

/** Metrics as `docs/metrics.md` describes them: their kind by name. */
export function describedMetrics(): ReadonlyMap<string, string> {
  const rows = readProject('docs/metrics.md').matchAll(/^\| `([a-z0-9_]+)`\s*\| (counter|gauge|histogram)\s*\|/gm);
  return new Map([...rows].map(([, name = '', kind = '']) => [name, kind]));
}
