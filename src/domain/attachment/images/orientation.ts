import { textAt } from '../kinds.js';
import { viewOf } from './pieces.js';

/** Of everything a camera notes, the one thing without which people see the picture lying on its side (Exif 2.3, tag 0x0112). */

const ORIENTATION = 0x0112;
const SHORT = 3;

/**
 * Which way is up, 2 to 8, from the body of an Exif segment.
 *
 * @returns null where nothing has to be turned, or it does not say
 */
export function uprightOf(body: Uint8Array): number | null {
  if (textAt(body, 0, 6) !== 'Exif\0\0') return null;
  const tiff = body.subarray(6);
  const order = textAt(tiff, 0, 2);
  if (tiff.length < 14 || (order !== 'II' && order !== 'MM')) return null;
  const view = viewOf(tiff);
  const isLittle = order === 'II';
  const first = view.getUint32(4, isLittle);
  if (first + 2 > tiff.length) return null;
  const count = view.getUint16(first, isLittle);
  for (let index = 0; index < count; index += 1) {
    const at = first + 2 + index * 12;
    if (at + 12 > tiff.length) return null;
    if (view.getUint16(at, isLittle) !== ORIENTATION || view.getUint16(at + 2, isLittle) !== SHORT) continue;
    const value = view.getUint16(at + 8, isLittle);
    return value >= 2 && value <= 8 ? value : null;
  }
  return null;
}

/** An Exif segment of a JPEG that says which way is up and nothing else. */
export function uprightSegment(value: number): Uint8Array {
  const segment = new Uint8Array(36);
  const view = viewOf(segment);
  view.setUint16(0, 0xffe1);
  view.setUint16(2, segment.length - 2);
  segment.set([0x45, 0x78, 0x69, 0x66, 0, 0, 0x4d, 0x4d, 0, 0x2a], 4);
  // One directory, right behind the header, with one entry of one number.
  view.setUint32(14, 8);
  view.setUint16(18, 1);
  view.setUint16(20, ORIENTATION);
  view.setUint16(22, SHORT);
  view.setUint32(24, 1);
  view.setUint16(28, value);
  return segment;
}
