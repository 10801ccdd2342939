import { readFileSync } from 'node:fs';
import { auditOf } from '../support/audit-log.js';
import type { ApiAnswer } from '../support/api.js';
import { eventually } from '../support/eventually.js';
import { smallDefinition } from '../support/small-definition.js';
import { projectPath, startStack } from '../support/stack.js';
import type { Stack } from '../support/stack.js';

const YAML = { 'content-type': 'application/yaml' };

/** A Monday, 10:00 in São Paulo. */
const MONDAY = '2026-11-23T13:00:00.000Z';
const ASKED = { at: MONDAY, type: 'message.received', data: { text: 'Oi, quando chega?' } };

const late = (key: string, within: string): string => `
atende: 1
key: ${key}
title: ${key}
calendar: always
obligations:
  first_response: { within: ${within}, clock: wall, escalate: chase }
escalations:
  chase: [{ at: deadline, do: [{ notify: { to: supervisor } }] }]
steps:
  - { id: person, assign: { queue: sales-br } }
  - { id: reply, task: { kind: reply }, on: { sent: close, not_needed: close } }
  - { id: close, close: {} }
`;

const windowed = (key: string): string => `
atende: 1
key: ${key}
title: ${key}
obligations:
  first_response: { within: 3d, clock: wall, escalate: window }
escalations:
  window: [{ at: window-30m, do: [{ notify: { to: supervisor } }] }]
steps:
  - { id: reply, task: { kind: reply }, on: { sent: close, not_needed: close } }
  - { id: close, close: {} }
`;

type TimelineEntry = { readonly at: string; readonly kind: string };

