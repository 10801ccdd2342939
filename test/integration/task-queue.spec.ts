import fc from 'fast-check';
import { biteColumns, BiteOrder } from '../../src/modules/task/index.js';
import { nextReady } from '../../src/modules/task/next-ready.js';
import type { BiteKey } from '../../src/modules/task/index.js';
import type { ApiAnswer } from '../support/api.js';
import { eventually } from '../support/eventually.js';
import { startStack } from '../support/stack.js';
import type { Stack } from '../support/stack.js';

const MINUTE = 60_000;

describe('the order of work', () => {
  let stack: Stack;

  beforeAll(async () => {
    stack = await startStack();
  }, 60_000);

  afterAll(async () => {
    await stack.stop();
  }, 30_000);

  describe('what bites first', () => {
    type Row = {
      readonly id: string;
      readonly any: number | null;
      readonly wall: number | null;
      readonly rank: number;
      readonly since: number | null;
    };
    const now = Date.parse('2026-11-22T12:00:00.000Z');

    /** The rule in words (api.md), as plainly as it can be said. */
    function compare(a: Row, b: Row): number {
      const bites = (row: Row): number | null => {
        if (row.any !== null && row.any < now) return row.any;
        return row.wall !== null && row.wall <= now + 15 * MINUTE ? row.wall : null;
      };
      const [first, second] = [bites(a), bites(b)];
      if ((first === null) !== (second === null)) return first === null ? 1 : -1;
      return (
        (first ?? 0) - (second ?? 0) ||
        b.rank - a.rank ||
        order(a.any, b.any) ||
        order(a.since, b.since) ||
        (a.id < b.id ? -1 : 1)
      );
    }

    function order(a: number | null, b: number | null): number {
      if (a === b) return 0;
      if (a === null || b === null) return a === null ? 1 : -1;
      return a - b;
    }

    /** Rows in the order of the SQL, read in pages. */
    async function sorted(rows: readonly Row[], page: number): Promise<string[]> {
      const at = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());
      const json = JSON.stringify(
        rows.map((row) => ({
          id: row.id,
          due_any: at(row.any),
          due_wall: at(row.wall),
          urgency_rank: row.rank,
          unanswered_since: at(row.since),
          bite_due: at(row.any) ?? 'infinity',
          bite_wall: at(row.wall) ?? 'infinity',
          bite_wait: at(row.since) ?? 'infinity',
        })),
      );
      const from = `jsonb_to_recordset($1::jsonb) as i (id uuid, due_any timestamptz(3), due_wall timestamptz(3),
        urgency_rank smallint, unanswered_since timestamptz(3), bite_due timestamptz(3), bite_wall timestamptz(3),
        bite_wait timestamptz(3), closed_at timestamptz(3))`;
      const found: string[] = [];
      let after: readonly unknown[] | null = null;
      for (;;) {
        const list: { row: BiteKey; position: readonly unknown[] }[] = await stack.database.tenant(
          stack.demo.tenantId,
          (tx) =>
            BiteOrder.after(after, now).read('i.id', page, (stretch, limit) => {
              const params: unknown[] = [json];
              const { where, order } = stretch((value) => `$${params.push(value)}`);
              return tx.query<BiteKey>(
                `select ${biteColumns('i.id')} from ${from} where ${where} order by ${order} limit ${limit}`,
                params,
              );
            }),
        );
        found.push(...list.map(({ row }) => row.biteId));
        const last = list.at(-1);
        if (last === undefined || list.length < page) return found;
        after = JSON.parse(JSON.stringify(last.position)) as unknown[];
      }
    }

    const soon = fc.option(fc.integer({ min: -3, max: 40 }).map((minutes) => now + minutes * MINUTE));
    // The earliest deadline of all is never after the earliest of a wall clock.
    const row = fc.record({ id: fc.uuid(), any: soon, wall: soon, rank: fc.nat(3), since: soon }).map((drawn): Row => ({
      ...drawn,
      any: drawn.wall === null ? drawn.any : Math.min(drawn.any ?? Infinity, drawn.wall),
    }));

    it('is the rule of the contract, whatever the rows and the page size', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.uniqueArray(row, { selector: ({ id }) => id, maxLength: 25 }),
          fc.integer({ min: 1, max: 9 }),
          async (rows, page) => {
            expect(await sorted(rows, page)).toEqual([...rows].sort(compare).map(({ id }) => id));
          },
        ),
        { numRuns: 60 },
      );
    }, 30_000);

    it('tells a house clock from a wall clock within 15 minutes, and counts exactly then as not overdue', async () => {
      const id = (n: number): string => `00000000-0000-4000-8000-00000000000${n}`;
      const rows: Row[] = [
        { id: id(1), any: now + 10 * MINUTE, wall: null, rank: 3, since: null },
        { id: id(2), any: now + 14 * MINUTE, wall: now + 14 * MINUTE, rank: 0, since: null },
        { id: id(3), any: now - 1, wall: null, rank: 0, since: null },
        { id: id(4), any: now, wall: null, rank: 2, since: null },
        { id: id(5), any: now + 16 * MINUTE, wall: now + 16 * MINUTE, rank: 2, since: null },
      ];
      expect(await sorted(rows, 10)).toEqual([id(3), id(2), id(1), id(4), id(5)]);
    });
  });

  describe('next and the list', () => {
    const next = (who: 'agent' | 'agent2' | 'supervisor', body?: unknown): Promise<ApiAnswer> =>
      stack.as(who).post('/v1/tasks/next', body);

    /** New inquiries whose tasks nobody is offered. */
    const free = async (count: number): Promise<string[]> => {
      const sent = await Promise.all(Array.from({ length: count }, () => stack.send()));
      const inquiries = sent.map(({ inquiryId }) => inquiryId);
      const { rows } = await eventually(
        () => stack.superuser.query('select id, inquiry_id from task where inquiry_id = any($1)', [inquiries]),
        (result) => result.rows.length === count,
      );
      // Until the acknowledgement is out, drains still write the columns these tests set.
      await eventually(
        () =>
          stack.superuser.query(
            `select from obligation where name = 'acknowledge' and state = 'met' and inquiry_id = any($1)`,
            [inquiries],
          ),
        (result) => result.rowCount === count,
        20_000,
      );
      const ids = inquiries.map((id) => rows.find((row) => row.inquiry_id === id)?.id as string);
      await stack.superuser.query(
        `update task set state = 'ready', offered_to = null, offer_until = null where id = any($1)`,
        [ids],
      );
      return ids;
    };

    const inquiryOf = (taskId: string, set: string): Promise<unknown> =>
      stack.superuser.query(`update inquiry set ${set} where id = (select inquiry_id from task where id = $1)`, [
        taskId,
      ]);

    beforeEach(async () => {
      await stack.superuser.query(`update task set ended_at = now(), state = 'cancelled' where ended_at is null`);
    });

    it('has nothing to give at first', async () => {
      const answer = await next('agent');
      expect([answer.status, answer.body]).toEqual([204, '']);
    });

    it('gives what bites first, and everybody something else', async () => {
      const ids = await free(12);
      await inquiryOf(ids[7] as string, `due_any = now() - interval '1 minute'`);
      await inquiryOf(ids[3] as string, `urgency_rank = 3, urgency = 'critical'`);
      const first = await next('agent');
      expect([first.status, first.body.id, first.body.token]).toEqual([200, ids[7], 1]);
      expect((await next('agent2')).body.id).toBe(ids[3]);
      const who = ['agent', 'agent2', 'supervisor'] as const;
      const answers = await Promise.all(Array.from({ length: 40 }, (_, index) => next(who[index % 3] ?? 'agent')));
      const given = answers.filter(({ status }) => status === 200).map(({ body }) => body.id as string);
      expect(answers.filter(({ status }) => status === 204)).toHaveLength(30);
      expect(new Set(given)).toEqual(new Set(ids.filter((id) => id !== ids[7] && id !== ids[3])));
      expect(given).toHaveLength(10);
    }, 30_000);

    it('finds a task although its inquiry is busy at that moment', async () => {
      const [id] = await free(1);
      const client = await stack.superuser.connect();
      await client.query('begin');
      await client.query('select from inquiry where id = (select inquiry_id from task where id = $1) for update', [id]);
      const asked = next('agent');
      await new Promise((resolve) => setTimeout(resolve, 200));
      await client.query('commit');
      client.release();
      const answer = await asked;
      expect([answer.status, answer.body.id]).toEqual([200, id]);
    });

    it('passes over what is offered to others, snoozed, or was given back within the hour', async () => {
      const [offered, snoozed, returned, mine] = (await free(4)) as [string, string, string, string];
      const member = `(select id from member where tenant_id = task.tenant_id and key = 'agent2')`;
      await stack.superuser.query(
        `update task set state = 'offered', offered_to = ${member}, offer_until = now() + interval '1 hour' where id = $1`,
        [offered],
      );
      await stack.superuser.query(`update task set snoozed_until = now() + interval '1 hour' where id = $1`, [snoozed]);
      const claimed = await stack.as('agent').post(`/v1/tasks/${returned}/claim`);
      await stack.as('agent').post(`/v1/tasks/${returned}/release`, { token: claimed.body.token });
      expect((await next('agent')).body.id).toBe(mine);
      expect((await next('agent')).status).toBe(204);
      const { rows } = await stack.superuser.query('select released_by from task where id = $1', [returned]);
      const [[who, at] = ['', 0]] = Object.entries(rows[0].released_by as Record<string, number>);
      await stack.superuser.query('update task set released_by = $2 where id = $1', [
        returned,
        { [who]: at - 60 * MINUTE },
      ]);
      expect((await next('agent')).body.id).toBe(returned);
      expect((await next('agent2')).body.id).toBe(offered);
      expect((await next('agent2')).status).toBe(204);
    });

    it('looks in one queue when it is named', async () => {
      const [here, there] = (await free(2)) as [string, string];
      await stack.superuser.query(`update task set queue_key = 'night-sz' where id = $1`, [there]);
      expect((await next('supervisor', { queue: 'night-sz' })).body.id).toBe(there);
      expect((await next('agent', { queue: 'night-sz' })).status).toBe(403);
      const unknown = await next('agent', { queue: 'nowhere' });
      expect([unknown.status, unknown.body.code]).toEqual([422, 'queue_unknown']);
      expect((await next('agent', { queue: 'sales-br' })).body.id).toBe(here);
    });

    it('gives the same whether it sorts few tasks or walks along the order of many', async () => {
      const ids = await free(6);
      await inquiryOf(ids[2] as string, `due_any = now() - interval '1 minute'`);
      await inquiryOf(ids[4] as string, `urgency_rank = 3, urgency = 'critical'`);
      const { rows } = await stack.superuser.query(`select id from member where key = 'agent' and tenant_id = $1`, [
        stack.demo.tenantId,
      ]);
      const search = { memberId: rows[0].id as string, role: 'agent', queues: ['sales-br'], passedOverMs: 60 * MINUTE };
      const given = (few?: number): Promise<string[]> =>
        stack.database.tenant(stack.demo.tenantId, async (tx) => {
          const found: string[] = [];
          for (let next = await nextReady(tx, search, 'pass over', few); next;) {
            found.push(next.id);
            await tx.run(`update task set state = 'cancelled', ended_at = now() where id = $1`, [next.id]);
            next = await nextReady(tx, search, 'pass over', few);
          }
          await tx.run(`update task set state = 'ready', ended_at = null where id = any($1)`, [found]);
          return found;
        });
      const walked = await given(0);
      expect(walked.slice(0, 2)).toEqual([ids[2], ids[4]]);
      expect(new Set(walked)).toEqual(new Set(ids));
      expect(await given()).toEqual(walked);
    });

    it('lists every task once, open ones first, page by page', async () => {
      const ids = await free(7);
      await inquiryOf(ids[4] as string, `due_any = now() - interval '1 minute'`);
      const claimed = await stack.as('agent').post(`/v1/tasks/${ids[4]}/claim`);
      await stack.as('agent').post(`/v1/tasks/${ids[2]}/claim`);
      await stack.superuser.query(`update task set snoozed_until = now() + interval '1 hour' where id = $1`, [ids[5]]);
      const list = async (query: string): Promise<ApiAnswer['body']['items']> => {
        const items: unknown[] = [];
        let cursor: string | null = '';
        while (cursor !== null) {
          const { status, body }: ApiAnswer = await stack
            .as('agent')
            .get(`/v1/tasks?${query}${cursor === '' ? '' : `&cursor=${cursor}`}`);
          expect(status).toBe(200);
          items.push(...body.items);
          cursor = body.nextCursor;
        }
        return items;
      };
      const idsOf = (items: { id: string }[]): string[] => items.map(({ id }) => id);
      const all = await list('limit=4');
      const open = all.filter((item: { endedAt: unknown }) => item.endedAt === null);
      expect(all.slice(0, open.length)).toEqual(open);
      expect(all.length).toBeGreaterThan(open.length);
      expect(new Set(idsOf(all)).size).toBe(all.length);
      expect(idsOf(open)).toHaveLength(6);
      expect(open[0]).toMatchObject({
        id: ids[4],
        state: 'claimed',
        holder: { name: 'Ana Duarte' },
        inquiry: { lastMessage: { preview: expect.any(String) } },
      });
      expect(claimed.status).toBe(200);
      expect(idsOf(await list('state=claimed')).sort()).toEqual([ids[2], ids[4]].sort());
      expect(idsOf(await list('state=ready,offered'))).toHaveLength(4);
      expect(idsOf(await list('mine=true&state=claimed&state=offered')).sort()).toEqual([ids[2], ids[4]].sort());
      expect(idsOf(await list('queue=night-sz'))).toEqual([]);
      expect(idsOf(await list('kind=triage'))).toEqual([]);
      const { body } = await stack.as('agent').get(`/v1/tasks/${ids[5]}`);
      expect(idsOf(await list(`inquiry=${body.inquiry.id}`))).toEqual([ids[5]]);
      expect(idsOf(await list('state=cancelled')).length).toBe(all.length - 6);
    });

    it.each([
      ['limit=201', '/limit'],
      ['state=sleeping', '/state/0'],
      ['inquiry=nonsense', '/inquiry'],
      ['q=text', ''],
    ])('refuses ?%s', async (query, pointer) => {
      const { status, body } = await stack.as('agent').get(`/v1/tasks?${query}`);
      expect([status, body.code, body.errors[0].pointer]).toEqual([400, 'request_invalid', pointer]);
    });
  });
});
