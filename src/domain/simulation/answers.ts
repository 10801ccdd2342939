import type { CallEffect } from '../inquiry/effects.js';
import type { InquiryEvent } from '../inquiry/events.js';
import type { Assumptions, CallAnswer, Happening, SimulatedInquiry } from './happening.js';

type From<K extends Happening['kind']> = Extract<Happening, { readonly kind: K }>;

const DONE: CallAnswer = { outcome: 'ok', code: null, data: {} };

/**
 * What outside systems answer to the calls of one inquiry: what is supposed of the step, else what was recorded, else that all
 * is done. A call counts as made as soon as it is decided, so what an answer does after the token has left is seen, too.
 */
export class Answers {
  readonly #recorded: SimulatedInquiry['answers'];
  readonly #assume: Assumptions;
  #asked = 0;

  constructor(recorded: SimulatedInquiry['answers'], assume: Assumptions) {
    this.#recorded = recorded;
    this.#assume = assume;
  }

  /** The answer to a call that is made at `now` (epoch ms). */
  to({ call, step }: CallEffect, now: number): From<'call_answer'> {
    const assumed = this.#assume[step];
    const recorded = this.#recorded[this.#asked];
    this.#asked += 1;
    const { outcome, code, data } = assumed?.answer ?? recorded ?? DONE;
    return { at: now + (assumed?.afterMs ?? recorded?.afterMs ?? 0), kind: 'call_answer', call, outcome, code, data };
  }
}

/** What is told from outside, as an event; `newId` names a message that somebody wrote elsewhere. */
export function eventOf(
  happening: From<'external' | 'platform_event' | 'call_answer'>,
  newId: () => string,
): InquiryEvent {
  const { at } = happening;
  switch (happening.kind) {
    case 'external':
      return { kind: 'reply.external', messageId: newId(), author: happening.author, at };
    case 'platform_event':
      return {
        kind: 'platform.event',
        name: happening.name,
        at: happening.happenedAt,
        by: 'channel',
        data: happening.data,
      };
    case 'call_answer': {
      const { call, outcome, code, data } = happening;
      return { kind: 'call.answered', call, outcome, code, attempts: 1, at, data };
    }
  }
}
