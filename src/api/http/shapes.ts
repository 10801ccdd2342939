import { z } from 'zod';
import { parseDuration, printDuration } from '../../domain/definition/durations.js';

/** Shapes that many answers and requests share. */

/** An instant in an answer: RFC 3339, UTC, with milliseconds. */
export const instantShape = z.iso.datetime({ precision: 3 });

/** An instant (epoch ms) as answers write it. */
export function instantText(ms: number): string;
export function instantText(ms: number | null): string | null;
export function instantText(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}

/** A member in an answer. */
export const memberShape = z.object({ id: z.uuid(), name: z.string() });

/** A page of a list. */
export const pageShape = <T extends z.ZodType>(
  item: T,
): z.ZodObject<{ items: z.ZodArray<T>; nextCursor: z.ZodNullable<z.ZodString> }> =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() });

/** A duration as definitions write one (`45m`, `PT45M`), longer than none and at most `maxMs`; read as ms. */
export const durationText = (maxMs: number): z.ZodType<number, string> =>
  z
    .string()
    .max(32)
    .transform((text, context) => {
      const ms = parseDuration(text);
      if (ms !== null && ms > 0 && ms <= maxMs) return ms;
      context.addIssue({ code: 'custom', message: `A duration such as 1h, at most ${printDuration(maxMs)}` });
      return z.NEVER;
    });

/** A language tag in its usual spelling: another one would match nothing. */
export const localeText = z.string().max(35).refine(isUsualLocale, 'A language tag such as pt-BR');

/** An ISO 3166 code. */
export const countryText = z.string().regex(/^[A-Z]{2}$/, 'A country code such as BR');

/** An ISO 4217 code. */
export const currencyText = z.string().regex(/^[A-Z]{3}$/, 'A currency code such as BRL');

function isUsualLocale(text: string): boolean {
  try {
    return Intl.getCanonicalLocales(text)[0] === text;
  } catch {
    return false;
  }
}

/** A text in the languages of the people who run shops. */
export const toldShape = z.object({ en: z.string(), 'zh-CN': z.string(), 'pt-BR': z.string() });
