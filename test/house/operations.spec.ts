import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parser } from '@prometheus-io/lezer-promql';
import { parse } from 'yaml';
import { FROM_FILE, VARIABLES } from '../../src/platform/config/variables.js';
import { projectFiles, projectFolder, readProject } from '../support/project.js';
import { describedMetrics } from '../support/described-metrics.js';

type Rule = {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly runbook: string };
};
type Alerts = { readonly groups: readonly { readonly name: string; readonly rules: readonly Rule[] }[] };
type Panel = {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly datasource?: { readonly uid: string };
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
  readonly fieldConfig?: { readonly defaults: { readonly unit: string } };
};

const rules = (parse(readProject('deploy/prometheus/alerts.yml')) as Alerts).groups.flatMap((group) => group.rules);
const panels = (JSON.parse(readProject('deploy/grafana/atende.json')) as { panels: readonly Panel[] }).panels;
const shown = panels.filter(({ type }) => type !== 'row');
const operations = readProject('docs/operations.md');
const described = describedMetrics();

const alarmed = rules.map(({ alert, expr }) => [alert, expr] as const);
const drawn = shown.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => [title, expr] as const));

/** Where the expression cannot be read, and the series it asks for; variables of Grafana stand for what they become. */
function readExpression(expression: string): {
  readonly faults: readonly string[];
  readonly series: readonly string[];
} {
  const text = expression.replaceAll('$__rate_interval', '1m').replaceAll(/\$(job|instance)/g, '.+');
  const [faults, series]: [string[], string[]] = [[], []];
  parser.parse(text).iterate({
    enter: ({ type, from, to }) => {
      if (type.isError) faults.push(`${from}: ${text.slice(from, to)}`);
      if (type.name === 'Identifier' && /^[a-z]+_|^up$/.test(text.slice(from, to))) series.push(text.slice(from, to));
    },
  });
  return { faults, series };
}

const askedFor = new Set([...alarmed, ...drawn].flatMap(([, expression]) => readExpression(expression).series));
const known = new Set(
  [...described.keys()].flatMap((name) => [name, `${name}_bucket`, `${name}_count`, `${name}_sum`]),
);

describe('alarms and dashboard', () => {
  it.each([...alarmed, ...drawn])('%s asks for something that exists, in PromQL', (_name, expression) => {
    const { faults, series } = readExpression(expression);
    expect(faults).toEqual([]);
    expect(series.length).toBeGreaterThan(0);
    // `up` and the job come from Prometheus itself.
    expect(series.filter((name) => name !== 'up' && !known.has(name))).toEqual([]);
  });

  it.each(drawn)('%s follows the choice of job and instance, and shows a counter as a rate', (_title, expression) => {
    expect(expression).toContain('job=~"$job"');
    expect(expression).toContain('instance=~"$instance"');
    const windows = [...expression.matchAll(/\[([^\]]+)\]/g)].map(([, window]) => window);
    expect(windows.filter((window) => window !== '$__rate_interval' && window !== '24h')).toEqual([]);
    const counters = [...expression.matchAll(/(\w+\()?\s*(\w+_(?:total|count|sum|bucket))\{/g)];
    expect(counters.filter(([, around]) => around !== 'rate(' && around !== 'increase(')).toEqual([]);
  });

  it('leave no figure of the product unseen', () => {
    const seen = [...askedFor].map((name) => name.replace(/_(bucket|count|sum)$/, ''));
    const own = [...described.keys()].filter((name) => name.startsWith('atende_'));
    expect(own.length).toBeGreaterThan(10);
    expect(own.filter((name) => !seen.includes(name))).toEqual([]);
  });

  it('have one page each in the operations manual, and the manual has no other', () => {
    const headings = [...operations.matchAll(/^### (Atende\w+)$/gm)].map(([, name]) => name);
    expect(headings).toEqual(rules.map(({ alert }) => alert));
    for (const { alert, labels, annotations } of rules) {
      expect([alert, annotations.runbook]).toEqual([alert, `docs/operations.md#${alert.toLowerCase()}`]);
      expect([alert, labels.severity]).toEqual([alert, expect.stringMatching(/^(page|ticket)$/)]);
      expect(annotations.summary).toMatch(/\S/);
    }
  });

  it('show each panel with what it says, its unit and its source, and none over another', () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    for (const { title, description, datasource, fieldConfig, targets } of shown) {
      expect([title, datasource?.uid]).toEqual([title, '$datasource']);
      expect([title, description]).toEqual([title, expect.stringMatching(/\.$/)]);
      expect([title, fieldConfig?.defaults.unit]).toEqual([title, expect.any(String)]);
      expect([title, targets?.length]).not.toEqual([title, 0]);
    }
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(Math.max(...panels.map(({ gridPos: { x, w } }) => x + w))).toBe(24);
  });

  it('are collected where the containers tell them', () => {
    type Scrape = {
      readonly scrape_configs: readonly { readonly dns_sd_configs: readonly { names: string[]; port: number }[] }[];
    };
    const { scrape_configs: scrapes } = parse(readProject('deploy/prometheus/prometheus.yml')) as Scrape;
    const { services } = parse(readProject('docker-compose.yml')) as { services: object };
    const sources = scrapes.flatMap((scrape) => scrape.dns_sd_configs);
    expect(sources.flatMap(({ names }) => names).filter((name) => !(name in services))).toEqual([]);
    expect(sources.map(({ port }) => `ATENDE_METRICS_PORT=${port}`)).toEqual([
      /ATENDE_METRICS_PORT=\d+/.exec(readProject('Dockerfile'))?.[0],
    ]);
  });
});

describe('the pages for operators', () => {
  const pages = ['docs/operations.md', 'docs/metrics.md', 'docs/configuration.md'];

  it('describe every variable as the sources do (npm run docs)', () => {
    const { status, stderr } = spawnSync(process.execPath, [join(projectFolder, 'scripts/docs.mjs'), '--check'], {
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([0, '']);
    const named = readProject('docs/configuration.md');
    expect(Object.keys(VARIABLES).filter((name) => !named.includes(`\`${name}\``))).toEqual([]);
  });

  it.each(pages)('%s names only variables, commands and files that exist', (page) => {
    const text = readProject(page);
    const variables = new Set<string>([...Object.keys(VARIABLES), ...FROM_FILE.map((name) => `${name}_FILE`)]);
    const named = [...text.matchAll(/\b(?:ATENDE|DATABASE|TEMPORAL)_[A-Z_]*[A-Z]\b/g)].map(([name]) => name);
    expect(named.filter((name) => !variables.has(name))).toEqual([]);
    const sources = projectFiles('src/cli', '.ts').map(readProject).join('\n');
    const commands = [...text.matchAll(/atende --\s+([a-z]+)/g)].map(([, word]) => word);
    expect(commands.filter((word) => !sources.includes(`.command('${word}')`))).toEqual([]);
    const files = [...text.matchAll(/\]\(([\w./-]+?)(?:#[\w-]+)?\)/g)].map(([, path]) => path ?? '');
    expect(files.filter((path) => !existsSync(join(projectFolder, dirname(page), path)))).toEqual([]);
  });
});

describe('migrations', () => {
  const steps = projectFiles('migrations', '.ts').filter((path) => /\/\d{4}-/.test(path));

  it.each(steps)('%s only adds: the version before goes on with the new schema', (path) => {
    const [up = ''] = readProject(path).split('override down()');
    expect(up).toContain('override up()');
    expect(up).not.toMatch(/\b(drop (table|column)|rename (to|column)|alter column \S+ (set data )?type|truncate)\b/i);
  });
});
