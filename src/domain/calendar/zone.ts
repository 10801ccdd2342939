import { Temporal } from 'temporal-polyfill';

export const DAY_MS = 86_400_000;

/** Instants are worked out in pages of 64 UTC days: long enough that a year is seven look-ups, short to compute once. */
export const PAGE_MS = 64 * DAY_MS;

/** Half-open, `[from, to)`: instants, or local readings where the name says local. */
export type Span = { readonly from: number; readonly to: number };

/** Instants that share one UTC offset: the local reading is `instant + offset`, in ms as if it were UTC. */
export type OffsetSegment = Span & { readonly offset: number };

const IANA_NAME = /^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+)*$/;

/** 1,024 pages are 179 years; more are only asked for by accident and must not fill the memory. */
const MAX_PAGES = 1024;

const segmentsByZone = new Map<string, Map<number, readonly OffsetSegment[]>>();

/**
 * Looks a page up or computes it; forgets all pages when there are too many.
 * @param pages the memo, by page number
 * @param index page number, `floor(instant / PAGE_MS)`
 * @param compute the pure function remembered
 */
export function remembered<T>(pages: Map<number, T>, index: number, compute: (index: number) => T): T {
  const known = pages.get(index);
  if (known !== undefined) return known;
  const page = compute(index);
  if (pages.size >= MAX_PAGES) pages.clear();
  pages.set(index, page);
  return page;
}

/**
 * Whether `zone` names a time zone of the IANA database. Fixed offsets (`-03:00`) and date strings, which Temporal would
 * take, are refused: they know nothing of a change of law.
 */
export function isKnownZone(zone: string): boolean {
  if (!IANA_NAME.test(zone)) return false;
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(zone);
    return true;
  } catch {
    return false;
  }
}

/**
 * The offset segments of one page, in order; they partition it.
 * @param index page number, `floor(instant / PAGE_MS)`
 * @throws RangeError when the zone is unknown or the page lies outside the years Temporal covers
 */
export function segmentsOfPage(zone: string, index: number): readonly OffsetSegment[] {
  let pages = segmentsByZone.get(zone);
  if (pages === undefined) {
    pages = new Map();
    segmentsByZone.set(zone, pages);
  }
  return remembered(pages, index, (page) => computeSegments(zone, page));
}

function computeSegments(zone: string, index: number): readonly OffsetSegment[] {
  const end = (index + 1) * PAGE_MS;
  const segments: OffsetSegment[] = [];
  let from = index * PAGE_MS;
  let moment = Temporal.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO(zone);
  while (from < end) {
    const next = moment.getTimeZoneTransition('next');
    const to = next === null ? end : Math.min(end, next.epochMilliseconds);
    segments.push({ from, to, offset: moment.offsetNanoseconds / 1e6 });
    if (next !== null) moment = next;
    from = to;
  }
  return segments;
}

/** The offset segment that holds the instant `at`; its ends may be those of a page rather than of a change of clocks. */
export function segmentAt(zone: string, at: number): OffsetSegment {
  const segment = segmentsOfPage(zone, Math.floor(at / PAGE_MS)).find((candidate) => at < candidate.to);
  if (segment === undefined) throw new RangeError(`No offset of ${zone} at ${at}`);
  return segment;
}

/** The instants of one segment at which the local clock reads inside `local`; null if none. */
export function readingsWithin(segment: OffsetSegment, local: Span): Span | null {
  const from = Math.max(segment.from, local.from - segment.offset);
  const to = Math.min(segment.to, local.to - segment.offset);
  return from < to ? { from, to } : null;
}

/** The segments whose local readings can touch `local`, in order: no offset is a day or more. */
export function segmentsAround(zone: string, local: Span): readonly OffsetSegment[] {
  const first = Math.floor((local.from - DAY_MS) / PAGE_MS);
  const last = Math.floor((local.to + DAY_MS) / PAGE_MS);
  const segments: OffsetSegment[] = [];
  for (let index = first; index <= last; index += 1) segments.push(...segmentsOfPage(zone, index));
  return segments;
}

/**
 * The first instant at which the local clock has reached the reading `local`: the earlier one of a repeated hour, the end
 * of a skipped hour for a reading inside it.
 */
export function firstInstantReaching(zone: string, local: number): number {
  const segments = segmentsAround(zone, { from: local, to: local });
  const segment = segments.find((candidate) => candidate.to + candidate.offset > local);
  if (segment === undefined) throw new RangeError(`No instant of ${zone} reads ${local}`);
  return Math.max(segment.from, local - segment.offset);
}
