import { LETTER_KINDS, LETTER_LANGUAGES, noticeLetter } from './letter.js';
import type { LetterNotice } from './letter.js';

const NOTICE: LetterNotice = {
  kind: 'escalation',
  urgent: true,
  inquiry: '104822',
  shop: 'Aurora Livros',
  obligation: 'first_response',
  deadline: Date.UTC(2026, 10, 23, 13, 45),
  origin: null,
  migration: null,
};

describe('the mail of a notice', () => {
  it.each([
    [['pt-BR', 'en'], 'pt-BR', '[Urgente] Um atendimento precisa de você · 104822', 'Relógio: primeira resposta'],
    [['zh-TW'], 'zh-CN', '[紧急] 有询单需要您处理 · 104822', '时钟: 首次回复'],
    [['es', 'en-GB'], 'en', '[Urgent] An inquiry needs you · 104822', 'Clock: first answer'],
    [[], 'en', '[Urgent] An inquiry needs you · 104822', 'Clock: first answer'],
  ])('for %j is in %s', (languages, language, subject, line) => {
    const letter = noticeLetter(languages, NOTICE);
    expect([letter.language, letter.subject]).toEqual([language, subject]);
    expect(letter.text).toContain(line);
    expect(letter.text).toContain('Aurora Livros');
    expect(letter.text).toMatch(/13:45 UTC|1:45\sPM UTC/);
  });

  it('says only what it knows, and takes an obligation of the definition’s own by its name', () => {
    const bare = { ...NOTICE, urgent: false, inquiry: null, shop: null, deadline: null, obligation: 'call_back' };
    const { subject, text } = noticeLetter(['en'], { ...bare, origin: 'consumer-agency' });
    expect(subject).toBe('An inquiry needs you');
    expect(text.split('\n')).toEqual([
      'An inquiry needs you.',
      '',
      'Clock: call_back',
      'Comes from: consumer-agency',
      '',
      'Open it in Atende. Nobody reads answers to this mail.',
      '',
    ]);
  });

  it.each([
    ['en', 'A migration has ended, and some inquiries stayed where they were', 'Inquiries that stayed: 3'],
    ['zh-CN', '迁移已结束，部分询单未能迁移', '未迁移的询单: 3'],
    ['pt-BR', 'Uma migração terminou, e alguns atendimentos ficaram onde estavam', 'Atendimentos que ficaram: 3'],
  ])('tells in %s how a migration ended', (language, subject, line) => {
    const nothing = { inquiry: null, shop: null, obligation: null, deadline: null, urgent: false };
    const migration = { definition: 'standard-br', to: 4, migrated: 12, blocked: 3 };
    const letter = noticeLetter([language], { ...NOTICE, ...nothing, kind: 'migration_incomplete', migration });
    expect(letter.subject).toBe(subject);
    expect(letter.text).toContain('standard-br, 4');
    expect(letter.text).toContain(line);
  });

  it.each(LETTER_KINDS)('%s has words in each', (kind) => {
    const subjects = LETTER_LANGUAGES.map((language) => noticeLetter([language], { ...NOTICE, kind }).subject);
    expect(new Set(subjects).size).toBe(LETTER_LANGUAGES.length);
  });
});
