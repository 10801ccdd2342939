import { readFileSync } from 'node:fs';
import { testServers } from '../support/stack.js';

/** Every cached workflow evaluates all of this again: the driver, the SDK, and nothing of ours but these. */
const OWN = [
  './src/platform/temporal/failure-converter.ts',
  './src/workflows/index.ts',
  './src/workflows/inquiry.ts',
  './src/workflows/messages.ts',
  './src/workflows/retention-sweep.ts',
];

/** The SDK's own packages, and what they bring. */
const PACKAGES = ['@temporalio/common', '@temporalio/workflow', 'long', 'ms', 'nexus-rpc'];

/** Of code, without the source map. */
const MAX_BYTES = 600_000;

describe('the workflow bundle', () => {
  const [code = '', map = ''] = readFileSync(testServers().workflowBundle, 'utf8').split('//# sourceMappingURL=');
  const modules = [...code.matchAll(/^\/\*\*\*\/ "(\.[^"]+)"/gm)].map(([, name]) => name ?? '');

  it('holds these modules of ours', () => {
    expect(modules.filter((name) => !name.startsWith('./node_modules/')).sort()).toEqual(OWN);
  });

  it('holds these packages', () => {
    const packages = modules.flatMap((name) => /^\.\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(name)?.[1] ?? []);
    expect([...new Set(packages)].sort()).toEqual(PACKAGES);
  });

  it('stays small and keeps its source map', () => {
    expect(code.length).toBeGreaterThan(100_000);
    expect(code.length).toBeLessThan(MAX_BYTES);
    expect(map.startsWith('data:application/json')).toBe(true);
  });
});
