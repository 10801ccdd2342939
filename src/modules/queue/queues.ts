import { done, refused, staleness } from '../../domain/configuration/refusals.js';
import type { ExpectedVersion, Outcome } from '../../domain/configuration/refusals.js';
import type { QueueFacts } from '../../domain/inquiry/facts.js';
import type { Tx } from '../../platform/database/index.js';
import { newId } from '../../platform/ids/index.js';
import { given, isSame, recordChange, takeTurn } from '../configuration/index.js';
import type { Author } from '../configuration/index.js';
import type { Authenticator } from '../identity/index.js';
import { QueueEntity, QueueMemberEntity } from './queue.entities.js';
import type { QueueRow } from './queue.entities.js';

/** A queue as operators see it. */
export type ConfiguredQueue = {
  readonly id: string;
  readonly key: string;
  readonly name: string;
  /** Key of its calendar. */
  readonly calendar: string;
  /** Key of its roster; null = its members work while the calendar is open. */
  readonly roster: string | null;
  readonly cap: QueueFacts['cap'];
  /** In the order in which the round robin goes. */
  readonly members: readonly { readonly id: string; readonly name: string }[];
  readonly version: number;
  /** Epoch ms. */
  readonly createdAt: number;
};

/** What can be set; `members` are ids in order. */
type Editable = {
  readonly name: string;
  readonly calendar: string;
  readonly roster: string | null;
  readonly cap: QueueFacts['cap'];
  readonly members: readonly string[];
};

export type NewQueue = Omit<Editable, 'members' | 'roster' | 'cap'> & {
  readonly id?: string;
  readonly key: string;
  readonly roster?: string | null | undefined;
  readonly cap?: QueueFacts['cap'] | undefined;
  readonly members?: readonly string[] | undefined;
};
export type QueuePatch = { readonly [K in keyof Editable]?: Editable[K] | undefined };

/** Setting up the queues of a tenant. */
export class Queues {
  constructor(private readonly authenticator: Authenticator) {}

  /** Up to `limit` queues by key, those after `afterKey`. */
  async list(tx: Tx, afterKey: string | null, limit: number): Promise<ConfiguredQueue[]> {
    const rows = await tx.em.find(
      QueueEntity,
      { tenantId: tx.tenantId, ...(afterKey === null ? {} : { key: { $gt: afterKey } }) },
      { orderBy: { key: 'asc' }, limit },
    );
    return withMembers(tx, rows);
  }

  /** One queue, or null. */
  async read(tx: Tx, id: string): Promise<ConfiguredQueue | null> {
    const row = await tx.em.findOne(QueueEntity, { tenantId: tx.tenantId, id });
    return row === null ? null : ((await withMembers(tx, [row]))[0] ?? null);
  }

  /** Creates a queue. Refuses a taken key, an unknown calendar or roster, and unknown members. */
  async create(tx: Tx, author: Author, input: NewQueue): Promise<Outcome<ConfiguredQueue>> {
    await takeTurn(tx, 'queue');
    const { tenantId } = tx;
    if ((await tx.em.count(QueueEntity, { tenantId, key: input.key })) > 0) return refused('key_taken');
    const { id = newId(), key, name, calendar, roster = null, cap = null, members = [] } = input;
    const unknown = await unknownReference(tx, { calendar, roster, members });
    if (unknown) return unknown;
    await tx.em.insert(QueueEntity, {
      tenantId,
      id,
      key,
      name,
      calendarKey: calendar,
      rosterKey: roster,
      ...capColumns(cap),
      version: 1,
      createdAt: author.at,
    });
    await this.#place(tx, id, members);
    const object = { kind: 'queue', id };
    await recordChange(tx, author, {
      action: 'queue.create',
      object,
      before: null,
      after: { id, key, name, calendar, roster, cap, members },
    });
    return found(await this.read(tx, id));
  }

