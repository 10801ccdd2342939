import { createRequire } from 'node:module';
import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { projectFolder, readProject } from '../support/project.js';

type Manifest = {
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly allowScripts?: Readonly<Record<string, boolean>>;
};
type Locked = { readonly hasInstallScript?: boolean; readonly optionalDependencies?: Readonly<Record<string, string>> };
type Lock = { readonly packages: Readonly<Record<string, Locked>> };

const manifest = JSON.parse(readProject('package.json')) as Manifest;
const lock = JSON.parse(readProject('package-lock.json')) as Lock;

/** Where a package is found from inside another one. */
function resolvedFrom(folder: string, name: string): string {
  return realpathSync(dirname(createRequire(join(folder, 'package.json')).resolve(`${name}/package.json`)));
}

describe('packages', () => {
  it('of Temporal share one protobufjs: two would not recognise each other’s messages', () => {
    const scope = join(projectFolder, 'node_modules', '@temporalio');
    const users = readdirSync(scope).filter((name) => {
      const { dependencies } = JSON.parse(readFileSync(join(scope, name, 'package.json'), 'utf8')) as Manifest;
      return dependencies?.['protobufjs'] !== undefined;
    });
    expect(users.length).toBeGreaterThan(0);
    const found = new Set(users.map((name) => resolvedFrom(join(scope, name), 'protobufjs')));
    expect([...found]).toEqual([resolvedFrom(projectFolder, 'protobufjs')]);
  });

  it('of Temporal and MikroORM have one version each', () => {
    const versionsOf = (scope: string): Set<string | undefined> =>
      new Set(
        Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })
          .filter(([name]) => name.startsWith(scope))
          .map(([, version]) => version),
      );
    expect(versionsOf('@temporalio/').size).toBe(1);
    expect(versionsOf('@mikro-orm/').size).toBe(1);
  });

  it('for other platforms are in the lock file too: npm ci refuses one that leaves them out', () => {
    const optional = Object.values(lock.packages).flatMap((entry) => Object.keys(entry.optionalDependencies ?? {}));
    const locked = new Set(Object.keys(lock.packages).map((path) => path.replace(/^.*node_modules\//, '')));
    expect(optional.length).toBeGreaterThan(20);
    expect(optional.filter((name) => !locked.has(name))).toEqual([]);
  });

  it('are pinned to a version', () => {
    const ranges = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies }).filter(
      ([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version),
    );
    expect(ranges).toEqual([]);
  });

  it('with install scripts are each allowed or refused by name', () => {
    const named = new Set(Object.keys(manifest.allowScripts ?? {}));
    const scripted = Object.entries(lock.packages)
      .filter(([path, entry]) => path !== '' && entry.hasInstallScript === true)
      .map(([path]) => path.replace(/^.*node_modules\//, ''));
    expect(scripted.filter((name) => !named.has(name))).toEqual([]);
  });
});
