import type { Entry } from '../../domain/inquiry/effects.js';
import type { Tx } from '../../platform/database/index.js';
import { audit } from '../audit/index.js';
import type { AuditRecord } from '../audit/index.js';
import { updateConversation } from '../conversation/index.js';
import { withoutWords, writeEvents } from '../history/index.js';
import type { StoredEntry } from '../history/index.js';
import { retainUntil } from '../retention/index.js';
import { publish } from '../stream/index.js';
import type { StreamEvent } from '../stream/index.js';
import { requestWork, withdrawWork } from '../work/index.js';
import type { WorkRequest } from '../work/index.js';
import type { DrainOptions } from './drain.js';
import type { Run, Taken } from './run.js';
import { markApplied } from './inbox.js';
import { persistInquiry, persistObligations } from './persist.js';

/** How long after a wake the safety net rings, when the workflow has not come by itself. */
const OVERDUE_MS = 60_000;

/** How long after the close the engine's history is copied; the execution that rang completes within a second. */
const ARCHIVE_AFTER_MS = 3_000;

/** Copies are made together: what closes within so many ms is looked at at once. */
const ARCHIVE_EVERY_MS = 2_000;

/** How long a test inquiry is kept, whatever its class. */
const TEST_KEPT_MS = 86_400_000;

/** Writes what a drain brought: rows, history, audit, stream, and when somebody must look again. */
export async function finishDrain(tx: Tx, run: Run, options: DrainOptions): Promise<void> {
  const { wake } = run.wakes();
  if (!run.changed) {
    if (options.ring && (wake !== run.locked.knownWake || run.locked.ringWanted)) await rememberWake(tx, run, wake);
    if (options.ring) await requestWakes(tx, run, false);
    return;
  }
  await persistObligations(tx, run.locked.id, run.before, run.state);
  await writeHistory(tx, run);
  await markApplied(tx, appliedRows(run), run.now);
  tx.afterCommit(() => run.stores.meter.recorded(run.taken.flatMap(({ decision }) => decision.entries)));
  await updateConversationOf(tx, run);
  const mustRing = !options.ring && (run.locked.ringWanted || courseChanged(run, wake));
  await persistInquiry(tx, run.locked.keys, {
    id: run.locked.id,
    state: run.state,
    definitionVersion: run.plan.version,
    lastSeq: run.lastSeq,
    at: run.now,
    nextWake: wake,
    knownWake: options.ring ? wake : run.locked.knownWake,
    ringWanted: mustRing,
    retainUntil: await keepUntil(tx, run),
  });
  await publish(tx, streamOf(run));
  await requestWakes(tx, run, mustRing);
  await requestArchive(tx, run);
}

async function rememberWake(tx: Tx, run: Run, wake: number | null): Promise<void> {
  await tx.run('update inquiry set known_wake = $3, ring_wanted = false where tenant_id = $1 and id = $2', [
    tx.tenantId,
    run.locked.id,
    wake === null ? null : new Date(wake).toISOString(),
  ]);
}

/** A drain without the workflow rings it only if the course changes: another step, the end, or an earlier wake. */
function courseChanged(run: Run, wake: number | null): boolean {
  if (run.locked.closedAt !== null) return false;
  if (run.state.step !== run.locked.step || run.state.closedAt !== null) return true;
  return wake !== null && (run.locked.knownWake === null || wake < run.locked.knownWake);
}

async function keepUntil(tx: Tx, run: Run): Promise<number | null> {
  const { closedAt, closing } = run.state;
  if (closedAt === null || closing === null) return null;
  return run.locked.test ? closedAt + TEST_KEPT_MS : retainUntil(tx, closing.retention, closedAt);
}

function appliedRows(run: Run): { id: string; seq: number }[] {
  let seq = run.locked.lastSeq;
  return run.taken.flatMap(({ decision, row }) => {
    seq += decision.entries.length;
    return row === null ? [] : [{ id: row.id, seq }];
  });
}

async function writeHistory(tx: Tx, run: Run): Promise<void> {
  const audited = run.taken.flatMap((taken) => auditOf(run, taken));
  const ids = await audit(
    tx,
    audited.map(({ record }) => record),
  );
  const auditIds = new Map<StoredEntry, string | null>(
    audited.flatMap(({ entries }, index) =>
      entries.map((entry): [Entry, string | null] => [entry, ids[index] ?? null]),
    ),
  );
  const events = run.events().map((event) => ({
    ...event,
    entries: event.entries.map((entry) => {
      const auditId = auditIds.get(entry);
      return auditId === undefined ? entry : { ...entry, auditId };
    }),
  }));
  await writeEvents(
    tx,
    run.locked.keys,
    run.locked.id,
    run.locked.lastSeq + 1,
    events.filter((event) => event.entries.length > 0),
  );
}

