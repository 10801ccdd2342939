import type { Calendar, CalendarSpec } from '../../domain/calendar/types.js';
import type { Tx } from '../../platform/database/index.js';

/** Versions kept in memory per process; they never change. */
const KEPT = 2_000;

/** Reads calendars for decisions. Versions are immutable, so each is read once per process. */
export class CalendarStore {
  readonly #versions = new Map<string, Calendar>();
  readonly #asked = new WeakMap<Tx, Map<string, Promise<Calendar | null>>>();

  /** The newest version of a calendar, or null when the tenant has none of that key: the same throughout a transaction. */
  latest(tx: Tx, key: string): Promise<Calendar | null> {
    const asked = this.#asked.get(tx) ?? new Map<string, Promise<Calendar | null>>();
    this.#asked.set(tx, asked);
    const answer = asked.get(key) ?? this.#newest(tx, key);
    asked.set(key, answer);
    return answer;
  }

  async #newest(tx: Tx, key: string): Promise<Calendar | null> {
    const row = await tx.first<{ version: number }>('select version from calendar where tenant_id = $1 and key = $2', [
      tx.tenantId,
      key,
    ]);
    return row === undefined ? null : this.version(tx, key, row.version);
  }

  /** One version of a calendar, or null. */
  async version(tx: Tx, key: string, version: number): Promise<Calendar | null> {
    const cacheKey = `${tx.tenantId}|${key}|${version}`;
    const known = this.#versions.get(cacheKey);
    if (known) return known;
    const row = await tx.first<{ spec: CalendarSpec }>(
      `select v.spec from calendar c join calendar_version v on v.tenant_id = c.tenant_id and v.calendar_id = c.id
        where c.tenant_id = $1 and c.key = $2 and v.version = $3`,
      [tx.tenantId, key, version],
    );
    if (!row) return null;
    const calendar: Calendar = { key, version, spec: row.spec };
    if (this.#versions.size >= KEPT) this.#versions.clear();
    this.#versions.set(cacheKey, calendar);
    return calendar;
  }
}
