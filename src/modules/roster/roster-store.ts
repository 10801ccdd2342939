import type { Calendar } from '../../domain/calendar/types.js';
import type { Roster, RosterSpec } from '../../domain/roster/types.js';
import type { Tx } from '../../platform/database/index.js';
import type { CalendarStore } from '../calendar/index.js';

/** Versions kept in memory per process; they never change. */
const KEPT = 1_000;

/** A version of a roster as decisions record it: with the versions of the calendars its shifts were cut by. */
export type RosterRef = {
  readonly key: string;
  readonly version: number;
  readonly calendars: readonly { readonly key: string; readonly version: number }[];
};

/**
 * Reads rosters for decisions. Versions are immutable, so each is read once per process; the same versions give the same
 * object, by which the calculus remembers what it has worked out.
 */
export class RosterStore {
  readonly #specs = new Map<string, RosterSpec>();
  readonly #rosters = new Map<string, Roster>();

  constructor(private readonly calendars: CalendarStore) {}

  /** The newest version of a roster, or null when the tenant has none of that key. */
  async latest(tx: Tx, key: string): Promise<Roster | null> {
    const row = await tx.first<{ version: number }>('select version from roster where tenant_id = $1 and key = $2', [
      tx.tenantId,
      key,
    ]);
    return row === undefined ? null : this.#withLatestCalendars(tx, key, row.version);
  }

  /** The version that was the newest at an instant (epoch ms), the first one for an earlier instant; or null. */
  async inForceAt(tx: Tx, key: string, at: number): Promise<Roster | null> {
    const row = await tx.first<{ version: number }>(
      `select v.version from roster r join roster_version v on v.tenant_id = r.tenant_id and v.roster_id = r.id
        where r.tenant_id = $1 and r.key = $2 and (v.created_at <= $3 or v.version = 1)
        order by v.version desc limit 1`,
      [tx.tenantId, key, new Date(at).toISOString()],
    );
    return row === undefined ? null : this.#withLatestCalendars(tx, key, row.version);
  }

  /** The very roster a decision was taken with, or null. */
  async version(tx: Tx, { key, version, calendars }: RosterRef): Promise<Roster | null> {
    const spec = await this.#spec(tx, key, version);
    if (spec === null) return null;
    const found: Calendar[] = [];
    for (const ref of calendars) {
      const calendar = await this.calendars.version(tx, ref.key, ref.version);
      if (calendar === null) return null;
      found.push(calendar);
    }
    return this.#roster(tx, { key, version, spec, calendars: found });
  }

  async #withLatestCalendars(tx: Tx, key: string, version: number): Promise<Roster | null> {
    const spec = await this.#spec(tx, key, version);
    if (spec === null) return null;
    const calendars: Calendar[] = [];
    for (const name of new Set(spec.shifts.flatMap(({ calendar }) => calendar ?? []))) {
      const calendar = await this.calendars.latest(tx, name);
      if (calendar !== null) calendars.push(calendar);
    }
    return this.#roster(tx, { key, version, spec, calendars });
  }

  async #spec(tx: Tx, key: string, version: number): Promise<RosterSpec | null> {
    const cacheKey = `${tx.tenantId}|${key}|${version}`;
    const known = this.#specs.get(cacheKey);
    if (known) return known;
    const row = await tx.first<{ spec: RosterSpec }>(
      `select v.spec from roster r join roster_version v on v.tenant_id = r.tenant_id and v.roster_id = r.id
        where r.tenant_id = $1 and r.key = $2 and v.version = $3`,
      [tx.tenantId, key, version],
    );
    if (!row) return null;
    if (this.#specs.size >= KEPT) this.#specs.clear();
    this.#specs.set(cacheKey, row.spec);
    return row.spec;
  }

  #roster(tx: Tx, roster: Roster): Roster {
    const calendars = roster.calendars.map(({ key, version }) => `${key}@${version}`).join('|');
    const cacheKey = `${tx.tenantId}|${roster.key}|${roster.version}|${calendars}`;
    const known = this.#rosters.get(cacheKey);
    if (known) return known;
    if (this.#rosters.size >= KEPT) this.#rosters.clear();
    this.#rosters.set(cacheKey, roster);
    return roster;
  }
}
