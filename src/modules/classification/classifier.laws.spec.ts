import { classifyMessage } from './index.js';

const tenantLanguages = ['pt-BR', 'es', 'en', 'zh-CN'];

describe('classifyMessage', () => {
  it('puts language and rules together', async () => {
    const found = await classifyMessage({ text: 'Quiero que me devuelvan el dinero', tenantLanguages, prior: 'pt-BR' });
    expect(found).toMatchObject({ language: 'es', intent: 'refund', sensitive: true, by: 'rules' });
  });

  it('reads a short message in the language of the conversation', async () => {
    const found = await classifyMessage({ text: 'cadê?', tenantLanguages, prior: 'pt-BR' });
    expect(found).toMatchObject({ language: 'pt-BR', intent: 'order_status' });
  });

  it('says that it does not know', async () => {
    const found = await classifyMessage({ text: 'ok', tenantLanguages, prior: null });
    expect(found).toMatchObject({
      language: null,
      intent: 'other',
      urgency: 'normal',
      sensitive: false,
      confidence: 0,
    });
  });
});
