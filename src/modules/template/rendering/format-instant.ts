type Formatters = { readonly time: Intl.DateTimeFormat; readonly zone: Intl.DateTimeFormat };

/** Formatters are costly to build and few: one pair per locale and zone. */
const formatters = new Map<string, Formatters>();

const KEPT = 200;

/** Unicode's no-break spaces, which older channels show as a box. */
const WIDE_SPACES = /[\u00a0\u202f]/g;

function formattersOf(locale: string, timeZone: string): Formatters {
  const key = `${locale} ${timeZone}`;
  const known = formatters.get(key);
  if (known) return known;
  const built = {
    time: new Intl.DateTimeFormat(locale, {
      timeZone,
      weekday: 'long',
      day: 'numeric',
      month: 'long',
      hour: 'numeric',
      minute: '2-digit',
    }),
    zone: new Intl.DateTimeFormat(locale, { timeZone, timeZoneName: 'longGeneric' }),
  };
  if (formatters.size >= KEPT) formatters.clear();
  formatters.set(key, built);
  return built;
}

/**
 * An instant (UTC epoch milliseconds) as a buyer reads it: weekday, date and time in the language of `locale` and the
 * local time of the IANA zone `zone`, whose name follows in brackets, because Brazil has four and agents sit in a fifth.
 * Throws `RangeError` on a zone or locale that does not exist.
 */
export function formatInstant(instant: number, locale: string, zone: string): string {
  const { time, zone: name } = formattersOf(locale, zone);
  const zoneName = name.formatToParts(instant).find((part) => part.type === 'timeZoneName')?.value ?? zone;
  return `${time.format(instant)} (${zoneName})`.replace(WIDE_SPACES, ' ');
}
