import { randomUUID } from 'node:crypto';
import { v7 } from 'uuid';
import { audit } from '../../src/modules/audit/index.js';
import { pruneStream, publish, StreamFeed } from '../../src/modules/stream/index.js';
import { eventually } from '../support/eventually.js';
import { followStream } from '../support/event-stream.js';
import type { EventStream } from '../support/event-stream.js';
import { startStack } from '../support/stack.js';
import type { Stack } from '../support/stack.js';

describe('the stream', () => {
  let stack: Stack;
  const open: EventStream[] = [];

  beforeAll(async () => {
    stack = await startStack();
  }, 60_000);

  afterEach(async () => {
    await Promise.all(open.splice(0).map((stream) => stream.close()));
  });

  afterAll(async () => {
    await stack.stop();
  }, 30_000);

  const follow = async (who: keyof Stack['demo']['keys'], lastEventId?: string): Promise<EventStream> => {
    const stream = await followStream(stack.baseUrl, stack.demo.keys[who], lastEventId);
    open.push(stream);
    await eventually(
      () => Promise.resolve(stream.blocks.length),
      (count) => count > 0,
    );
    return stream;
  };

  /** Publishes `count` events, each in a transaction of its own, several at a time. */
  const publishMany = async (marks: readonly string[], queue: string | null = 'sales-br'): Promise<void> => {
    await Promise.all(
      marks.map((mark) =>
        stack.database.tenant(stack.demo.tenantId, (tx) =>
          publish(tx, [{ kind: 'buyer.typing', data: { mark }, queue }]),
        ),
      ),
    );
  };

  const marksOf = (stream: EventStream): (string | null | undefined)[] =>
    stream.events().flatMap((block) => (block.event === 'buyer.typing' ? [block.data?.['mark']] : []));

  const marks = (count: number): string[] => Array.from({ length: count }, () => randomUUID());

  it('tells of a message in the order of its positions, without its text', async () => {
    const stream = await follow('agent');
    expect(stream.status).toBe(200);
    expect(stream.headers.get('content-type')).toMatch(/^text\/event-stream/);
    const { inquiryId, messageId } = await stack.send({ text: 'Texto que ninguém deve ver' });
    await eventually(
      () => Promise.resolve(stream.events()),
      (events) => events.some((block) => block.event === 'task.offered' && block.data?.['inquiryId'] === inquiryId),
    );
    const events = stream.events();
    expect(events.find((block) => block.event === 'message.received')?.data).toEqual({ messageId, inquiryId });
    const ids = events.map((block) => Number(block.id));
    expect(ids).toEqual([...ids].sort((a, b) => a - b));
    expect(JSON.stringify(stream.blocks)).not.toContain('ninguém');
  });

  it('loses and doubles nothing over any number of reconnections', async () => {
    const wanted = marks(400);
    const seen: (string | null | undefined)[] = [];
    let stream = await follow('supervisor');
    const publishing = (async () => {
      for (let from = 0; from < wanted.length; from += 20) await publishMany(wanted.slice(from, from + 20));
    })();
    const until = Date.now() + 20_000;
    while (seen.length + marksOf(stream).length < wanted.length && Date.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, 60));
      const lastId = stream.lastId();
      await stream.close();
      seen.push(...marksOf(stream));
      stream = await follow('supervisor', lastId ?? undefined);
    }
    await publishing;
    seen.push(...marksOf(stream));
    expect(seen).toHaveLength(wanted.length);
    expect(new Set(seen)).toEqual(new Set(wanted));
  }, 40_000);

  it('gives two followers the same events in the same order', async () => {
    const [first, second] = [await follow('supervisor'), await follow('auditor')];
    const wanted = marks(60);
    await publishMany(wanted);
    await eventually(
      () => Promise.resolve([marksOf(first).length, marksOf(second).length]),
      (counts) => counts.every((count) => count === wanted.length),
    );
    expect(marksOf(second)).toEqual(marksOf(first));
  });

  it('shows members of a queue its events, personal ones to their member, other tenants nothing', async () => {
    const [agent, supervisor] = [await follow('agent'), await follow('supervisor')];
    const other = await followStream(stack.baseUrl, stack.other.keys.admin);
    open.push(other);
    const { rows } = await stack.superuser.query('select id from member where tenant_id = $1 and key = $2', [
      stack.demo.tenantId,
      'agent',
    ]);
    await publishMany(['in the queue'], 'sales-br');
    await publishMany(['elsewhere'], 'night-sz');
    await stack.database.tenant(stack.demo.tenantId, (tx) =>
      publish(tx, [{ kind: 'buyer.typing', data: { mark: 'personal' }, memberId: rows[0].id }]),
    );
    await publishMany(['last'], 'sales-br');
    await eventually(
      () => Promise.resolve([marksOf(agent), marksOf(supervisor)]),
      (both) => both.every((seen) => seen.includes('last')),
    );
    expect(marksOf(agent)).toEqual(['in the queue', 'personal', 'last']);
    expect(marksOf(supervisor)).toEqual(['in the queue', 'elsewhere', 'last']);
    expect(other.events()).toEqual([]);
  });

  it('resets who resumes after a position that is unknown or gone', async () => {
    for (const lastEventId of ['999999999', 'nonsense', '-1']) {
      const stream = await follow('supervisor', lastEventId);
      expect(stream.blocks[0]).toMatchObject({ event: 'reset', data: {} });
    }
    await publishMany(marks(3));
    await eventually(
      () =>
        stack.superuser.query('select 1 from stream_event where tenant_id = $1 and position is null', [
          stack.demo.tenantId,
        ]),
      (result) => result.rowCount === 0,
    );
    await stack.superuser.query('delete from stream_event where tenant_id = $1', [stack.demo.tenantId]);
    const current = (await follow('supervisor')).lastId();
    expect((await follow('supervisor', current ?? '')).blocks[0]).toMatchObject({ id: current, event: null });
    expect((await follow('supervisor', String(Number(current) - 1))).blocks[0]).toMatchObject({
      id: current,
      event: 'reset',
    });
  });

  it('numbers audit events without gaps, whoever writes at the same time', async () => {
    const record = {
      actor: { kind: 'system' },
      action: 'test.act',
      object: { kind: 'test', id: null },
      result: 'ok',
    } as const;
    await Promise.all(
      marks(60).map(() =>
        stack.database.tenant(stack.demo.tenantId, (tx) =>
          audit(tx, [
            { ...record, at: Date.now() },
            { ...record, at: Date.now() },
          ]),
        ),
      ),
    );
    await eventually(
      () => stack.superuser.query('select 1 from audit_pending where tenant_id = $1', [stack.demo.tenantId]),
      (result) => result.rowCount === 0,
    );
    const { rows } = await stack.superuser.query(
      `select count(*)::int as placed, min(seq)::int as first, max(seq)::int as last,
              (select count(*)::int from audit_event where tenant_id = $1) as written
         from audit_position where tenant_id = $1`,
      [stack.demo.tenantId],
    );
    expect(rows[0]).toEqual({ placed: rows[0].written, first: 1, last: rows[0].written, written: rows[0].written });
    expect(rows[0].written).toBeGreaterThanOrEqual(120);
  });

  it('gives a sign of life while nothing is for the follower, with the position reached', async () => {
    const feed = new StreamFeed(stack.database, stack.runtime.log, 40);
    const gone = new AbortController();
    const following = { tenantId: stack.demo.tenantId, lastEventId: null, allows: () => false, signal: gone.signal };
    const positions: number[] = [];
    for await (const item of feed.follow(following)) {
      if (item.kind === 'event' || item.kind === 'reset') throw new Error('nothing was for this follower');
      positions.push(item.position);
      if (positions.length === 2) await publishMany(marks(2));
      if ((positions.at(-1) ?? 0) >= (positions[0] ?? 0) + 2) gone.abort();
    }
    expect(positions[1]).toBe(positions[0]);
    expect(positions.at(-1)).toBe((positions[0] ?? 0) + 2);
  });

  it('keeps events for seven days', async () => {
    const DAY = 86_400_000;
    const now = Date.now();
    const { tenantId } = stack.demo;
    const old = v7({ msecs: now - 7 * DAY - 1 });
    const kept = v7({ msecs: now - 7 * DAY + 60_000 });
    await stack.superuser.query(
      `insert into stream_event (tenant_id, id, position, kind, data)
       select $1, unnest($2::uuid[]), unnest($3::int8[]), 'presence', '{}'`,
      [tenantId, [old, kept], [900_001, 900_002]],
    );
    expect(await stack.database.tenant(tenantId, (tx) => pruneStream(tx, now))).toBe(1);
    const { rows } = await stack.superuser.query('select id from stream_event where id = any($1)', [[old, kept]]);
    expect(rows).toEqual([{ id: kept }]);
    await stack.superuser.query('delete from stream_event where id = $1', [kept]);
  });

  it('refuses a stream without a key', async () => {
    expect((await stack.as(null).get('/v1/stream')).status).toBe(401);
  });

  it('ends open streams when the process stops, at once', async () => {
    const own = await startStack();
    const stream = await followStream(own.baseUrl, own.demo.keys.agent);
    const before = Date.now();
    await own.stop();
    await stream.ended;
    expect(Date.now() - before).toBeLessThan(9_000);
  }, 60_000);
});
