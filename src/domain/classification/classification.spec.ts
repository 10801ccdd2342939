import { languageOf } from './classification.js';

describe('languageOf', () => {
  it.each([
    ['pt-BR', 'pt-BR'],
    ['pt', 'pt-BR'],
    ['PT_pt', 'pt-BR'],
    ['es-MX', 'es'],
    ['en-US', 'en'],
    ['zh-Hans-CN', 'zh-CN'],
    ['fr', null],
    ['', null],
    ['ptx', null],
  ])('%j speaks %j', (tag, language) => {
    expect(languageOf(tag)).toBe(language);
  });
});