describe('simulation', () => {
  let stack: Stack;

  beforeAll(async () => {
    stack = await startStack();
  }, 60_000);

  afterAll(() => stack.stop());

  const path = (key: string, rest: string): string => `/v1/definitions/${key}${rest}`;
  const save = async (key: string, text: string): Promise<void> => {
    const headers = { ...YAML, 'if-match': '*' };
    expect((await stack.as('ops').put(path(key, '/draft'), text, { headers })).status).toBe(200);
  };
  const publish = (key: string, body?: object): Promise<ApiAnswer> => stack.as('ops').post(path(key, '/publish'), body);
  const simulate = (key: string, body: object = {}): Promise<ApiAnswer> =>
    stack.as('ops').post(path(key, '/simulate'), body, { idempotencyKey: null });
  const counts = async (): Promise<unknown> =>
    stack.superuser
      .query(
        `select (select count(*) from inquiry) as inquiries, (select count(*) from message) as messages,
                (select count(*) from delivery) as deliveries, (select count(*) from notification) as notifications,
                (select count(*) from event) as events`,
      )
      .then(({ rows }) => rows[0] as unknown);

  it('tells what a version would do, on the calendars and queues of the tenant, and writes nothing', async () => {
    const before = await counts();
    const answer = await simulate('standard-br', {
      version: 1,
      script: [ASKED],
      assume: { reply: { outcome: 'sent', after: '30m' } },
    });
    expect(answer.status).toBe(200);
    const [run] = answer.body.runs;
    expect(run).toMatchObject({ name: 'script', passed: true, failed: null, unmet: [], afterClose: 0 });
    expect(run.figures).toMatchObject({ breaches: 0, timeToAnswerMs: 1_800_000, messages: { automated: 1, human: 1 } });
    expect(run.closedAt).toBe('2026-11-25T13:30:00.000Z');
    expect(run.timeline[0]).toMatchObject({ at: MONDAY, kind: 'inquiry.opened' });
    expect(run.obligations).toContainEqual(
      expect.objectContaining({ name: 'first_response', state: 'met', metAt: '2026-11-23T13:30:00.000Z' }),
    );
    expect(answer.body).toMatchObject({ version: 1, diff: null, totals: { inquiries: 1, answered: 1 } });
    expect(await counts()).toEqual(before);
  });

  it('keeps machines out of a thread that takes one answer', async () => {
    const thread = { answers: 'one', public: true };
    const { body } = await simulate('standard-br', {
      version: 1,
      script: [{ ...ASKED, data: { ...ASKED.data, thread } }],
      assume: { reply: { outcome: 'sent', after: '30m' } },
    });
    const [run] = body.runs;
    expect(run.figures.messages).toEqual({ automated: 0, human: 1 });
    const refused = run.timeline.filter(({ kind }: { kind: string }) => kind === 'message.refused');
    expect(refused).toMatchObject([{ data: { code: 'thread_takes_one_answer' } }]);
  });

  it('the example of the guide comes out as it says', async () => {
    const page = readFileSync(projectPath('docs/definitions.md'), 'utf8');
    const example = /^```json\n(.*?)^```$/ms.exec(page)?.[1] ?? '';
    const { body } = await simulate('standard-br', { version: 1, ...(JSON.parse(example) as object) });
    expect(body.runs[0].unmet).toEqual([]);
    expect(body.runs[0].passed).toBe(true);
  });

  it('compares the draft with a version', async () => {
    await save('compare', late('compare', '1h'));
    expect((await publish('compare')).status).toBe(201);
    await save('compare', late('compare', '10m'));
    const body = { script: [ASKED], assume: { reply: { outcome: 'sent', after: '30m' } }, compareWith: 1 };
    const { body: answer } = await simulate('compare', body);
    expect(answer.version).toBeNull();
    expect(answer.diff).toMatchObject({
      with: { version: 1 },
      totals: { before: { breaches: 0, escalations: 0 }, after: { breaches: 1, escalations: 1 } },
      runs: [{ name: 'script', figures: ['escalations', 'breaches'] }],
    });
  });

  it('ends where it is told to', async () => {
    const { body } = await simulate('standard-br', { version: 1, script: [ASKED], to: '2026-11-23T13:50:00Z' });
    expect(body.runs[0].figures).toMatchObject({ escalations: 1, breaches: 0 });
  });

  it('begins where it is told to: a script of durations counts from there', async () => {
    const script = [{ ...ASKED, at: '+5m' }];
    const expected = [{ at: '+50m', kind: 'level.fired' }];
    const { body } = await simulate('standard-br', { version: 1, from: MONDAY, script, expect: expected });
    const [run] = body.runs;
    expect([run.passed, run.timeline[0].at]).toEqual([true, '2026-11-23T13:05:00.000Z']);
    const before = { ...ASKED, at: '2026-11-23T12:59:00Z' };
    const refused = await simulate('standard-br', { version: 1, from: MONDAY, script: [before] });
    expect([refused.status, refused.body.errors[0].pointer]).toEqual([400, '/from']);
    const kept = await simulate('standard-br', { version: 1, from: MONDAY });
    expect([kept.status, kept.body.errors[0].pointer]).toEqual([400, '/from']);
  });

  it('knows files that come with a message', async () => {
    await save(
      'with-files',
      smallDefinition(
        'with-files',
        "rules: [{ id: pictures, when: 'size(message.attachments) > 0', do: [{ set: { tags: [picture] } }] }]",
      ),
    );
    const attachments = [{ mediaType: 'image/png', size: 1_024 }];
    const tagged = async (data: object): Promise<number> => {
      const { body } = await simulate('with-files', { script: [{ ...ASKED, data: { ...ASKED.data, ...data } }] });
      return body.runs[0].timeline.filter(({ kind }: TimelineEntry) => kind === 'rule.matched').length as number;
    };
    expect([await tagged({ attachments }), await tagged({})]).toEqual([1, 0]);
  });

  it('names what a script asks for and is not there', async () => {
    const by = { at: '+1h', type: 'reply', data: { by: 'nobody' } };
    const assume = { nowhere: { outcome: 'sent' }, buyer: { outcome: 'sent' } };
    const { status, body } = await simulate('standard-br', { version: 1, script: [ASKED, by], assume });
    expect([status, body.code]).toEqual([422, 'reference_unknown']);
    expect(body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
      '/script/1/data/by',
      '/assume/nowhere',
      '/assume/buyer',
    ]);
    expect((await simulate('standard-br', { version: 99, script: [ASKED] })).status).toBe(404);
    const relative = await simulate('standard-br', { version: 1, script: [{ ...ASKED, at: '+1h' }] });
    expect([relative.status, relative.body.code]).toEqual([400, 'request_invalid']);
  });

  it('of a draft with errors is refused with them', async () => {
    await save('broken', 'atende: 1\nkey: broken\n');
    const { status, body } = await simulate('broken', { script: [ASKED] });
    expect([status, body.code]).toEqual([422, 'definition_invalid']);
    expect(body.problems.length).toBeGreaterThan(0);
  });

  it('runs what really happened once more, and tells the difference', async () => {
    const from = new Date(Date.now() - 60_000).toISOString();
    const count = async (id: string, kind: string): Promise<number> => {
      const { body } = await stack.as('auditor').get(`/v1/inquiries/${id}/history`);
      return body.items.filter((entry: { kind: string }) => entry.kind === kind).length as number;
    };
    const ids: string[] = [];
    // One after the other, so that the first of the queue is offered the first one.
    for (const text of ['Vou abrir reclamação no PROCON', 'Quando chega?']) {
      const { inquiryId } = await stack.send({ text });
      ids.push(inquiryId);
      await eventually(
        () => count(inquiryId, 'message.available'),
        (times) => times === 1,
      );
    }
    const inquiryId = ids[0] ?? '';
    const replied = await stack.as('agent').post(`/v1/inquiries/${inquiryId}/replies`, { text: 'Chega amanhã.' });
    expect(replied.status).toBe(202);
    await eventually(
      () => count(inquiryId, 'message.available'),
      (times) => times === 2,
    );
    const inquiries = { openedFrom: from, openedTo: new Date(Date.now() + 60_000).toISOString() };
    const same = await simulate('standard-br', { version: 1, inquiries });
    expect(same.status).toBe(200);
    expect(same.body.diff).toMatchObject({
      with: 'recorded',
      totals: { before: { inquiries: 2, messages: { automated: 2, human: 1 } }, after: { breaches: 0, answered: 1 } },
    });
    expect(same.body.diff.runs).toEqual([]);
    expect(JSON.stringify(same.body)).not.toMatch(/PROCON|Chega amanhã/);
    await save('quicker', late('quicker', '1s'));
    const later = {
      inquiries: { ...inquiries, definition: 'standard-br' },
      assume: { reply: { outcome: 'sent', after: '1m' } },
    };
    const other = await simulate('quicker', { ...later, to: new Date(Date.now() + 3_600_000).toISOString() });
    expect(other.body.totals).toMatchObject({
      breaches: 2,
      escalations: 2,
      answered: 2,
      messages: { automated: 0, human: 2 },
    });
    const events = await auditOf(stack, 'definition.simulate');
    expect(events.map(({ object, after }) => [object, after?.['inquiries']])).toEqual([
      ['standard-br', 2],
      ['quicker', 2],
    ]);
  });

  it('keeps the end of the window as it was recorded, and as a later message moved it', async () => {
    const HOUR = 3_600_000;
    const from = Date.now();
    const ends = (hours: number): string => new Date(from + hours * HOUR).toISOString();
    const writes = async (buyer: string, hours: number): Promise<string> => {
      const platform = { windowUntil: ends(hours) };
      return (await stack.send({ buyer: `window-${buyer}`, text: 'Ainda tem?', platform })).inquiryId;
    };
    const [moved, kept] = [await writes('moved', 2), await writes('kept', 2)];
    expect(await writes('moved', 5)).toBe(moved);
    const received = (): Promise<{ rowCount: number | null }> =>
      stack.superuser.query(
        `select from event e, jsonb_array_elements(e.entries) x
          where e.inquiry_id = any($1) and x ->> 'kind' = 'message.received'`,
        [[moved, kept]],
      );
    await eventually(received, ({ rowCount }) => rowCount === 3);
    await save('windowed', windowed('windowed'));
    const { status, body } = await simulate('windowed', {
      inquiries: { openedFrom: new Date(from).toISOString(), openedTo: ends(1), definition: 'standard-br' },
      to: ends(6),
    });
    expect(status).toBe(200);
    const fired = body.runs.map(({ name, timeline }: { name: string; timeline: TimelineEntry[] }) => [
      name,
      ...timeline.filter(({ kind }) => kind === 'level.fired').map(({ at }) => at),
    ]);
    expect(fired).toEqual([
      [moved, ends(4.5)],
      [kept, ends(1.5)],
    ]);
  });

  describe('scenarios', () => {
    const scenario = (expect: readonly object[]): object => ({
      script: [ASKED, { at: '+20m', type: 'reply', data: { by: 'agent' } }],
      expect,
    });
    const keep = (key: string, name: string, body: object, headers = {}): Promise<ApiAnswer> =>
      stack.as('ops').put(path(key, `/scenarios/${name}`), body, { headers });

    it('are kept with an ETag, listed, changed and taken away', async () => {
      const [first, second] = [scenario([]), scenario([{ kind: 'inquiry.closed' }])];
      const saved = await keep('kept', 'quick-answer', first);
      expect([saved.status, saved.headers.get('etag'), saved.body.version]).toEqual([200, '"1"', 1]);
      expect((await keep('kept', 'quick-answer', second)).body.code).toBe('if_match_missing');
      expect((await keep('kept', 'quick-answer', second, { 'if-match': '"7"' })).body.code).toBe('version_stale');
      expect((await keep('kept', 'quick-answer', second, { 'if-match': '"1"' })).body.version).toBe(2);
      const { body } = await stack.as('auditor').get(path('kept', '/scenarios'));
      expect(body.items).toMatchObject([{ name: 'quick-answer', version: 2, expect: [{ kind: 'inquiry.closed' }] }]);
      expect((await stack.as('ops').delete(path('kept', '/scenarios/quick-answer'))).status).toBe(204);
      expect((await stack.as('ops').get(path('kept', '/scenarios/quick-answer'))).status).toBe(404);
    });

    it('must pass for a definition to be published, and stay with the version', async () => {
      await save('guarded', smallDefinition('guarded'));
      await keep('guarded', 'answered', scenario([{ at: '+20m', kind: 'inquiry.closed', step: 'close' }]));
      await keep('guarded', 'too-soon', scenario([{ at: '+10m', kind: 'inquiry.closed' }]));
      const refused = await publish('guarded');
      expect([refused.status, refused.body.code]).toEqual([422, 'definition_invalid']);
      expect(refused.body.problems[0]).toMatchObject({
        code: 'scenario_failed',
        path: 'scenarios.too-soon.expect.0',
        message: 'no inquiry.closed at 2026-11-23T13:10:00.000Z; there was 2026-11-23T13:20:00.000Z',
      });
      const all = await simulate('guarded');
      const passed = (runs: readonly { name: string; passed: boolean }[]) => runs.map((run) => [run.name, run.passed]);
      expect(passed(all.body.runs)).toEqual([
        ['answered', true],
        ['too-soon', false],
      ]);
      await stack.as('ops').delete(path('guarded', '/scenarios/too-soon'));
      expect((await publish('guarded', { reason: 'The first of its kind' })).status).toBe(201);
      const { body } = await stack.as('ops').get(path('guarded', '/versions'));
      expect(body.items).toMatchObject([{ version: 1, reason: 'The first of its kind' }]);
      const [event] = (await auditOf(stack, 'definition.publish')).filter(({ object }) => object === 'guarded');
      expect(event?.after).toMatchObject({ version: 1, scenarios: 1 });
    });

    it('that name a step the definition no longer has keep it back too', async () => {
      await save('renamed', smallDefinition('renamed'));
      await keep('renamed', 'old', { script: [ASKED], assume: { answer: { outcome: 'sent' } } });
      const { body } = await publish('renamed');
      expect(body.problems[0]).toMatchObject({ code: 'scenario_invalid', path: 'scenarios.old.assume.answer' });
    });
  });
});
