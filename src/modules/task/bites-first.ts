/**
 * What bites first: the one order of open work, shared by `GET /v1/tasks`, `POST /v1/tasks/next` and the `sort=due` of
 * inquiries (api.md, "What bites first"):
 *
 * 1. overdue on any clock, or due within 15 minutes on a wall clock, by that deadline;
 * 2. urgency, critical first; 3. earliest deadline; 4. oldest unanswered message; 5. id.
 *
 * No index has that order, for it depends on the instant it is asked at. But it falls into stretches that each have one, so
 * the stretches are read one after the other until there are rows enough. What is overdue comes before what is soon due on a
 * wall clock, because no deadline of a wall clock is before the earliest of all (`bite_due` ≤ `bite_wall`).
 *
 * A cursor carries the instant of its first page with the place of its last row.
 */

/** What a row's place in the order is made of, as `BITE_COLUMNS` select it. Instants are epoch ms, null for never. */
export type BiteKey = {
  readonly biteUrgency: number;
  readonly biteDue: number | null;
  readonly biteWall: number | null;
  readonly biteWait: number | null;
  readonly biteInquiry: string;
  readonly biteId: string;
};

/** Adds a parameter to a statement and answers its place, for example `$3`. */
export type AddParameter = (value: unknown) => string;

/** The part of a statement over open inquiries `i` that reads one stretch in its order. */
export type Stretch = { readonly where: string; readonly order: string };

type Place = { readonly stretch: number; readonly key: readonly unknown[] };

const SOON_MS = 900_000;

const STRETCHES = ['overdue', 'soon', 3, 2, 1, 0] as const;

/** The columns of `BiteKey`; `id` is what tells rows of one inquiry apart, for example `t.id`. */
export function biteColumns(id: string): string {
  return `i.urgency_rank as "biteUrgency", i.due_any as "biteDue", i.due_wall as "biteWall",
          i.unanswered_since as "biteWait", i.id as "biteInquiry", ${id} as "biteId"`;
}

/** One page of work in the order of what bites first. */
export class BiteOrder {
  /** @param now the instant of the first page (epoch ms) */
  private constructor(
    readonly now: number,
    private readonly from: Place | null,
  ) {}

  /**
   * From the beginning, or behind the row a cursor tells of.
   *
   * @param now the instant a first page is read at (epoch ms)
   * @param after a position this class gave
   */
  static after(after: readonly unknown[] | null, now: number): BiteOrder {
    if (after === null) return new BiteOrder(now, null);
    const [asOf, stretch, ...key] = after;
    return new BiteOrder(Number(asOf), { stretch: Number(stretch), key });
  }

  /**
   * Reads up to `limit` rows, stretch by stretch.
   *
   * @param id as for `biteColumns`
   * @param read runs a statement that keeps to a stretch and its order; called with parameters still to be added
   * @returns the rows, each with its position for a cursor
   */
  async read<R extends BiteKey>(
    id: string,
    limit: number,
    read: (stretch: (add: AddParameter) => Stretch, limit: number) => Promise<readonly R[]>,
  ): Promise<{ readonly row: R; readonly position: readonly unknown[] }[]> {
    const found: { row: R; position: readonly unknown[] }[] = [];
    for (let index = this.from?.stretch ?? 0; index < STRETCHES.length && found.length < limit; index += 1) {
      const rows = await read((add) => this.#stretch(index, id, add), limit - found.length);
      found.push(...rows.map((row) => ({ row, position: [this.now, index, ...keyOf(row)] })));
    }
    return found;
  }

  #stretch(index: number, id: string, add: AddParameter): Stretch {
    const last = this.from?.stretch === index ? placeOf(this.from.key, add) : null;
    const now = `${add(new Date(this.now).toISOString())}::timestamptz`;
    const kind = STRETCHES[index] ?? 0;
    if (kind === 'overdue') return overdue(now, id, last);
    const soon = `${add(new Date(this.now + SOON_MS).toISOString())}::timestamptz`;
    return kind === 'soon' ? soonDue(now, soon, id, last) : byUrgency(kind, now, soon, id, last);
  }
}

