import { textAt } from '../kinds.js';
import { joined, viewOf } from './pieces.js';

const HEADER_BYTES = 12;
const PICTURE: ReadonlySet<string> = new Set(['VP8 ', 'VP8L', 'VP8X', 'ALPH', 'ANIM', 'ANMF', 'ICCP']);

/** Bits of `VP8X` that announce Exif and XMP (WebP container, "Extended File Format"). */
const ANNOUNCED = 0x08 | 0x04;

/**
 * A WebP with nothing but its picture; whatever lies behind its end goes too.
 *
 * @returns null when it is none
 */
export function bareWebp(bytes: Uint8Array): Uint8Array | null {
  const size = viewOf(bytes).getUint32(4, true) + 8;
  if (size > bytes.length || size < HEADER_BYTES + 8) return null;
  const view = viewOf(bytes);
  const kept: Uint8Array[] = [bytes.slice(0, HEADER_BYTES)];
  let hasPicture = false;
  for (let at = HEADER_BYTES; at < size;) {
    if (at + 8 > size) return null;
    const name = textAt(bytes, at, 4);
    const length = view.getUint32(at + 4, true);
    // A chunk of odd length has a byte behind it that is no part of it; the last one may have lost it.
    const end = at + 8 + length + (length % 2);
    if (at + 8 + length > size) return null;
    const chunk = bytes.slice(at, end);
    if (name === 'VP8X' && length > 0) chunk[8] = (chunk[8] ?? 0) & ~ANNOUNCED;
    if (PICTURE.has(name)) kept.push(chunk);
    hasPicture ||= /^(VP8[ L]|ANMF)$/.test(name);
    at = end;
  }
  if (!hasPicture) return null;
  const whole = joined(kept);
  viewOf(whole).setUint32(4, whole.length - 8, true);
  return whole;
}
