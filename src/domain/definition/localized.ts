import type { LocalizedText } from './plan.js';

/** Languages the product itself speaks. */
export const OWN_LOCALES = ['en', 'zh-CN', 'pt-BR'] as const;
export type OwnLocale = (typeof OWN_LOCALES)[number];

/** The language of the product that is closest to the one asked for; English where none is. */
export function ownLocale(asked: string): OwnLocale {
  return closest(OWN_LOCALES, asked) ?? 'en';
}

/** A text in the language asked for, else a kin of it, else English, else whichever there is. */
export function textIn(text: LocalizedText, asked: string): string {
  if (typeof text === 'string') return text;
  const locales = Object.keys(text);
  const found = closest(locales, asked) ?? closest(locales, 'en') ?? locales[0];
  return found === undefined ? '' : (text[found] ?? '');
}

/** `pt` and `pt-PT` are served by `pt-BR`. */
function closest<Locale extends string>(locales: readonly Locale[], asked: string): Locale | undefined {
  const language = (locale: string): string => locale.split('-')[0] ?? '';
  return locales.find((locale) => locale === asked) ?? locales.find((locale) => language(locale) === language(asked));
}
