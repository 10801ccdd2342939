import canonicalize from 'canonicalize';
import type { Plan } from '../../domain/definition/plan.js';
import { retake } from '../../domain/inquiry/retake.js';
import type { Difference, RecordedDecision } from '../../domain/inquiry/retake.js';
import type { FactMap } from '../../domain/inquiry/facts.js';
import type { Keys, Vault } from '../../platform/crypto/index.js';
import type { Database, Tx } from '../../platform/database/index.js';
import type { CalendarStore } from '../calendar/index.js';
import type { RosterStore } from '../roster/index.js';
import type { PlanStore } from '../definition/index.js';
import { withWords } from '../history/index.js';
import type { StoredEntry } from '../history/index.js';
import { stateHash, wholeFacts } from '../inquiry/index.js';
import { SHIFT_OFFER } from '../task/index.js';
import { offersAgain } from './offers-again.js';

export type ReplayResult = {
  /** Decisions taken again, offers at the start of a shift among them. */
  readonly decisions: number;
  /** True when each came out as recorded. */
  readonly same: boolean;
  readonly differences: readonly Difference[];
  /** True where a decision stood on words that have been erased: it is not taken again, and nothing is compared. */
  readonly erased: boolean;
};

type Recording = {
  readonly plan: Plan;
  readonly openedAt: number;
  readonly texts: Readonly<Record<string, string>>;
  readonly decisions: readonly RecordedDecision[];
  readonly erased: boolean;
  readonly again: Awaited<ReturnType<typeof offersAgain>>;
};

type Row = {
  readonly seq: number;
  readonly at: number;
  readonly entries: readonly StoredEntry[];
  readonly words: Buffer | null;
  readonly decision: Omit<RecordedDecision, 'seq' | 'at' | 'entries' | 'aside'> & {
    readonly aside?: RecordedDecision['aside'];
  };
};

const INQUIRY = `
  select definition_key as key, definition_version as version, opened_at as "openedAt"
    from inquiry where tenant_id = $1 and id = $2`;

const DECISIONS = `
  select seq, at, entries, decision, words from event
   where tenant_id = $1 and inquiry_id = $2 and decision is not null and kind <> $3 order by seq`;

const TEXTS = `
  select id, text from message where tenant_id = $1 and inquiry_id = $2 and direction = 'in' and text is not null`;

/** A whole inquiry is read at once; one of years may take longer than a request. */
const TIMEOUT_MS = 30_000;

/** Inquiries looked up at a time. */
const PAGE = 500;

/** Takes recorded decisions again, to prove that the same plan and the same events give the same inquiry. */
export class Replay {
  constructor(
    private readonly database: Database,
    private readonly plans: PlanStore,
    readonly calendars: CalendarStore,
    readonly rosters: RosterStore,
    private readonly vault: Vault,
  ) {}

  /** Takes every decision of an inquiry again; null when there is no such inquiry. */
  async inquiry(tenantId: string, inquiryId: string): Promise<ReplayResult | null> {
    const recording = await this.database.tenant(tenantId, (tx) => this.#recording(tx, inquiryId), {
      timeoutMs: TIMEOUT_MS,
    });
    if (recording === null) return null;
    if (recording.erased) return { decisions: 0, same: true, differences: [], erased: true };
    const canonical = (value: unknown): string => canonicalize(value) ?? '';
    const { again, ...taken } = recording;
    const differences = [...retake({ ...taken, canonical, fingerprint: stateHash }), ...again.differences];
    return {
      decisions: taken.decisions.length + again.offers,
      same: differences.length === 0,
      differences,
      erased: false,
    };
  }

  /** Ids of all inquiries of a tenant, oldest first. */
  async *inquiries(tenantId: string): AsyncGenerator<string> {
    let after: string | null = null;
    for (;;) {
      const ids: string[] = await this.database.tenant(tenantId, async (tx) => {
        const rows = await tx.query<{ id: string }>(
          'select id from inquiry where tenant_id = $1 and ($2::uuid is null or id > $2) order by id limit $3',
          [tenantId, after, PAGE],
        );
        return rows.map(({ id }) => id);
      });
      yield* ids;
      after = ids.at(-1) ?? null;
      if (ids.length < PAGE) return;
    }
  }

  async #recording(tx: Tx, inquiryId: string): Promise<Recording | null> {
    const inquiry = await tx.first<{ key: string; version: number; openedAt: number }>(INQUIRY, [
      tx.tenantId,
      inquiryId,
    ]);
    if (!inquiry) return null;
    const keys = await this.vault.unlock(tx, { cases: [inquiryId] });
    const stored = await tx.query<Row>(DECISIONS, [tx.tenantId, inquiryId, SHIFT_OFFER]);
    const rows = stored.map((row) => {
      const { entries, decision } = row;
      return { ...row, ...withWords(keys, inquiryId, row.seq, row.words, { entries, decision }) };
    });
    const { calendars, rosters, plans } = this;
    const decisions: RecordedDecision[] = [];
    for (const row of rows) {
      decisions.push(recordedDecision(row, await wholeFacts(tx, { calendars, rosters, plans }, row.decision.facts)));
    }
    return {
      plan: await plans.plan(tx, inquiry.key, begunOn(decisions) ?? inquiry.version),
      openedAt: inquiry.openedAt,
      texts: await this.#texts(tx, keys, inquiryId),
      decisions,
      again: await offersAgain(tx, this, inquiryId),
      erased: keys.isErased({ case: inquiryId }) && stored.some(({ words }) => words !== null),
    };
  }

  async #texts(tx: Tx, keys: Keys, inquiryId: string): Promise<Record<string, string>> {
    const rows = await tx.query<{ id: string; text: Buffer }>(TEXTS, [tx.tenantId, inquiryId]);
    const place = (row: string) => ({ owner: { case: inquiryId }, table: 'message', column: 'text', row });
    const texts = rows.map(({ id, text }) => [id, keys.shown(place(id), text)] as const);
    return Object.fromEntries(texts.filter((text): text is [string, string] => text[1] !== null));
  }
}

/** The version the inquiry began on: that of its first entry, whichever it was brought onto later. */
function begunOn([first]: readonly RecordedDecision[]): number | undefined {
  const [entry] = (first?.entries ?? []) as readonly StoredEntry[];
  return entry?.because.definition?.version;
}

/** Entries as the decision made them: the audit event was added when they were written. */
function recordedDecision({ seq, at, entries, decision }: Row, facts: FactMap): RecordedDecision {
  const made = entries.map(({ auditId: _proof, ...entry }) => entry);
  return { ...decision, seq, at, facts, entries: made, aside: decision.aside ?? null };
}
