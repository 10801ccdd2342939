import type { ChannelName } from './capabilities.js';

/**
 * Until when a channel expects an answer by its own rule: what `platform_response` counts where the message does not say it
 * itself. Calendar time, weekends and holidays included.
 */
export type RespondRule = {
  /** Ms from the buyer's message until an answer counts as late; null where the channel measures without drawing a line. */
  readonly withinMs: number | null;
  /** Where it is known from. */
  readonly source: string;
  /** Whether the platform's own documentation was read; false = told by others, to be confirmed by the seller. */
  readonly verified: boolean;
};

const HOUR_MS = 3_600_000;

/** Channels without an entry have no rule. */
export const RESPOND_RULES: Readonly<Partial<Record<ChannelName, RespondRule>>> = {
  mercadolivre: {
    withinMs: null,
    source: 'GET /users/{id}/questions/response_time: minutes on average over 14 days, by part of the week; no limit',
    verified: true,
  },
  shopee: {
    withinMs: 12 * HOUR_MS,
    source: 'Pages for sellers on the chat response rate',
    verified: false,
  },
  whatsapp: {
    withinMs: 24 * HOUR_MS,
    source: 'Cloud API, customer service window: free text ends 24 hours after the last message of the user',
    verified: true,
  },
  amazon: {
    withinMs: 24 * HOUR_MS,
    source: 'Pages for sellers on buyer-seller messages: late after 24 hours',
    verified: false,
  },
};

/** How long a channel gives by its own rule (ms), or null where it has none. */
export function respondWithin(channel: string): number | null {
  return Object.hasOwn(RESPOND_RULES, channel) ? (RESPOND_RULES[channel as ChannelName]?.withinMs ?? null) : null;
}
