import type { ApiAnswer } from '../support/api.js';
import { eventually } from '../support/eventually.js';
import { startStack } from '../support/stack.js';
import type { Stack } from '../support/stack.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

type Who = 'agent' | 'agent2' | 'supervisor';
type Entry = {
  readonly kind: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly because: {
    readonly roster?: object;
    readonly passedOver?: readonly { memberId: string; why: string }[];
  };
};

describe('duty by a roster', () => {
  let stack: Stack;
  let queue: string;
  const ids: Record<Who, string> = { agent: '', agent2: '', supervisor: '' };
  /** The minute in which the tests began: shifts have no finer times. */
  const start = Math.floor(Date.now() / MINUTE) * MINUTE;

  const shift = (key: string, who: Who, from: number, to: number) => {
    const hhmm = (ms: number): string => new Date(ms).toISOString().slice(11, 16);
    const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
    return {
      key,
      members: [ids[who]],
      zone: 'UTC',
      starts: day(from - 48 * HOUR),
      rule: 'FREQ=DAILY',
      from: hhmm(from),
      to: hhmm(to),
    };
  };

  beforeAll(async () => {
    stack = await startStack();
    for (const who of ['agent', 'agent2', 'supervisor'] as const) {
      const { rows } = await stack.superuser.query('select id from member where tenant_id = $1 and key = $2', [
        stack.demo.tenantId,
        who,
      ]);
      ids[who] = rows[0].id as string;
    }
    const { body } = await stack.as('ops').get('/v1/queues');
    queue = (body.items as { key: string; id: string }[]).find(({ key }) => key === 'sales-br')?.id ?? '';
    const shifts = [
      shift('past', 'agent', start - 3 * HOUR, start - MINUTE),
      shift('present', 'agent', start, start + 10 * MINUTE),
      shift('later', 'agent2', start + 6 * HOUR, start + 7 * HOUR),
    ];
    expect((await stack.as('ops').post('/v1/rosters', { key: 'today', shifts })).status).toBe(201);
    expect((await follow({ roster: 'today' })).body.roster).toBe('today');
  }, 60_000);

  afterAll(async () => {
    await stack.stop();
  }, 30_000);

  const follow = (change: object): Promise<ApiAnswer> =>
    stack.as('ops').patch(`/v1/queues/${queue}`, change, { headers: { 'if-match': '*' } });

  const historyOf = async (inquiryId: string): Promise<Entry[]> =>
    (await stack.as('auditor').get(`/v1/inquiries/${inquiryId}/history?limit=200`)).body.items as Entry[];

  /** A new inquiry with its reply task, and how it was handed out. */
  const newTask = async (): Promise<{ inquiryId: string; taskId: string; chosen: Entry; offeredTo: string | null }> => {
    const { inquiryId } = await stack.send();
    const { rows } = await eventually(
      () =>
        stack.superuser.query(`select id, offered_to from task where inquiry_id = $1 and ended_at is null`, [
          inquiryId,
        ]),
      (result) => result.rows.length > 0,
    );
    const chosen = (await historyOf(inquiryId)).find(({ kind }) => kind.startsWith('assignment.'));
    if (chosen === undefined) throw new Error('Nothing says how it was assigned');
    return { inquiryId, taskId: rows[0].id as string, chosen, offeredTo: rows[0].offered_to as string | null };
  };

  it('offers to who is in a shift, says why not to the others, and decides the same again', async () => {
    const { inquiryId, chosen, offeredTo } = await newTask();
    expect(offeredTo).toBe(ids['agent']);
    expect(chosen.because.roster).toEqual({ key: 'today', version: 1 });
    expect(chosen.because.passedOver).toContainEqual({ memberId: ids['agent2'], why: 'off_duty' });
    expect(Date.parse(String(chosen.data['until']))).toBeLessThanOrEqual(start + 10 * MINUTE);
    const again = await stack
      .as('auditor')
      .post(`/v1/inquiries/${inquiryId}/replay`, undefined, { idempotencyKey: null });
    expect(again.body).toMatchObject({ same: true, differences: [] });
  });

  it('has a lease end with the shift: the task is back with draft and note, recorded once', async () => {
    const { inquiryId, taskId } = await newTask();
    const claimed = await stack.as('agent').post(`/v1/tasks/${taskId}/claim`);
    expect(claimed.body.leaseUntil).toBe(new Date(start + 10 * MINUTE).toISOString());
    const draft = { token: claimed.body.token, text: 'Vou ver com o estoque' };
    expect((await stack.as('agent').put(`/v1/tasks/${taskId}/draft`, draft)).status).toBe(200);
    // As if the shift before had been the one the lease was taken in.
    await stack.superuser.query('update task set lease_until = $2 where id = $1', [
      taskId,
      new Date(start - MINUTE).toISOString(),
    ]);
    await stack.superuser.query(`update work_queue set due_at = now() where kind = 'lease' and ref = $1`, [taskId]);
    const { body: task } = await eventually(
      () => stack.as('agent2').get(`/v1/tasks/${taskId}`),
      ({ body }) => body.handover !== null,
    );
    expect(task).toMatchObject({
      state: 'ready',
      draft: { text: 'Vou ver com o estoque' },
      handover: { from: { id: ids['agent'] }, note: null, at: new Date(start - MINUTE).toISOString() },
    });
    const ended = (await historyOf(inquiryId)).filter(({ kind }) => kind === 'task.lease_expired');
    expect(ended.map(({ data }) => [data['memberId'], data['cause']])).toEqual([[ids['agent'], 'shift_end']]);
  });

  it('has a lease of who is off duty simply run', async () => {
    const { taskId } = await newTask();
    await stack.superuser.query(
      `update task set state = 'ready', offered_to = null, offer_until = null where id = $1`,
      [taskId],
    );
    const before = Date.now();
    const { body } = await stack.as('agent2').post(`/v1/tasks/${taskId}/claim`);
    const lease = Date.parse(String(body.leaseUntil)) - before;
    expect(lease).toBeGreaterThanOrEqual(20 * MINUTE - 1_000);
    expect(lease).toBeLessThan(6 * HOUR);
  });

  it('has the substitute work in the shifts of who is away', async () => {
    const away = (body: object): Promise<ApiAnswer> => stack.as('agent').put('/v1/me/presence', body);
    const alone = await away({ state: 'away', substitute: ids['agent'] });
    expect([alone.status, alone.body.errors[0].pointer]).toEqual([422, '/substitute']);
    const gone = await away({ state: 'away', substitute: ids['agent2'] });
    expect(gone.body.substitute).toEqual({ id: ids['agent2'], name: 'Bruno Teixeira' });
    const { chosen, offeredTo } = await newTask();
    expect(offeredTo).toBe(ids['agent2']);
    expect(chosen.because.passedOver).toContainEqual({ memberId: ids['agent'], why: 'away' });
    expect((await away({ state: 'available' })).body).toEqual({ state: 'available', until: null });
  });

  it('offers no more than the queue’s cap, and lists what has been waiting for long', async () => {
    expect((await follow({ cap: { tasks: 1, within: '2h' } })).body.cap).toEqual({ tasks: 1, within: '2h' });
    const { taskId, inquiryId, chosen, offeredTo } = await newTask();
    expect([offeredTo, chosen.kind]).toEqual([null, 'assignment.nobody']);
    expect(chosen.because.passedOver).toContainEqual({ memberId: ids['agent'], why: 'at_cap' });
    const again = await stack
      .as('auditor')
      .post(`/v1/inquiries/${inquiryId}/replay`, undefined, { idempotencyKey: null });
    expect(again.body).toMatchObject({ same: true });
    const stale = async (duration: string): Promise<string[]> =>
      ((await stack.as('supervisor').get(`/v1/tasks?stale=${duration}&limit=200`)).body.items as { id: string }[]).map(
        ({ id }) => id,
      );
    expect(await stale('8h')).not.toContain(taskId);
    await stack.superuser.query(`update task set opened_at = now() - interval '9 hours' where id = $1`, [taskId]);
    expect(await stale('8h')).toContain(taskId);
    expect((await stack.as('supervisor').get('/v1/tasks?stale=soon')).status).toBe(400);
    expect((await follow({ cap: null, roster: null })).body).toMatchObject({ cap: null, roster: null });
  });
});
