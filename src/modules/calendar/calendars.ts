import { done, refused, staleness } from '../../domain/configuration/refusals.js';
import type { ExpectedVersion, Outcome } from '../../domain/configuration/refusals.js';
import type { CalendarLayer, CalendarSpec } from '../../domain/calendar/types.js';
import { validateCalendar } from '../../domain/calendar/validate.js';
import { opensWithin } from '../../domain/calendar/working-time.js';
import type { Tx } from '../../platform/database/index.js';
import { isId, newId } from '../../platform/ids/index.js';
import { given, isSame, memberOf, recordChange, takeTurn } from '../configuration/index.js';
import type { Author } from '../configuration/index.js';
import { CalendarEntity, CalendarVersionEntity } from './calendar.entities.js';
import type { CalendarRow, CalendarVersionRow } from './calendar.entities.js';
import { daysOfICal, ICalError } from './ical-days.js';
import type { DateWindow, ICalDays, SkippedEvent } from './ical-days.js';

/** A version of a calendar as operators see it. Instants are epoch ms. */
export type ConfiguredCalendar = {
  readonly id: string;
  readonly key: string;
  readonly version: number;
  readonly spec: CalendarSpec;
  /** When this version was made, and by which member; null = by the system. */
  readonly createdAt: number;
  readonly createdBy: string | null;
};

export type CalendarSummary = {
  readonly id: string;
  readonly key: string;
  readonly version: number;
  readonly zone: string;
};

export type NewCalendar = { readonly id?: string; readonly key: string; readonly spec: CalendarSpec };

/** Members to replace as a whole; what is not named stays. */
export type CalendarPatch = { readonly [K in keyof CalendarSpec]?: CalendarSpec[K] | undefined };

/** A layer whose days come from an iCalendar text. */
export type LayerImport = {
  readonly layer: Omit<CalendarLayer, 'exceptions'>;
  readonly ical: string;
  readonly window: DateWindow;
};

/** The calendar after an import, and what the text held besides days. */
export type Imported = {
  readonly calendar: ConfiguredCalendar;
  readonly days: number;
  readonly skipped: readonly SkippedEvent[];
};

/** Setting up the calendars of a tenant. A calendar is addressed by its id or its key. */
export class Calendars {
  /** Up to `limit` calendars by key, those after `afterKey`. */
  async list(tx: Tx, afterKey: string | null, limit: number): Promise<CalendarSummary[]> {
    return tx.query<CalendarSummary>(
      `select c.id, c.key, c.version, v.spec->>'zone' as zone from calendar c
         join calendar_version v on v.tenant_id = c.tenant_id and v.calendar_id = c.id and v.version = c.version
        where c.tenant_id = $1 and ($2::text is null or c.key > $2) order by c.key limit $3`,
      [tx.tenantId, afterKey, limit],
    );
  }

  /** One version of a calendar, the newest when none is named; or null. */
  async read(tx: Tx, idOrKey: string, version?: number): Promise<ConfiguredCalendar | null> {
    const calendar = await find(tx, idOrKey);
    if (calendar === null) return null;
    const { tenantId } = tx;
    const wanted = { tenantId, calendarId: calendar.id, version: version ?? calendar.version };
    const row = await tx.em.findOne(CalendarVersionEntity, wanted);
    return row === null ? null : configured(calendar, row);
  }

  /** Up to `limit` versions of a calendar, newest first, those before `beforeVersion`; null without such a calendar. */
  async versions(
    tx: Tx,
    idOrKey: string,
    beforeVersion: number | null,
    limit: number,
  ): Promise<ConfiguredCalendar[] | null> {
    const calendar = await find(tx, idOrKey);
    if (calendar === null) return null;
    const rows = await tx.em.find(
      CalendarVersionEntity,
      {
        tenantId: tx.tenantId,
        calendarId: calendar.id,
        ...(beforeVersion === null ? {} : { version: { $lt: beforeVersion } }),
      },
      { orderBy: { version: 'desc' }, limit },
    );
    return rows.map((row) => configured(calendar, row));
  }

  /** Creates a calendar. Refuses a taken key and a calendar that cannot be used or never opens. */
  async create(tx: Tx, author: Author, input: NewCalendar): Promise<Outcome<ConfiguredCalendar>> {
    await takeTurn(tx, 'calendar');
    const { tenantId } = tx;
    if ((await tx.em.count(CalendarEntity, { tenantId, key: input.key })) > 0) return refused('key_taken');
    const faulty = faultOf(input.key, input.spec, author.at);
    if (faulty) return faulty;
    const { id = newId(), key, spec } = input;
    const calendar = { id, key, version: 1 };
    await tx.em.insert(CalendarEntity, { tenantId, ...calendar, createdAt: author.at });
    const created = await this.#addVersion(tx, author, calendar, spec);
    const object = { kind: 'calendar', id };
    await recordChange(tx, author, { action: 'calendar.create', object, before: null, after: calendar });
    return done(created);
  }

