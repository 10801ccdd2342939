import { PATIENT_MS } from '../support/channel-shop.js';
import { eventually } from '../support/eventually.js';
import { answerPatiently } from '../support/people.js';
import { PlatformShop } from '../support/platform-shop.js';

const LIMITED = 'blocked_by_conversation_initiated_by_seller_limited';

type Taken = { readonly text: string; readonly option?: string; readonly receiver?: string };

describe('after a sale on Mercado Livre', () => {
  let shop: PlatformShop;

  beforeAll(async () => {
    shop = await PlatformShop.start('mercadolivre');
    expect((await shop.connect()).status).toBe(200);
  }, 60_000);

  afterAll(() => shop.stop());

  const taken = (about: number): Promise<Taken[]> => shop.sim.act('taken', { about: String(about) });

  /** Answers as whoever may, as soon as one may. */
  const answerWith = async (id: string, body: Readonly<Record<string, unknown>>): Promise<void> => {
    const answer = async (key: 'agent' | 'agent2'): Promise<boolean> =>
      (await shop.stack.as(key).post(`/v1/inquiries/${id}/replies`, body)).status === 202;
    await eventually(
      async () => (await answer('agent')) || (await answer('agent2')),
      (answered) => answered,
      PATIENT_MS,
    );
  };

  it('a text is refused in words that say what would be taken instead, and a reason is taken', async () => {
    const { id: packId } = await shop.sim.act<{ id: number }>('packs', { buyerId: 5_001 });
    await shop.sim.act('messages', { packId, text: 'Comprei agora.' });
    const { id } = await shop.inquiryWith('Comprei agora.');
    await shop.sim.act('block', { packId, substatus: LIMITED });
    await answerPatiently(shop.stack, id, 'Qual é a cor?');
    await shop.settles(id, ['failed']);
    const { body } = await shop.stack.as('supervisor').get(`/v1/inquiries/${id}/messages`);
    const [refused] = body.items.filter(({ direction }: { direction: string }) => direction === 'out');
    expect(refused.delivery).toMatchObject({
      ...{ state: 'failed', reason: LIMITED },
      told: { remedy: { en: expect.stringContaining('reasons'), 'pt-BR': expect.stringContaining('motivos') } },
    });
    const { body: offered } = await shop.stack.as('supervisor').get(`/v1/inquiries/${id}/channel-templates`);
    expect(offered.items).toContainEqual({
      ...{ name: 'OTHER', language: 'pt-BR', text: '{{text}}', variables: ['text'], maxLength: 350 },
    });
    await answerWith(id, { template: { key: 'OTHER', variables: { text: 'Qual é a cor, por favor?' } } });
    await shop.settles(id, ['failed', 'available']);
    expect(await taken(packId)).toMatchObject([{ option: 'OTHER', text: 'Qual é a cor, por favor?' }]);
    // What comes back of it is known.
    await shop.sim.act('messages', { packId, text: 'Azul.' });
    await shop.inquiryWith('Azul.');
    await shop.messagesBecome(id, ['in: Comprei agora.', 'out: Qual é a cor?', 'out: Qual é a cor, por favor?']);
  }, 120_000);

  describe('a claim', () => {
    const BUYER = 5_100;
    let claimId: number;

    const said = (sender: string, receiver: string, text: string, more: object = {}): Promise<unknown> =>
      shop.sim.act('claimed', { claimId, sender, receiver, text, ...more });

    const stateOf = async (id: string): Promise<{ conversationId: string; state: string }> =>
      (await shop.stack.as('supervisor').get(`/v1/inquiries/${id}`)).body;

    it('is an inquiry of its own beside what else its buyer writes, and is answered in it, once', async () => {
      const { id: packId } = await shop.sim.act<{ id: number }>('packs', { buyerId: BUYER });
      await shop.sim.act('messages', { packId, text: 'Cadê meu pedido?' });
      const { id: packInquiry } = await shop.inquiryWith('Cadê meu pedido?');
      ({ id: claimId } = await shop.sim.act<{ id: number }>('claims', { buyerId: BUYER }));
      await said('complainant', 'respondent', 'Veio quebrado.');
      const { id } = await shop.inquiryWith('Veio quebrado.');
      expect(id).not.toBe(packInquiry);
      const [ofPack, ofClaim] = [await stateOf(packInquiry), await stateOf(id)];
      expect(ofClaim.conversationId).toBe(ofPack.conversationId);
      for (const fault of ['cut_after', 'error_before'])
        await shop.sim.act('faults', { call: 'send', about: String(claimId), fault });
      await answerPatiently(shop.stack, id, 'Trocamos hoje mesmo.');
      await shop.settles(id, ['available']);
      // What comes back of it is known, and nobody has answered anything else.
      await said('mediator', 'complainant', 'Só para o comprador.');
      await said('complainant', 'respondent', 'Obrigado!', { at: Date.now() + 1_000 });
      await shop.inquiryWith('Obrigado!');
      await shop.messagesBecome(id, ['in: Veio quebrado.', 'out: Trocamos hoje mesmo.']);
      await shop.messagesBecome(packInquiry, ['in: Cadê meu pedido?']);
      expect(await taken(claimId)).toMatchObject([{ receiver: 'complainant', text: 'Trocamos hoje mesmo.' }]);
    }, 120_000);

    it('that is mediated is answered to the mediator, and what somebody answered on the platform ends it alone', async () => {
      const { id: thanks } = await shop.inquiryWith('Obrigado!');
      await said('respondent', 'complainant', 'De nada.', { at: Date.now() + 2_000 });
      await shop.messagesBecome(thanks, ['in: Obrigado!', 'out: De nada.']);
      await shop.sim.act('claim', { claimId, stage: 'dispute', silent: true });
      await said('mediator', 'respondent', 'Qual é a proposta?', { at: Date.now() + 3_000, silent: true });
      await shop.sweep();
      const { id } = await shop.inquiryWith('[Mercado Livre] Qual é a proposta?');
      await answerPatiently(shop.stack, id, 'Devolvemos o valor.');
      await eventually(
        () => taken(claimId),
        (all) => all.length === 2,
        PATIENT_MS,
      );
      expect((await taken(claimId))[1]).toMatchObject({ receiver: 'mediator', text: 'Devolvemos o valor.' });
      const { id: open } = await shop.inquiryWith('Cadê meu pedido?');
      await shop.messagesBecome(open, ['in: Cadê meu pedido?']);
    }, 120_000);
  });
});
