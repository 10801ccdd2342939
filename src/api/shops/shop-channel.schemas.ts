import { z } from 'zod';
import { channelStanding } from '../../domain/channel/standing.js';
import { TROUBLES, troubleOf } from '../../domain/channel/troubles.js';
import { PUSH_STATES, untoldBy } from '../../domain/channel/untold.js';
import type { Untold } from '../../domain/channel/untold.js';
import type { AccountHealth } from '../../modules/account/index.js';
import { COMPARATORS, HINT_ORIGINS, METRIC_NAMES, METRIC_UNITS, SYNC_EVENTS } from '../../modules/channels/index.js';
import type { BudgetLevel, LoggedSync } from '../../modules/channels/index.js';
import { pageQuery } from '../http/paging.js';
import { instantShape, instantText, toldShape } from '../http/shapes.js';

export const consentShape = z.object({
  /** Where the administrator of the account agrees; null once that has happened. */
  url: z.string().nullable(),
  /** To be registered with the platform as the address of notices; null where it sends none. */
  noticeUrl: z.string().nullable(),
  expiresAt: instantShape,
});

/** What an administrator gives, by the names of the shop's channel. */
export const credentialsBody = z
  .record(z.string().min(1).max(64), z.union([z.string().max(8_192), z.number(), z.boolean()]))
  .refine((given) => Object.keys(given).length <= 32, 'At most 32 names');

export const healthShape = z.object({
  channel: z.string(),
  state: z.enum(['ok', 'attention', 'down']),
  authorisation: z
    .object({
      state: z.enum(['authorised', 'lost', 'missing']),
      authorisedAt: instantShape.nullable(),
      refreshedAt: instantShape.nullable(),
      expiresAt: instantShape.nullable(),
      /** Seconds until the access ends by itself; it is renewed before. */
      expiresIn: z.int().nullable(),
      /** By when the platform says that the consent itself ends; null while it has not said so. */
      consentEndsAt: instantShape.nullable(),
      /** Seconds until then. */
      consentEndsIn: z.int().nullable(),
    })
    .nullable(),
  /** The consent with which the channel does more; null where there is none to give. */
  beside: z
    .object({
      state: z.enum(['authorised', 'lost', 'missing']),
      authorisedAt: instantShape.nullable(),
      expiresAt: instantShape.nullable(),
      /** By when the consent itself ends; null where nobody knows. */
      consentEndsAt: instantShape.nullable(),
    })
    .nullable(),
  notices: z.object({
    /** To be registered with the platform as their address, where it asks whether it is the right one; null elsewhere. */
    url: z.string().nullable(),
    lastAt: instantShape.nullable(),
    /** `losing` = messages of the last day were found that no notice told of; `off` = nothing is told at all any more. */
    state: z.enum(['receiving', 'silent', 'losing', 'off']),
    /** Whether the platform itself says that it still tells us anything; null where it does not say. */
    push: z.object({ state: z.enum(PUSH_STATES), readAt: instantShape }).nullable(),
    /** Since when the platform is stayed with because it tells only whoever waits; null where nobody does. */
    watchedSince: instantShape.nullable(),
  }),
  sweep: z.object({ lastAt: instantShape.nullable(), ageSeconds: z.int().nullable() }),
  waiting: z.object({ count: z.int(), oldestAt: instantShape.nullable() }),
  gaps: z.object({ lastDay: z.int() }),
  quarantined: z.int(),
  /** How the platform itself rates the shop's answering, as it last said; null while it has not, or does not rate. */
  metrics: z
    .object({
      /** Which platform says so. */
      source: z.string(),
      readAt: instantShape,
      ageSeconds: z.int(),
      figures: z.array(
        z.object({
          name: z.enum(METRIC_NAMES),
          /** Which part of the week it is about; null = all of it. */
          part: z.string().nullable(),
          value: z.number(),
          unit: z.enum(METRIC_UNITS),
          /** What the platform asks for, in the same unit. */
          target: z.object({ value: z.number(), comparator: z.enum(COMPARATORS) }).nullable(),
        }),
      ),
    })
    .nullable(),
  budget: z.array(z.object({ group: z.string(), left: z.int(), of: z.int(), pausedUntil: instantShape.nullable() })),
  trouble: z
    .object({
      code: z.string(),
      at: instantShape.nullable(),
      reason: z.string().nullable(),
      text: toldShape,
      remedy: toldShape,
    })
    .nullable(),
});
export type HealthView = z.infer<typeof healthShape>;