  /** Makes a new version of a calendar. What already counts on an older one goes on with it; an equal one makes none. */
  async change(
    tx: Tx,
    author: Author,
    idOrKey: string,
    expected: ExpectedVersion,
    patch: CalendarPatch,
  ): Promise<Outcome<ConfiguredCalendar>> {
    await takeTurn(tx, 'calendar');
    const current = await this.read(tx, idOrKey);
    if (current === null) return refused('not_found');
    const stale = staleness(expected, current.version);
    if (stale) return stale;
    const spec: CalendarSpec = { ...current.spec, ...given(patch) };
    const faulty = faultOf(current.key, spec, author.at);
    if (faulty) return faulty;
    if (isSame(spec, current.spec)) return done(current);
    const next = { id: current.id, key: current.key, version: current.version + 1 };
    await tx.em.nativeUpdate(CalendarEntity, { tenantId: tx.tenantId, id: current.id }, { version: next.version });
    const changed = await this.#addVersion(tx, author, next, spec);
    await recordChange(tx, author, {
      action: 'calendar.change',
      object: { kind: 'calendar', id: current.id },
      before: { version: current.version },
      after: { version: next.version },
    });
    return done(changed);
  }

  /** Makes a new version with the layer of an iCalendar text, in the place of one of the same kind and name. */
  async importLayer(
    tx: Tx,
    author: Author,
    idOrKey: string,
    expected: ExpectedVersion,
    { layer, ical, window }: LayerImport,
  ): Promise<Outcome<Imported>> {
    const current = await this.read(tx, idOrKey);
    if (current === null) return refused('not_found');
    const read = readDays(ical, window);
    if ('refusal' in read) return read;
    const before = current.spec.layers ?? [];
    const place = before.findIndex(({ kind, name }) => kind === layer.kind && name === layer.name);
    const made = { ...layer, exceptions: read.days };
    const layers = place === -1 ? [...before, made] : before.with(place, made);
    const changed = await this.change(tx, author, idOrKey, expected, { layers });
    if (!changed.ok) return changed;
    return done({ calendar: changed.value, days: read.days.length, skipped: read.skipped });
  }

  /** The calendar as a patch would make it, without saving anything; refused like the change itself. */
  async draft(tx: Tx, idOrKey: string, patch: CalendarPatch, now: number): Promise<Outcome<ConfiguredCalendar>> {
    const current = await this.read(tx, idOrKey);
    if (current === null) return refused('not_found');
    const spec: CalendarSpec = { ...current.spec, ...given(patch) };
    const faulty = faultOf(current.key, spec, now);
    if (faulty) return faulty;
    return done(isSame(spec, current.spec) ? current : { ...current, version: current.version + 1, spec });
  }

  async #addVersion(
    tx: Tx,
    author: Author,
    calendar: Pick<CalendarRow, 'id' | 'key' | 'version'>,
    spec: CalendarSpec,
  ): Promise<ConfiguredCalendar> {
    const row = { version: calendar.version, spec, createdAt: author.at, createdBy: memberOf(author) };
    await tx.em.insert(CalendarVersionEntity, { tenantId: tx.tenantId, calendarId: calendar.id, ...row });
    return configured(calendar, row);
  }
}

function readDays(ical: string, window: DateWindow): ICalDays | ReturnType<typeof refused> {
  try {
    return daysOfICal(ical, window);
  } catch (error) {
    if (!(error instanceof ICalError)) throw error;
    return refused('ical_invalid', { detail: error.message, errors: [{ pointer: '/ical', detail: error.message }] });
  }
}

function find(tx: Tx, idOrKey: string): Promise<CalendarRow | null> {
  const { tenantId } = tx;
  return tx.em.findOne(CalendarEntity, isId(idOrKey) ? { tenantId, id: idOrKey } : { tenantId, key: idOrKey });
}

type VersionFields = Pick<CalendarVersionRow, 'version' | 'spec' | 'createdAt' | 'createdBy'>;

function configured({ id, key }: Pick<CalendarRow, 'id' | 'key'>, row: VersionFields): ConfiguredCalendar {
  return { id, key, version: row.version, spec: row.spec, createdAt: row.createdAt, createdBy: row.createdBy };
}

function faultOf(key: string, spec: CalendarSpec, now: number): ReturnType<typeof refused> | null {
  const problems = validateCalendar(spec);
  if (problems.length > 0) return refused('calendar_invalid', { problems });
  if (opensWithin({ key, spec }, now)) return null;
  const never = {
    code: 'calendar_never_opens',
    pointer: '/week',
    message: 'The calendar does not open once in the next 400 days',
    remedy: 'Give at least one day of the week an interval, or add an exception with one',
  };
  return refused('calendar_invalid', { problems: [never] });
}
