import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DCLinter } from 'dclint';
import { validate } from 'dockerfile-utils';
import { parse } from 'yaml';
import { FROM_FILE, VARIABLES } from '../../src/platform/config/variables.js';
import { POSTGRES_MAJOR } from '../../src/platform/embedded/postgres-files.js';
import { projectFolder, readProject } from '../support/project.js';

type Service = {
  readonly image: string;
  readonly build?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly secrets?: readonly string[];
  readonly volumes?: readonly string[];
  readonly networks: readonly string[];
  readonly ports?: readonly string[];
  readonly healthcheck?: { readonly disable?: boolean };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly deploy?: { readonly replicas: number };
};
type Compose = {
  readonly services: Readonly<Record<string, Service>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean }>>;
};

type LintResult = { readonly messages: readonly { readonly rule: string; readonly message: string }[] };

const compose = parse(readProject('docker-compose.yml'), { merge: true }) as Compose;
const services = Object.entries(compose.services);
const dockerfile = readProject('Dockerfile');
const isThere = (path: string): boolean => existsSync(join(projectFolder, path));

const ORDER_OF_KEYS = [
  'service-keys-order',
  'services-alphabetical-order',
  'service-dependencies-alphabetical-order',
  'top-level-properties-order',
];

describe('docker-compose.yml', () => {
  it('fits the Compose Specification and the rules for it', () => {
    const rules = Object.fromEntries(ORDER_OF_KEYS.map((rule) => [rule, 0]));
    const linter = new DCLinter({ rules, quiet: false, debug: false, exclude: [] });
    const results: readonly LintResult[] = linter.lintFiles([join(projectFolder, 'docker-compose.yml')], false);
    expect(results).toHaveLength(1);
    expect(results.flatMap(({ messages }) => messages.map(({ rule, message }) => `${rule}: ${message}`))).toEqual([]);
  });

  it('brings PostgreSQL, Temporal with its schema job and pages, and the product in its roles', () => {
    expect(compose.services['postgres']?.image).toBe(`postgres:${POSTGRES_MAJOR}`);
    expect(compose.services['temporal']?.image).toMatch(/^temporalio\/server:/);
    expect(compose.services['temporal-schema']?.image).toMatch(/^temporalio\/admin-tools:/);
    expect(compose.services['temporal-ui']?.image).toMatch(/^temporalio\/ui:/);
    const roles = services.flatMap(([name, { environment }]) =>
      environment?.['ATENDE_ROLE'] === undefined ? [] : [name],
    );
    expect(roles.sort()).toEqual(['api', 'migrate', 'worker']);
    for (const role of roles)
      expect(compose.services[role]).toMatchObject({ build: '.', environment: { ATENDE_ROLE: role } });
    expect(compose.services['worker']?.deploy?.replicas).toBe(2);
  });

  it('pins every image to a version', () => {
    expect(services.filter(([, { image }]) => !/:\d+(\.\d+)*$/.test(image)).map(([name]) => name)).toEqual([]);
  });

  it('tells the product nothing it would not understand', () => {
    const known = new Set<string>([...Object.keys(VARIABLES), ...FROM_FILE.map((name) => `${name}_FILE`)]);
    const told = services
      .filter(([, { build }]) => build !== undefined)
      .flatMap(([, { environment }]) => Object.keys(environment ?? {}));
    expect(told.length).toBeGreaterThan(10);
    expect(told.filter((name) => !known.has(name))).toEqual([]);
  });

  it('waits for what it needs in a way that can come true', () => {
    for (const [name, { depends_on: needed = {} }] of services) {
      for (const [other, { condition }] of Object.entries(needed)) {
        const service = compose.services[other];
        const runsOnce = /^(migrate|temporal-schema|temporal-namespace)$/.test(other);
        const fits = condition === (runsOnce ? 'service_completed_successfully' : 'service_healthy');
        const isChecked = runsOnce || service?.healthcheck !== undefined || service?.build !== undefined;
        expect([name, other, fits && isChecked]).toEqual([name, other, true]);
      }
    }
  });

  it('mounts files that are there and secrets that deploy/secrets.sh makes', () => {
    const mounted = services.flatMap(([, { volumes = [] }]) => volumes.filter((volume) => volume.startsWith('./')));
    expect(mounted.length).toBeGreaterThan(3);
    expect(mounted.filter((volume) => !isThere(volume.split(':')[0] ?? ''))).toEqual([]);
    const script = readProject('deploy/secrets.sh');
    const made = [...script.matchAll(/^(?:put (\w+)|login (\w+))/gm)].map(([, file, login]) => file ?? `${login}_url`);
    expect(Object.keys(compose.secrets).sort()).toEqual(made.sort());
    for (const [name, { file }] of Object.entries(compose.secrets)) expect(file).toBe(`./deploy/secrets/${name}`);
    const used = services.flatMap(([, { secrets = [] }]) => secrets);
    expect(used.filter((name) => compose.secrets[name] === undefined)).toEqual([]);
    expect(readProject('.gitignore').split('\n')).toEqual(expect.arrayContaining(['.env', 'deploy/secrets/']));
  });

  it('gives the owner’s password to migrations only, and no password in clear', () => {
    const holders = services.filter(([, { secrets = [] }]) => secrets.includes('owner_url')).map(([name]) => name);
    expect(holders.sort()).toEqual(['migrate', 'postgres']);
    const clear = services.flatMap(([name, { environment = {} }]) =>
      Object.entries(environment)
        .filter(([key, value]) => /PASSWORD|PWD|SECRET|KEY/.test(key) && !/^(\/run\/secrets\/|\$\{\w+:\?)/.test(value))
        .map(([key]) => `${name} ${key}`),
    );
    expect(clear).toEqual([]);
  });

  it('opens nothing to the network but the API and Temporal’s pages, on loopback', () => {
    const open = services.flatMap(([name, { ports = [] }]) => ports.map((port) => `${name} ${port}`));
    expect(open).toEqual(['api 127.0.0.1:3000:3000', 'temporal-ui 127.0.0.1:8080:8080']);
    expect(compose.networks['data']?.internal).toBe(true);
    for (const name of ['postgres', 'temporal']) expect(compose.services[name]?.networks).toEqual(['data']);
  });
});

describe('deploy/postgres/init.sh', () => {
  it('makes logins with no more rights than the embedded server gives', () => {
    const script = readProject('deploy/postgres/init.sh');
    const roles = [...script.matchAll(/^create role (\w+) login password :'\w+' (.*);$/gm)];
    expect(roles.map(([, name]) => name)).toEqual(['atende_owner', 'atende_app', 'atende_loops', 'temporal']);
    for (const [, , rights] of roles)
      expect(rights).toBe('nosuperuser nocreatedb nocreaterole noreplication nobypassrls');
    const embedded = readProject('src/platform/embedded/postgres-roles.ts');
    for (const statement of ['grant atende_app, atende_loops to atende_owner with inherit false, set true']) {
      expect([script.includes(statement), embedded.includes(statement)]).toEqual([true, true]);
    }
  });
});

describe('the Dockerfile', () => {
  const lines = dockerfile.replaceAll('\\\n', ' ').split('\n');
  const last = lines.slice(lines.findLastIndex((line) => line.startsWith('FROM ')));
  const of = (instruction: string): string[] => last.filter((line) => line.startsWith(`${instruction} `));

  it('has no mistakes', () => {
    expect(validate(dockerfile).map(({ message, range }) => [range.start.line + 1, message])).toEqual([]);
  });

  it('ends in a small image that runs as nobody special, in UTC, by signals', () => {
    expect(last[0]).toBe('FROM node:24-slim');
    expect(of('USER')).toEqual(['USER node']);
    expect(of('ENV').join(' ')).toMatch(/TZ=UTC/);
    expect(of('CMD')).toEqual(['CMD ["node", "scripts/start.mjs"]']);
    expect(of('HEALTHCHECK').join()).toContain('CMD ["node", "scripts/healthy.mjs"]');
    expect(last.join('\n')).not.toMatch(/ARG .*(PASSWORD|SECRET|KEY)/);
  });

  it('copies only what is there and is let in', () => {
    const letIn = readProject('.dockerignore')
      .split('\n')
      .flatMap((line) => (line.startsWith('!') ? [line.slice(1)] : []));
    const copied = lines
      .filter((line) => line.startsWith('COPY ') && !line.includes('--from='))
      .flatMap((line) => line.split(/\s+/).slice(1, -1));
    expect(copied.length).toBeGreaterThan(5);
    expect(copied.filter((path) => !isThere(path) || !letIn.includes(path))).toEqual([]);
    expect(letIn.filter((path) => !isThere(path))).toEqual([]);
  });

  it('runs scripts that are there', () => {
    const named = [...dockerfile.matchAll(/scripts\/[\w-]+\.mjs/g)].map(([path]) => path);
    expect(named.filter((path) => !isThere(path))).toEqual([]);
  });
});
