import fc from 'fast-check';
import { INTENTS, URGENCIES } from '../definition/plan.js';
import type { Classification, Language } from './classification.js';
import { LANGUAGES } from './classification.js';
import { classify, MAX_EVIDENCE } from './classify.js';
import { compileRules } from './rule-set.js';
import { readTable } from './rule-table.js';
import { RULES_VERSION, SHIPPED_RULES } from './rules/shipped.js';

const read = (text: string, language: Language | null = 'pt-BR'): Classification =>
  classify(text, language, SHIPPED_RULES);

/** Lone surrogates included. */
const anyUnits = fc.array(fc.nat({ max: 0xffff }), { maxLength: 60 }).map((units) => String.fromCharCode(...units));

const none = readTable(3, '');
const rulesOf = (pt: string, es = '') =>
  compileRules('test', { 'pt-BR': readTable(3, pt), es: readTable(3, es), en: none, 'zh-CN': none });

describe('sensitive subjects and urgency', () => {
  it.each([
    ['pt-BR', 'quero reembolso', 'sensitive:refund'],
    ['pt-BR', 'vou reclamar no PROCON amanhã', 'sensitive:legal'],
    ['pt-BR', 'já registrei no Reclame Aqui', 'sensitive:legal'],
    ['pt-BR', 'vou contestar a compra no cartão', 'sensitive:chargeback'],
    ['pt-BR', 'meu filho se machucou com a peça', 'sensitive:safety'],
    ['pt-BR', 'apaguem os meus dados, é meu direito pela LGPD', 'sensitive:personal_data'],
    ['es', 'voy a hablar con mi abogado', 'sensitive:legal'],
    ['es', 'hice el contracargo', 'sensitive:chargeback'],
    ['es', 'me dio una descarga cuando lo enchufé', 'sensitive:safety'],
    ['es', 'quiero que borren mis datos', 'sensitive:personal_data'],
    ['en', 'you will hear from my lawyer', 'sensitive:legal'],
    ['en', 'I will dispute the charge', 'sensitive:chargeback'],
    ['en', 'it caught fire', 'sensitive:safety'],
    ['en', 'please delete my account', 'sensitive:personal_data'],
    ['zh-CN', '我要起诉你们', 'sensitive:legal'],
    ['zh-CN', '我会让银行拒付', 'sensitive:chargeback'],
    ['zh-CN', '漏电了，差点触电', 'sensitive:safety'],
    ['pt-BR', 'não quero troca, quero meu dinheiro', 'sensitive:refund'],
    ['zh-CN', '请删除我的个人信息', 'sensitive:personal_data'],
  ] as const)('%s: %s', (language, text, label) => {
    const found = read(text, language);
    expect(found.sensitive).toBe(true);
    expect(found.evidence.map((entry) => entry.label)).toContain(label);
  });

  it.each([
    ['pt-BR', 'qual o prazo de entrega?'],
    ['pt-BR', 'esse creme é antialérgico?'],
    ['pt-BR', 'sem reclamações, produto ótimo'],
    ['pt-BR', 'não quero reembolso, só quero saber quando chega'],
    ['es', '¿tienen talla M?'],
    ['en', 'do you have this in blue?'],
    ['en', "I don't want a refund, just send the missing part"],
    ['zh-CN', '不要退款，请补发配件'],
    ['pt-BR', 'podem entregar no hospital onde trabalho?'],
    ['pt-BR', 'a capa protege do choque de quedas?'],
    ['en', 'does it work with a Fire TV stick?'],
    ['zh-CN', '充电到80%要多久？可以用工商银行付款吗？'],
  ] as const)('leaves %s: %s', (language, text) => {
    expect(read(text, language).sensitive).toBe(false);
  });

  it('sees a threat in another language than the one assumed', () => {
    expect(read('vou no procon', 'en').sensitive).toBe(true);
    expect(read('我要报警', 'pt-BR').sensitive).toBe(true);
  });

  it.each([
    ['a casa quase pegou fogo', 'critical'],
    ['vou processar vocês', 'high'],
    ['preciso pra hoje, é urgente', 'high'],
    ['terceira vez que escrevo e ninguém responde', 'high'],
    ['quanto custa?', 'normal'],
    ['obrigada!', 'low'],
    ['obrigado, mas ainda não chegou', 'normal'],
  ] as const)('urgency of "%s" is %s', (text, urgency) => {
    expect(read(text).urgency).toBe(urgency);
  });
});