type Audited = { readonly entries: readonly Entry[]; readonly record: AuditRecord };

/** One audit event per command: what a person changed, or was refused. It proves every entry of theirs. */
function auditOf(run: Run, taken: Taken): Audited[] {
  const { event, decision } = taken;
  if (event.kind !== 'command') return nobodyNotified(run, taken);
  const refusal = decision.effects.find((effect) => effect.do === 'answer_command')?.outcome;
  const refused = refusal?.state === 'refused' ? refusal.refusal : null;
  const entries = decision.entries.filter((candidate) => candidate.actor.kind === 'member');
  const [entry] = entries;
  if (!entry) return [];
  return [
    {
      entries,
      record: {
        at: run.now,
        actor: { kind: 'member', id: event.actor.memberId, role: event.actor.role },
        action: `inquiry.${event.command.kind}`,
        object: { kind: 'inquiry', id: run.locked.id },
        inquiryId: run.locked.id,
        result: refused === null ? 'ok' : refused.code === 'own_work' ? 'refused' : 'conflict',
        code: refused?.code ?? null,
        before: withoutWords(entry.data['before']),
        after: withoutWords(entry.data['after']),
        commandId: event.commandId,
      },
    },
  ];
}

function nobodyNotified(run: Run, { decision }: Taken): Audited[] {
  return decision.entries
    .filter((entry) => entry.kind === 'notification.nobody')
    .map((entry) => ({
      entries: [entry],
      record: {
        at: run.now,
        actor: { kind: 'system' },
        action: 'notification.send',
        object: { kind: 'inquiry', id: run.locked.id },
        inquiryId: run.locked.id,
        result: 'refused',
        code: 'notify_nobody',
      },
    }));
}

async function updateConversationOf(tx: Tx, run: Run): Promise<void> {
  const { collected, locked } = run;
  const moved = collected.position !== locked.position;
  if (!moved && collected.onceMarks === null && !collected.humanAnswered) return;
  await updateConversation(tx, locked.conversationId, {
    ...(moved ? { position: collected.position } : {}),
    ...(collected.onceMarks === null ? {} : { onceMarks: collected.onceMarks }),
    ...(collected.humanAnswered ? { humanAnswered: true } : {}),
    ...(collected.lastAgentId === null ? {} : { lastAgentId: collected.lastAgentId }),
  });
}

const STREAMED: Readonly<Record<string, StreamEvent['kind']>> = {
  'obligation.warned': 'obligation.warned',
  'obligation.breached': 'obligation.breached',
};

function streamOf(run: Run): StreamEvent[] {
  const queue = run.state.queue;
  const inquiryId = run.locked.id;
  const clocks = run.taken.flatMap(({ decision }) =>
    decision.entries.flatMap((entry): StreamEvent[] => {
      const kind = STREAMED[entry.kind];
      return kind === undefined ? [] : [{ kind, data: { inquiryId, name: String(entry.data['name']) }, queue }];
    }),
  );
  const own = run.collected.stream.map((event) => ({ ...event, queue: event.queue ?? queue }));
  return [...own, ...clocks, { kind: 'inquiry.changed', data: { inquiryId }, queue }];
}

/** Asks for a copy of the engine's own history once the closing execution has had time to complete. */
async function requestArchive(tx: Tx, run: Run): Promise<void> {
  if (run.before.closedAt !== null || run.state.closedAt === null) return;
  const inquiryId = run.locked.id;
  const dueAt = Math.ceil((run.now + ARCHIVE_AFTER_MS) / ARCHIVE_EVERY_MS) * ARCHIVE_EVERY_MS;
  await requestWork(tx, [{ kind: 'archive', ref: inquiryId, inquiryId, dueAt }]);
}

/** Replaces the inquiry's places in the work queue by when it must be looked at now. */
async function requestWakes(tx: Tx, run: Run, mustRing: boolean): Promise<void> {
  const { wake, sweep } = run.wakes();
  const inquiryId = run.locked.id;
  const requests: WorkRequest[] = [];
  if (mustRing) requests.push({ kind: 'ring', ref: inquiryId, inquiryId, dueAt: run.now, mode: 'exact' });
  else if (wake !== null) {
    requests.push({ kind: 'ring', ref: inquiryId, inquiryId, dueAt: wake + OVERDUE_MS, mode: 'exact' });
  }
  if (sweep !== null) requests.push({ kind: 'sweep', ref: inquiryId, inquiryId, dueAt: sweep, mode: 'exact' });
  const kept = new Set(requests.map((request) => request.kind));
  const gone = (['ring', 'sweep'] as const).filter((kind) => !kept.has(kind));
  if (gone.length > 0) await withdrawWork(tx, gone, inquiryId);
  await requestWork(tx, requests);
}
