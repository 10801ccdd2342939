import type { Keys, Vault } from '../../platform/crypto/index.js';
import type { Tx } from '../../platform/database/index.js';
import { formOf } from '../../domain/task/form.js';
import type { FormPlan } from '../../domain/definition/plan.js';
import type { Buyers } from '../buyer/index.js';
import type { Connectors } from '../channels/index.js';
import { readMessages, readUploads } from '../conversation/index.js';
import type { PlanStore } from '../definition/index.js';
import { readContent } from '../inquiry/index.js';
import type { Content } from '../inquiry/index.js';
import { BiteOrder } from '../task/index.js';
import type { BiteKey } from '../task/index.js';
import type { InquiryList } from './inquiry-list.js';
import type { Reader } from './inquiry-list-sql.js';
import { endedTasks, openTasks, partsOf } from './task-list-sql.js';
import type { TaskFilter } from './task-list-sql.js';
import { readTasks } from './task-rows-sql.js';
import type { StoredTask } from './task-rows-sql.js';
import { taskRow, taskView } from './task-view.js';
import type { TaskReader, TaskRow, TaskView } from './task-view.js';

/** Messages shown with a task. */
const SHOWN_MESSAGES = 20;

export type TaskSelection = {
  readonly filter: TaskFilter;
  /** Position of the last row of the page before, as its `position` told. */
  readonly after: readonly unknown[] | null;
  readonly limit: number;
};

export type PlacedTask = { readonly position: readonly unknown[]; readonly row: TaskRow };

type Placed = { readonly id: string; readonly position: readonly unknown[] };

/** Reads tasks: what bites first of what is open, then what has ended. */
export class Tasks {
  constructor(
    private readonly inquiries: InquiryList,
    private readonly buyers: Buyers,
    private readonly vault: Vault,
    private readonly plans: PlanStore,
    private readonly connectors: Connectors,
  ) {}

  /** Up to `limit` rows after a position; `now` (epoch ms) decides what bites on the first page. */
  async list(tx: Tx, reader: Reader, selection: TaskSelection, now: number): Promise<PlacedTask[]> {
    const placed = await this.#place(tx, reader, selection, now);
    const tasks = await readTasks(
      tx,
      placed.map(({ id }) => id),
    );
    const inquiries = await this.inquiries.ofIds(tx, reader.reach, [...new Set(tasks.map((task) => task.inquiryId))]);
    const byId = new Map(tasks.map((task) => [task.id, task]));
    return placed.flatMap(({ id, position }) => {
      const task = byId.get(id);
      const inquiry = task === undefined ? undefined : inquiries.get(task.inquiryId);
      return task === undefined || inquiry === undefined ? [] : [{ position, row: taskRow(task, inquiry) }];
    });
  }

  /** One task with everything needed to answer, or null when the tenant has none of that id. */
  async view(tx: Tx, id: string, reader: TaskReader): Promise<TaskView | null> {
    const [task] = await readTasks(tx, [id]);
    if (task === undefined) return null;
    const { inquiryId, buyerId } = task;
    const inquiry = (await this.inquiries.ofIds(tx, reader.reach, [inquiryId])).get(inquiryId);
    const buyer = await this.buyers.find(tx, buyerId, reader.reach);
    if (inquiry === undefined || buyer === null) return null;
    const selection = { of: { inquiryId }, order: 'newest', after: null, limit: SHOWN_MESSAGES } as const;
    const messages = (await readMessages(tx, this.vault, selection, reader.reach)).map(({ view }) => view).reverse();
    const keys = await this.vault.unlock(tx, { cases: [inquiryId] });
    const content = task.contentOf === null ? null : await readContent(tx, keys, inquiryId, task.contentOf);
    const form = await this.#form(tx, task);
    const limits = this.connectors.limitsOf(task.channel, task.oneAnswer);
    const files = await uploadsOf(tx, keys, inquiryId, content);
    return taskView(keys, task, { inquiry, messages, buyer: buyer.view, form, content, files, limits }, reader);
  }

  async #form(tx: Tx, { kind, step, definitionKey, definitionVersion }: StoredTask): Promise<FormPlan | null> {
    return kind === 'form' ? formOf(await this.plans.plan(tx, definitionKey, definitionVersion), step) : null;
  }

  async #place(tx: Tx, reader: Reader, { filter, after, limit }: TaskSelection, now: number): Promise<Placed[]> {
    const parts = partsOf(filter);
    const inEnded = after?.[0] === 'ended';
    const open =
      parts.open && !inEnded ? await this.#open(tx, reader, filter, after?.slice(1) ?? null, limit, now) : [];
    if (!parts.ended || open.length >= limit) return open;
    const beyond = inEnded ? ([String(after[1]), String(after[2])] as const) : null;
    const { sql, params } = endedTasks(tx.tenantId, reader, filter, { after: beyond, limit: limit - open.length });
    const ended = await tx.query<{ id: string; endedAt: number }>(sql, params);
    return [
      ...open,
      ...ended.map(({ id, endedAt }) => ({ id, position: ['ended', new Date(endedAt).toISOString(), id] })),
    ];
  }

  async #open(
    tx: Tx,
    reader: Reader,
    filter: TaskFilter,
    after: readonly unknown[] | null,
    limit: number,
    now: number,
  ): Promise<Placed[]> {
    const rows = await BiteOrder.after(after, now).read('t.id', limit, (stretch, count) => {
      const { sql, params } = openTasks(tx.tenantId, reader, filter, { stretch, limit: count });
      return tx.query<BiteKey & { readonly id: string }>(sql, params);
    });
    return rows.map(({ row, position }) => ({ id: row.id, position: ['open', ...position] }));
  }
}

/** Ids of the uploaded files in what somebody handed in, those that are still there. */
async function uploadsOf(tx: Tx, keys: Keys, inquiryId: string, content: Content | null): Promise<ReadonlySet<string>> {
  const ids = (content?.attachments ?? []).flatMap(({ id }) => id ?? []);
  if (ids.length === 0) return new Set();
  return new Set((await readUploads(tx, keys, inquiryId, ids)).map(({ id }) => id));
}