describe('how rules are weighed', () => {
  it('hides a word inside a longer phrase that means something else', () => {
    const rules = rulesOf('[back] 3 intent:refund\n  devolver meu dinheiro\n[word] 3 intent:return\n  devolver');
    const found = classify('podem devolver meu dinheiro', 'pt-BR', rules);
    expect(found).toMatchObject({ intent: 'refund', confidence: 0.75 });
    expect(found.evidence).toEqual([{ rule: 'pt-BR.back', label: 'intent:refund', start: 6, end: 27 }]);
  });

  it('counts nothing inside an exception, and what stands outside it', () => {
    const rules = rulesOf('[not] 1\n  nao quero troca\n[word] 3 intent:return\n  troca');
    expect(classify('nao quero troca', 'pt-BR', rules)).toMatchObject({ intent: 'other', evidence: [] });
    expect(classify('nao quero troca. troca!', 'pt-BR', rules).intent).toBe('return');
  });

  it.each([
    ['one phrase', 'a', 0.75],
    ['one keyword', 'b', 0.67],
    ['one hint', 'c', 0.5],
    ['phrase and keyword', 'a b', 0.83],
    ['the same rule twice', 'a a', 0.75],
    ['a rival', 'a x', 0.38],
    ['a hint beside a phrase', 'a h', 0.75],
    ['nothing', 'z', 0],
  ])('gives %s its confidence', (_, text, confidence) => {
    const rules = rulesOf(
      '[a] 3 intent:price\n  a\n[b] 2 intent:price\n  b\n[c] 1 intent:price\n  c\n' +
        '[x] 3 intent:presale\n  x\n[h] 1 intent:presale\n  h',
    );
    expect(classify(text, 'pt-BR', rules).confidence).toBe(confidence);
  });

  it('gives a tie to the intent whose oversight costs more', () => {
    const rules = rulesOf('[p] 3 intent:presale\n  a\n[r] 3 intent:refund\n  b\n[c] 3 intent:complaint\n  c');
    expect(classify('a c b', 'pt-BR', rules).intent).toBe('refund');
    expect(classify('a c', 'pt-BR', rules).intent).toBe('complaint');
  });

  it('asks other languages only when its own recognises nothing, and trusts them less', () => {
    const rules = rulesOf('[p] 3 intent:price\n  preco', '[r] 3 intent:refund\n  plata');
    expect(classify('preco plata', 'pt-BR', rules).intent).toBe('price');
    expect(classify('plata', 'pt-BR', rules)).toMatchObject({ intent: 'refund', confidence: 0.6 });
    expect(classify('plata', null, rules)).toMatchObject({ intent: 'refund', confidence: 0.75, language: null });
  });

  it('does not add up what two languages say alike', () => {
    const rules = rulesOf('[p] 3 intent:price\n  pix', '[p] 3 intent:price\n  pix');
    expect(classify('pix', null, rules).confidence).toBe(0.75);
  });
});

describe('classify', () => {
  it('names its version and holds no text', () => {
    const found = read('Quero meu dinheiro de volta, Ana Souza');
    expect(found).toMatchObject({ by: 'rules', version: RULES_VERSION, language: 'pt-BR' });
    expect(JSON.stringify(found)).not.toMatch(/dinheiro|Souza/);
  });

  it('points at the words it means', () => {
    const text = 'Olá! Cadê meu pedido?';
    const [first] = read(text).evidence.filter((entry) => entry.label === 'intent:order_status');
    expect(text.slice(first?.start, first?.end)).toBe('Cadê meu pedido');
  });

  it('answers any string within its bounds', () => {
    const language = fc.constantFrom(...LANGUAGES, null);
    const words = fc.constantFrom(
      'cadê',
      'pedido',
      'reembolso',
      'não',
      'factura',
      'refund',
      '退款',
      '?',
      '.',
      '\u0301',
    );
    const text = fc.oneof(
      anyUnits,
      fc.array(words, { maxLength: 30 }).map((all) => all.join(' ')),
    );
    const isWithinBounds = (message: string, asked: Language | null): boolean => {
      const { intent, urgency, confidence, evidence } = read(message, asked);
      return (
        INTENTS.includes(intent) &&
        URGENCIES.includes(urgency) &&
        confidence >= 0 &&
        confidence < 1 &&
        evidence.length <= MAX_EVIDENCE &&
        evidence.every(({ start, end }) => start >= 0 && end > start && end <= message.length)
      );
    };
    fc.assert(fc.property(text, language, isWithinBounds));
  });

  it('is the same for the same text, however it is accented or cased', () => {
    for (const text of ['CADE MEU PEDIDO', 'cadê meu pedido', 'Cade\u0302 meu pedido']) {
      expect(read(text)).toMatchObject({ intent: 'order_status', confidence: read('cade meu pedido').confidence });
    }
  });
});
