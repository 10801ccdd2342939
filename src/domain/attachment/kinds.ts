/** Kinds of files that are kept, by what their bytes are; whatever a channel says about a file counts for nothing. */
export const KINDS = {
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/webp': 'webp',
  'image/gif': 'gif',
  'application/pdf': 'pdf',
  'video/mp4': 'mp4',
  'video/3gpp': '3gp',
  'video/quicktime': 'mov',
  'audio/mp4': 'm4a',
  'audio/ogg': 'ogg',
  'audio/mpeg': 'mp3',
  'audio/aac': 'aac',
  'audio/amr': 'amr',
  'text/plain': 'txt',
} as const satisfies Readonly<Record<string, string>>;

export type FileKind = keyof typeof KINDS;

/** The usual ending of a file's name, without the dot. */
export function endingOf(kind: FileKind): string {
  return KINDS[kind];
}

/**
 * What some bytes are, or null for what is not kept.
 *
 * @param stated the media type somebody gave; only a text is believed to be one, because texts have no mark of their own
 */
export function kindOf(bytes: Uint8Array, stated: string): FileKind | null {
  return binaryKindOf(bytes) ?? (/^text\/plain\b/i.test(stated) && isText(bytes) ? 'text/plain' : null);
}

/** Marks at the beginning of files, the longer ones first. */
const MARKS: readonly (readonly [mark: readonly number[], kind: FileKind])[] = [
  [[0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], 'image/png'],
  [ascii('GIF87a'), 'image/gif'],
  [ascii('GIF89a'), 'image/gif'],
  [ascii('#!AMR'), 'audio/amr'],
  [ascii('%PDF-'), 'application/pdf'],
  [ascii('OggS'), 'audio/ogg'],
  [[0xff, 0xd8, 0xff], 'image/jpeg'],
  [ascii('ID3'), 'audio/mpeg'],
];

/** Brands of the ISO base media format (ISO 14496-12): the first four letters after `ftyp`. */
const BRANDS: readonly (readonly [brand: RegExp, kind: FileKind])[] = [
  [/^(isom|iso\d|mp4\d|avc1|dash|MSNV|M4V )/, 'video/mp4'],
  [/^3g[ep2]/, 'video/3gpp'],
  [/^qt {2}/, 'video/quicktime'],
  [/^M4A /, 'audio/mp4'],
];

function binaryKindOf(bytes: Uint8Array): FileKind | null {
  const marked = MARKS.find(([mark]) => mark.every((byte, index) => bytes[index] === byte));
  if (marked !== undefined) return marked[1];
  if (textAt(bytes, 0, 4) === 'RIFF' && textAt(bytes, 8, 4) === 'WEBP') return 'image/webp';
  if (textAt(bytes, 4, 4) === 'ftyp') {
    const brand = textAt(bytes, 8, 4);
    return BRANDS.find(([known]) => known.test(brand))?.[1] ?? null;
  }
  return frameKindOf(bytes);
}

/** Sound without a header of its own: the sync word of its first frame, of MPEG layer 3 or of AAC (ADTS). */
function frameKindOf([first, second = 0, third = 0]: Uint8Array): FileKind | null {
  if (first !== 0xff) return null;
  if ((second & 0xf6) === 0xf0) return 'audio/aac';
  const isLayer3 = (second & 0xe6) === 0xe2 && (second & 0x18) !== 0x08;
  return isLayer3 && (third & 0xf0) !== 0xf0 && (third & 0x0c) !== 0x0c ? 'audio/mpeg' : null;
}

/** UTF-8 without control characters but those of lines. */
function isText(bytes: Uint8Array): boolean {
  if (bytes.some((byte) => byte < 0x09 || byte === 0x0b || (byte > 0x0d && byte < 0x20))) return false;
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

function ascii(text: string): readonly number[] {
  return [...text].map((letter) => letter.charCodeAt(0));
}

/** Bytes as Latin-1, for comparing with names in files. */
export function textAt(bytes: Uint8Array, at: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + length));
}
