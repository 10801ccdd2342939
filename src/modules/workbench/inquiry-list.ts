import type { Reach } from '../../domain/identity/permissions.js';
import type { Keys, Vault } from '../../platform/crypto/index.js';
import type { Database, Tx } from '../../platform/database/index.js';
import { soughtTokens } from '../search/index.js';
import { BiteOrder } from '../task/index.js';
import type { BiteKey } from '../task/index.js';
import { bitingStatement, newestStatement, wantedOf } from './inquiry-list-sql.js';
import type { InquiryFilter, InquirySelection, Reader } from './inquiry-list-sql.js';

/** One row of the list of inquiries (api.md, `GET /v1/inquiries`). */
export type InquiryRow = {
  readonly id: string;
  /** Counts within the installation; what people call it by. */
  readonly number: number;
  readonly conversationId: string;
  readonly shopId: string;
  readonly shopName: string;
  readonly channel: string;
  readonly buyerId: string;
  /** null where the reader sees no names, where the channel gave none, and once erased. */
  readonly buyerName: string | null;
  readonly state: string;
  readonly step: string | null;
  readonly category: string;
  readonly intent: string | null;
  readonly urgency: string;
  readonly sensitive: boolean;
  readonly language: string | null;
  readonly tags: readonly string[];
  readonly queue: string | null;
  readonly holder: { readonly id: string; readonly name: string } | null;
  readonly unansweredSince: string | null;
  readonly lastMessage: {
    readonly id: string;
    readonly direction: 'in' | 'out';
    readonly preview: string | null;
    readonly at: string;
  } | null;
  readonly task: {
    readonly id: string;
    readonly kind: string;
    readonly state: string;
    readonly holder: { readonly id: string; readonly name: string } | null;
  } | null;
  /** The earliest open deadline on any clock. */
  readonly nextDue: string | null;
  readonly openedAt: string;
  readonly closedAt: string | null;
};

export type PlacedInquiry = { readonly position: readonly unknown[]; readonly row: InquiryRow };

/** Letters shown of the newest message. */
const PREVIEW = 140;

type Row = Omit<
  InquiryRow,
  'buyerName' | 'holder' | 'unansweredSince' | 'lastMessage' | 'task' | 'nextDue' | 'openedAt' | 'closedAt'
> &
  BiteKey & {
    readonly buyerName: Buffer | null;
    readonly holderId: string | null;
    readonly holderName: string | null;
    readonly unansweredSince: number | null;
    readonly nextDue: number | null;
    readonly openedAt: number;
    readonly closedAt: number | null;
    readonly messageId: string | null;
    readonly direction: 'in' | 'out' | null;
    readonly text: Buffer | null;
    readonly messageAt: number | null;
    readonly taskId: string | null;
    readonly taskKind: string | null;
    readonly taskState: string | null;
    readonly taskHolderId: string | null;
    readonly taskHolderName: string | null;
  };

/** The list of inquiries, from PostgreSQL alone. */
export class InquiryList {
  constructor(
    private readonly database: Database,
    private readonly vault: Vault,
  ) {}

  /**
   * Up to `limit` rows after a position: newest opened first, or what bites first at `now` (epoch ms). What has ended bites
   * no more and comes after everything else, newest first.
   */
  async read(tenantId: string, reader: Reader, selection: InquirySelection, now: number): Promise<PlacedInquiry[]> {
    const page = async (tx: Tx): Promise<PlacedInquiry[]> => {
      const wanted = await this.#sought(tx, selection);
      return wanted.sort === 'due' ? this.#biting(tx, reader, wanted, now) : this.#newest(tx, reader, wanted);
    };
    return this.database.tenant(tenantId, page, { snapshot: true });
  }

