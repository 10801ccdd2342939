/**
 * What bites first: the one order of open work, shared by `GET /v1/tasks`, `POST /v1/tasks/next` and the `sort=due` of
 * inquiries (api.md, "What bites first"):
 *
 * 1. overdue on any clock, or due within 15 minutes on a wall clock, by that deadline;
 * 2. urgency, critical first; 3. earliest deadline; 4. oldest unanswered message; 5. id.
 *
 * The order depends on the instant it is asked at, so a cursor carries that instant with the key of its last row.
 */

/** The sort key of a row, as `biteColumns` selects it. Instants are epoch ms. */
export type BiteKey = {
  readonly biteGroup: number;
  readonly biteDeadline: number;
  readonly biteUrgency: number;
  readonly biteDue: number;
  readonly biteWaiting: number;
  readonly biteId: string;
};

/** Where a page ended: the instant of the first page and the key of the last row. */
export type BitePosition = { readonly now: number; readonly key: readonly unknown[] };

const SOON_MS = 900_000;

/** Later than every instant a `Date` can hold stands for "never"; still an exact number in JSON. */
const NEVER = 8_640_000_000_000_001;

const NAMES = ['biteGroup', 'biteDeadline', 'biteUrgency', 'biteDue', 'biteWaiting', 'biteId'] as const;
const TYPES = ['int', 'int8', 'int', 'int8', 'int8', 'uuid'] as const;

/** `order by` list over the columns of `biteColumns`. */
export const BITES_FIRST = NAMES.map((name) => `"${name}"`).join(', ');

/** Number of statement parameters `bitesAfter` takes. */
export const BITE_KEY_LENGTH = NAMES.length;

/**
 * Select list of the sort key.
 *
 * @param now statement parameter with the instant, for example `$2`
 * @param inquiry alias of the `inquiry` row
 * @param id what tells rows of one inquiry apart, for example `t.id`
 */
export function biteColumns(now: string, inquiry: string, id: string): string {
  const ms = (column: string): string => `coalesce((extract(epoch from ${inquiry}.${column}) * 1000)::int8, ${NEVER})`;
  const overdue = `${inquiry}.due_any < ${now}::timestamptz`;
  const soon = `${inquiry}.due_wall <= ${now}::timestamptz + interval '${SOON_MS} milliseconds'`;
  return [
    `case when ${overdue} or ${soon} then 0 else 1 end as "biteGroup"`,
    `case when ${overdue} then ${ms('due_any')} when ${soon} then ${ms('due_wall')} else 0 end as "biteDeadline"`,
    `(0 - ${inquiry}.urgency_rank)::int as "biteUrgency"`,
    `${ms('due_any')} as "biteDue"`,
    `${ms('unanswered_since')} as "biteWaiting"`,
    `${id} as "biteId"`,
  ].join(', ');
}

/**
 * The condition that leaves out everything up to a position, around a select with `biteColumns`; the position's key is
 * given in parameters from `$first` on.
 */
export function bitesAfter(first: number): string {
  return `(${BITES_FIRST}) > (${TYPES.map((type, index) => `$${first + index}::${type}`).join(', ')})`;
}

/** The position of a row in the order, for a cursor; `now` is the instant of the first page (epoch ms). */
export function bitePosition(now: number, row: BiteKey): readonly unknown[] {
  return [now, ...NAMES.map((name) => row[name])];
}

/** Reads a position from a decoded cursor; null without one. */
export function bitePositionOf(cursor: readonly unknown[] | null): BitePosition | null {
  return cursor === null ? null : { now: Number(cursor[0]), key: cursor.slice(1) };
}
