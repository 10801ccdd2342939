import { formatInstant } from './format-instant.js';

const MONDAY_NOON_UTC = Date.UTC(2026, 10, 23, 12);

describe('formatInstant', () => {
  it.each([
    ['pt-BR', 'America/Sao_Paulo', 'segunda-feira, 23 de novembro às 9:00 (Horário Padrão de Brasília)'],
    ['pt-BR', 'America/Manaus', 'segunda-feira, 23 de novembro às 8:00 (Horário Padrão do Amazonas)'],
    ['es', 'America/Sao_Paulo', 'lunes, 23 de noviembre, 9:00 (hora estándar de Brasilia)'],
    ['en', 'America/Sao_Paulo', 'Monday, November 23 at 9:00 AM (Brasilia Standard Time)'],
    ['zh-CN', 'Asia/Shanghai', '11月23日星期一 20:00 (中国标准时间)'],
  ])('in %s and %s', (locale, zone, expected) => {
    expect(formatInstant(MONDAY_NOON_UTC, locale, zone)).toBe(expected);
  });

  it('refuses a zone that does not exist', () => {
    expect(() => formatInstant(MONDAY_NOON_UTC, 'en', 'America/Nowhere')).toThrow(RangeError);
  });
});
