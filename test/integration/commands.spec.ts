import { jest } from '@jest/globals';
import { listFailed, retry } from '../../src/cli/inbox-command.js';
import { replay } from '../../src/cli/replay-command.js';
import { sweep } from '../../src/cli/retention-command.js';
import { Session } from '../../src/cli/session.js';
import { decide } from '../../src/domain/inquiry/decide.js';
import { InquiryEngine } from '../../src/modules/inquiry/index.js';
import { eventually } from '../support/eventually.js';
import { printed } from '../support/printed.js';
import { startStack } from '../support/stack.js';
import type { Stack } from '../support/stack.js';

describe('the commands', () => {
  let stack: Stack;
  let session: Session;
  let lines: string[];

  beforeAll(async () => {
    stack = await startStack();
    session = new Session(stack.application.nest);
  }, 60_000);

  afterAll(async () => {
    await stack.stop();
  });

  beforeEach(() => {
    lines = printed();
  });

  afterEach(() => {
    jest.restoreAllMocks();
  });

  const answered = async (inquiryId: string): Promise<void> => {
    await eventually(
      () => stack.as('supervisor').get(`/v1/inquiries/${inquiryId}`),
      ({ body }) =>
        body.obligations?.some(
          ({ name, state }: { name: string; state: string }) => name === 'acknowledge' && state === 'met',
        ),
    );
  };

  it('replay all decisions of all tenants, and find no difference', async () => {
    const { inquiryId } = await stack.send();
    await answered(inquiryId);
    expect(await replay(session, {})).toBe(0);
    expect(lines).toEqual([expect.stringMatching(/^1 inquiries, \d+ decisions, 0 differences$/)]);
    lines.length = 0;
    expect(await replay(session, { inquiry: inquiryId, tenant: 'demo', json: true })).toBe(0);
    expect(JSON.parse(lines.join(''))).toMatchObject({ same: true, inquiries: 1, differences: [] });
  });

  it('replay tells a difference, with exit code 1', async () => {
    const { inquiryId } = await stack.send();
    await answered(inquiryId);
    const forge = (value: number): Promise<unknown> =>
      stack.superuser.query(
        `update event set decision = jsonb_set(decision, '{facts,buyer,value}', $2::jsonb) where inquiry_id = $1 and first_seq = 1`,
        [inquiryId, value],
      );
    await forge(5_000);
    expect(await replay(session, { inquiry: inquiryId })).toBe(1);
    expect(lines[0]).toMatch(new RegExp(`^demo ${inquiryId} entry \\d+: `));
    await forge(0);
    expect(await replay(session, { inquiry: inquiryId })).toBe(0);
  });

  it('refuse what does not exist', async () => {
    await expect(replay(session, { inquiry: 'x' })).rejects.toThrow('"x" is not the id of an inquiry');
    await expect(replay(session, { tenant: 'nobody' })).rejects.toThrow('there is no tenant "nobody"');
    await expect(replay(session, { inquiry: '01990000-0000-7000-8000-000000000000' })).rejects.toThrow(
      'there is no inquiry',
    );
    await expect(retry(session, '01990000-0000-7000-8000-000000000000')).rejects.toThrow('there is no failed event');
  });

  it('apply an event again that could not be decided before a fix', async () => {
    const { inquiryId } = await stack.send({ buyer: 'fix' });
    await answered(inquiryId);
    const engine = stack.application.nest.get(InquiryEngine, { strict: false });
    const { stores } = engine as unknown as { stores: { decide?: typeof decide } };
    stores.decide = (input) => {
      if (input.event.kind === 'message.received') throw new Error('a defect');
      return decide(input);
    };
    await stack.send({ buyer: 'fix', conversationId: 'c-fix', text: 'Alguém aí?' });
    const failed = await eventually(
      async () => {
        lines.length = 0;
        await listFailed(session, { json: true });
        return JSON.parse(lines.join('')) as {
          items: { id: string; tenant: string; inquiryId: string; kind: string; code: string }[];
        };
      },
      ({ items }) => items.length > 0,
    );
    delete stores.decide;
    expect(failed.items).toMatchObject([
      { tenant: 'demo', inquiryId, kind: 'message.received', code: 'decision_failed' },
    ]);

    expect(await retry(session, failed.items[0]?.id ?? '')).toBe(0);
    const kinds = async (): Promise<string[]> =>
      (await stack.as('auditor').get(`/v1/inquiries/${inquiryId}/history?limit=200`)).body.items.map(
        ({ kind }: { kind: string }) => kind,
      );
    await eventually(kinds, (all) => all.filter((kind) => kind === 'message.received').length === 2);
    expect(await kinds()).toContain('event.failed');
    lines.length = 0;
    await listFailed(session, {});
    expect(lines).toEqual(['0 failed']);
    expect(await replay(session, { inquiry: inquiryId })).toBe(0);
  });

  it('print what retention would do, and change nothing', async () => {
    const { inquiryId } = await stack.send();
    await answered(inquiryId);
    await stack.superuser.query(
      `update inquiry set closed_at = now() - interval '9 days', reopen_until = now() - interval '2 days',
              status = 'closed', retention_class = 'order', retain_until = now() + interval '700 days' where id = $1`,
      [inquiryId],
    );
    expect(await sweep(session, { dryRun: true })).toBe(0);
    expect(lines).toEqual([
      'demo  order: 1 would be archived, 0 would be erased, 0 held',
      '1 inquiries would be archived, 0 would be erased, 0 held',
    ]);
    lines.length = 0;
    await sweep(session, { dryRun: true, json: true });
    expect(JSON.parse(lines.join(''))).toMatchObject({ dryRun: true, totals: { archived: 1, erased: 0, held: 0 } });
    expect((await stack.as('auditor').get(`/v1/inquiries/${inquiryId}`)).body.state).toBe('closed');
  });
});
