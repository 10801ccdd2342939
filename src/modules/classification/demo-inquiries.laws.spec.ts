import { readFileSync } from 'node:fs';
import { INTENTS } from '../../domain/definition/plan.js';
import type { Intent } from '../../domain/definition/plan.js';
import { classifyMessage } from './index.js';

type DemoInquiry = {
  readonly buyer: { readonly id: string; readonly name: string; readonly language?: string };
  readonly conversationId: string;
  readonly messages: readonly { readonly messageId: string; readonly text: string; readonly delaySeconds: number }[];
  readonly about?: { readonly kind: string; readonly id: string; readonly title?: string };
  readonly expect?: { readonly intent: Intent; readonly language: string };
};

const INQUIRIES = JSON.parse(
  readFileSync(new URL('../../../definitions/demo/inquiries.json', import.meta.url), 'utf8'),
) as readonly DemoInquiry[];

const tenantLanguages = ['pt-BR', 'es', 'en', 'zh-CN'];
const unique = (values: readonly string[]): number => new Set(values).size;

describe('demo inquiries', () => {
  it('are forty, from forty buyers in four languages, with every intent', () => {
    expect(INQUIRIES).toHaveLength(40);
    expect(unique(INQUIRIES.map(({ buyer }) => buyer.id))).toBe(40);
    expect(unique(INQUIRIES.map(({ conversationId }) => conversationId))).toBe(40);
    expect(unique(INQUIRIES.map((inquiry) => inquiry.expect?.language ?? ''))).toBe(4);
    expect([...new Set(INQUIRIES.map((inquiry) => inquiry.expect?.intent))].sort()).toEqual([...INTENTS].sort());
  });

  it('have messages that can be sent as they are', () => {
    const messages = INQUIRIES.flatMap((inquiry) => inquiry.messages);
    expect(unique(messages.map(({ messageId }) => messageId))).toBe(messages.length);
    expect(
      messages.filter(({ text, delaySeconds }) => text.trim() === '' || delaySeconds < 0 || delaySeconds > 60),
    ).toEqual([]);
    expect(INQUIRIES.filter((inquiry) => inquiry.messages.length > 1).length).toBeGreaterThanOrEqual(8);
  });

  it('hold personal numbers for masking, all valid', () => {
    const text = INQUIRIES.flatMap((inquiry) => inquiry.messages.map((message) => message.text)).join('\n');
    const numbers = text.match(/\d{3}\.\d{3}\.\d{3}-\d{2}/g) ?? [];
    expect(numbers.length).toBeGreaterThanOrEqual(2);
    expect(numbers.filter((number) => !isCpf(number))).toEqual([]);
    expect(text).toMatch(/\(\d{2}\) 9\d{4}-\d{4}/);
  });

  it('are classified as expected, nine in ten at least', async () => {
    const missed: string[] = [];
    for (const { messages, expect: expected } of INQUIRIES) {
      const text = messages[0]?.text ?? '';
      const found = await classifyMessage({ text, tenantLanguages, prior: 'pt-BR' });
      if (found.intent !== expected?.intent || found.language !== expected.language) {
        missed.push(`${found.intent} ${found.language}: ${text}`);
      }
    }
    expect(missed.length > 4 ? missed : []).toEqual([]);
  });
});

/** Two check digits, each the weighted sum of the digits before it times ten, modulo 11 (10 counts as 0). */
function isCpf(number: string): boolean {
  const digits = [...number].filter((character) => /\d/.test(character)).map(Number);
  const check = (length: number): number =>
    ((digits.slice(0, length).reduce((sum, digit, i) => sum + digit * (length + 1 - i), 0) * 10) % 11) % 10;
  return check(9) === digits[9] && check(10) === digits[10];
}
