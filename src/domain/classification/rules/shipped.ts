import { compileRules } from '../rule-set.js';
import { CHINESE } from './chinese.js';
import { ENGLISH } from './english.js';
import { PORTUGUESE } from './portuguese.js';
import { SPANISH } from './spanish.js';

/** Raise it with every change of a rule: stored classifications name the wording they were made by. */
export const RULES_VERSION = '1';

/**
 * The rules the program ships, compiled once. What the intents mean here:
 * `presale` a question about a product before buying it (stock, size, fit, warranty) · `price` price, discount, freight
 * cost, ways to pay · `order_status` what became of an order (where it is, sent, tracking, payment) · `delivery` when or
 * whether it arrives, area, address, lateness, loss · `return` goods back or exchanged · `refund` money back,
 * cancellation, chargeback · `complaint` broken, wrong, missing, fake, unanswered, threats, injury · `invoice` fiscal
 * papers · `other` courtesy, privacy requests, a wish to talk to a person, anything unrecognised.
 */
export const SHIPPED_RULES = compileRules(RULES_VERSION, {
  'pt-BR': PORTUGUESE,
  es: SPANISH,
  en: ENGLISH,
  'zh-CN': CHINESE,
});
