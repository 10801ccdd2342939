/** Where an answer goes: a question takes one, a pack (or the order that stands for it) is a conversation. */
export type Address = { readonly kind: 'question' | 'pack'; readonly id: string };

/** An address as the text that is kept with each message. */
export function addressText({ kind, id }: Address): string {
  return `${kind}:${id}`;
}

/** The address behind a text, or null. Ids are digits: they become parts of paths. */
export function addressOf(text: string): Address | null {
  const [, kind, id] = /^(question|pack):(\d{1,20})$/.exec(text) ?? [];
  if (id === undefined) return null;
  return { kind: kind === 'pack' ? 'pack' : 'question', id };
}

/** Our names for the platform's messages; a question and its answer share an id there. */
export const questionMessage = (id: string): string => `question:${id}`;
export const answerMessage = (id: string): string => `answer:${id}`;
export const packMessage = (id: string): string => `message:${id}`;
