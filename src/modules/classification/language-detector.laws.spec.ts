import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import type { Language } from '../../domain/classification/classification.js';
import { LANGUAGES } from '../../domain/classification/classification.js';
import { LanguageDetector } from './language-detector.js';

const CORPUS = JSON.parse(
  readFileSync(new URL('../../domain/classification/seed-corpus.json', import.meta.url), 'utf8'),
) as Readonly<Record<Language, readonly (readonly [string, string])[]>>;

/** Lone surrogates included. */
const anyUnits = fc.array(fc.nat({ max: 0xffff }), { maxLength: 60 }).map((units) => String.fromCharCode(...units));

const ALL = { among: LANGUAGES, prior: null };
let detector: LanguageDetector;

beforeAll(async () => {
  detector = await LanguageDetector.load();
});

describe('LanguageDetector', () => {
  it.each([
    ['Boa tarde, quando chega a minha encomenda?', 'pt-BR'],
    ['boa tarde quando chega minha encomenda voces sabem', 'pt-BR'],
    ['Buenas tardes, ¿cuándo llega mi paquete?', 'es'],
    ['Good afternoon, when will my parcel arrive?', 'en'],
    ['下午好，我的包裹什么时候到？', 'zh-CN'],
    ['退款', 'zh-CN'],
    ['這個 iPhone 15 手機殼有貨嗎', 'zh-CN'],
  ])('names %j', (text, language) => {
    expect(detector.detect(text, ALL)).toBe(language);
  });

  it.each([
    ['few letters', 'tem azul?'],
    ['no letters', '123 456 👍👍 ???'],
    ['nothing', ''],
    ['a number and a link', 'https://example.com/produto/123?cor=azul'],
  ])('does not guess from %s', (_, text) => {
    expect(detector.detect(text, ALL)).toBeNull();
    expect(detector.detect(text, { among: LANGUAGES, prior: 'es' })).toBe('es');
    expect(detector.detect(text, { among: LANGUAGES, prior: 'pt' })).toBe('pt-BR');
  });

  it.each([
    ['Cyrillic', 'Здравствуйте, когда придёт мой заказ?'],
    ['Japanese', '注文した商品はいつ届きますか'],
    ['Arabic', 'متى يصل طلبي من فضلكم'],
  ])('knows that %s is none of the languages', (_, text) => {
    expect(detector.detect(text, { among: LANGUAGES, prior: 'pt-BR' })).toBeNull();
  });

  it('stays among the languages of the tenant', () => {
    const spanish = 'Buenas tardes, ¿cuándo llega mi paquete?';
    expect(detector.detect(spanish, { among: ['pt-BR', 'en'], prior: null })).toBe('pt-BR');
    expect(detector.detect('我要退款', { among: ['pt-BR', 'en'], prior: 'pt-BR' })).toBeNull();
    expect(detector.detect('ok', { among: ['pt-BR'], prior: 'es' })).toBeNull();
    expect(detector.detect(spanish, { among: ['fr'], prior: 'fr' })).toBeNull();
  });

  it('lets a prior decide only what the text leaves open', () => {
    expect(detector.detect('Good afternoon, when will my parcel arrive?', { among: LANGUAGES, prior: 'pt-BR' })).toBe(
      'en',
    );
    expect(detector.detect('Cancela meu pedido por favor, comprei errado', { among: LANGUAGES, prior: 'pt-BR' })).toBe(
      'pt-BR',
    );
  });

  it.each(LANGUAGES)('names 97 in 100 of the longer seed messages in %s', (language) => {
    const long = CORPUS[language].filter(
      ([, text]) => language === 'zh-CN' || (text.match(/\p{L}/gu) ?? []).length >= 15,
    );
    const missed = long.filter(([, text]) => detector.detect(text, ALL) !== language);
    expect(missed.length > long.length * 0.03 ? missed : []).toEqual([]);
  });

  it('takes any string', () => {
    const text = fc.oneof(anyUnits, fc.string({ maxLength: 60 }));
    fc.assert(fc.property(text, (any) => [...LANGUAGES, null].includes(detector.detect(any, ALL))));
  });
});
