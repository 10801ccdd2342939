import { bareGif } from './images/gif.js';
import { bareJpeg } from './images/jpeg.js';
import { barePng } from './images/png.js';
import { bareWebp } from './images/webp.js';
import { kindOf } from './kinds.js';
import type { FileKind } from './kinds.js';

/** A file that may be kept: what it is, and its bytes without what nobody needs to see. */
export type Inspected =
  | { readonly ok: true; readonly kind: FileKind; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly reason: 'empty' | 'too_large' | 'kind_not_allowed' | 'damaged' };

const BARE: Readonly<Partial<Record<FileKind, (bytes: Uint8Array) => Uint8Array | null>>> = {
  'image/jpeg': bareJpeg,
  'image/png': barePng,
  'image/webp': bareWebp,
  'image/gif': bareGif,
};

/**
 * Decides whether a file is kept, by its size and its bytes, and takes from pictures what cameras write into them: where they were
 * taken, when, by whom.
 *
 * @param stated the media type the sender gave
 * @param maxBytes the largest file that is kept
 */
export function inspect(bytes: Uint8Array, stated: string, maxBytes: number): Inspected {
  if (bytes.length === 0) return { ok: false, reason: 'empty' };
  if (bytes.length > maxBytes) return { ok: false, reason: 'too_large' };
  const kind = kindOf(bytes, stated);
  if (kind === null) return { ok: false, reason: 'kind_not_allowed' };
  const strip = BARE[kind];
  const bare = strip === undefined ? bytes : strip(bytes);
  return bare === null ? { ok: false, reason: 'damaged' } : { ok: true, kind, bytes: bare };
}
