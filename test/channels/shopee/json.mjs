/** JSON with numbers of 19 digits, as the platform has them: here they are bigints. */

/** Text of a value; a bigint becomes a bare number. */
export function textOf(value) {
  const marked = JSON.stringify(value, (_key, inner) => (typeof inner === 'bigint' ? `\u0001${inner}\u0001` : inner));
  return marked.replace(/"\\u0001(\d+)\\u0001"/g, '$1');
}

/** A value of JSON in which long numbers have kept their digits; null where it is none. */
export function valueOf(text) {
  try {
    return JSON.parse(text, (_key, value, { source }) => (/^\d{16,20}$/.test(source ?? '') ? BigInt(source) : value));
  } catch {
    return null;
  }
}