type Around = {
  /** How accounts of the channel are opened, where nothing else was chosen; null where there is none to open. */
  readonly opening: 'authorisation' | 'credentials' | null;
  /** Whether its channel does more with a consent of its own. */
  readonly hasBeside: boolean;
  /** Whether the platform tells of every message that it took that it left, so that silence means something. */
  readonly tellsOfSends: boolean;
  readonly noticeUrl: string | null;
  readonly sweepEveryMs: number;
  readonly now: number;
};

/** A shop's health as its administrators see it. */
export function healthView(
  channel: string,
  health: AccountHealth,
  levels: readonly BudgetLevel[],
  { opening, hasBeside, tellsOfSends, noticeUrl, sweepEveryMs, now }: Around,
): HealthView {
  const openedBy = opening === 'credentials' && health.byConsent ? 'authorisation' : opening;
  const { authorisation, sweptAt, waiting, quarantined, missed, noticedAt, watchedSince, push } = health;
  const consent = openedBy === null ? null : (authorisation?.state ?? 'missing');
  const isEnding = consent === 'authorised' && (authorisation?.consentEndsAt ?? null) !== null;
  const waitingSince = waiting.oldestAt;
  const unconfirmed = tellsOfSends ? health.unconfirmed : 0;
  const untold = untoldBy({ now, pushState: push?.state ?? null, noticedAt, unheard: health.unheard, unconfirmed });
  return {
    channel,
    state: channelStanding({
      consent: isEnding ? 'ending' : consent,
      besideLost: health.beside?.state === 'lost' || endsSoon(health.beside, now),
      now,
      sweptAt,
      sweepEveryMs,
      waitingSince,
      quarantined,
      untold: untold !== null,
    }),
    authorisation:
      consent === null
        ? null
        : {
            state: consent,
            authorisedAt: instantText(authorisation?.authorisedAt ?? null),
            refreshedAt: instantText(authorisation?.refreshedAt ?? null),
            expiresAt: instantText(authorisation?.expiresAt ?? null),
            expiresIn: secondsTo(authorisation?.expiresAt ?? null, now),
            consentEndsAt: instantText(authorisation?.consentEndsAt ?? null),
            consentEndsIn: secondsTo(authorisation?.consentEndsAt ?? null, now),
          },
    beside: hasBeside ? besideView(health.beside) : null,
    notices: {
      url: noticeUrl,
      lastAt: instantText(noticedAt),
      state: noticesState(untold, health),
      push: push === null ? null : { state: push.state, readAt: instantText(push.readAt) },
      watchedSince: instantText(watchedSince),
    },
    sweep: { lastAt: instantText(sweptAt), ageSeconds: sweptAt === null ? null : Math.round((now - sweptAt) / 1_000) },
    waiting: { count: waiting.count, oldestAt: instantText(waiting.oldestAt) },
    gaps: { lastDay: missed },
    quarantined,
    metrics: metricsView(channel, health.metrics, now),
    budget: levels.map(({ pausedUntil, ...level }) => ({ ...level, pausedUntil: instantText(pausedUntil) })),
    trouble: troubleView(openedBy, consent, untold, health, now),
  };
}

function noticesState(untold: Untold | null, health: AccountHealth): HealthView['notices']['state'] {
  if (untold !== null && untold !== 'pushes_failing') return 'off';
  if (health.missed > 0) return 'losing';
  return health.noticedAt === null && health.watchedSince === null ? 'silent' : 'receiving';
}

