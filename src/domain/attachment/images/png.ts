import { textAt } from '../kinds.js';
import { joined, viewOf } from './pieces.js';

const SIGNATURE_BYTES = 8;

/** Chunks that make the picture, and how its colours are meant (PNG, third edition, 11; animations among them). */
const PICTURE: ReadonlySet<string> = new Set(
  'IHDR PLTE IDAT IEND tRNS cHRM gAMA iCCP sBIT sRGB cICP mDCV cLLI bKGD hIST pHYs sPLT acTL fcTL fdAT'.split(' '),
);

/**
 * A PNG with nothing but its picture; whatever lies behind its end goes too.
 *
 * @returns null when it is none
 */
export function barePng(bytes: Uint8Array): Uint8Array | null {
  const view = viewOf(bytes);
  const kept: Uint8Array[] = [bytes.subarray(0, SIGNATURE_BYTES)];
  for (let at = SIGNATURE_BYTES; at + 12 <= bytes.length;) {
    const name = textAt(bytes, at + 4, 4);
    const end = at + 12 + view.getUint32(at);
    if (end > bytes.length || (at === SIGNATURE_BYTES && name !== 'IHDR')) return null;
    if (PICTURE.has(name)) kept.push(bytes.subarray(at, end));
    if (name === 'IEND') return joined(kept);
    at = end;
  }
  return null;
}
