/** What `npm run test:chaos` was asked for. */
export type ChaosOptions = {
  /** Decides about everything that looks like chance; the same seed gives the same course. */
  readonly seed: number;
  /** How long servers are killed under load, each. */
  readonly seconds: number;
  /** How long the database stays away altogether. */
  readonly outageSeconds: number;
};

/** The options of this run; `scripts/chaos.mjs` passes them on. */
export function chaosOptions(): ChaosOptions {
  const { ATENDE_CHAOS_SEED = '1', ATENDE_CHAOS_SECONDS = '180', ATENDE_CHAOS_OUTAGE_SECONDS = '120' } = process.env;
  return {
    seed: Number(ATENDE_CHAOS_SEED),
    seconds: Number(ATENDE_CHAOS_SECONDS),
    outageSeconds: Number(ATENDE_CHAOS_OUTAGE_SECONDS),
  };
}