  /** The selection with what its query is looked for by. */
  async #sought(tx: Tx, selection: InquirySelection): Promise<InquirySelection> {
    const { q, ...filter } = selection.filter;
    if (q === undefined) return selection;
    return { ...selection, filter: { ...filter, tokens: soughtTokens(await this.vault.unlock(tx), q) } };
  }

  async #newest(tx: Tx, reader: Reader, selection: InquirySelection): Promise<PlacedInquiry[]> {
    const { open, ended } = wantedOf(selection.filter);
    const filter = open && ended ? selection.filter : { ...selection.filter, ended };
    return this.#opened(tx, reader, { ...selection, filter }, []);
  }

  /** What bites first, then what has ended; positions begin with the part they are in. */
  async #biting(tx: Tx, reader: Reader, selection: InquirySelection, now: number): Promise<PlacedInquiry[]> {
    const { filter, limit } = selection;
    const wanted = wantedOf(filter);
    const [part = 'open', ...key] = selection.after ?? [];
    const after = key.length === 0 ? null : key;
    const order = BiteOrder.after(part === 'open' ? after : null, now);
    const open = wanted.open && part === 'open' ? await this.#open(tx, reader, filter, order, limit) : [];
    if (!wanted.ended || open.length >= limit) return open;
    const rest = {
      filter: { ...filter, ended: true },
      sort: 'opened',
      after: part === 'ended' ? after : null,
    } as const;
    return [...open, ...(await this.#opened(tx, reader, { ...rest, limit: limit - open.length }, ['ended']))];
  }

  async #open(
    tx: Tx,
    reader: Reader,
    filter: InquiryFilter,
    order: BiteOrder,
    limit: number,
  ): Promise<PlacedInquiry[]> {
    const placed = await order.read('i.id', limit, (stretch, count) => {
      const { sql, params } = bitingStatement(
        tx.tenantId,
        reader,
        { ...filter, ended: false },
        { stretch, limit: count },
      );
      return tx.query<Row>(sql, params);
    });
    const rows = placed.map(({ row }) => row);
    const keys = await this.#keys(tx, rows);
    return placed.map(({ row, position }) => ({
      position: ['open', ...position],
      row: viewOf(keys, reader.reach, row),
    }));
  }

  async #opened(
    tx: Tx,
    reader: Reader,
    selection: InquirySelection,
    part: readonly string[],
  ): Promise<PlacedInquiry[]> {
    const rows = await this.#newestRows(tx, reader, selection);
    const keys = await this.#keys(tx, rows);
    return rows.map((row) => ({
      position: [...part, new Date(row.openedAt).toISOString(), row.id],
      row: viewOf(keys, reader.reach, row),
    }));
  }

  #newestRows(tx: Tx, reader: Reader, selection: InquirySelection): Promise<Row[]> {
    const { sql, params } = newestStatement(tx.tenantId, reader, selection);
    return tx.query<Row>(sql, params);
  }

  /** The rows of some inquiries by id, for somebody who has already been let in to what refers to them. */
  async ofIds(tx: Tx, reach: Reach, ids: readonly string[]): Promise<ReadonlyMap<string, InquiryRow>> {
    const reader: Reader = { reach: reach === 'own' ? 'full' : reach, queues: [] };
    const selection = { filter: { ids }, sort: 'opened', after: null, limit: ids.length } as const;
    const rows = await this.#newestRows(tx, reader, selection);
    const keys = await this.#keys(tx, rows);
    return new Map(rows.map((row) => [row.id, viewOf(keys, reach, row)]));
  }

  #keys(tx: Tx, rows: readonly Row[]): Promise<Keys> {
    return this.vault.unlock(tx, {
      cases: rows.map(({ id }) => id),
      subjects: [...new Set(rows.map((row) => row.buyerId))],
    });
  }
}

function viewOf(keys: Keys, reach: Reach, row: Row): InquiryRow {
  const shown = reach !== 'no_text';
  const textPlace = { owner: { case: row.id }, table: 'message', column: 'text', row: row.messageId ?? '' };
  const namePlace = { owner: { subject: row.buyerId }, table: 'buyer', column: 'name', row: row.buyerId };
  const text = shown ? keys.shown(textPlace, row.text) : null;
  return {
    id: row.id,
    number: row.number,
    conversationId: row.conversationId,
    shopId: row.shopId,
    shopName: row.shopName,
    channel: row.channel,
    buyerId: row.buyerId,
    buyerName: shown ? keys.shown(namePlace, row.buyerName) : null,
    state: row.state,
    step: row.step,
    category: row.category,
    intent: row.intent,
    urgency: row.urgency,
    sensitive: row.sensitive,
    language: row.language,
    tags: row.tags,
    queue: row.queue,
    holder: person(row.holderId, row.holderName),
    unansweredSince: rfc3339(row.unansweredSince),
    lastMessage: lastMessage(row, text),
    task: taskOf(row),
    nextDue: rfc3339(row.nextDue),
    openedAt: rfc3339(row.openedAt),
    closedAt: rfc3339(row.closedAt),
  };
}

function lastMessage({ messageId, direction, messageAt }: Row, text: string | null): InquiryRow['lastMessage'] {
  if (messageId === null || direction === null || messageAt === null) return null;
  return { id: messageId, direction, preview: text === null ? null : previewOf(text), at: rfc3339(messageAt) };
}

/** The beginning of a text on one line. Cut between characters, never inside one. */
export function previewOf(text: string): string {
  const line = text
    .slice(0, 8 * PREVIEW)
    .replaceAll(/\s+/g, ' ')
    .trim();
  const letters = [...line];
  return letters.length <= PREVIEW ? line : `${letters.slice(0, PREVIEW - 1).join('')}…`;
}

function taskOf(row: Row): InquiryRow['task'] {
  if (row.taskId === null || row.taskKind === null || row.taskState === null) return null;
  const holder = person(row.taskHolderId, row.taskHolderName);
  return { id: row.taskId, kind: row.taskKind, state: row.taskState, holder };
}

function person(id: string | null, name: string | null): { id: string; name: string } | null {
  return id === null ? null : { id, name: name ?? id };
}

function rfc3339(ms: number): string;
function rfc3339(ms: number | null): string | null;
function rfc3339(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
