import { eventually } from '../support/eventually.js';
import { startStack } from '../support/stack.js';
import type { Stack } from '../support/stack.js';

describe('the main path', () => {
  let stack: Stack;

  beforeAll(async () => {
    stack = await startStack();
  }, 60_000);

  afterAll(async () => {
    await stack.stop();
  });

  it('acknowledges a signed message once', async () => {
    const { inquiryId, duplicate } = await stack.send({ text: 'Boa tarde, quando chega o meu pedido?', name: 'Marina Teles' });
    expect(duplicate).toBe(false);
    expect(inquiryId).toMatch(/^[0-9a-f-]{36}$/);
    const outbox = await eventually(
      () => stack.as(null).get('/demo/outbox'),
      (answer) => answer.body.items.length > 0,
    );
    expect(outbox.body.items).toHaveLength(1);
    expect(outbox.body.items[0].data).toMatchObject({ author: 'automated', language: 'pt-BR' });
  });
});
