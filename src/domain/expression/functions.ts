import { Temporal } from 'temporal-polyfill';
import type { Environment } from '@marcbachmann/cel-js';
import { compilePattern } from './pattern.js';

/** Functions of CEL that an expression may call. `dyn` and `type` are left out: they would step around the type check. */
export const FUNCTIONS: ReadonlySet<string> = new Set([
  'bool',
  'double',
  'duration',
  'has',
  'int',
  'size',
  'string',
  'timestamp',
]);

/** Macros over lists; the first argument names the element. */
export const COMPREHENSIONS: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one', 'filter', 'map']);

/** What CEL's accessors of a time stamp read; counted as CEL counts them (months, week days and year days from 0). */
const TIME_PARTS: Readonly<Record<string, (time: Temporal.ZonedDateTime) => number>> = {
  getDate: (time) => time.day,
  getDayOfMonth: (time) => time.day - 1,
  getDayOfWeek: (time) => time.dayOfWeek % 7,
  getDayOfYear: (time) => time.dayOfYear - 1,
  getFullYear: (time) => time.year,
  getHours: (time) => time.hour,
  getMilliseconds: (time) => time.millisecond,
  getMinutes: (time) => time.minute,
  getMonth: (time) => time.month - 1,
  getSeconds: (time) => time.second,
};

const DURATION_PARTS: Readonly<Record<string, number>> = {
  getHours: 3_600_000,
  getMilliseconds: 1,
  getMinutes: 60_000,
  getSeconds: 1_000,
};

/** Methods of strings, lists, time stamps and durations that an expression may call. */
export const METHODS: ReadonlySet<string> = new Set([
  ...Object.keys(TIME_PARTS),
  'contains',
  'endsWith',
  'indexOf',
  'join',
  'lastIndexOf',
  'lowerAscii',
  'matches',
  'size',
  'startsWith',
  'substring',
  'trim',
  'upperAscii',
]);

const OWN_SUFFIX = '__own';

/**
 * The name under which a method runs. CEL's library cannot be overridden, and two parts of it must be: `matches` uses a
 * backtracking engine without `(?i)`, and the accessors of a time stamp depend on the process time zone.
 */
export function runtimeMethod(name: string): string {
  return name === 'matches' || Object.hasOwn(TIME_PARTS, name) ? `${name}${OWN_SUFFIX}` : name;
}

/** `message` with the names the operator wrote instead of those of `runtimeMethod`. */
export function withSourceNames(message: string): string {
  return message.replaceAll(OWN_SUFFIX, '');
}

/** True when `zone` is an IANA time zone that time stamps can be read in. */
export function isTimeZone(zone: string): boolean {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(zone);
    return true;
  } catch {
    return false;
  }
}

const zoned = (instant: Date, zone: string): Temporal.ZonedDateTime =>
  Temporal.Instant.fromEpochMilliseconds(instant.getTime()).toZonedDateTimeISO(zone);

const matches = (text: string, source: string): boolean => {
  const pattern = compilePattern(source);
  if (!pattern.ok) throw new Error(pattern.message);
  return pattern.matches(text);
};

/** Registers what replaces CEL's own `matches` and accessors, under the names of `runtimeMethod`. */
export function registerMethods(environment: Environment): void {
  const synchronous = { async: false };
  const timestamp = 'google.protobuf.Timestamp';
  environment.registerFunction(`string.${runtimeMethod('matches')}(string): bool`, matches, synchronous);
  for (const [name, read] of Object.entries(TIME_PARTS)) {
    const own = runtimeMethod(name);
    const inUtc = (at: Date): bigint => BigInt(read(zoned(at, 'UTC')));
    const inZone = (at: Date, zone: string): bigint => BigInt(read(zoned(at, zone)));
    environment.registerFunction(`${timestamp}.${own}(): int`, inUtc, synchronous);
    environment.registerFunction(`${timestamp}.${own}(string): int`, inZone, synchronous);
  }
  for (const [name, unit] of Object.entries(DURATION_PARTS)) {
    const whole = (duration: { valueOf(): number }): bigint => BigInt(Math.trunc(duration.valueOf() / unit));
    environment.registerFunction(`google.protobuf.Duration.${runtimeMethod(name)}(): int`, whole, synchronous);
  }
}
