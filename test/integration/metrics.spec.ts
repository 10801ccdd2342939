import { Metrics } from '../../src/platform/metrics/index.js';
import { describedMetrics } from '../support/described-metrics.js';
import { eventually } from '../support/eventually.js';
import { startStack } from '../support/stack.js';
import type { Stack } from '../support/stack.js';

type Samples = ReadonlyMap<string, number>;

/** The samples of an exposition by name and labels, in the order they are written. */
function samplesOf(text: string): Samples {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  );
}

describe('metrics', () => {
  let stack: Stack;
  const read = async (): Promise<Samples> => samplesOf((await stack.as('admin').get('/metrics')).body as string);

  beforeAll(async () => {
    stack = await startStack();
  }, 60_000);

  afterAll(() => stack.stop());

  it('are for admins; the refusal of another is audited', async () => {
    expect((await stack.as(null).get('/metrics')).status).toBe(401);
    expect((await stack.as('ops').get('/metrics')).status).toBe(403);
    const { rows } = await stack.superuser.query(`select action, code from audit_event where action = 'get /metrics'`);
    expect(rows).toEqual([{ action: 'get /metrics', code: 'forbidden' }]);
    const answer = await stack.as('admin').get('/metrics');
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, new Metrics().contentType]);
  });

  it('tell accepting by channel and outcome, by rate and time', async () => {
    const before = await read();
    await stack.send({ messageId: 'metrics-1', buyer: 'metrics-1' });
    await stack.send({ messageId: 'metrics-1', buyer: 'metrics-1' });
    await stack.deliver({}, {});
    await stack.deliver({}, { secret: stack.other.webhookSecret });
    const after = await read();
    for (const outcome of ['accepted', 'duplicate', 'payload_invalid', 'signature_invalid']) {
      const name = `atende_accept_duration_seconds_count{channel="webhook",outcome="${outcome}"}`;
      expect([outcome, (after.get(name) ?? 0) - (before.get(name) ?? 0)]).toEqual([outcome, 1]);
    }
  });

  it('tell requests by pattern of the route, never by URL', async () => {
    await stack.as('agent').get('/v1/inquiries/0192d4e0-7c7e-7bbb-8b0f-000000000000/messages?cursor=x');
    await stack.as('agent').get('/v1/nothing/0192d4e0');
    const names = [...(await read()).keys()].filter((name) => name.startsWith('atende_http_'));
    expect(names.join('\n')).not.toMatch(/0192d4e0|cursor/);
    expect(names).toContain('atende_http_requests_total{method="POST",route="/channels/webhook/:shopId",status="202"}');
    expect(names).toContain('atende_http_requests_total{method="GET",route="unmatched",status="404"}');
  });

  it('tell what is open, what is due, and what drains and channels did', async () => {
    await eventually(
      read,
      (samples) => (samples.get('atende_history_entries_total{kind="message.available"}') ?? 0) > 0,
    );
    const samples = await read();
    expect(samples.get('atende_drain_duration_seconds_count{cause="ring",outcome="done"}')).toBeGreaterThan(0);
    expect(
      samples.get('atende_channel_call_duration_seconds_count{channel="webhook",call="send",outcome="taken"}'),
    ).toBeGreaterThan(0);
    expect(samples.get('atende_work_oldest_due_seconds')).toBeLessThan(60);
    expect(samples.get('atende_obligations_due{obligation="first_response",state="breached"}')).toBe(0);
    expect(samples.get('atende_database_connections{pool="main",state="open"}')).toBeGreaterThan(0);
    expect(samples.get('atende_events_set_aside_total')).toBe(0);
  });

  it('tell open inquiries and their obligations that are late or nearly so', async () => {
    const fresh = await startStack();
    try {
      const { inquiryId } = await fresh.send({ buyer: 'metrics-late' });
      await eventually(
        () =>
          fresh.superuser.query(
            `select from obligation where inquiry_id = $1 and name = 'acknowledge' and state = 'met'`,
            [inquiryId],
          ),
        ({ rowCount }) => rowCount === 1,
      );
      await fresh.superuser.query(
        `with late as (update obligation set deadline = now() - interval '2 minutes'
                        where inquiry_id = $1 and name = 'first_response' returning 1),
              near as (update obligation set deadline = now() + interval '2 minutes'
                        where inquiry_id = $1 and name = 'resolution' returning 1)
         update inquiry set due_any = now() - interval '2 minutes' where id = $1`,
        [inquiryId],
      );
      const samples = samplesOf((await fresh.as('admin').get('/metrics')).body as string);
      expect(samples.get('atende_inquiries_open{state="open"}')).toBe(1);
      expect(samples.get('atende_obligations_due{obligation="first_response",state="breached"}')).toBe(1);
      expect(samples.get('atende_obligations_due{obligation="resolution",state="at_risk"}')).toBe(1);
    } finally {
      await fresh.stop();
    }
  }, 60_000);

  it('are described for operators, each one and no other (docs/metrics.md)', async () => {
    const text = (await stack.as('admin').get('/metrics')).body as string;
    const told = [...text.matchAll(/^# TYPE (atende_[a-z0-9_]+) (\w+)$/gm)].map(([, name, kind]) => `${name} ${kind}`);
    const own = [...describedMetrics()].filter(([name]) => name.startsWith('atende_'));
    expect(own.map(([name, kind]) => `${name} ${kind}`).sort()).toEqual(told.sort());
  });

  it('name no tenant, member or inquiry', async () => {
    const text = [...(await read()).keys()].join('\n');
    expect(text).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-/);
    expect(text).not.toMatch(/Aurora|Ana|demo-/);
  });
});
