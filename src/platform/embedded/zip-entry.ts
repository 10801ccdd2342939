import { createReadStream, createWriteStream, openSync, readSync, closeSync, fstatSync } from 'node:fs';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32, createInflateRaw } from 'node:zlib';

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const END_BYTES = 22;
const MAX_COMMENT_BYTES = 0xffff;

type Entry = {
  readonly name: string;
  readonly method: number;
  readonly crc: number;
  readonly packedBytes: number;
  readonly offset: number;
};

/**
 * Unpacks one file of a ZIP archive, as the archive's directory describes it (APPNOTE 6.3, 4.3.12 and 4.3.16; no ZIP64, no
 * encryption), and compares its checksum.
 *
 * @param suffix how the path of the wanted file ends
 * @param mode permissions of the new file
 * @throws if the archive is damaged or holds no such file
 */
export async function unzipEntry(archive: string, suffix: string, target: string, mode: number): Promise<void> {
  const fd = openSync(archive, 'r');
  try {
    const entry = readDirectory(fd).find(({ name }) => name.endsWith(suffix));
    if (entry === undefined) throw new Error(`the archive holds no ${suffix}`);
    if (entry.method !== 0 && entry.method !== 8) throw new Error(`packing method ${entry.method} is unknown`);
    const start = dataOffset(fd, entry);
    const packed = createReadStream(archive, { start, end: start + entry.packedBytes - 1 });
    const sum = new Checksum();
    const stages = entry.method === 8 ? [packed, createInflateRaw(), sum] : [packed, sum];
    await pipeline([...stages, createWriteStream(target, { mode, flags: 'wx' })]);
    if (sum.value !== entry.crc) throw new Error('the archive is damaged');
  } finally {
    closeSync(fd);
  }
}

class Checksum extends Transform {
  value = 0;

  override _transform(chunk: Buffer, _encoding: string, done: (error: null, chunk: Buffer) => void): void {
    this.value = crc32(chunk, this.value);
    done(null, chunk);
  }
}

function readDirectory(fd: number): readonly Entry[] {
  const size = fstatSync(fd).size;
  const tail = read(
    fd,
    Math.max(0, size - END_BYTES - MAX_COMMENT_BYTES),
    Math.min(size, END_BYTES + MAX_COMMENT_BYTES),
  );
  const end = lastIndexOf(tail, END_OF_DIRECTORY);
  if (end < 0 || end + END_BYTES > tail.length) throw new Error('not a ZIP archive');
  const directory = read(fd, tail.readUInt32LE(end + 16), tail.readUInt32LE(end + 12));
  const entries: Entry[] = [];
  for (let at = 0; at + 46 <= directory.length && directory.readUInt32LE(at) === DIRECTORY_ENTRY;) {
    const nameBytes = directory.readUInt16LE(at + 28);
    entries.push({
      name: directory.toString('utf8', at + 46, at + 46 + nameBytes),
      method: directory.readUInt16LE(at + 10),
      crc: directory.readUInt32LE(at + 16),
      packedBytes: directory.readUInt32LE(at + 20),
      offset: directory.readUInt32LE(at + 42),
    });
    at += 46 + nameBytes + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return entries;
}

/** The local header repeats name and extra field, the latter with a length of its own. */
function dataOffset(fd: number, entry: Entry): number {
  const header = read(fd, entry.offset, 30);
  return entry.offset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
}

function lastIndexOf(buffer: Buffer, signature: number): number {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(signature);
  return buffer.lastIndexOf(bytes);
}

function read(fd: number, position: number, length: number): Buffer {
  const buffer = Buffer.alloc(length);
  if (readSync(fd, buffer, 0, length, position) < length) throw new Error('the archive is cut off');
  return buffer;
}
