/** What an outgoing text can have that a channel does not want to see; names are stable, they are recorded. */
export const POLICY_RULES = [
  'contact_phone',
  'contact_email',
  'contact_social',
  'link',
  'link_short',
  'payment_outside',
  'ask_to_cancel',
  'ask_for_review',
  'emoji',
  'repetitive',
] as const;
export type PolicyRule = (typeof POLICY_RULES)[number];

/** What follows from it: nothing, the author is asked whether to go on, or it is not sent. */
export type Grade = 'allow' | 'warn' | 'block';

/** One cell of the table: where it is known from, and whether that text was read in its original (`verified`) or is our caution. */
export type Ruling = { readonly grade: Grade; readonly source: string; readonly verified: boolean };

type Rulings = Readonly<Record<PolicyRule, Ruling>>;

const read = (grade: Grade, source: string): Ruling => ({ grade, source, verified: true });
const careful = (grade: Grade, source = 'Not found in what the platform publishes; the careful reading'): Ruling => ({
  ...{ grade, source, verified: false },
});

const FREE: Ruling = { grade: 'allow', source: "The seller's own business", verified: true };

const GENERIC: Rulings = {
  ...{ contact_phone: FREE, contact_email: FREE, contact_social: FREE, link: FREE, link_short: FREE },
  ...{ payment_outside: FREE, ask_to_cancel: FREE, ask_for_review: FREE, emoji: FREE, repetitive: FREE },
};

const ML_QUESTIONS = 'Mercado Livre, moderation of questions and answers: groups LINKS and DP';
const ML_MODERATION = 'Mercado Livre, messages after a sale (27 April 2026), reasons of moderation';

const ML_ANSWER: Rulings = {
  contact_phone: read('block', ML_QUESTIONS),
  contact_email: read('block', ML_QUESTIONS),
  contact_social: read('block', ML_QUESTIONS),
  link: read('block', ML_QUESTIONS),
  link_short: read('block', ML_QUESTIONS),
  payment_outside: careful('block', 'As after a sale'),
  ask_to_cancel: careful('block'),
  ask_for_review: careful('block'),
  emoji: FREE,
  repetitive: careful('warn'),
};

const ML_MESSAGE: Rulings = {
  contact_phone: read('block', `${ML_MODERATION}: PERSONAL_DATA`),
  contact_email: read('block', `${ML_MODERATION}: PERSONAL_DATA`),
  contact_social: read('block', `${ML_MODERATION}: SOCIAL_NETWORK_LINK`),
  link: careful('warn', 'Other links only where the order needs them'),
  link_short: read('block', `${ML_MODERATION}: LINK_SHORT_URL`),
  payment_outside: read('block', `${ML_MODERATION}: EVASION_CLAIM_SELLER, LINK_MERCADOPAGO, ML_LINKS_PAYPAL`),
  ask_to_cancel: careful('block'),
  ask_for_review: careful('block'),
  emoji: FREE,
  repetitive: read('block', `${ML_MODERATION}: AUTOMATIC_MESSAGE`),
};

const SHOPEE_POINTS = 'Shopee, account health, kinds of violation';

const SHOPEE: Rulings = {
  contact_phone: careful('block'),
  contact_email: careful('block'),
  contact_social: careful('block'),
  link: careful('block'),
  link_short: careful('block'),
  payment_outside: read('block', `${SHOPEE_POINTS}: 3074, transaction outside Shopee in chat`),
  ask_to_cancel: read('block', `${SHOPEE_POINTS}: 23, asking the buyer to cancel`),
  ask_for_review: careful('warn'),
  emoji: FREE,
  repetitive: read('block', `${SHOPEE_POINTS}: 3048, chat spam`),
};

const AMAZON_GUIDE = 'Amazon Seller Central, communication guidelines: messages that are not allowed';

const AMAZON: Rulings = {
  contact_phone: read('block', AMAZON_GUIDE),
  contact_email: read('block', AMAZON_GUIDE),
  contact_social: careful('block'),
  link: read('block', `${AMAZON_GUIDE}, unless the order needs them`),
  link_short: read('block', AMAZON_GUIDE),
  payment_outside: careful('block'),
  ask_to_cancel: read('block', AMAZON_GUIDE),
  ask_for_review: read('block', AMAZON_GUIDE),
  emoji: read('block', AMAZON_GUIDE),
  repetitive: careful('block'),
};

const OWN_LINE: Rulings = {
  ...GENERIC,
  ask_to_cancel: careful('warn', 'The buyer may take it for pressure'),
};

/** Per channel: messages in a conversation, and the one answer that a thread takes where that is another matter. */
const POLICIES: Readonly<Record<string, { readonly message: Rulings; readonly answer?: Rulings }>> = {
  mercadolivre: { message: ML_MESSAGE, answer: ML_ANSWER },
  shopee: { message: SHOPEE },
  amazon: { message: AMAZON },
  // Automated texts outside its window are templates that WhatsApp approves.
  whatsapp: { message: OWN_LINE },
  email: { message: OWN_LINE },
};

/** Domains of the platform itself: it allows links to its own pages. */
const OWN_DOMAINS: Readonly<Record<string, readonly string[]>> = {
  mercadolivre: ['mercadolivre.com.br', 'mercadolivre.com', 'mercadolibre.com'],
  shopee: ['shopee.com.br', 'shopee.com'],
  amazon: ['amazon.com.br', 'amazon.com'],
};

/** Channels with rules of their own, by name. */
export const POLICED_CHANNELS = Object.keys(POLICIES);

/** The rulings for a channel; one without rules of its own allows everything. */
export function rulingsOf(channel: string, oneAnswer: boolean): Rulings {
  const policy = Object.hasOwn(POLICIES, channel) ? POLICIES[channel] : undefined;
  if (policy === undefined) return GENERIC;
  return oneAnswer ? (policy.answer ?? policy.message) : policy.message;
}

/** Domains to which a channel lets links lead. */
export function ownDomains(channel: string): readonly string[] {
  return Object.hasOwn(OWN_DOMAINS, channel) ? (OWN_DOMAINS[channel] ?? []) : [];
}
