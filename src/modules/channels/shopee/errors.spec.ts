import { codeOf, meaningOf, untilNextDay } from './errors.js';

describe('errors of the platform', () => {
  it.each([
    ['invalid_acceess_token', 'Invalid access_token, please have a check.', 'token'],
    ['error_auth', 'Invalid access_token.', 'token'],
    ['error_auth', 'Invalid partner_id or shopid.', 'token'],
    ['error_auth', 'partner_id is invalid', 'setup'],
    ['error_auth', 'System error, please try again later.', 'system'],
    ['shop_no_linked', '', 'token'],
    ['error_rate_limit', '', 'busy'],
    ['error_limit', '', 'daily'],
    ['error_sign', 'Wrong sign.', 'setup'],
    ['source_ip_undeclared', '', 'setup'],
    ['error_param', 'Timestamp is expired.', 'setup'],
    ['error_param', 'The information you queried is not found.', 'absent'],
    ['error_param', 'text is too long', 'refused'],
    ['error_data', 'data not exist', 'absent'],
    ['error_server', 'Something wrong. Please try later.', 'system'],
    ['error_inner', '', 'system'],
    ['user_is_forbidden', '', 'refused'],
    ['constructor', 'x', 'refused'],
  ] as const)('%s, "%s": %s', (word, sentence, meaning) => {
    expect(meaningOf(word, sentence)).toBe(meaning);
  });

  it('of our clock have a code of their own', () => {
    expect(codeOf('error_param', 'Invalid timestamp')).toBe('clock_off');
    expect(codeOf('error_param', 'text is too long')).toBe('error_param');
  });

  it('of our settings are told from those of a consent', () => {
    expect(codeOf('error_auth', 'partner_id is invalid')).toBe('invalid_partner_id');
    expect(codeOf('error_auth', 'Invalid partner_id or shopid.')).toBe('error_auth');
    expect(codeOf('error_auth', 'Invalid refresh_token.')).toBe('error_auth');
  });

  it('are kept as codes, whatever stands in the place of a word', () => {
    expect(codeOf('error_server: token=abc\0 of Maria', '')).toBe('error_server_token_abc_of_maria');
    expect(codeOf('x'.repeat(500), '')).toHaveLength(64);
  });

  it('about a day end at midnight, UTC+8', () => {
    expect(untilNextDay(Date.UTC(2026, 10, 22, 15, 59))).toBe(60_000);
    expect(untilNextDay(Date.UTC(2026, 10, 22, 16))).toBe(86_400_000);
  });
});
