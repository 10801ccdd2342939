import type { Config } from './config.js';

const MASK = '***';

/** Names of values that are secret whatever they hold. */
const SECRET_NAMES = new Set(['apiKey', 'rootKey', 'key', 'clientSecret', 'secret', 'partnerKey', 'pushKey']);

/**
 * The configuration as plain JSON for a person to read: keys and the passwords inside URLs are masked, files are shown by
 * their size, and what is unset is left out.
 */
export function maskedConfig(config: Config): Record<string, unknown> {
  return mask(config) as Record<string, unknown>;
}

/**
 * A URL with its password, and every query parameter that could hold one, masked; the text of something that is no URL
 * is masked as a whole.
 */
export function maskedUrl(text: string): string {
  const url = URL.parse(text);
  // `user:password@host` parses as a URL with the scheme `user`.
  if (url === null || !text.startsWith(`${url.protocol}//`)) return MASK;
  if (url.password !== '') url.password = MASK;
  for (const name of [...url.searchParams.keys()]) {
    if (/pass|secret|token|key/i.test(name)) url.searchParams.set(name, MASK);
  }
  return url.href;
}

function mask(value: unknown, name = ''): unknown {
  if (SECRET_NAMES.has(name) && value !== undefined) return MASK;
  if (typeof value === 'string') return /^(url|\w+Url)$/.test(name) ? maskedUrl(value) : value;
  if (value instanceof Uint8Array) return `${value.byteLength} bytes`;
  if (Array.isArray(value)) return value.map((item) => mask(item));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(entries.map(([key, inner]) => [key, mask(inner, key)]));
}
