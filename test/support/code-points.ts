import fc from 'fast-check';

/**
 * Texts of any code points, lone surrogates among them only when asked for: what `unit: 'binary'` of fast-check gives,
 * without the second it takes to prepare its tables.
 */
export function codePoints(maxLength: number, options: { readonly surrogates?: boolean } = {}): fc.Arbitrary<string> {
  const below = fc.integer({ min: 0, max: 0xd7ff });
  const above = fc.integer({ min: 0xe000, max: 0x10_ffff });
  const surrogate = fc.integer({ min: 0xd800, max: 0xdfff });
  const ascii = fc.integer({ min: 0, max: 0x7f });
  const unit = options.surrogates === true ? fc.oneof(ascii, below, above, surrogate) : fc.oneof(ascii, below, above);
  return fc.array(unit, { maxLength }).map((points) => String.fromCodePoint(...points));
}