/** A consent whose end is known from its beginning is nobody's concern before this, in ms. */
const ENDING_MS = 30 * 86_400_000;

function endsSoon(beside: AccountHealth['beside'], now: number): boolean {
  return (beside?.consentEndsAt ?? Infinity) - now < ENDING_MS;
}

function metricsView(source: string, metrics: AccountHealth['metrics'], now: number): HealthView['metrics'] {
  if (metrics === null) return null;
  const { figures, readAt } = metrics;
  const ageSeconds = Math.round((now - readAt) / 1_000);
  return { source, readAt: instantText(readAt), ageSeconds, figures: [...figures] };
}

function besideView(beside: AccountHealth['beside']): HealthView['beside'] {
  return {
    state: beside?.state ?? 'missing',
    authorisedAt: instantText(beside?.authorisedAt ?? null),
    expiresAt: instantText(beside?.expiresAt ?? null),
    consentEndsAt: instantText(beside?.consentEndsAt ?? null),
  };
}

/** What is wrong, the worst first; what went wrong and was put right since is nobody's trouble any more. */
function troubleView(
  openedBy: Around['opening'],
  consent: 'authorised' | 'lost' | 'missing' | null,
  untold: Untold | null,
  health: AccountHealth,
  now: number,
): HealthView['trouble'] {
  const { lastError, sweptAt, quarantined, authorisation, beside } = health;
  const at = (code: keyof typeof TROUBLES, instant: number | null, reason: string | null): HealthView['trouble'] => ({
    code,
    at: instantText(instant),
    reason,
    ...TROUBLES[code],
  });
  if (openedBy !== null && consent === 'missing') return at(`${openedBy}_missing`, null, null);
  if (openedBy !== null && consent === 'lost')
    return at(`${openedBy}_lost`, lastError?.at ?? null, lastError?.code ?? null);
  if (quarantined > 0) return at('answer_unreadable', null, null);
  const isPast = lastError === null || (sweptAt !== null && sweptAt > lastError.at);
  if (isPast && beside?.state === 'lost') return at('beside_lost', null, null);
  const isEnding = (authorisation?.consentEndsAt ?? null) !== null || endsSoon(beside, now);
  if (isPast && untold !== null) return at(untold, health.push?.readAt ?? null, null);
  if (isPast) return isEnding ? at('authorisation_ending', null, null) : null;
  return at(troubleOf(lastError.code), lastError.at, lastError.code);
}

function secondsTo(until: number | null, now: number): number | null {
  return until === null ? null : Math.round((until - now) / 1_000);
}

export const syncLogQuery = z.strictObject({ ...pageQuery, event: z.enum(SYNC_EVENTS).optional() });

export const syncEntryShape = z.object({
  id: z.uuid(),
  at: instantShape,
  event: z.enum(SYNC_EVENTS),
  /** What led to something being read: the platform's notice, a sweep, or a message on its way that met it. */
  origin: z.enum(HINT_ORIGINS).nullable(),
  /** What was read, in the word of the channel's connector. */
  kind: z.string().nullable(),
  code: z.string().nullable(),
  /** Messages found; for a sweep, things it asked to be read for the first time. */
  found: z.int(),
  /** A message was there that no notice had told of. */
  gap: z.boolean(),
  /** What went wrong, and what to do about it. */
  trouble: z.object({ text: toldShape, remedy: toldShape }).nullable(),
});
export type SyncEntryView = z.infer<typeof syncEntryShape>;

/** An entry of a shop's log as its administrators see it. */
export function syncEntryView({ at, ...entry }: LoggedSync): SyncEntryView {
  const { event, origin, code, found } = entry;
  const gap = event === 'read' && origin === 'sweep' && found > 0;
  return { ...entry, at: instantText(at), gap, trouble: event === 'trouble' ? TROUBLES[troubleOf(code ?? '')] : null };
}
