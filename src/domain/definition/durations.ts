import type { Anchor, Within } from './plan.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const UNITS: Readonly<Record<string, number>> = { s: SECOND, m: MINUTE, h: HOUR, d: DAY };

/** Ten years: longer is a slip of the pen. */
const MAX_DURATION = 3_650 * DAY;

const SHORT = '[0-9]{1,9}[smhd]';
const ISO = 'P(?=.)(?:[0-9]{1,4}W)?(?:[0-9]{1,5}D)?(?:T(?=.)(?:[0-9]{1,6}H)?(?:[0-9]{1,7}M)?(?:[0-9]{1,8}S)?)?';

/** How a duration is written: `30s`, `45m`, `2h`, `3d`, or ISO 8601 without years and months. */
export const DURATION = new RegExp(`^(?:${SHORT}|${ISO})$`);

/** How long an obligation may take: a duration, business days (`3bd`) or the channel's own rule (`platform`). */
export const WITHIN = new RegExp(`^(?:platform|[1-9][0-9]{0,2}bd|${SHORT}|${ISO})$`);

/** When a level fires: `start`, `deadline` or `window`, with or without a duration before or after it. */
export const ANCHOR = new RegExp(`^(start|deadline|window)(?:([+-])(${SHORT}|${ISO}))?$`);

const iso = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;

/** Milliseconds of a duration, null when it is not one or longer than ten years. */
export function parseDuration(text: string): number | null {
  if (!DURATION.test(text)) return null;
  const [, ...parts] = iso.exec(text) ?? [];
  const ms = text.startsWith('P')
    ? [7 * DAY, DAY, HOUR, MINUTE, SECOND].reduce((sum, unit, index) => sum + unit * Number(parts[index] ?? 0), 0)
    : Number(text.slice(0, -1)) * (UNITS[text.slice(-1)] ?? 0);
  return ms <= MAX_DURATION ? ms : null;
}

/** What a `within:` or `is:` text means, null when it means nothing. */
export function parseWithin(text: string): Within | null {
  if (text === 'platform') return { platform: true };
  const days = /^([1-9][0-9]{0,2})bd$/.exec(text)?.[1];
  if (days !== undefined) return { businessDays: Number(days) };
  const ms = parseDuration(text);
  return ms === null ? null : { ms };
}

/** The anchor of an `at:` and the signed milliseconds from it, null when it is none. */
export function parseAnchor(text: string): { readonly anchor: Anchor; readonly offsetMs: number } | null {
  const [, anchor, sign, duration] = ANCHOR.exec(text) ?? [];
  if (anchor !== 'start' && anchor !== 'deadline' && anchor !== 'window') return null;
  if (duration === undefined) return { anchor, offsetMs: 0 };
  const ms = parseDuration(duration);
  if (ms === null) return null;
  return { anchor, offsetMs: sign === '-' && ms > 0 ? -ms : ms };
}

/** The shortest text that `parseDuration` reads as `ms` (whole seconds). */
export function printDuration(ms: number): string {
  const [unit, size] = Object.entries(UNITS).findLast(([, length]) => ms % length === 0 && ms >= length) ?? [
    's',
    SECOND,
  ];
  return `${ms / size}${unit}`;
}
