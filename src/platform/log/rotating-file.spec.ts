import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RotatingFile } from './rotating-file.js';

describe('RotatingFile', () => {
  const folder = mkdtempSync(join(tmpdir(), 'atende-log-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('keeps a few files of a limited size and loses only the oldest lines', () => {
    const path = join(folder, 'logs', 'atende.log');
    const file = new RotatingFile(path, { maxBytes: 30, keep: 2 });
    for (let n = 1; n <= 10; n += 1) file.write(`line ${n} .....\n`);
    file.close();
    expect(readdirSync(join(folder, 'logs')).sort()).toEqual(['atende.log', 'atende.log.1', 'atende.log.2']);
    expect(['.2', '.1', ''].map((end) => readFileSync(path + end, 'utf8')).join('')).toMatch(
      /^line 5.*line 10 .....\n$/s,
    );
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('goes on with the file it finds', () => {
    const path = join(folder, 'again.log');
    for (const line of ['one\n', 'two\n']) {
      const file = new RotatingFile(path);
      file.write(line);
      file.close();
    }
    expect(readFileSync(path, 'utf8')).toBe('one\ntwo\n');
  });

  it('does not throw when it cannot write', () => {
    const file = new RotatingFile(join(folder, 'closed.log'));
    file.close();
    expect(() => file.write('lost\n')).not.toThrow();
  });
});
