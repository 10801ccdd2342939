import { publish } from '../support/definitions.js';
import { followStream } from '../support/event-stream.js';
import { eventually } from '../support/eventually.js';
import { startStack } from '../support/stack.js';
import type { Stack } from '../support/stack.js';

const TELLS = (urgent: boolean): string => `
atende: 1
key: tells
title: Tells
calendar: always
steps:
  - { id: tell, notify: { to: supervisor, urgent: ${urgent} } }
  - { id: reply, task: { kind: reply }, goto: close }
  - { id: close, close: {} }
`;

/** Quiet hours in UTC from an hour ago to an hour from now. */
const now = (): { zone: string; from: string; to: string } => {
  const time = (ms: number): string => new Date(Date.now() + ms).toISOString().slice(11, 16);
  return { zone: 'UTC', from: time(-3_600_000), to: time(3_600_000) };
};

describe('quiet hours', () => {
  let stack: Stack;

  beforeAll(async () => {
    stack = await startStack();
  }, 60_000);

  afterAll(async () => {
    await stack.stop();
  }, 30_000);

  const noticesOf = async (inquiryId: string): Promise<unknown[]> => {
    const { body } = await stack.as('supervisor').get('/v1/notifications?limit=200');
    return body.items.filter((item: { inquiryId: string }) => item.inquiryId === inquiryId);
  };

  const stored = async (inquiryId: string): Promise<{ id: string; held: boolean }[]> => {
    const { rows } = await eventually(
      () =>
        stack.superuser.query('select id, held_until is not null as held from notification where inquiry_id = $1', [
          inquiryId,
        ]),
      (found) => found.rows.length > 0,
      20_000,
    );
    return rows;
  };

  it('are their member’s own to set and to end', async () => {
    const quietHours = { zone: 'Asia/Shanghai', from: '22:00', to: '07:00' };
    const me = stack.as('supervisor');
    expect((await me.put('/v1/me/quiet-hours', { quietHours })).body).toEqual({ quietHours });
    expect((await me.get('/v1/me')).body.quietHours).toEqual(quietHours);
    const wrong = await me.put('/v1/me/quiet-hours', { quietHours: { ...quietHours, zone: 'Asia/Nowhere' } });
    expect([wrong.status, wrong.body.code]).toEqual([422, 'meaning_invalid']);
    await me.put('/v1/me/quiet-hours', { quietHours: null });
    expect((await me.get('/v1/me')).body.quietHours).toBeNull();
    const { rows } = await stack.superuser.query(
      `select count(*)::int as count from audit_event where action = 'member.quiet_hours'`,
    );
    expect(rows).toEqual([{ count: 2 }]);
  });

  it('hold a notice back until they are over, while the inquiry goes on', async () => {
    await publish(stack, TELLS(false));
    await stack.as('supervisor').put('/v1/me/quiet-hours', { quietHours: now() });
    const stream = await followStream(stack.baseUrl, stack.demo.keys.supervisor);
    const { inquiryId } = await stack.send();
    const [notice] = await stored(inquiryId);
    const told = (): unknown[] =>
      stream
        .events()
        .filter((block) => block.event === 'notification.created' && block.data?.['notificationId'] === notice?.id);
    expect(notice?.held).toBe(true);
    expect(await noticesOf(inquiryId)).toEqual([]);
    const open = await eventually(
      () => stack.as('supervisor').get(`/v1/tasks?inquiry=${inquiryId}`),
      ({ body }) => body.items.length === 1,
      20_000,
    );
    expect(open.body.items[0].kind).toBe('reply');
    expect(told()).toEqual([]);
    // Their end, without waiting for it.
    await stack.superuser.query(`update notification set held_until = now() where id = $1`, [notice?.id]);
    await stack.superuser.query(`update work_queue set due_at = now() where kind = 'notice' and ref = $1`, [
      notice?.id,
    ]);
    await eventually(
      () => stored(inquiryId),
      ([row]) => row?.held === false,
      20_000,
    );
    expect(await noticesOf(inquiryId)).toHaveLength(1);
    await eventually(
      () => Promise.resolve(told()),
      (events) => events.length === 1,
      20_000,
    );
    await stream.close();
    const { rows } = await stack.superuser.query(
      `select count(*)::int as count from stream_event where kind = 'notification.created' and data ->> 'notificationId' = $1`,
      [notice?.id],
    );
    expect(rows).toEqual([{ count: 1 }]);
  }, 60_000);

  it('do not hold what is urgent', async () => {
    await publish(stack, TELLS(true));
    await stack.as('supervisor').put('/v1/me/quiet-hours', { quietHours: now() });
    const { inquiryId } = await stack.send();
    expect((await stored(inquiryId)).map(({ held }) => held)).toEqual([false]);
    expect(await noticesOf(inquiryId)).toHaveLength(1);
  }, 60_000);
});
