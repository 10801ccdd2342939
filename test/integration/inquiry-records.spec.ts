import { createHash } from 'node:crypto';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { EngineArchive, EngineReader, Timeline } from '../../src/modules/proof/index.js';
import type { EngineHistories } from '../../src/modules/proof/index.js';
import { eventually } from '../support/eventually.js';
import { publish, QUICK } from '../support/definitions.js';
import { acknowledgedInquiry, executionOf } from '../support/inquiry.js';
import { offeredTo } from '../support/people.js';
import type { Api, ApiAnswer } from '../support/api.js';
import { startStack } from '../support/stack.js';
import type { Accepted, Stack } from '../support/stack.js';

type Line = {
  seq: number | null;
  kind: string;
  actor: { kind: string; name: string | null };
  summary: string;
  because: { definition?: { key: string } };
  data: Record<string, unknown>;
  auditSeq: number | null;
  engine: { runId: string; eventId: number }[] | null;
};

describe('the records of an inquiry', () => {
  let stack: Stack;
  let accepted: Accepted;
  let agent: Api;
  let colleague: Api;

  const path = (rest = ''): string => `/v1/inquiries/${accepted.inquiryId}${rest}`;
  const history = async (query = ''): Promise<ApiAnswer> => stack.as('auditor').get(path(`/history${query}`));

  /** One inquiry with everything a history can tell: refusals of both kinds, an answer, a note, a close. */
  beforeAll(async () => {
    stack = await startStack();
    accepted = await stack.send({ text: 'O Procon vai saber disto', buyer: 'rui', name: 'Rui Prado' });
    agent = await offeredTo(stack, accepted.inquiryId);
    colleague = stack.as(agent.key === stack.demo.keys.agent ? 'agent2' : 'agent');
    const tasks = await agent.get(`/v1/tasks?inquiry=${accepted.inquiryId}`);
    const taskId = tasks.body.items[0].id as string;
    const refusedClaim = await colleague.post(`/v1/tasks/${taskId}/claim`);
    expect([refusedClaim.status, refusedClaim.body.code]).toEqual([409, 'task_offered']);
    expect((await colleague.post(path('/assign'), { queue: 'supervisors' })).status).toBe(403);
    expect((await agent.post(`/v1/tasks/${taskId}/claim`)).status).toBe(200);
    expect((await colleague.post(path('/replies'), { text: 'Eu respondo!' })).body.code).toBe('task_held');
    await agent.post(path('/notes'), { text: 'Cliente irritado' });
    const reply = await agent.post(path('/replies'), { text: 'Chega amanhã.', close: true });
    expect(reply.status).toBe(202);
    await eventually(
      () => stack.as('auditor').get(path()),
      ({ body }) => body.state === 'closed',
    );
  }, 60_000);

  afterAll(async () => {
    await stack.stop();
  });

  const archived = (): Promise<ApiAnswer> =>
    eventually(
      () => history('?view=engine'),
      ({ body }) => typeof body.runs?.[0]?.storedAt === 'string',
      15_000,
    );

  describe('the timeline', () => {
    let lines: Line[];

    beforeAll(async () => {
      const answer = await eventually(
        () => history('?limit=200'),
        ({ body }) =>
          (body.items as Line[]).every(({ actor, auditSeq }) => actor.kind !== 'member' || auditSeq !== null),
      );
      expect(answer.status).toBe(200);
      lines = answer.body.items as Line[];
    });

    const of = (kind: string): Line[] => lines.filter((line) => line.kind === kind);

    it('numbers what happened without a gap, in order', () => {
      const seqs = lines.flatMap(({ seq }) => (seq === null ? [] : [seq]));
      expect(seqs).toEqual(seqs.map((_seq, index) => index + 1));
    });

    it('tells the whole course', () => {
      const kinds = new Set(lines.map(({ kind }) => kind));
      for (const kind of [
        'inquiry.opened',
        'message.received',
        'classification.recorded',
        'rule.matched',
        'obligation.activated',
        'notification.sent',
        'message.queued',
        'message.available',
        'assignment.chosen',
        'task.opened',
        'task.claimed',
        'note.added',
        'obligation.met',
        'inquiry.closed',
      ]) {
        expect(kinds).toContain(kind);
      }
      expect(of('obligation.met').map(({ data }) => data['name'])).toEqual([
        'acknowledge',
        'first_response',
        'resolution',
      ]);
    });

    it('names people, and says each thing in a sentence', () => {
      const [claim] = of('task.claimed');
      expect(claim?.actor).toMatchObject({ kind: 'member', name: expect.any(String) });
      expect(claim?.summary).toBe(`${claim?.actor.name} took the task.`);
      for (const { summary } of lines) expect(summary).toMatch(/^[A-Za-z].*\.$/s);
    });

    it('holds acts that were refused, by whom and why: a command, a claim, a request beyond one’s rights', () => {
      expect(of('reply.refused')).toMatchObject([{ data: { code: 'task_held' }, auditSeq: expect.any(Number) }]);
      expect(of('claim.refused')).toMatchObject([{ data: { code: 'task_offered' }, auditSeq: expect.any(Number) }]);
      expect(of('request.refused')).toMatchObject([{ data: { code: 'forbidden' }, auditSeq: expect.any(Number) }]);
    });

    it('gives the definition as a reason for everything that was decided', () => {
      const decided = lines.filter(({ kind, seq }) => seq !== null && kind !== 'task.claimed');
      for (const { because } of decided) expect(because.definition?.key).toBe('standard-br');
    });

    it('proves acts of people by audit events', () => {
      const acts = lines.filter(({ actor }) => actor.kind === 'member');
      expect(acts.length).toBeGreaterThanOrEqual(7);
      for (const { auditSeq } of acts) expect(auditSeq).toEqual(expect.any(Number));
    });

    it('shows instants in RFC 3339, and ids of messages and tasks', () => {
      const [activated] = of('obligation.activated');
      expect(activated?.data['deadline']).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
      expect(of('task.opened')[0]?.data['taskId']).toMatch(/^[0-9a-f-]{36}$/);
      expect(of('message.queued')[0]?.data['messageId']).toMatch(/^[0-9a-f-]{36}$/);
    });

    it('holds nothing that anybody wrote', () => {
      const all = JSON.stringify(lines);
      for (const words of ['Procon vai', 'Eu respondo', 'irritado', 'Chega amanhã', 'Rui Prado']) {
        expect(all).not.toContain(words);
      }
    });

    it('can be read page by page', async () => {
      const seen: Line[] = [];
      let cursor: string | null = null;
      do {
        const page: ApiAnswer = await history(`?limit=7${cursor === null ? '' : `&cursor=${cursor}`}`);
        seen.push(...(page.body.items as Line[]));
        cursor = page.body.nextCursor as string | null;
      } while (cursor !== null);
      expect(seen.map(({ seq, kind }) => [seq, kind])).toEqual(lines.map(({ seq, kind }) => [seq, kind]));
    });

    it('points to the events of the engine that brought each entry', async () => {
      await archived();
      const { body } = await history('?limit=200');
      const opening = (body.items as Line[]).find(({ kind }) => kind === 'inquiry.opened');
      expect(opening?.engine).toHaveLength(1);
      const engine = await history('?view=engine&limit=200');
      const event = engine.body.items.find(
        ({ eventId, runId }: { eventId: number; runId: string }) =>
          eventId === opening?.engine?.[0]?.eventId && runId === opening.engine[0].runId,
      );
      expect(event.type).toBe('MarkerRecorded');
      // The channel's verdict was applied without the engine; nothing of it is missing there.
      expect((body.items as Line[]).find(({ kind }) => kind === 'message.available')?.engine).toEqual([]);
    });

    it.each([
      ['auditor', 200],
      ['privacyOfficer', 200],
      ['ops', 200],
      ['supervisor', 200],
      ['agent', 403],
      ['admin', 403],
    ] as const)('is for %s: %i', async (role, status) => {
      expect((await stack.as(role).get(path('/history'))).status).toBe(status);
    });
  });

  describe('the engine’s own history', () => {
    it('is decoded, and names what rang', async () => {
      const { body } = await archived();
      expect(body.items[0]).toMatchObject({
        eventId: 1,
        type: 'WorkflowExecutionStarted',
        attributes: { workflowType: { name: 'inquiry' }, input: [{ inquiryId: accepted.inquiryId }] },
      });
      expect(body.items.at(-1).type).toBe('WorkflowExecutionCompleted');
    });

    it('is stored with its hash once the inquiry is closed, and can be replayed from there', async () => {
      const { body } = await archived();
      const { rows } = await stack.superuser.query<{ history: Buffer; sha256: string }>(
        'select history, sha256 from engine_history where inquiry_id = $1',
        [accepted.inquiryId],
      );
      expect(rows).toHaveLength(1);
      const stored = rows[0]?.history ?? Buffer.alloc(0);
      const hash = createHash('sha256').update(stored).digest('hex');
      expect(body.runs).toMatchObject([{ sha256: hash, intact: true }]);
      expect(rows[0]?.sha256).toBe(hash);
      expect(historyFromJSON(JSON.parse(stored.toString('utf8'))).events).toHaveLength(body.items.length);
    });

    it('says when what is stored was changed', async () => {
      await archived();
      await stack.superuser.query(
        `update engine_history set history = convert_to(replace(convert_from(history, 'UTF8'), 'ring', 'rang'), 'UTF8')
          where inquiry_id = $1`,
        [accepted.inquiryId],
      );
      const { body } = await history('?view=engine');
      expect(body.runs[0].intact).toBe(false);
      await stack.superuser.query(
        `update engine_history set history = convert_to(replace(convert_from(history, 'UTF8'), 'rang', 'ring'), 'UTF8')
          where inquiry_id = $1`,
        [accepted.inquiryId],
      );
    });

    it('outlives Temporal’s, which nobody asks any more', async () => {
      await archived();
      const gone = { runs: () => Promise.reject(new Error('Temporal was asked')) } as unknown as EngineHistories;
      const archive = new EngineArchive(stack.database, gone);
      const record = await archive.read(stack.demo.tenantId, accepted.inquiryId);
      expect(record).toMatchObject({ complete: true, runs: [{ intact: true }] });
      const engine = new EngineReader(archive, stack.runtime.temporal.payloads);
      const [first] = await new Timeline(stack.database, engine, stack.runtime.vault).read(
        stack.demo.tenantId,
        accepted.inquiryId,
        null,
        1,
      );
      expect(first?.entry.engine).toHaveLength(1);
    });

    it('is that of each inquiry whole, of those that close together: also where an operator ended a run', async () => {
      const ids = await Promise.all(['ana', 'bia', 'caio'].map((buyer) => acknowledgedInquiry(stack, buyer)));
      const [ended] = ids;
      await executionOf(stack, ended ?? '').terminate('an operator');
      await stack.send({ buyer: 'ana', text: 'Alguém aí?' });
      // A close that the buyer's new message overtakes is refused.
      const close = (id: string): Promise<ApiAnswer> =>
        eventually(
          () => stack.as('supervisor').post(`/v1/inquiries/${id}/close`, { reason: 'resolved' }),
          ({ status }) => status === 200,
        );
      await Promise.all(ids.map(close));
      for (const [index, id] of ids.entries()) {
        const { body } = await eventually(
          () => stack.as('auditor').get(`/v1/inquiries/${id}/history?view=engine`),
          (answer) => typeof answer.body.runs?.[0]?.storedAt === 'string',
        );
        const runs = (body.runs as { runId: string }[]).map(({ runId }) => runId);
        expect(runs).toHaveLength(index === 0 ? 2 : 1);
        expect(runs.at(-1)).toBe((await executionOf(stack, id).describe()).runId);
      }
    }, 60_000);

    it('is written once for all', async () => {
      const change = stack.database.tenant(stack.demo.tenantId, (tx) =>
        tx.run('update engine_history set sha256 = $2 where tenant_id = $1', [tx.tenantId, 'forged']),
      );
      await expect(change).rejects.toThrow(/permission denied/);
      const removal = stack.database.tenant(stack.demo.tenantId, (tx) =>
        tx.run('delete from event where tenant_id = $1', [tx.tenantId]),
      );
      await expect(removal).rejects.toThrow(/permission denied/);
    });
  });

  describe('the replay', () => {
    it('takes every decision again and finds no difference', async () => {
      const { status, body } = await stack.as('auditor').post(path('/replay'), undefined, { idempotencyKey: null });
      expect(status).toBe(200);
      expect(body).toMatchObject({ same: true, differences: [] });
      expect(body.decisions).toBeGreaterThanOrEqual(5);
    });

    it('finds an entry that was changed behind the program’s back', async () => {
      const forge = (from: string, to: string): Promise<unknown> =>
        stack.superuser.query(
          `update event set entries = replace(entries::text, $2, $3)::jsonb where inquiry_id = $1 and first_seq = 1`,
          [accepted.inquiryId, from, to],
        );
      await forge('"rule.matched"', '"rule.forged"');
      const { body } = await stack.as('auditor').post(path('/replay'));
      expect(body.same).toBe(false);
      expect(body.differences).toMatchObject([
        { what: 'entries', expected: { kind: 'rule.forged' }, actual: { kind: 'rule.matched' } },
      ]);
      await forge('"rule.forged"', '"rule.matched"');
    });
  });

  describe('the ledger', () => {
    type Segment = { from: string; to: string; kind: string; during: string | null; calendarVersion: number };

    it('accounts for the whole time of an obligation, and for what went on', async () => {
      const { status, body } = await agent.get(path('/obligations/first_response/1/ledger'));
      expect(status).toBe(200);
      const segments = body.segments as Segment[];
      expect(segments[0]?.from).toBe(body.startedAt);
      expect(segments.at(-1)?.to).toBe(body.endedAt);
      const lasting = segments.reduce((sum, { from, to }) => sum + Date.parse(to) - Date.parse(from), 0);
      expect(lasting).toBe(Date.parse(body.endedAt) - Date.parse(body.startedAt));
      expect(segments.map(({ during }) => during)).toEqual(expect.arrayContaining(['offered', 'held', 'outbox']));
      expect(new Set(segments.map(({ calendarVersion }) => calendarVersion))).toEqual(new Set([1]));
      expect(body).toMatchObject({ state: 'met', clock: 'house', calendar: { key: 'always', version: 1 }, version: 1 });
    });

    it('has one timer per level of the chain', async () => {
      const { body } = await agent.get(path('/obligations/first_response/1/ledger'));
      expect(body.timers).toMatchObject([
        { level: 1, state: 'cancelled', fired: null, lateMs: null },
        { level: 2, state: 'cancelled', fired: null, lateMs: null },
        { level: 3, state: 'cancelled', fired: null, lateMs: null },
      ]);
      expect(Date.parse(body.timers[0].planned)).toBe(Date.parse(body.startedAt) + 45 * 60_000);
    });

    it('names the closed time of the very calendar the obligation counts on', async () => {
      // Friday, 6 November 2026, 17:30 in São Paulo, to Monday, 9:30.
      await stack.superuser.query(
        `update obligation set calendar_key = 'br-office', calendar_version = 1, started_at = '2026-11-06T20:30:00Z',
                met_at = '2026-11-09T12:30:00Z' where inquiry_id = $1 and name = 'resolution'`,
        [accepted.inquiryId],
      );
      const { body } = await agent.get(path('/obligations/resolution/1/ledger'));
      expect(body.segments).toMatchObject([
        { from: '2026-11-06T20:30:00.000Z', kind: 'counting', during: 'queued', calendarVersion: 1 },
        { kind: 'closed', reason: 'outside_hours', during: null, calendarVersion: 1 },
        { to: '2026-11-09T12:30:00.000Z', kind: 'counting' },
      ]);
    });

    it('shows when timers fired, and how late', async () => {
      await publish(stack, QUICK);
      const quick = await stack.send({ buyer: 'quick' });
      const ledger = await eventually(
        () => stack.as('supervisor').get(`/v1/inquiries/${quick.inquiryId}/obligations/first_response/1/ledger`),
        ({ body }) =>
          // A level at the deadline fires at that instant; the breach is noticed right after it.
          body.state === 'breached_open' && body.timers.every(({ fired }: { fired: string | null }) => fired !== null),
        15_000,
      );
      expect(ledger.body).toMatchObject({ state: 'breached_open', clock: 'wall', calendar: null, endedAt: null });
      for (const { planned, fired, lateMs, state } of ledger.body.timers) {
        expect(state).toBe('fired');
        expect(Date.parse(fired) - Date.parse(planned)).toBe(lateMs);
        expect(lateMs).toBeGreaterThanOrEqual(0);
      }
      const history = await stack.as('auditor').get(`/v1/inquiries/${quick.inquiryId}/history?limit=200`);
      const fired = (history.body.items as Line[]).filter(({ kind }) => kind === 'level.fired');
      expect(fired.map(({ data }) => [data['level'], data['lateMs']])).toEqual(
        ledger.body.timers.map(({ level, lateMs }: { level: number; lateMs: number }) => [level, lateMs]),
      );
    }, 20_000);

    it('is the newest computation, and says so', async () => {
      expect((await agent.get(path('/obligations/first_response/1/ledger?version=1'))).status).toBe(200);
      expect((await agent.get(path('/obligations/first_response/1/ledger?version=2'))).status).toBe(404);
    });

    it.each(['first_response/2', 'first_response/0', 'first_response/x', 'lunch/1'])(
      'answers 404 for %s',
      async (which) => {
        expect((await agent.get(path(`/obligations/${which}/ledger`))).status).toBe(404);
      },
    );
  });

  describe('the audit log', () => {
    it('lists changes and refusals, newest first, and can be filtered', async () => {
      const auditor = stack.as('auditor');
      const all = await auditor.get(`/v1/audit-events?inquiry=${accepted.inquiryId}&limit=200`);
      const seqs = all.body.items.map(({ seq }: { seq: number }) => seq);
      expect(seqs).toEqual([...seqs].sort((a, b) => b - a));
      const refusals = await auditor.get(`/v1/audit-events?inquiry=${accepted.inquiryId}&result=conflict`);
      expect(refusals.body.items.map(({ code }: { code: string }) => code).sort()).toEqual([
        'task_held',
        'task_offered',
      ]);
      const forbidden = await auditor.get(`/v1/audit-events?inquiry=${accepted.inquiryId}&result=refused`);
      expect(forbidden.body.items.at(-1)).toMatchObject({
        actor: { kind: 'member', role: 'agent', name: expect.any(String), country: 'BR' },
        code: 'forbidden',
        inquiryId: accepted.inquiryId,
        hash: null,
      });
      const actor = forbidden.body.items.at(-1).actor.id as string;
      const byActor = await auditor.get(`/v1/audit-events?actor=${actor}&object=inquiry:${accepted.inquiryId}`);
      expect(byActor.body.items.length).toBeGreaterThanOrEqual(2);
      const { buyerId } = (await auditor.get(path())).body;
      const bySubject = await auditor.get(`/v1/audit-events?subject=${buyerId}&limit=200`);
      expect(bySubject.body.items.map(({ seq }: { seq: number }) => seq)).toEqual(seqs);
    });

    it('can be read page by page', async () => {
      const first = await stack.as('auditor').get('/v1/audit-events?limit=2');
      const second = await stack.as('auditor').get(`/v1/audit-events?limit=2&cursor=${first.body.nextCursor}`);
      expect(second.body.items[0].seq).toBe(first.body.items[1].seq - 1);
    });

    it.each([
      ['auditor', 200],
      ['privacyOfficer', 200],
      ['ops', 200],
      ['supervisor', 200],
      ['agent', 403],
      ['admin', 403],
    ] as const)('is for %s: %i', async (role, status) => {
      expect((await stack.as(role).get('/v1/audit-events')).status).toBe(status);
    });

    it.each(['actor=me', 'result=maybe', 'limit=201', 'from=today'])('refuses %s', async (query) => {
      expect((await stack.as('auditor').get(`/v1/audit-events?${query}`)).body.code).toBe('request_invalid');
    });
  });
});
