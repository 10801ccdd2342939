import { phraseFault, policyWarnings } from './forbidden.js';

const WHY = 'Whoever cancels is counted against the shop.';
const CANCEL = { id: 'ask-to-cancel', phrase: 'cancel* ~ pedido|compra', why: WHY };
const REVIEW = { id: 'beg-review', phrase: 'cinco|5 estrelas', channels: ['shopee'], why: { en: 'No begging' } };

const ids = (text: string, channel = 'webhook'): string[] =>
  policyWarnings(text, channel, [CANCEL, REVIEW]).map(({ id }) => id);

describe('forbidden phrases', () => {
  it.each([
    ['Por favor, CANCELE o seu pedido.', ['ask-to-cancel']],
    ['Você pode cancelár essa sua compra?', ['ask-to-cancel']],
    ['O pedido não será cancelado.', []],
    ['Cancelamos. O pedido segue.', []],
    ['', []],
  ])('“%s” holds %j', (text, found) => {
    expect(ids(text)).toEqual(found);
  });

  it('hold on the channels they are for', () => {
    expect(ids('Nos dê 5 estrelas!', 'shopee')).toEqual(['beg-review']);
    expect(ids('Nos dê 5 estrelas!', 'whatsapp')).toEqual([]);
  });

  it('say where they stand, once', () => {
    const text = 'Oi! Cancele o pedido e cancele a compra.';
    const [warning, ...more] = policyWarnings(text, 'webhook', [CANCEL]);
    expect(more).toEqual([]);
    expect(text.slice(warning?.start, warning?.end)).toBe('Cancele o pedido');
  });

  it('that cannot be read say why', () => {
    expect(phraseFault('cancel* pedido')).toBeNull();
    expect(phraseFault('~ pedido')).toContain('begin with a word');
    expect(phraseFault('ca*')).toContain('too short');
  });
});
