import { chooseTemplate, fillTemplate, isUsable, variablesOf } from './platform-template.js';
import type { PlatformTemplate } from './platform-template.js';

const template = (given: Partial<PlatformTemplate> = {}): PlatformTemplate => {
  const text = given.text ?? 'Oi, {{1}}! O pedido {{2}} saiu, {{1}}.';
  return {
    ...{ name: 'pedido', language: 'pt_BR', state: 'approved', category: 'utility', fillable: true },
    ...{ text, variables: variablesOf(text), ...given },
  };
};

describe('a template of a platform', () => {
  it('is filled in, each place with its own value, and nothing is filled in twice', () => {
    expect(fillTemplate(template(), { 1: 'Marina {{2}}', 2: '77\n\n 8', 3: 'zu viel' })).toEqual({
      text: 'Oi, Marina {{2}}! O pedido 77 8 saiu, Marina {{2}}.',
      filled: {
        ...{ name: 'pedido', language: 'pt_BR' },
        values: [
          { name: '1', text: 'Marina {{2}}' },
          { name: '2', text: '77 8' },
        ],
      },
    });
  });

  it.each([
    ['nothing', {}, '1'],
    ['blanks', { 1: ' \n', 2: 'x' }, '1'],
    ['something else', { 1: 'x', toString: 'x' }, '2'],
  ])('is not sent with %s in it', (_name, given, missing) => {
    expect(fillTemplate(template(), given)).toEqual({ missing });
  });

  it.each([
    ['approved', {}, true],
    ['pending', { state: 'pending' }, false],
    ['with a picture', { fillable: false }, false],
  ])('may be sent or not: %s', (_name, given, usable) => {
    expect(isUsable(template(given))).toBe(usable);
  });

  it.each([
    ['the language that is wanted', ['en'], 'en'],
    ['the very tag', ['pt-PT'], 'pt_PT'],
    ['the same language of another country', ['pt-AO'], 'pt_BR'],
    ['the next language', ['fr', null, 'en-GB'], 'en'],
    ['any', ['fr'], 'pt_BR'],
  ])('is taken in %s', (_name, languages, language) => {
    const known = ['pt_BR', 'pt_PT', 'en'].map((spoken) => template({ language: spoken }));
    expect(chooseTemplate([template({ name: 'outro' }), ...known], 'pedido', languages)?.language).toBe(language);
  });

  it('is rather one that may be sent; otherwise whoever asks is told why not', () => {
    const known = [template({ language: 'en', state: 'paused' }), template()];
    expect(chooseTemplate(known, 'pedido', ['en'])?.language).toBe('pt_BR');
    expect(chooseTemplate(known.slice(0, 1), 'pedido', ['en'])?.state).toBe('paused');
    expect(chooseTemplate(known, 'nenhum', ['en'])).toBeNull();
  });
});
