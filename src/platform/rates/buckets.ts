import type pg from 'pg';
import type { HashSubject } from './rates.js';

/** How fast a bucket fills and how much it holds. */
export type BucketSize = {
  readonly perMinute: number;
  /** What may be taken at once after a rest. */
  readonly capacity: number;
};

/** What is in a bucket. `pausedUntil` is epoch ms. */
export type BucketLevel = { readonly tokens: number; readonly pausedUntil: number | null };

/** What an existing bucket holds now. */
const FILLED = `least($2::float8, b.tokens + greatest(0, extract(epoch from statement_timestamp() - b.filled_at)) * $3 / 60)`;

/** Nothing is taken while it is paused, nor what has to stay in it. */
const TAKE = `
  insert into rate_bucket as b (subject, tokens, filled_at)
  values ($1, $2::float8 - 1, statement_timestamp())
  on conflict (subject) do update
     set tokens = ${FILLED} - case when ${FILLED} >= 1 + $4::float8 and coalesce(b.paused_until <= statement_timestamp(), true)
                                   then 1 else 0 end,
         filled_at = greatest(b.filled_at, statement_timestamp())
  returning old.subject is null
            or least($2::float8, old.tokens + greatest(0, extract(epoch from statement_timestamp() - old.filled_at)) * $3 / 60)
               - new.tokens > 0.5 as taken,
            new.tokens as tokens,
            greatest(0, extract(epoch from new.paused_until - statement_timestamp()) * 1000)::float8 as "pausedMs"`;

const PAUSE = `
  insert into rate_bucket as b (subject, tokens, filled_at, paused_until)
  values ($1, 0, statement_timestamp(), statement_timestamp() + make_interval(secs => $2))
  on conflict (subject) do update
     set paused_until = greatest(b.paused_until, excluded.paused_until), tokens = 0, filled_at = statement_timestamp()`;

/**
 * Buckets of tokens that all processes share, for what others allow us. They lie in PostgreSQL; each token is one statement, since
 * what leaves takes far longer than that.
 */
export class Buckets {
  /** @param pool a login that may read and write the table of buckets */
  constructor(
    private readonly pool: pg.Pool,
    private readonly hash: HashSubject,
  ) {}

  /**
   * Takes a token.
   *
   * @param reserve how many have to stay behind for others
   * @returns null when there was one, otherwise the ms after which it is worth asking again
   */
  async take(subject: string, { perMinute, capacity }: BucketSize, reserve: number): Promise<number | null> {
    type Row = { taken: boolean; tokens: number; pausedMs: number | null };
    const { rows } = await this.pool.query<Row>(TAKE, [this.hash(subject), capacity, perMinute, reserve]);
    const { taken = false, tokens = 0, pausedMs = null } = rows[0] ?? {};
    if (taken) return null;
    const lackMs = ((1 + reserve - tokens) * 60_000) / perMinute;
    return Math.ceil(Math.max(pausedMs ?? 0, lackMs, 1));
  }

  /** Empties a bucket and keeps it shut for `ms`. */
  async pause(subject: string, ms: number): Promise<void> {
    await this.pool.query(PAUSE, [this.hash(subject), ms / 1_000]);
  }

  /** What is in a bucket now, or null while nobody has taken anything. */
  async level(subject: string, { perMinute, capacity }: BucketSize): Promise<BucketLevel | null> {
    const { rows } = await this.pool.query<{ tokens: number; pausedUntil: Date | null }>(
      `select ${FILLED} as tokens, case when b.paused_until > statement_timestamp() then b.paused_until end as "pausedUntil"
         from rate_bucket b where b.subject = $1`,
      [this.hash(subject), capacity, perMinute],
    );
    const [row] = rows;
    return row === undefined
      ? null
      : { tokens: row.tokens, pausedUntil: row.pausedUntil === null ? null : Number(row.pausedUntil) };
  }
}
