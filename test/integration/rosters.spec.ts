import { auditOf } from '../support/audit-log.js';
import type { ApiAnswer } from '../support/api.js';
import { startStack } from '../support/stack.js';
import type { Stack } from '../support/stack.js';

type Named = { readonly id: string; readonly key: string };
type Duty = { readonly member: { readonly name: string }; readonly shift: { readonly key: string } | null };

describe('rosters', () => {
  let stack: Stack;
  let members: Readonly<Record<string, string>>;
  let queues: Readonly<Record<string, string>>;

  beforeAll(async () => {
    stack = await startStack();
    const idsOf = (items: Named[]): Record<string, string> => Object.fromEntries(items.map(({ key, id }) => [key, id]));
    members = idsOf((await stack.as('admin').get('/v1/members')).body.items as Named[]);
    queues = idsOf((await stack.as('ops').get('/v1/queues')).body.items as Named[]);
  }, 60_000);

  afterAll(async () => {
    await stack.stop();
  });

  const ops = () => stack.as('ops');
  const change = (path: string, body: object, match = '*'): Promise<ApiAnswer> =>
    ops().patch(path, body, { headers: { 'if-match': match } });
  const daytime = () => ({
    key: 'day',
    members: [members['agent'], members['agent2']],
    zone: 'America/Sao_Paulo',
    starts: '2026-01-01',
    rule: 'FREQ=DAILY',
    from: '08:00',
    to: '22:00',
    calendar: 'br-office',
  });
  const night = () => ({
    key: 'night',
    members: [members['supervisor']],
    zone: 'Asia/Shanghai',
    starts: '2026-01-01',
    rule: 'FREQ=DAILY',
    from: '09:00',
    to: '19:00',
  });
  const create = (body: object): Promise<ApiAnswer> =>
    ops().post('/v1/rosters', { key: 'cover', shifts: [daytime(), night()], ...body });

  it('are created, read by id and by key with the names of people, and changed in versions', async () => {
    const created = await create({ key: 'first' });
    expect(created.status).toBe(201);
    expect(created.body).toMatchObject({
      key: 'first',
      version: 1,
      shifts: [
        { ...daytime(), members: [{ name: 'Ana Duarte' }, { name: 'Bruno Teixeira' }] },
        { key: 'night', calendar: null },
      ],
      exceptions: [],
      swaps: [],
      createdBy: { name: 'Otávio Lins' },
    });
    const byKey = await stack.as('supervisor').get('/v1/rosters/first');
    expect(byKey.body).toEqual((await stack.as('auditor').get(`/v1/rosters/${created.body.id}`)).body);
    const swaps = [{ shift: 'day', date: '2026-12-01', member: members['agent'], by: members['supervisor'] }];
    const changed = await change('/v1/rosters/first', { swaps }, '"1"');
    expect(changed.body).toMatchObject({ version: 2, swaps: [{ by: { name: 'Sofia Brandão' } }] });
    expect((await change('/v1/rosters/first', { swaps }, '"2"')).body.version).toBe(2);
    expect((await ops().get('/v1/rosters/first/versions/1')).body.swaps).toEqual([]);
    const versions = (await ops().get('/v1/rosters/first/versions')).body.items as { version: number }[];
    expect(versions.map(({ version }) => version)).toEqual([2, 1]);
    expect((await ops().get('/v1/rosters')).body.items).toContainEqual({
      id: created.body.id,
      key: 'first',
      version: 2,
    });
    expect((await auditOf(stack, 'roster.change')).at(-1)).toMatchObject({
      before: { version: 1 },
      after: { version: 2 },
    });
  });

  it.each([
    ['a rule without end', { rule: 'FREQ=HOURLY' }, 'invalid_rule', '/shifts/0/rule'],
    [
      'a rule that never falls',
      { rule: 'FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=30', starts: '2026-02-01' },
      'invalid_rule',
      '/shifts/0/rule',
    ],
    ['an unknown zone', { zone: 'Brazil/Atlantis' }, 'unknown_zone', '/shifts/0/zone'],
    ['a time that is none', { from: '8h' }, 'invalid_time', '/shifts/0/from'],
    ['a first day that is none', { starts: '2026-02-30' }, 'invalid_date', '/shifts/0/starts'],
  ])('refuse %s', async (_, part, code, pointer) => {
    const answer = await create({ key: 'faulty', shifts: [{ ...daytime(), ...part }] });
    expect([answer.status, answer.body.code]).toEqual([422, 'roster_invalid']);
    expect(answer.body.problems).toEqual([expect.objectContaining({ code, pointer, remedy: expect.any(String) })]);
  });

  it('refuse shifts, members and calendars that do not exist', async () => {
    const nobody = '0192d6b2-0000-7000-8000-000000000000';
    const swaps = [{ shift: 'noon', date: '2026-12-01', member: members['agent'], by: null }];
    expect((await create({ swaps })).body.problems).toMatchObject([
      { code: 'unknown_shift', pointer: '/swaps/0/shift' },
    ]);
    const stranger = await create({ shifts: [{ ...daytime(), members: [nobody] }] });
    expect([stranger.body.code, stranger.body.errors[0].pointer]).toEqual(['member_unknown', '/shifts/0/members/0']);
    const calendar = await create({ shifts: [{ ...daytime(), calendar: 'mars' }] });
    expect([calendar.body.code, calendar.body.errors[0].pointer]).toEqual(['reference_unknown', '/shifts/0/calendar']);
    const queue = await change(`/v1/queues/${queues['sales-br']}`, { roster: 'none' });
    expect([queue.body.code, queue.body.errors[0].pointer]).toEqual(['reference_unknown', '/roster']);
  });

  it('say who is on duty for a queue, at an instant by the version that was in force', async () => {
    await create({ key: 'duty' });
    expect((await change(`/v1/queues/${queues['sales-br']}`, { roster: 'duty' })).body.roster).toBe('duty');
    const onDuty = async (at: string): Promise<string[]> => {
      const { body } = await stack.as('supervisor').get(`/v1/rosters/on-duty?queue=sales-br&at=${at}`);
      return (body.items[0].onDuty as Duty[]).map(({ member, shift }) => `${member.name}: ${shift?.key ?? '–'}`);
    };
    expect(await onDuty('2026-12-01T15:00:00Z')).toEqual(['Ana Duarte: day', 'Bruno Teixeira: day']);
    expect(await onDuty('2026-12-01T05:00:00Z')).toEqual(['Sofia Brandão: night']);
    const before = new Date().toISOString();
    await change('/v1/rosters/duty', { shifts: [{ ...daytime(), members: [], from: '00:00', to: '24:00' }] });
    expect(await onDuty('2026-12-01T15:00:00Z')).toEqual([]);
    const { body: then } = await stack.as('ops').get(`/v1/rosters/on-duty?queue=sales-br&at=${before}`);
    expect(then.items[0].roster).toEqual({ key: 'duty', version: 1 });
    const { body: now } = await stack.as('ops').get('/v1/rosters/on-duty');
    const byQueue = Object.fromEntries(
      (now.items as { queue: string; onDuty: object[] }[]).map((each) => [each.queue, each.onDuty]),
    );
    expect(byQueue['supervisors']).toEqual([
      { member: { id: members['supervisor'], name: 'Sofia Brandão' }, shift: null, away: false, substitute: null },
    ]);
    expect((await stack.as('ops').get('/v1/rosters/on-duty?queue=nowhere')).body.code).toBe('queue_unknown');
  });

  it('list the hours in which nobody is there, holidays named, page by page', async () => {
    await create({ key: 'eve' });
    await change(`/v1/queues/${queues['sales-br']}`, { roster: 'eve' });
    const path = '/v1/rosters/uncovered?queue=sales-br&from=2026-12-24T03:00:00Z&to=2026-12-25T03:00:00Z';
    const { body } = await stack.as('supervisor').get(path);
    const gap = (body.items as { language: string | null; from: string }[]).find(
      ({ language, from }) => language === null && from === '2026-12-24T16:00:00.000Z',
    );
    expect(gap).toMatchObject({ queue: 'sales-br', to: '2026-12-25T01:00:00.000Z', holidays: ['Véspera de Natal'] });
    expect(gap).toMatchObject({
      summary: expect.stringMatching(/^Nobody on duty 24 Dec 2026, 13:00.*: Véspera de Natal$/),
    });
    const gaps: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page = await ops().get(`${path}&language=pt-BR&limit=1${cursor === '' ? '' : `&cursor=${cursor}`}`);
      gaps.push(
        ...(page.body.items as { language: string | null; from: string }[]).map((gap) => `${gap.language} ${gap.from}`),
      );
      cursor = page.body.nextCursor as string | null;
    }
    expect(gaps).toContain('null 2026-12-24T16:00:00.000Z');
    expect(new Set(gaps).size).toBe(gaps.length);
    const long = await ops().get('/v1/rosters/uncovered?from=2026-01-01T00:00:00Z&to=2027-01-01T00:00:00Z');
    expect([long.status, long.body.errors[0].pointer]).toEqual([400, '/to']);
  });
});
