/** Small pictures made by hand, with what cameras write into them; each can be told from its bare self byte by byte. */

const bytes = (...parts: readonly (string | readonly number[] | Uint8Array)[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part))));

const u16 = (value: number): number[] => [value >> 8, value & 0xff];
const u32 = (value: number): number[] => [...u16(value >>> 16), ...u16(value & 0xffff)];
const u32le = (value: number): number[] => u32(value).reverse();

/** A segment of a JPEG. */
export const segment = (marker: number, body: string | Uint8Array | readonly number[]): Buffer => {
  const content = bytes(body);
  return bytes([0xff, marker], u16(content.length + 2), content);
};

/** Exif with which way is up, and where the picture was taken, in either order of bytes. */
export function exif(upright: number, place: string, order: 'II' | 'MM' = 'MM'): Buffer {
  const number = (value: number, size: 2 | 4): number[] => {
    const big = size === 2 ? u16(value) : u32(value);
    return order === 'MM' ? big : big.reverse();
  };
  const entry = [...number(0x0112, 2), ...number(3, 2), ...number(1, 4), ...number(upright, 2), 0, 0];
  return bytes('Exif\0\0', order, number(42, 2), number(8, 4), number(1, 2), entry, number(0, 4), place);
}

/** The segment that is left of `exif`. */
export const uprightOnly = (upright: number): Buffer => segment(0xe1, exif(upright, ''));

const TABLES = bytes(
  segment(0xdb, [0, ...Array.from({ length: 64 }, () => 16)]),
  segment(0xc0, [8, 0, 8, 0, 8, 1, 1, 0x11, 0]),
  segment(0xc4, [0, 1, ...Array.from({ length: 15 }, () => 0), 0]),
);
const SCAN = bytes(segment(0xda, [1, 1, 0, 0, 63, 0]), [0x3f, 0xff, 0x00, 0x12, 0xff, 0xd0, 0x34]);

/** A JPEG; `metadata` stands where cameras put it, `behind` after its end. */
export function jpeg(metadata: Uint8Array = Buffer.alloc(0), behind = ''): Buffer {
  const jfif = segment(0xe0, 'JFIF\0\x01\x01\0\0\x01\0\x01\0\0');
  return bytes([0xff, 0xd8], metadata, jfif, TABLES, SCAN, [0xff, 0xd9], behind);
}

/** A chunk of a PNG; its check sum is not looked at by anybody here. */
export const chunk = (name: string, body: string | readonly number[]): Buffer => {
  const content = bytes(body);
  return bytes(u32(content.length), name, content, u32(0));
};

/** A PNG; `metadata` stands between its head and its picture. */
export function png(metadata: Uint8Array = Buffer.alloc(0), behind = ''): Buffer {
  const head = chunk('IHDR', [...u32(1), ...u32(1), 8, 0, 0, 0, 0]);
  const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
  return bytes(signature, head, metadata, chunk('IDAT', [0x78, 0x9c, 0x62]), chunk('IEND', []), behind);
}

const riff = (name: string, body: string | readonly number[]): Buffer => {
  const content = bytes(body);
  return bytes(name, u32le(content.length), content, content.length % 2 === 1 ? [0] : []);
};

/** A WebP with Exif and XMP of this text, or without. */
export function webp(metadata: string | null, behind = ''): Buffer {
  const flags = metadata === null ? 0x10 : 0x10 | 0x08 | 0x04;
  const extended = riff('VP8X', [flags, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  const picture = riff('VP8L', [0x2f, 1, 2, 3, 4]);
  const more = metadata === null ? [] : [riff('EXIF', metadata), riff('XMP ', metadata)];
  const body = bytes('WEBP', extended, picture, ...more);
  return bytes('RIFF', u32le(body.length), body, behind);
}

/** A GIF that runs for ever, with a comment and an application's own words, or without. */
export function gif(metadata: string | null, behind = ''): Buffer {
  const blocks = (text: string): number[] => [text.length, ...Buffer.from(text, 'latin1'), 0];
  const more =
    metadata === null
      ? []
      : [bytes([0x21, 0xfe], blocks(metadata)), bytes([0x21, 0xff, 11], 'XMP DataXMP', blocks(metadata))];
  return bytes(
    ...['GIF89a', [1, 0, 1, 0, 0x80, 0, 0], [0, 0, 0, 255, 255, 255]],
    ...[[0x21, 0xff, 11], 'NETSCAPE2.0', [3, 1, 0, 0, 0]],
    ...more,
    ...[[0x21, 0xf9, 4, 0, 0, 0, 0, 0], [0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0], [2, 2, 0x44, 1, 0], [0x3b]],
    behind,
  );
}
