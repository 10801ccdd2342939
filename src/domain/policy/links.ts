import { parse } from 'tldts';
import { sightings } from './sighting.js';
import type { Sighting } from './sighting.js';

/** An address with its scheme, or a host with whatever follows it. */
const LINK =
  /(?<![@\p{L}\p{N}._-])(?:https?:\/\/[^\s<>"]{1,600}|(?:[\p{L}\p{N}-]{1,63}\.){1,5}[\p{L}]{2,24}(?::\d{2,5})?(?:[/?#][^\s<>"]{0,500})?)/giu;

/** A host in words, as people write it to get past filters. */
const SPOKEN = /[\p{L}\p{N}-]{2,63}\s+ponto\s+com(?:\s+ponto\s+br)?(?![\p{L}\p{N}])/giu;

/**
 * Ends of domains that are words too: a blank is missing after the full stop ("sim.com certeza", "chegou.me avise"). A link to somebody
 * who writes nothing after it, perhaps.
 */
const WORDS = new Set('com de me no do as ai la so tv is at to in it my us be se te um ou eu'.split(' '));

/** Kinds of files that are ends of domains too. */
const FILES = new Set(['zip', 'mov', 'md', 'ps', 'py', 'sh', 'rs', 'app']);

const SHORT = new Set(
  (
    'bit.ly tinyurl.com goo.gl is.gd t.co ow.ly cutt.ly rb.gy bit.do shorturl.at tiny.cc v.gd t.ly dub.sh s.id buff.ly rebrand.ly ' +
    'encurtador.com.br encurtador.dev encr.pw abre.ai acesse.dev l1nk.dev acesse.one url.cn suo.im dwz.cn t.cn'
  ).split(' '),
);
const SOCIAL = new Set(
  (
    'instagram.com facebook.com fb.com fb.me wa.me whatsapp.com t.me telegram.me telegram.org tiktok.com youtube.com youtu.be ' +
    'twitter.com x.com linkedin.com linktr.ee kwai.com discord.gg discord.com weibo.com wechat.com weixin.qq.com qq.com line.me'
  ).split(' '),
);
const PAYMENT = new Set(
  (
    'paypal.com paypal.me mercadopago.com mercadopago.com.br mpago.la mpago.li picpay.com picpay.me pagseguro.com.br ' +
    'pagseguro.uol.com.br pagbank.com.br stripe.com alipay.com nubank.com.br wise.com'
  ).split(' '),
);

/** Addresses on the network, each under the rule for what it leads to. `own` = domains of the platform itself. */
export function links(text: string, own: readonly string[]): Sighting[] {
  const found = sightings('link', LINK, text).flatMap((sighting) => judged(sighting, text, own));
  return [...found, ...sightings('link', SPOKEN, text, false)];
}

function judged(sighting: Sighting, text: string, own: readonly string[]): Sighting[] {
  const { start } = sighting;
  const address = text.slice(start, sighting.end).replace(/[.,;:!?)\]}'”’]+$/u, '');
  const end = start + address.length;
  const hasScheme = /^https?:\/\//i.test(address);
  const { domain, hostname, publicSuffix, isIcann, isIp } = parse(address);
  if (!hasScheme && (isIp === true || isIcann !== true || domain === null)) return [];
  if (domain !== null && own.includes(domain)) return [];
  const rule = ruleOf(domain ?? '', hostname ?? '');
  const suffix = publicSuffix ?? '';
  const mayBeWords = !hasScheme && isBare(address) && (FILES.has(suffix) || isRunOn(suffix, text.slice(end)));
  return [{ rule, start, end, sure: !mayBeWords }];
}

function ruleOf(domain: string, hostname: string): Sighting['rule'] {
  const isIn = (list: ReadonlySet<string>): boolean => list.has(domain) || list.has(hostname);
  if (isIn(SHORT)) return 'link_short';
  if (isIn(SOCIAL)) return 'contact_social';
  return isIn(PAYMENT) ? 'payment_outside' : 'link';
}

/** One name and its end, nothing before and nothing after. */
function isBare(address: string): boolean {
  return /^[\p{L}\p{N}-]+\.\p{L}+$/u.test(address);
}

function isRunOn(suffix: string, rest: string): boolean {
  return WORDS.has(suffix) && /^\s+\p{L}/u.test(rest);
}
