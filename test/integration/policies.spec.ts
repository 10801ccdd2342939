import { startStack } from '../support/stack.js';
import type { Stack } from '../support/stack.js';

const WHY = { en: 'It counts against the shop', 'pt-BR': 'Conta contra a loja' };
const CANCEL = { id: 'ask-to-cancel', phrase: 'cancel* ~ pedido', why: WHY };

describe('forbidden phrases', () => {
  let stack: Stack;

  beforeAll(async () => {
    stack = await startStack();
  }, 60_000);

  afterAll(async () => {
    await stack.stop();
  }, 30_000);

  const put = (phrases: readonly object[], version = '*') =>
    stack.as('ops').put('/v1/forbidden-phrases', { phrases }, { headers: { 'if-match': version } });

  it('are one list with a version, refused where a phrase cannot be read or an id is used twice', async () => {
    expect((await stack.as('agent').get('/v1/forbidden-phrases')).body).toEqual({ phrases: [], version: 0 });
    const wrong = await put([CANCEL, { ...CANCEL, phrase: 'ca*' }]);
    expect([wrong.status, wrong.body.code]).toEqual([422, 'phrases_invalid']);
    expect(wrong.body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
      '/phrases/1/phrase',
      '/phrases/1/id',
    ]);
    expect((await put([CANCEL])).body).toEqual({ phrases: [CANCEL], version: 1 });
    expect((await put([], '"7"')).status).toBe(412);
    expect((await stack.as('agent').put('/v1/forbidden-phrases', { phrases: [] })).status).toBe(403);
  });

  it('hold an answer back until its author says to go on, and that is recorded', async () => {
    await put([CANCEL, { id: 'elsewhere', phrase: 'pedido', channels: ['shopee'], why: 'x' }]);
    const { inquiryId } = await stack.send();
    const text = 'Cancele o seu pedido, por favor.';
    const replies = `/v1/inquiries/${inquiryId}/replies`;
    const checked = await stack.as('agent').post(`${replies}/check`, { text });
    expect(checked.body).toMatchObject({
      problems: [],
      violations: [],
      warnings: [{ id: 'ask-to-cancel', why: WHY, start: 0 }],
    });
    const warned = await stack.as('agent').post(replies, { text });
    expect([warned.status, warned.body.code]).toEqual([422, 'policy_warning']);
    expect(warned.body).toMatchObject({ warnings: [{ id: 'ask-to-cancel' }], errors: [{ pointer: '/text' }] });
    const { body: none } = await stack.as('agent').get(`/v1/inquiries/${inquiryId}/messages`);
    expect(none.items.filter((item: { author: { kind: string } }) => item.author.kind === 'human')).toEqual([]);

    expect((await stack.as('agent').post(replies, { text, acceptWarnings: true })).status).toBe(202);
    const { body: history } = await stack.as('auditor').get(`/v1/inquiries/${inquiryId}/history?limit=200`);
    const [entry] = history.items.filter(({ kind }: { kind: string }) => kind === 'policy.overridden');
    expect(entry).toMatchObject({ data: { phrases: ['ask-to-cancel'] }, actor: { kind: 'member' } });
    expect(entry.summary).toContain('ask-to-cancel');
  }, 30_000);

  it('say nothing where there are none', async () => {
    await put([]);
    const { inquiryId } = await stack.send();
    const answer = await stack.as('agent').post(`/v1/inquiries/${inquiryId}/replies`, { text: 'Cancele o pedido.' });
    expect(answer.status).toBe(202);
  }, 30_000);
});
