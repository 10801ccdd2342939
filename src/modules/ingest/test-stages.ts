import type { Tx } from '../../platform/database/index.js';

/** The way of an inquiry to whoever answers it. */
export const TEST_STAGES = ['accepted', 'classified', 'acknowledged', 'assigned', 'visible', 'closed'] as const;

/**
 * One stage: `held_back` = Atende decided not to write, and why; `nobody` = nobody could be chosen; `pending` = it has not come so far.
 * Instants are epoch ms.
 */
export type TestStage = {
  readonly stage: (typeof TEST_STAGES)[number];
  readonly state: 'ok' | 'held_back' | 'nobody' | 'pending';
  readonly at: number | null;
  readonly code: string | null;
};

type Entry = { readonly kind: string; readonly at: number; readonly data: Readonly<Record<string, unknown>> };

type Found = Omit<TestStage, 'stage' | 'at'>;

const OK: Found = { state: 'ok', code: null };

/** What an entry of the history says about a stage. */
const MEANING: Readonly<Record<string, (data: Entry['data']) => [TestStage['stage'], Found] | null>> = {
  'inquiry.opened': () => ['accepted', OK],
  'classification.recorded': ({ intent }) => ['classified', { ...OK, code: codeOf(intent) }],
  'message.queued': ({ author }) => (author === 'automated' ? ['acknowledged', OK] : null),
  'message.refused': ({ code }) => ['acknowledged', { state: 'held_back', code: codeOf(code) }],
  'message.skipped': ({ once }) => ['acknowledged', { state: 'held_back', code: codeOf(once) }],
  'assignment.chosen': ({ queue }) => ['assigned', { ...OK, code: codeOf(queue) }],
  'assignment.nobody': ({ queue }) => ['assigned', { state: 'nobody', code: codeOf(queue) }],
  'task.opened': ({ queue }) => ['visible', { ...OK, code: codeOf(queue) }],
  'inquiry.closed': ({ reason }) => ['closed', { ...OK, code: codeOf(reason) }],
};

/** The stages of an inquiry as its history tells them, each by its first entry. */
export async function readStages(tx: Tx, inquiryId: string): Promise<TestStage[]> {
  const rows = await tx.query<Entry>(
    `select x.entry ->> 'kind' as kind, e.at, coalesce(x.entry -> 'data', '{}') as data
       from event e cross join lateral jsonb_array_elements(e.entries) with ordinality as x (entry, place)
      where e.tenant_id = $1 and e.inquiry_id = $2 order by e.seq, x.place`,
    [tx.tenantId, inquiryId],
  );
  const found = new Map<TestStage['stage'], TestStage>();
  for (const { kind, at, data } of rows) {
    const [stage, what] = MEANING[kind]?.(data) ?? [];
    if (stage !== undefined && what !== undefined && !found.has(stage)) found.set(stage, { stage, at, ...what });
  }
  return TEST_STAGES.map((stage) => found.get(stage) ?? { stage, state: 'pending', at: null, code: null });
}

function codeOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
