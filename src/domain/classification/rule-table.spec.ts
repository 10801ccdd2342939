import { compileRules } from './rule-set.js';
import { readTable } from './rule-table.js';

describe('readTable', () => {
  it('reads rules, their phrases and remarks', () => {
    const table = readTable(
      3,
      `
      # money
      [refund] 3 intent:refund sensitive:refund
        money back
        refund
      [except] 1
        no refund`,
    );
    expect(table).toEqual({
      gap: 3,
      rules: [
        { id: 'refund', weight: 3, labels: ['intent:refund', 'sensitive:refund'], phrases: ['money back', 'refund'] },
        { id: 'except', weight: 1, labels: [], phrases: ['no refund'] },
      ],
    });
  });

  it.each([
    ['a phrase before any rule', 'money back'],
    ['no weight', '[refund] intent:refund'],
    ['a weight out of range', '[refund] 4 intent:refund'],
    ['an unknown label', '[refund] 3 intent:refunds'],
    ['an open head', '[refund 3 intent:refund'],
  ])('refuses %s', (_, text) => {
    expect(() => readTable(3, text)).toThrow();
  });

  it('refuses a rule that is there twice', () => {
    const twice = readTable(3, '[a] 1\n  x\n[a] 1\n  y');
    const none = readTable(3, '');
    expect(() => compileRules('1', { 'pt-BR': twice, es: none, en: none, 'zh-CN': none })).toThrow('"a"');
  });
});
