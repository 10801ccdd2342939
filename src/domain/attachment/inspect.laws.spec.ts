import fc from 'fast-check';
import { chunk, exif, gif, jpeg, png, segment, webp } from '../../../test/support/pictures.js';
import { inspect } from './inspect.js';

const MAX = 1_000_000;
const SECRET = 'Rua das Flores 123';

const pictures = fc.constantFrom(
  jpeg(segment(0xe1, exif(6, SECRET))),
  png(chunk('tEXt', SECRET)),
  webp(SECRET),
  gif(SECRET),
);

describe('whatever somebody sends as a picture', () => {
  it('is looked at without harm, and once bare stays as it is', () => {
    const damaged = fc
      .tuple(pictures, fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { maxLength: 6 }), fc.nat(400))
      .map(([picture, changes, cut]) => {
        const bytes = Buffer.from(picture.subarray(0, Math.max(12, picture.length - (cut % 3 === 0 ? cut : 0))));
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        return bytes;
      });
    fc.assert(
      fc.property(damaged, (bytes) => {
        const once = inspect(bytes, 'image/jpeg', MAX);
        if (!once.ok) return;
        // Which way is up may be said in more bytes than before.
        expect(once.bytes.length).toBeLessThanOrEqual(bytes.length + 36);
        expect(inspect(once.bytes, 'image/jpeg', MAX)).toEqual(once);
      }),
      { numRuns: 5_000 },
    );
  });

  it('keeps no word of what cameras add', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 6, maxLength: 100, unit: 'grapheme-ascii' }), fc.nat(255), (words, marker) => {
        const added = Math.max(0xe3, marker % 0xed);
        const given = [
          jpeg(Buffer.concat([segment(added, words), segment(0xfe, words)]), words),
          png(Buffer.concat([chunk('iTXt', words), chunk('prVt', words)]), words),
          webp(words, words),
          gif(words, words),
        ];
        for (const bytes of given) {
          const result = inspect(bytes, 'image/jpeg', MAX);
          expect(result.ok && Buffer.from(result.bytes).includes(words)).toBe(false);
        }
      }),
      { numRuns: 500 },
    );
  });
});