  /** Changes a queue; `members` replaces the whole list. The key stays: definitions and inquiries name it. */
  async change(
    tx: Tx,
    author: Author,
    id: string,
    expected: ExpectedVersion,
    patch: QueuePatch,
  ): Promise<Outcome<ConfiguredQueue>> {
    await takeTurn(tx, 'queue');
    const { tenantId } = tx;
    const row = await tx.em.findOne(QueueEntity, { tenantId, id });
    if (row === null) return refused('not_found');
    const stale = staleness(expected, row.version);
    if (stale) return stale;
    const placed = await tx.em.find(QueueMemberEntity, { tenantId, queueId: id }, { orderBy: { position: 'asc' } });
    const before: Editable = {
      name: row.name,
      calendar: row.calendarKey,
      roster: row.rosterKey,
      cap: capOf(row),
      members: placed.map(({ memberId }) => memberId),
    };
    const after: Editable = { ...before, ...given(patch) };
    const unknown = await unknownReference(tx, after);
    if (unknown) return unknown;
    if (!isSame(before, after)) {
      tx.em.assign(row, {
        name: after.name,
        calendarKey: after.calendar,
        rosterKey: after.roster,
        ...capColumns(after.cap),
        version: row.version + 1,
      });
      await tx.em.flush();
      if (!isSame(before.members, after.members)) await this.#place(tx, id, after.members);
      await recordChange(tx, author, { action: 'queue.change', object: { kind: 'queue', id }, before, after });
    }
    return found(await this.read(tx, id));
  }

  async #place(tx: Tx, queueId: string, members: readonly string[]): Promise<void> {
    const { tenantId } = tx;
    await tx.em.nativeDelete(QueueMemberEntity, { tenantId, queueId });
    const places = members.map((memberId, position) => ({ tenantId, queueId, memberId, position }));
    if (places.length > 0) await tx.em.insertMany(QueueMemberEntity, places);
    // A member's queues are part of what a key is remembered with.
    tx.afterCommit(() => this.authenticator.forget());
  }
}

const found = (queue: ConfiguredQueue | null): Outcome<ConfiguredQueue> =>
  queue === null ? refused('not_found') : done(queue);

function capColumns(cap: Editable['cap']): { capTasks: number | null; capWithinMs: number | null } {
  return { capTasks: cap?.tasks ?? null, capWithinMs: cap?.withinMs ?? null };
}

function capOf({ capTasks: tasks, capWithinMs: withinMs }: QueueRow): Editable['cap'] {
  return tasks === null || withinMs === null ? null : { tasks, withinMs };
}

async function unknownReference(
  tx: Tx,
  { calendar, roster, members }: Pick<Editable, 'calendar' | 'roster' | 'members'>,
): Promise<ReturnType<typeof refused> | null> {
  const known = await tx.one<{ calendar: boolean; roster: boolean }>(
    `select exists (select from calendar where tenant_id = $1 and key = $2) as calendar,
            $3::text is null or exists (select from roster where tenant_id = $1 and key = $3) as roster`,
    [tx.tenantId, calendar, roster],
  );
  const missing = [
    ...(known.calendar ? [] : [{ pointer: '/calendar', detail: `There is no calendar "${calendar}"` }]),
    ...(known.roster ? [] : [{ pointer: '/roster', detail: `There is no roster "${roster}"` }]),
  ];
  if (missing.length > 0) return refused('reference_unknown', { errors: missing });
  const rows = await tx.query<{ id: string }>('select id from member where tenant_id = $1 and id = any($2)', [
    tx.tenantId,
    members,
  ]);
  const ids = new Set(rows.map(({ id }) => id));
  const errors = members.flatMap((id, index) =>
    ids.has(id) ? [] : [{ pointer: `/members/${index}`, detail: `There is no member ${id}` }],
  );
  return errors.length === 0 ? null : refused('member_unknown', { errors });
}

async function withMembers(tx: Tx, rows: readonly QueueRow[]): Promise<ConfiguredQueue[]> {
  const members = await tx.query<{ queueId: string; id: string; name: string }>(
    `select qm.queue_id as "queueId", m.id, m.name from queue_member qm
       join member m on m.tenant_id = qm.tenant_id and m.id = qm.member_id
      where qm.tenant_id = $1 and qm.queue_id = any($2) order by qm.position, m.id`,
    [tx.tenantId, rows.map((row) => row.id)],
  );
  return rows.map((row) => ({
    id: row.id,
    key: row.key,
    name: row.name,
    calendar: row.calendarKey,
    roster: row.rosterKey,
    cap: capOf(row),
    members: members.filter(({ queueId }) => queueId === row.id).map(({ id, name }) => ({ id, name })),
    version: row.version,
    createdAt: row.createdAt,
  }));
}
