import { TAKEN_MS } from '../../domain/channel/untold.js';
import type { PushState } from '../../domain/channel/untold.js';
import type { Tx } from '../../platform/database/index.js';
import type { ShopMetric } from '../channels/index.js';

/** How a shop stands with its platform. Instants are epoch ms. */
export type AccountHealth = {
  readonly authorisation: {
    readonly state: 'authorised' | 'lost';
    readonly authorisedAt: number;
    readonly refreshedAt: number;
    /** null where it does not end by itself. */
    readonly expiresAt: number | null;
    /** By when the platform says that the consent itself ends; null while it has not said so. */
    readonly consentEndsAt: number | null;
  } | null;
  /** Whether the account is opened by a consent, or waits for one. */
  readonly byConsent: boolean;
  /** The consent with which the channel does more; null while nobody has given it. */
  readonly beside: BesideHealth | null;
  readonly sweptAt: number | null;
  readonly lastError: { readonly code: string; readonly at: number } | null;
  /** Since when some process stays with the platform to be told; null while nobody does, or nobody has to. */
  readonly watchedSince: number | null;
  /** How the platform rates the shop's answering; null while it has not been asked, or does not rate. */
  readonly metrics: { readonly figures: readonly ShopMetric[]; readonly readAt: number } | null;
  /** When the platform last told us anything. */
  readonly noticedAt: number | null;
  /** What the platform last said of whether it still tells us anything; null where it was not asked, or does not say. */
  readonly push: { readonly state: PushState; readonly readAt: number } | null;
  /** Messages of the last day that were found after the last notice: nobody has told us anything since. */
  readonly unheard: number;
  /** Messages of ours that the platform took a while ago, after the last notice, and of which it has told nothing. */
  readonly unconfirmed: number;
  /** What waits to be read, and since when. */
  readonly waiting: { readonly count: number; readonly oldestAt: number | null };
  /** Messages of the last day that no notice told of. */
  readonly missed: number;
  readonly quarantined: number;
};

/** Instants are epoch ms. */
export type BesideHealth = {
  readonly state: 'authorised' | 'lost';
  readonly authorisedAt: number;
  readonly expiresAt: number | null;
  /** By when the consent itself ends; null where nobody knows. */
  readonly consentEndsAt: number | null;
};

type Row = {
  readonly state: 'authorised' | 'awaiting' | 'lost' | null;
  readonly authorisedAt: number;
  readonly refreshedAt: number;
  readonly expiresAt: number | null;
  readonly consentEndsAt: number | null;
  readonly besideState: 'authorised' | 'lost' | null;
  readonly besideAuthorisedAt: number;
  readonly besideExpiresAt: number | null;
  readonly besideEndsAt: number | null;
  readonly sweptAt: number | null;
  readonly watchedSince: number | null;
  readonly figures: readonly ShopMetric[] | null;
  readonly figuresAt: number;
  readonly lastError: string | null;
  readonly lastErrorAt: number;
  readonly noticedAt: number | null;
  readonly waiting: number;
  readonly oldestAt: number | null;
  readonly missed: number;
  readonly unheard: number;
  readonly unconfirmed: number;
  readonly pushState: PushState | null;
  readonly pushAt: number;
  readonly quarantined: number;
};

const HEALTH = `
  select a.state, a.authorised_at as "authorisedAt", a.refreshed_at as "refreshedAt", a.expires_at as "expiresAt",
         a.consent_ends_at as "consentEndsAt", b.state as "besideState", b.authorised_at as "besideAuthorisedAt",
         b.expires_at as "besideExpiresAt", b.consent_ends_at as "besideEndsAt",
         a.metrics as figures, a.metrics_at as "figuresAt", a.swept_at as "sweptAt", a.last_error as "lastError", a.last_error_at as "lastErrorAt",
         (select a.watched_since from work_queue q
           where q.kind = 'watch' and q.ref = s.id and q.lease_until > statement_timestamp()) as "watchedSince",
         a.push_state as "pushState", a.push_at as "pushAt", n.at as "noticedAt",
         w.count::int as waiting, w.oldest as "oldestAt",
         f.missed, f.unheard, u.unconfirmed,
         (select count(*)::int from quarantine q
           where q.tenant_id = s.tenant_id and q.shop_id = s.id and q.replayed_at is null) as quarantined
    from shop s left join channel_account a on a.tenant_id = s.tenant_id and a.shop_id = s.id and a.part = 'main'
    left join channel_account b on b.tenant_id = s.tenant_id and b.shop_id = s.id and b.part = 'beside'
    cross join lateral (
      select max(r.received_at) as at from raw_delivery r
       where r.tenant_id = s.tenant_id and r.shop_id = s.id and r.webhook_id is not null) n
    cross join lateral (
      select coalesce(sum(e.found), 0)::int as missed,
             -- What is found soon after an account was opened had been written before anybody could be told of it.
             coalesce(sum(e.found) filter (
               where e.at > greatest(now() - interval '1 day', n.at, a.authorised_at + interval '1 hour')), 0)::int as unheard
        from sync_entry e
       where e.tenant_id = s.tenant_id and e.shop_id = s.id and e.event = 'read' and e.origin = 'sweep'
         and e.at > now() - interval '1 day') f
    cross join lateral (
      select count(*)::int as unconfirmed from delivery d
       where d.tenant_id = s.tenant_id and d.shop_id = s.id and d.state in ('accepted', 'uncertain') and d.external_hash is not null
         and d.started_at > greatest(n.at, a.authorised_at)
         and d.started_at < statement_timestamp() - make_interval(secs => $3)) u
    cross join lateral (
      select count(*) filter (where read_at is null) as count, min(seen_at) filter (where read_at is null) as oldest
        from channel_hint h where h.tenant_id = s.tenant_id and h.shop_id = s.id) w
   where s.tenant_id = $1 and s.id = $2`;

/** How a shop stands with its platform, or null without such a shop. */
export async function readHealth(tx: Tx, shopId: string): Promise<AccountHealth | null> {
  const row = await tx.first<Row>(HEALTH, [tx.tenantId, shopId, TAKEN_MS / 1_000]);
  if (!row) return null;
  const { state, authorisedAt, refreshedAt, expiresAt, consentEndsAt, sweptAt, watchedSince } = row;
  const { noticedAt, missed, unheard, unconfirmed, quarantined } = row;
  return {
    authorisation:
      state === null || state === 'awaiting' ? null : { state, authorisedAt, refreshedAt, expiresAt, consentEndsAt },
    byConsent: state === 'awaiting' || expiresAt !== null,
    beside:
      row.besideState === null
        ? null
        : {
            ...{ state: row.besideState, authorisedAt: row.besideAuthorisedAt },
            ...{ expiresAt: row.besideExpiresAt, consentEndsAt: row.besideEndsAt },
          },
    sweptAt,
    watchedSince,
    metrics: row.figures === null ? null : { figures: row.figures, readAt: row.figuresAt },
    lastError: row.lastError === null ? null : { code: row.lastError, at: row.lastErrorAt },
    noticedAt,
    push: row.pushState === null ? null : { state: row.pushState, readAt: row.pushAt },
    unheard,
    unconfirmed,
    waiting: { count: row.waiting, oldestAt: row.oldestAt },
    missed,
    quarantined,
  };
}
