import { textAt } from '../kinds.js';
import { uprightSegment, uprightOf } from './orientation.js';
import { joined } from './pieces.js';

/** Markers after which no length follows (ISO 10918-1, B.1.1.3). */
const isBare = (marker: number): boolean => marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8);

const SCAN = 0xda;
const END = 0xd9;
const EXIF = 0xe1;

/**
 * A JPEG with nothing but its picture: tables, frames, scans, how its colours are meant, and which way is up. Everything else that
 * cameras and programs write into it goes, and so does whatever lies behind its end.
 *
 * @returns null when it is none
 */
export function bareJpeg(bytes: Uint8Array): Uint8Array | null {
  const kept: Uint8Array[] = [bytes.subarray(0, 2)];
  let upright: number | null = null;
  let hasPicture = false;
  for (let at = 2; ;) {
    // Any number of 0xff may stand before a marker.
    while (bytes[at] === 0xff && bytes[at + 1] === 0xff) at += 1;
    const marker = bytes[at + 1];
    if (bytes[at] !== 0xff || marker === undefined) return null;
    if (marker === END) {
      kept.push(bytes.subarray(at, at + 2));
      break;
    }
    if (isBare(marker)) {
      at += 2;
      continue;
    }
    const end = at + 2 + (((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0));
    if (end < at + 4 || end > bytes.length) return null;
    const stop = marker === SCAN ? endOfScan(bytes, end) : end;
    if (isPicture(marker, textAt(bytes, at + 4, 12))) kept.push(bytes.subarray(at, stop));
    else if (marker === EXIF) upright ??= uprightOf(bytes.subarray(at + 4, end));
    hasPicture ||= marker === SCAN;
    at = stop;
    // Some cameras forget the end.
    if (at >= bytes.length) break;
  }
  if (!hasPicture) return null;
  const [start = bytes, ...rest] = kept;
  return joined([start, ...(upright === null ? [] : [uprightSegment(upright)]), ...rest]);
}

/** Where the data of a scan ends: at the next marker that is neither a stuffed byte nor a restart. */
function endOfScan(bytes: Uint8Array, from: number): number {
  for (let at = from; at + 1 < bytes.length; at += 1) {
    if (bytes[at] !== 0xff) continue;
    const next = bytes[at + 1] ?? 0;
    if (next !== 0x00 && next !== 0xff && !(next >= 0xd0 && next <= 0xd7)) return at;
  }
  return bytes.length;
}

/** Whether a segment is needed to show the picture: tables and frames; of what applications add, form and colours. */
function isPicture(marker: number, name: string): boolean {
  if (marker === 0xe0) return name.startsWith('JFIF\0');
  if (marker === 0xe2) return name === 'ICC_PROFILE\0';
  if (marker === 0xee) return name.startsWith('Adobe');
  return (marker >= 0xc0 && marker <= 0xcf) || (marker >= SCAN && marker <= 0xdf);
}
