import { chunk, exif, gif, jpeg, png, segment, uprightOnly, webp } from '../../../test/support/pictures.js';
import { inspect } from './inspect.js';
import { endingOf, kindOf } from './kinds.js';

const MAX = 100_000;
const PLACE = 'GPS 23.5505S 46.6333W';

const bare = (bytes: Uint8Array): Buffer | string => {
  const result = inspect(bytes, 'application/octet-stream', MAX);
  return result.ok ? Buffer.from(result.bytes) : result.reason;
};

describe('pictures', () => {
  it.each([
    ['Exif', jpeg(segment(0xe1, exif(1, PLACE))), jpeg()],
    ['Exif that says which way is up', jpeg(segment(0xe1, exif(6, PLACE))), jpeg(uprightOnly(6))],
    ['the same in the other order of bytes', jpeg(segment(0xe1, exif(8, PLACE, 'II'))), jpeg(uprightOnly(8))],
    [
      'XMP and a comment',
      jpeg(Buffer.concat([segment(0xe1, `http://ns.adobe.com/xap/1.0/\0${PLACE}`), segment(0xfe, PLACE)])),
      jpeg(),
    ],
    ['a film behind its end', jpeg(undefined, `ftypmp42${PLACE}`), jpeg()],
    ['texts of a PNG', png(Buffer.concat([chunk('tEXt', PLACE), chunk('eXIf', PLACE), chunk('zzZz', PLACE)])), png()],
    ['something behind a PNG', png(undefined, PLACE), png()],
    ['Exif and XMP of a WebP', webp(PLACE), webp(null)],
    ['something behind a WebP', webp(null, PLACE), webp(null)],
    ['words in a GIF', gif(PLACE), gif(null)],
    ['something behind a GIF', gif(null, PLACE), gif(null)],
  ])('lose %s and nothing else', (_what, given, expected) => {
    expect(bare(given)).toEqual(expected);
  });

  it('keep how their colours are meant', () => {
    const meant = jpeg(
      Buffer.concat([segment(0xe2, 'ICC_PROFILE\0\x01\x01colours'), segment(0xee, 'Adobe\0d\0\0\0\0\0')]),
    );
    expect(bare(meant)).toEqual(meant);
    const shown = png(Buffer.concat([chunk('gAMA', [0, 0, 177, 143]), chunk('pHYs', [0, 0, 11, 19, 0, 0, 11, 19, 1])]));
    expect(bare(shown)).toEqual(shown);
  });

  it('that are broken are not kept', () => {
    const broken = [
      jpeg().subarray(0, 40),
      png().subarray(0, 50),
      webp(null).subarray(0, 30),
      gif(null).subarray(0, 40),
    ];
    expect(broken.map(bare)).toEqual(broken.map(() => 'damaged'));
  });
});

describe('kinds', () => {
  const of = (text: string): Buffer => Buffer.from(text, 'latin1');

  it.each([
    ['application/pdf', of('%PDF-1.7\n')],
    ['video/mp4', of('\0\0\0\x18ftypisom')],
    ['video/3gpp', of('\0\0\0\x18ftyp3gp5')],
    ['video/quicktime', of('\0\0\0\x14ftypqt  ')],
    ['audio/mp4', of('\0\0\0\x20ftypM4A ')],
    ['audio/ogg', of('OggS\0\x02')],
    ['audio/mpeg', of('ID3\x04')],
    ['audio/mpeg', of('\xff\xfb\x90\x64')],
    ['audio/aac', of('\xff\xf1\x50\x80')],
    ['audio/amr', of('#!AMR\n')],
  ])('are told by their bytes: %s', (kind, bytes) => {
    expect(kindOf(bytes, 'image/png')).toBe(kind);
  });

  it.each([
    ['a program', of('MZ\x90\0'), 'image/jpeg'],
    ['another', of('\x7fELF\x02'), 'application/pdf'],
    ['a page', of('<!doctype html><script>1</script>'), 'text/html'],
    ['a drawing that can run', of('<svg xmlns="http://www.w3.org/2000/svg">'), 'image/svg+xml'],
    ['an archive', of('PK\x03\x04'), 'application/zip'],
    ['a picture that few can see', of('\0\0\0\x18ftypheic'), 'image/heic'],
    ['bytes that call themselves a text', of('a\0b'), 'text/plain'],
    ['a text in no encoding', of('caf\xe9'), 'text/plain'],
  ])('that are not kept: %s', (_what, bytes, stated) => {
    expect(inspect(bytes, stated, MAX)).toEqual({ ok: false, reason: 'kind_not_allowed' });
  });

  it('of texts are believed, because they have no mark', () => {
    expect(kindOf(Buffer.from('Olá!\r\n\tTudo bem? 😀'), 'text/plain; charset=utf-8')).toBe('text/plain');
    expect(endingOf('text/plain')).toBe('txt');
  });

  it('do not help what is empty or too large', () => {
    expect(bare(Buffer.alloc(0))).toBe('empty');
    expect(inspect(png(), 'image/png', png().length - 1)).toEqual({ ok: false, reason: 'too_large' });
    expect(inspect(png(), 'image/png', png().length)).toMatchObject({ ok: true, kind: 'image/png' });
  });
});
