/** Days of shipped calendars, in the shape of the API. */
import Holidays from 'date-holidays';

const YEARS = [2026, 2027, 2028];
const DAY_MS = 86_400_000;

/** Easter Sundays, as published. */
const EASTER = { 2026: '2026-04-05', 2027: '2027-03-28', 2028: '2028-04-16' };

/** A day on which nobody works. */
export function closed(date, name) {
  return { date, name, intervals: [] };
}

/** A day with hours of its own: a half day, or a weekend that is worked. */
export function hours(date, name, from, to) {
  return { date, name, intervals: [{ from, to }] };
}

/** What `days` gives for each year, in order of date. */
export function everyYear(days) {
  return YEARS.flatMap(days).sort((a, b) => (a.date < b.date ? -1 : 1));
}

/** The date so many days after Easter Sunday. */
export function fromEaster(year, days) {
  return move(EASTER[year], days);
}

/** The dates from `first` to `last` days after a date, both included. */
export function range(date, first, last) {
  return Array.from({ length: last - first + 1 }, (_, index) => move(date, first + index));
}

/** Public holidays of a whole country by the library, one entry a date. */
export function publicDays(country, wanted = () => true) {
  const library = new Holidays(country);
  library.setLanguages(country === 'BR' ? 'pt' : 'zh');
  const days = new Map();
  for (const holiday of YEARS.flatMap((year) => library.getHolidays(year))) {
    if (holiday.type !== 'public' || !wanted(holiday)) continue;
    const date = holiday.date.slice(0, 10);
    if (!days.has(date)) days.set(date, closed(date, holiday.name.trim()));
  }
  return [...days.values()].sort((a, b) => (a.date < b.date ? -1 : 1));
}

function move(date, days) {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}
