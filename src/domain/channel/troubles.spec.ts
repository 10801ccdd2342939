import { TROUBLES, troubleOf } from './troubles.js';

describe('troubles of a channel', () => {
  it('have a text and a remedy in three languages, each its own', () => {
    const poor = Object.entries(TROUBLES).flatMap(([code, { text, remedy }]) =>
      [text, remedy].flatMap((told) => {
        const said = [told.en, told['zh-CN'], told['pt-BR']];
        return said.every((one) => one.length > 5) && new Set(said).size === 3 ? [] : [code];
      }),
    );
    expect(poor).toEqual([]);
  });

  it.each([
    ['authorisation_lost', 'authorisation_lost'],
    ['rate_budget', 'rate_limited'],
    ['http_503', 'platform_error'],
    ['error_server', 'platform_error'],
    ['error_sign', 'application_refused'],
    ['invalid_client', 'application_refused'],
    ['source_ip_undeclared', 'source_not_listed'],
    ['und_err_headers_timeout', 'unreachable'],
    ['constructor', 'unreachable'],
  ])('are found by what a connector says: %s', (code, trouble) => {
    expect(troubleOf(code)).toBe(trouble);
  });
});
