import { Type } from '@mikro-orm/core';
import pg from 'pg';

/** PostgreSQL type ids whose values the driver hands over as plain numbers. */
const INT8 = 20;
const NUMERIC = 1700;
const TIMESTAMPTZ = 1184;

/** Reads `timestamptz` as epoch milliseconds and `int8` as a number (our counters stay far below 2^53). */
export function columnTypes(): pg.CustomTypesConfig {
  const overrides = new pg.TypeOverrides();
  overrides.setTypeParser(TIMESTAMPTZ, (value) => new Date(value).getTime());
  overrides.setTypeParser(INT8, Number);
  overrides.setTypeParser(NUMERIC, Number);
  return overrides;
}

/** A point in time: epoch milliseconds in the program, `timestamptz(3)` in the database. */
export class InstantType extends Type<number | null, string | null> {
  override convertToDatabaseValue(value: number | null): string | null {
    return value === null || value === undefined ? null : new Date(value).toISOString();
  }

  override convertToJSValue(value: unknown): number | null {
    if (value === null || value === undefined) return null;
    return typeof value === 'number' ? value : new Date(value as string).getTime();
  }

  override getColumnType(): string {
    return 'timestamptz(3)';
  }

  override compareAsType(): string {
    return 'number';
  }
}

/** An instant as a statement parameter. */
export function instant(ms: number): string;
export function instant(ms: number | null | undefined): string | null;
export function instant(ms: number | null | undefined): string | null {
  return ms === null || ms === undefined ? null : new Date(ms).toISOString();
}