/** The parts of a key, in the order a position holds them, and their types. */
const PARTS = {
  urgency: 'smallint',
  due: 'timestamptz',
  wall: 'timestamptz',
  wait: 'timestamptz',
  inquiry: 'uuid',
  id: 'uuid',
};
type Part = keyof typeof PARTS;

/** The parameter with a part of the last row's key; added when it is used, for unused ones have no type. */
type Last = (part: Part) => string;

function keyOf(row: BiteKey): readonly unknown[] {
  return [row.biteUrgency, row.biteDue, row.biteWall, row.biteWait, row.biteInquiry, row.biteId];
}

function placeOf(key: readonly unknown[], add: AddParameter): Last {
  const names = Object.keys(PARTS);
  return (part) => {
    const value = key[names.indexOf(part)];
    if (PARTS[part] !== 'timestamptz') return `${add(value)}::${PARTS[part]}`;
    return `${add(typeof value === 'number' ? new Date(value).toISOString() : 'infinity')}::timestamptz`;
  };
}

/**
 * The same order in one expression, which no index has: for rows few enough to be sorted.
 *
 * @param now the instant it is asked at (epoch ms)
 * @param id as for `biteColumns`
 */
export function biteOrder(now: number, id: string, add: AddParameter): string {
  const at = (ms: number): string => `${add(new Date(ms).toISOString())}::timestamptz`;
  return `case when i.bite_due < ${at(now)} then i.bite_due when i.bite_wall <= ${at(now + SOON_MS)} then i.bite_wall
               else 'infinity' end, i.urgency_rank desc, i.bite_due, i.bite_wait, i.id, ${id}`;
}

function overdue(now: string, id: string, last: Last | null): Stretch {
  const order = `i.bite_due, i.urgency_rank desc, i.bite_wait, i.id, ${id}`;
  const beyond =
    last === null
      ? ''
      : `and i.bite_due >= ${last('due')} and (i.bite_due > ${last('due')} or i.urgency_rank < ${last('urgency')}
           or (i.urgency_rank = ${last('urgency')}
               and (i.bite_wait, i.id, ${id}) > (${last('wait')}, ${last('inquiry')}, ${last('id')})))`;
  return { where: `i.closed_at is null and i.bite_due < ${now} ${beyond}`, order };
}

function soonDue(now: string, soon: string, id: string, last: Last | null): Stretch {
  const order = `i.bite_wall, i.urgency_rank desc, i.bite_due, i.bite_wait, i.id, ${id}`;
  const beyond =
    last === null
      ? ''
      : `and i.bite_wall >= ${last('wall')} and (i.bite_wall > ${last('wall')} or i.urgency_rank < ${last('urgency')}
           or (i.urgency_rank = ${last('urgency')}
               and (i.bite_due, i.bite_wait, i.id, ${id}) > (${last('due')}, ${last('wait')}, ${last('inquiry')}, ${last('id')})))`;
  // That there is such a deadline is said again, for the index that holds nothing else.
  const where = `i.closed_at is null and i.due_wall is not null and i.bite_wall <= ${soon} and i.bite_due >= ${now}`;
  return { where: `${where} ${beyond}`, order };
}

function byUrgency(rank: number, now: string, soon: string, id: string, last: Last | null): Stretch {
  const order = `i.bite_due, i.bite_wait, i.id, ${id}`;
  const beyond =
    last === null
      ? ''
      : `and (i.bite_due, i.bite_wait, i.id, ${id}) > (${last('due')}, ${last('wait')}, ${last('inquiry')}, ${last('id')})`;
  const where = `i.closed_at is null and i.urgency_rank = ${rank} and i.bite_due >= ${now} and i.bite_wall > ${soon}`;
  return { where: `${where} ${beyond}`, order };
}
