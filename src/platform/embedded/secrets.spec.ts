import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadCredentials, loadRootKey } from './secrets.js';

let home: string;
beforeEach(() => (home = mkdtempSync(join(tmpdir(), 'atende-secrets-'))));
afterEach(() => rmSync(home, { recursive: true }));

describe('secrets of a home', () => {
  it('are made once, differ, and are closed to others', () => {
    const credentials = loadCredentials(home);
    expect(new Set(Object.values(credentials)).size).toBe(4);
    expect(loadCredentials(home)).toEqual(credentials);
    const key = loadRootKey(home);
    expect(key).toHaveLength(32);
    expect(loadRootKey(home)).toEqual(key);
    for (const file of ['credentials.json', 'root.key']) expect(statSync(join(home, file)).mode & 0o777).toBe(0o600);
  });

  it('are never replaced when damaged', () => {
    writeFileSync(join(home, 'credentials.json'), '{"postgres":"x"}');
    writeFileSync(join(home, 'root.key'), 'short');
    expect(() => loadCredentials(home)).toThrow('damaged');
    expect(() => loadRootKey(home)).toThrow('no key of 32 bytes');
    expect(readFileSync(join(home, 'root.key'), 'utf8')).toBe('short');
  });
});
