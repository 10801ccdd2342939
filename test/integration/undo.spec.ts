import { eventually } from '../support/eventually.js';
import { answerPatiently } from '../support/people.js';
import { startStack } from '../support/stack.js';
import type { Stack } from '../support/stack.js';

type Shown = {
  readonly id: string;
  readonly author: { readonly kind: string };
  readonly delivery: { readonly state: string };
};

describe('taking an answer back', () => {
  let stack: Stack;

  beforeAll(async () => {
    stack = await startStack();
  }, 60_000);

  afterAll(() => stack.stop(), 30_000);

  const hold = (holdSeconds: number): Promise<{ readonly status: number }> =>
    stack
      .as('admin')
      .patch(`/v1/shops/${stack.demo.shopId}`, { settings: { holdSeconds } }, { headers: { 'if-match': '*' } });

  const answer = async (inquiryId: string): Promise<Shown | undefined> => {
    const { body } = await stack.as('supervisor').get(`/v1/inquiries/${inquiryId}/messages`);
    return (body.items as Shown[]).find(({ author }) => author.kind === 'human');
  };

  const becomes = (inquiryId: string, state: string): Promise<unknown> =>
    eventually(
      () => answer(inquiryId),
      (shown) => shown?.delivery.state === state,
      60_000,
    );

  it('works while it waits, and gives the text back to be written again', async () => {
    expect((await hold(300)).status).toBe(200);
    const { inquiryId } = await stack.send();
    await answerPatiently(stack, inquiryId, 'Não era isso.');
    await becomes(inquiryId, 'held');
    const taken = await stack.as('supervisor').post(`/v1/messages/${(await answer(inquiryId))?.id ?? ''}/cancel`);
    expect(taken.status).toBe(200);
    await becomes(inquiryId, 'cancelled');
    const { body } = await stack.as('supervisor').get(`/v1/tasks?inquiry=${inquiryId}`);
    const open = (body.items as { kind: string; state: string }[]).filter(({ state }) => /ready|offered/.test(state));
    expect(open.map(({ kind }) => kind)).toContain('rewrite');
    const { rows } = await stack.superuser.query(
      'select attempts from delivery where inquiry_id = $1 and not automated',
      [inquiryId],
    );
    expect(rows).toEqual([{ attempts: 0 }]);
  }, 120_000);

  it('comes too late once the channel has it', async () => {
    expect((await hold(0)).status).toBe(200);
    const { inquiryId } = await stack.send();
    await answerPatiently(stack, inquiryId, 'Chega amanhã.');
    await becomes(inquiryId, 'available');
    const late = await stack.as('supervisor').post(`/v1/messages/${(await answer(inquiryId))?.id ?? ''}/cancel`);
    expect([late.status, late.body.code]).toEqual([409, 'already_sent']);
  }, 120_000);
});
