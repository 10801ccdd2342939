import { getDomain } from 'tldts';
import type { Mail } from './mail.js';

/** What one check of a server came to, such as `dkim` with `pass` for `header.d` = `shop.example`. */
export type Check = {
  readonly method: string;
  readonly result: string;
  readonly properties: ReadonlyMap<string, string>;
};

/** What a server says of who sent a mail (RFC 8601). */
export type Authentication = { readonly by: string; readonly checks: readonly Check[] };

/** Of a header that is made to be long. */
const MAX_LENGTH = 8_000;

/** Reads a header `Authentication-Results`; null where it names no server. Names come in lower case. */
export function authenticationOf(header: string): Authentication | null {
  const [first = '', ...rest] = partsOf(withoutComments(header.slice(0, MAX_LENGTH)), ';');
  const [by = ''] = wordsOf(first);
  if (by === '' || by.includes('=')) return null;
  const checks = rest.flatMap((part) => {
    const [check = '', ...properties] = wordsOf(part).map(pairOf);
    if (typeof check === 'string' || check[1] === '') return [];
    const method = check[0].split('/')[0] ?? '';
    const known = properties.filter(([name]) => name.includes('.'));
    return [{ method, result: check[1].toLowerCase(), properties: new Map(known) }];
  });
  return { by: by.toLowerCase(), checks };
}

/**
 * Whether the server of a mailbox has seen that a mail comes from whom it names. Only what stands topmost under the server's own name
 * counts: everything below may have come with the mail.
 *
 * @param server how that server names itself, in lower case
 * @returns null where it says nothing
 */
export function isGenuine(
  { from, authentication }: Pick<Mail, 'from' | 'authentication'>,
  server: string,
): boolean | null {
  const own = authentication.map(authenticationOf).find((one) => one?.by === server);
  if (own === undefined || own === null) return null;
  const domain = from.address.split('@')[1] ?? '';
  return own.checks.some((check) => check.result === 'pass' && vouchesFor(check, domain));
}

/** Whether what was checked is about the domain that people see; a stranger's own signature says nothing about it. */
function vouchesFor({ method, properties }: Check, domain: string): boolean {
  const about = (name: string): string => properties.get(name)?.replace(/^.*@/, '').toLowerCase() ?? '';
  switch (method) {
    case 'dmarc':
      return about('header.from') === domain;
    case 'dkim':
      return isSameOwner(about('header.d') || about('header.i'), domain);
    case 'spf':
      return isSameOwner(about('smtp.mailfrom'), domain);
    default:
      return false;
  }
}

/** As far as the owner of a domain can tell: names below the same registered one (RFC 7489, 3.1). */
function isSameOwner(left: string, right: string): boolean {
  const owner = getDomain(left);
  return owner !== null && owner === getDomain(right);
}

/** Text in parentheses says nothing; it may stand within itself. Every character is looked at once. */
function withoutComments(text: string): string {
  let [depth, isQuoted, kept] = [0, false, ''];
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '\\') {
      if (depth === 0) kept += text.slice(at, at + 2);
      at += 1;
    } else if (character === '"' && depth === 0) {
      isQuoted = !isQuoted;
      kept += character;
    } else if (character === '(' && !isQuoted) depth += 1;
    else if (character === ')' && !isQuoted && depth > 0) depth -= 1;
    else if (depth === 0) kept += character;
  }
  return kept;
}

/** Cuts at a character where it stands outside of quotes. */
function partsOf(text: string, cut: ';' | ' '): string[] {
  const parts: string[] = [''];
  let isQuoted = false;
  for (const character of text) {
    if (character === '"') isQuoted = !isQuoted;
    if (character === cut && !isQuoted) parts.push('');
    else parts[parts.length - 1] += character;
  }
  return parts;
}

function wordsOf(text: string): string[] {
  const plain = text.replace(/\s+/g, ' ').replace(/ ?= ?/g, '=');
  return partsOf(plain, ' ').filter((word) => word !== '');
}

function pairOf(word: string): readonly [name: string, value: string] {
  const at = word.indexOf('=');
  const value = at < 0 ? '' : word.slice(at + 1).replace(/^"(.*)"$/, '$1');
  return [word.slice(0, at < 0 ? undefined : at).toLowerCase(), value];
}
