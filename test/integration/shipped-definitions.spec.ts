import { jest } from '@jest/globals';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { isOpen } from '../../src/domain/calendar/working-time.js';
import type { CalendarSpec } from '../../src/domain/calendar/types.js';
import { publish, push, simulate } from '../../src/cli/definition-command.js';
import { Client } from '../../src/cli/definition/client.js';
import { printed } from '../support/printed.js';
import { projectPath, startStack } from '../support/stack.js';
import type { Stack } from '../support/stack.js';

const SHIPPED = readdirSync(projectPath('definitions')).flatMap((name) => /^([a-z-]+)\.yaml$/.exec(name)?.[1] ?? []);

/** Whole definitions of the guide that may be published: those without a mistake to show. */
function examples(): (readonly [string, string])[] {
  const page = readFileSync(projectPath('docs/definitions.md'), 'utf8');
  return [...page.matchAll(/^```yaml(?: task_interrupt)?\n(.*?)^```$/gms)].map(([, text = '']) => {
    return [/^key: (.*)$/m.exec(text)?.[1] ?? '', text] as const;
  });
}

type ExampleStep = {
  readonly id: string;
  readonly task?: { readonly kind: string; readonly outcomes?: readonly string[]; readonly fields?: object };
  readonly wait?: object;
  readonly call?: { readonly returns?: object };
};

const TRIAGED = { outcome: 'done', data: { intent: 'other', urgency: 'normal', queue: 'sales-br' } };

/** Tasks end with their first outcome, waits with their time, calls well. */
function firstOutcomes(text: string): Readonly<Record<string, object>> {
  const { steps } = parse(text) as { readonly steps: readonly ExampleStep[] };
  const filled = (fields: object = {}): object =>
    Object.fromEntries(Object.entries(fields).map(([name, type]) => [name, valueOf(type)]));
  return Object.fromEntries(
    steps.flatMap(({ id, task, wait, call }) => {
      if (wait !== undefined) return [[id, { outcome: 'timeout' }]];
      if (call !== undefined) return [[id, { outcome: 'ok', data: filled(call.returns) }]];
      if (task === undefined) return [];
      if (task.kind === 'reply') return [[id, { outcome: 'sent', after: '10m' }]];
      const form = { outcome: task.outcomes?.[0] ?? '', data: filled(task.fields) };
      return [[id, { after: '10m', ...(task.kind === 'form' ? form : TRIAGED) }]];
    }),
  );
}

function valueOf(type: string | { readonly type: string; readonly choices?: readonly string[] }): string | number {
  const kind = typeof type === 'string' ? type : type.type;
  if (kind === 'number') return 10;
  return typeof type === 'string' ? 'A-1' : (type.choices?.[0] ?? 'A-1');
}

/** Every definition that ships, in a tenant that has what its first lines ask for. */
describe('shipped definitions', () => {
  let stack: Stack;
  let client: Client;
  let said: string[];

  beforeAll(async () => {
    stack = await startStack();
    client = new Client({ url: stack.baseUrl, key: stack.demo.keys.ops });
    const ops = stack.as('ops');
    const erp = JSON.parse(readFileSync(projectPath('definitions/connections/erp.json'), 'utf8')) as object;
    expect((await ops.post('/v1/connections', erp)).status).toBe(201);
    await coverNights();
    const shop = { settings: { calendar: null } };
    const any = { headers: { 'if-match': '*' } };
    expect((await stack.as('admin').patch(`/v1/shops/${stack.demo.shopId}`, shop, any)).status).toBe(200);
  }, 60_000);

  afterAll(() => stack.stop(), 30_000);

  beforeEach(() => {
    said = printed();
  });

  afterEach(() => jest.restoreAllMocks());

  async function coverNights(): Promise<void> {
    const pattern = parse(readFileSync(projectPath('definitions/rosters/night-sz.yaml'), 'utf8')) as {
      key: string;
      shifts: { members: string[] }[];
    };
    const { body: members } = await stack.as('ops').get('/v1/members?limit=200');
    const idOf = (key: string): string => members.items.find((member: { key: string }) => member.key === key).id;
    const shifts = pattern.shifts.map((shift) => ({ ...shift, members: shift.members.map(idOf) }));
    expect((await stack.as('ops').post('/v1/rosters', { ...pattern, shifts })).status).toBe(201);
    const { body: queues } = await stack.as('ops').get('/v1/queues');
    const { id } = queues.items.find(({ key }: { key: string }) => key === 'night-sz');
    const rostered = await stack
      .as('ops')
      .patch(`/v1/queues/${id}`, { roster: 'night-sz' }, { headers: { 'if-match': '*' } });
    expect(rostered.status).toBe(200);
  }

  it('are three, each with scenarios', () => {
    expect(SHIPPED.sort()).toEqual(['carnival-cover', 'refund-approval', 'standard-br']);
    for (const key of SHIPPED) expect(existsSync(projectPath(`definitions/${key}.scenarios.yaml`))).toBe(true);
  });

  it.each(SHIPPED)('%s is published without an error, and its scenarios pass', async (key) => {
    expect([await push(client, projectPath(`definitions/${key}.yaml`), {}), said]).toEqual([0, said]);
    expect(said.join('\n')).not.toMatch(/ (error|warning) (?!unused_template)/);
    expect([await simulate(client, key, {}), said]).toEqual([0, said]);
    expect([await publish(client, key, { reason: 'As shipped' }), said]).toEqual([0, said]);
  });

  it.each(examples())(
    'the example %s of the guide leads a buyer from the first message to a close',
    async (key, text) => {
      const ops = stack.as('ops');
      const headers = { 'content-type': 'application/yaml', 'if-match': '*' };
      expect((await ops.put(`/v1/definitions/${key}/draft`, text, { headers })).status).toBe(200);
      const script = [
        { at: '2026-11-23T13:00:00.000Z', type: 'message.received', data: { text: 'Oi, quando chega?' } },
      ];
      const body = { script, assume: firstOutcomes(text) };
      const { body: answer } = await ops.post(`/v1/definitions/${key}/simulate`, body, { idempotencyKey: null });
      expect([answer.code, answer.problems, answer.errors]).toEqual([undefined, undefined, undefined]);
      expect(answer.runs[0]).toMatchObject({ failed: null, closedAt: expect.any(String) });
    },
  );

  it('find somebody in Shenzhen whenever the house is closed, nights and Carnival included', async () => {
    const office = JSON.parse(
      readFileSync(projectPath('definitions/calendars/br-office.json'), 'utf8'),
    ) as CalendarSpec & {
      key: string;
    };
    const { key, ...spec } = office;
    const calendar = { key, version: 1, spec };
    const period = new URLSearchParams({ from: '2027-02-05T03:00:00Z', to: '2027-02-12T03:00:00Z', queue: 'night-sz' });
    const { body } = await stack.as('ops').get(`/v1/rosters/uncovered?${period.toString()}&limit=200`);
    const spans = (body.items as { from: string; to: string }[]).map(({ from, to }) => [from, to].map(Date.parse));
    expect(spans.length).toBeGreaterThan(2);
    // The queue itself never closes; whenever it has nobody, the house is open.
    for (const [from = 0, to = 0] of spans) {
      expect([isOpen(calendar, from), isOpen(calendar, to - 1)]).toEqual([true, true]);
      expect(to - from).toBeLessThanOrEqual(9 * 3_600_000);
    }
  });
});
