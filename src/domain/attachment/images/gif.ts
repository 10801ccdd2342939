import { textAt } from '../kinds.js';
import { joined } from './pieces.js';

const EXTENSION = 0x21;
const IMAGE = 0x2c;
const END = 0x3b;
const CONTROL = 0xf9;
const APPLICATION = 0xff;

/** What an application may add: how often an animation runs. */
const REPEATS: ReadonlySet<string> = new Set(['NETSCAPE2.0', 'ANIMEXTS1.0']);

/**
 * A GIF with nothing but its pictures; whatever lies behind its end goes too.
 *
 * @returns null when it is none
 */
export function bareGif(bytes: Uint8Array): Uint8Array | null {
  let at = 13 + tableBytes(bytes[10] ?? 0);
  const kept: Uint8Array[] = [bytes.subarray(0, at)];
  let hasPicture = false;
  while (at < bytes.length) {
    const kind = bytes[at];
    if (kind === END) {
      kept.push(bytes.subarray(at, at + 1));
      return hasPicture ? joined(kept) : null;
    }
    if (kind !== IMAGE && kind !== EXTENSION) return null;
    // A picture has a table of its own perhaps, and a byte that says how it is packed.
    const head = kind === IMAGE ? 11 + tableBytes(bytes[at + 9] ?? 0) : 2;
    const end = endOfBlocks(bytes, at + head);
    if (end === null) return null;
    const isShown = kind === IMAGE || isNeeded(bytes[at + 1] ?? 0, textAt(bytes, at + 3, 11));
    if (isShown) kept.push(bytes.subarray(at, end));
    hasPicture ||= kind === IMAGE;
    at = end;
  }
  return null;
}

function isNeeded(label: number, application: string): boolean {
  return label === CONTROL || (label === APPLICATION && REPEATS.has(application));
}

/** Bytes of the colour table that packed flags announce. */
function tableBytes(packed: number): number {
  return (packed & 0x80) === 0 ? 0 : 3 * 2 ** ((packed & 0x07) + 1);
}

/** Behind a row of blocks, each with its length before it; null when they run out. */
function endOfBlocks(bytes: Uint8Array, from: number): number | null {
  for (let at = from; at < bytes.length;) {
    const length = bytes[at] ?? 0;
    at += 1 + length;
    if (length === 0) return at <= bytes.length ? at : null;
  }
  return null;
}
