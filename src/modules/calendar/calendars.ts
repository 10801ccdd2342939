import { done, refused } from '../../domain/configuration/refusals.js';
import type { ExpectedVersion, Outcome } from '../../domain/configuration/refusals.js';
import { runsDryOn } from '../../domain/calendar/days.js';
import type { CalendarLayer, CalendarSpec } from '../../domain/calendar/types.js';
import { validateCalendar } from '../../domain/calendar/validate.js';
import type { Tx } from '../../platform/database/index.js';
import { VersionedThings } from '../configuration/index.js';
import type { Author, Configured, SpecPatch } from '../configuration/index.js';
import { CalendarEntity, CalendarVersionEntity } from './calendar.entities.js';
import { daysOfICal, ICalError } from './ical-days.js';
import type { DateWindow, ICalDays, SkippedEvent } from './ical-days.js';

export type ConfiguredCalendar = Configured<CalendarSpec>;

export type CalendarPatch = SpecPatch<CalendarSpec>;

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

/** Setting up the calendars of a tenant. What already counts on an older version of one goes on with it. */
export class Calendars extends VersionedThings<CalendarSpec> {
  constructor() {
    super({ word: 'calendar', things: CalendarEntity, versions: CalendarVersionEntity, faultOf });
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
}

function readDays(ical: string, window: DateWindow): ICalDays | ReturnType<typeof refused> {
  try {
    return daysOfICal(ical, window);
  } catch (error) {
    if (!(error instanceof ICalError)) throw error;
    return refused('ical_invalid', { detail: error.message, errors: [{ pointer: '/ical', detail: error.message }] });
  }
}

/** Refuses a calendar that cannot be used, never opens, or would not open again after some date. */
function faultOf(_tx: Tx, key: string, spec: CalendarSpec, now: number): Promise<ReturnType<typeof refused> | null> {
  return Promise.resolve(fault(key, spec, now));
}

function fault(key: string, spec: CalendarSpec, now: number): ReturnType<typeof refused> | null {
  const problems = validateCalendar(spec);
  if (problems.length > 0) return refused('calendar_invalid', { problems });
  const dryOn = runsDryOn({ key, spec }, now);
  if (dryOn === null) return null;
  const never = {
    code: 'calendar_never_opens',
    pointer: '/week',
    message: `The calendar stays closed for more than 400 days in a row, ${dryOn} among them`,
    remedy: 'Give at least one day of the week hours; openings on single dates come to an end',
  };
  return refused('calendar_invalid', { problems: [never] });
}
