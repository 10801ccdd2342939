import { LosslessNumber, parse, stringify } from 'lossless-json';

/**
 * JSON of the platform, or undefined where it is none. Its ids are numbers of 19 digits, more than a number of this language holds:
 * those come out as texts, digit by digit.
 */
export function jsonOf(text: string): unknown {
  try {
    return parse(text, undefined, { parseNumber });
  } catch {
    return undefined;
  }
}

/** JSON in which `id`, digits only, is a number however long it is. @throws where it has other characters */
export function numberOf(id: string): LosslessNumber {
  if (!/^\d{1,20}$/.test(id)) throw new TypeError('Not a number of the platform');
  return new LosslessNumber(id);
}

/** The text of a body for the platform. */
export function jsonText(body: unknown): string {
  return stringify(body) ?? '';
}

function parseNumber(digits: string): number | string {
  const value = Number(digits);
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? digits : value;
}
