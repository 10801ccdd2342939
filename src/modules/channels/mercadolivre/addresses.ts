/**
 * Where an answer goes: a question takes one, a pack (or the order that stands for it) is a conversation, a claim is one with the buyer
 * and, under the same id, with a mediator.
 */
export type Address = { readonly kind: (typeof KINDS)[number]; readonly id: string };

const KINDS = ['question', 'pack', 'claim', 'mediation'] as const;

/** An address as the text that is kept with each message. */
export function addressText({ kind, id }: Address): string {
  return `${kind}:${id}`;
}

/** The address behind a text, or null. Ids are digits: they become parts of paths. */
export function addressOf(text: string): Address | null {
  const [, named, id] = /^([a-z]+):(\d{1,20})$/.exec(text) ?? [];
  const kind = KINDS.find((one) => one === named);
  return id === undefined || kind === undefined ? null : { kind, id };
}

/** Our names for the platform's messages; a question and its answer share an id there. */
export const questionMessage = (id: string): string => `question:${id}`;
export const answerMessage = (id: string): string => `answer:${id}`;
export const packMessage = (id: string): string => `message:${id}`;
