import { findPhoneNumbersInText } from 'libphonenumber-js/core';
import metadata from 'libphonenumber-js/max/metadata';
import { sightings } from './sighting.js';
import type { Sighting } from './sighting.js';

/** Mail addresses, written out ("ana arroba loja ponto com") or spaced to get past filters. */
const EMAIL =
  /[\p{L}\p{N}._%+-]{1,64}\s?(?:@|[([]\s?(?:at|arroba)\s?[)\]]|\sarroba\s|\sat\s(?=[a-z0-9-]{1,63}\s(?:dot|ponto)\s))\s?[a-z0-9-]{1,63}(?:\s?(?:\.|\sponto\s|\sdot\s)\s?[a-z]{2,10}){1,3}/giu;

/** An account elsewhere; what stands before the sign of a mail address is none. */
const HANDLE = /(?<![\p{L}\p{N}._%+-])@[a-z0-9_][a-z0-9_.]{2,29}/giu;

/** A mobile number without its area, as people write it at home. */
const LOCAL_MOBILE = /(?<![\d.,-])9\s?\d{4}[-.\s]\d{4}(?![\d-])/g;

const CHINESE = /\p{Script=Han}/u;

/** What stands right before a number that is one to call. */
const CUE =
  /(?:tel|fone|whats\w*|wpp|zap\w*|celular|cel|ligue|liga|ligar|contato|phone|call|mobile|电话|手机|微信|联系)[^\p{L}\p{N}]{0,4}(?:\p{L}{1,4}[^\p{L}\p{N}]{1,2}){0,2}$/iu;

const CUE_REACH = 24;

/** How people get in touch outside the channel: phone numbers, mail addresses, accounts elsewhere. */
export function contactData(text: string): Sighting[] {
  return [
    ...sightings('contact_email', EMAIL, text),
    ...sightings('contact_social', HANDLE, text),
    ...phones(text),
    ...sightings('contact_phone', LOCAL_MOBILE, text),
  ];
}

/** Numbers as they are written in Brazil and, in a Chinese text, in China; with a country code anywhere. */
function phones(text: string): Sighting[] {
  const countries = CHINESE.test(text) ? (['BR', 'CN'] as const) : (['BR'] as const);
  return countries.flatMap((defaultCountry) =>
    findPhoneNumbersInText(text, { defaultCountry }, metadata).map(({ startsAt, endsAt }) => ({
      ...{ rule: 'contact_phone' as const, start: startsAt, end: endsAt },
      sure: isPlain(text, startsAt, endsAt),
    })),
  );
}

/** Digits alone may be an order or a tracking code; a number to call is grouped, or somebody says what it is. */
function isPlain(text: string, start: number, end: number): boolean {
  return !/^\d+$/.test(text.slice(start, end)) || CUE.test(text.slice(Math.max(0, start - CUE_REACH), start));
}
