import { capabilitiesOf } from '../channel/capabilities.js';
import { checkText, limitsOf } from './limits.js';

const standing = { windowUntil: null, answered: false, now: 0 };
const codes = (text: string, channel: string, oneAnswer: boolean): string[] =>
  checkText(text, { ...standing, limits: limitsOf(capabilitiesOf(channel), oneAnswer) }).map(({ code }) => code);

describe('what a channel takes in one message', () => {
  it.each([
    ['webhook', false, 16_384],
    ['mercadolivre', false, 350],
    ['mercadolivre', true, 2_000],
    ['unheard-of', true, 16_384],
  ])('%s, only answer of its thread: %s: %i characters', (channel, oneAnswer, maxLength) => {
    expect(limitsOf(capabilitiesOf(channel), oneAnswer).maxLength).toBe(maxLength);
    expect(codes('a'.repeat(maxLength), channel, oneAnswer)).toEqual([]);
    expect(codes('a'.repeat(maxLength + 1), channel, oneAnswer)).toEqual(['text_too_long']);
  });

  it.each([
    ['Não há açaí, ñandú ou ½ kg', []],
    ['你好', ['text_charset']],
    ['Obrigado 🙏', ['text_charset']],
    ['“Aspas” tipográficas', ['text_charset']],
  ])('of letters beyond ISO-8859-1, after a sale at Mercado Livre: %s', (text, expected) => {
    expect(codes(text, 'mercadolivre', false)).toEqual(expected);
    expect(codes(text, 'mercadolivre', true)).toEqual([]);
    expect(codes(text, 'webhook', false)).toEqual([]);
  });
});
