import { readFileSync } from 'node:fs';
import { checkTemplate, formatInstant, renderTemplate, variablesOf } from './index.js';
import type { TemplateValues } from './index.js';

type Shipped = {
  readonly key: string;
  readonly locale: string;
  readonly form: 'letter' | 'chat';
  readonly source: string;
};

const read = (key: string): readonly Shipped[] =>
  JSON.parse(
    readFileSync(new URL(`../../../../definitions/templates/${key}.json`, import.meta.url), 'utf8'),
  ) as readonly Shipped[];

/** What the shipped definition gives each template in `with`. */
const GIVEN: Readonly<Record<string, readonly string[]>> = { ack: [], away: ['back'] };

const TEMPLATES = Object.keys(GIVEN).flatMap(read);
const ONE_ANSWER_LIMIT = 350;

/** A Wednesday in September at 18:30: long names of day, month and zone in every language. */
const valuesFor = (locale: string): TemplateValues => ({
  'shop.name': 'Casa Aurora',
  'inquiry.number': '104822',
  back: formatInstant(Date.UTC(2026, 8, 23, 21, 30), locale, 'America/Sao_Paulo'),
});

const OPTIONAL: readonly TemplateValues[] = [
  {},
  { 'buyer.name': 'Lívia Monteiro' },
  { 'product.title': 'Fone de ouvido Aurora X2' },
  { 'order.number': '2000007710041' },
  { 'buyer.name': 'Raul', 'product.title': 'Luminária', 'order.number': '2000007710058' },
];

const label = ({ key, locale, form }: Shipped): string => `${key} ${locale} ${form}`;

describe('shipped templates', () => {
  it('exist in every language and form, once', () => {
    const expected = Object.keys(GIVEN).flatMap((key) =>
      ['pt-BR', 'es', 'en', 'zh-CN'].flatMap((locale) => ['letter', 'chat'].map((form) => `${key} ${locale} ${form}`)),
    );
    expect(TEMPLATES.map(label).sort()).toEqual(expected.sort());
  });

  describe.each(TEMPLATES.map((template) => [label(template), template] as const))('%s', (_, template) => {
    const texts = OPTIONAL.map((optional) => {
      const rendered = renderTemplate(template.source, { ...valuesFor(template.locale), ...optional });
      return rendered.ok ? rendered.text : rendered.code;
    });

    it('has no problem and uses what it is given', () => {
      const given = GIVEN[template.key] ?? [];
      const { problems, variables } = checkTemplate(template.source, variablesOf([given]));
      expect(problems).toEqual([]);
      expect(variables.map(({ path }) => path)).toEqual(expect.arrayContaining([...given, 'inquiry.number']));
    });

    it('reads well with and without what may be missing', () => {
      expect(new Set(texts).size).toBe(template.form === 'letter' ? 5 : 3);
      for (const text of texts) {
        expect(text).toContain('104822');
        expect(text).not.toMatch(/[{}]| {2}| [,.!。，！]|\n{3}|undefined|null/);
      }
    });

    it('has the length of its form', () => {
      const longest = Math.max(...texts.map((text) => text.length));
      expect(longest).toBeLessThanOrEqual(template.form === 'chat' ? ONE_ANSWER_LIMIT : 1_000);
      expect(texts.every((text) => text.includes('\n') === (template.form === 'letter'))).toBe(true);
    });

    it('holds no link, no contact data, no advertising and no begging for reviews', () => {
      const { source } = template;
      expect(source).not.toMatch(/https?:|www\.|\.com|@|\+\d|\d{4}/i);
      expect(source).not.toMatch(/whats|telefone|teléfono|phone|e-?mail|correo|电话|微信|邮箱/i);
      expect(source).not.toMatch(/desconto|cupom|promo|descuento|oferta|discount|coupon|sale\b|优惠|折扣|促销/i);
      expect(source).not.toMatch(/avali|estrela|reseñ|califi|estrella|review|rating|stars|好评|评价|五星/i);
    });
  });
});
