import { authenticationOf, isGenuine } from './authentication.js';

const FROM = { address: 'a1@marketplace.amazon.com.br', name: null };

const genuine = (...authentication: string[]) => isGenuine({ from: FROM, authentication }, 'mx.shop.example');

describe('what a server says of who sent a mail (RFC 8601)', () => {
  it('is read with comments, quotes and folded lines', () => {
    const header =
      'MX.Shop.example 1; (checked; twice (really)) dkim=pass (2048-bit "key") header.d=amazon.com.br\r\n\theader.i="@amazon.com.br";' +
      ' spf = PASS reason="a; b" smtp.mailfrom=x@amazon.com.br';
    expect(authenticationOf(header)).toEqual({
      by: 'mx.shop.example',
      checks: [
        {
          ...{ method: 'dkim', result: 'pass' },
          properties: new Map([
            ['header.d', 'amazon.com.br'],
            ['header.i', '@amazon.com.br'],
          ]),
        },
        { method: 'spf', result: 'pass', properties: new Map([['smtp.mailfrom', 'x@amazon.com.br']]) },
      ],
    });
  });

  it.each(['', ';', 'spf=pass smtp.mailfrom=x@y', '(only a comment', '   '])('may name no server: %j', (header) => {
    expect(authenticationOf(header)).toBeNull();
  });

  it.each([
    ['DMARC passed for the address', true, ['mx.shop.example; dmarc=pass header.from=marketplace.amazon.com.br']],
    ['a signature of the same owner', true, ['mx.shop.example; dkim=pass header.d=amazon.com.br']],
    ['a signature by its identity', true, ['mx.shop.example; dkim=pass header.i=@bounces.amazon.com.br']],
    ['a sender of the same owner', true, ['mx.shop.example; spf=pass smtp.mailfrom=b@bounces.amazon.com.br']],
    ['a stranger’s signature', false, ['mx.shop.example; dkim=pass header.d=evil.com.br']],
    ['DMARC passed for another name', false, ['mx.shop.example; dmarc=pass header.from=evil.com.br']],
    ['a signature of everybody below a suffix', false, ['mx.shop.example; dkim=pass header.d=com.br']],
    ['nothing passed', false, ['mx.shop.example; dkim=fail header.d=amazon.com.br; spf=softfail']],
    ['a pass that is none', false, ['mx.shop.example; dkim=none (dkim=pass header.d=amazon.com.br)']],
    ['no checks', false, ['mx.shop.example; none']],
    ['another server', null, ['mx.evil.example; dmarc=pass header.from=marketplace.amazon.com.br']],
    ['no header', null, []],
    [
      'a claim below the server’s own word',
      false,
      ['mx.shop.example; dmarc=fail', 'mx.shop.example; dmarc=pass header.from=marketplace.amazon.com.br'],
    ],
    [
      'another server before its own',
      true,
      ['relay.shop.example; none', 'mx.shop.example; dmarc=pass header.from=marketplace.amazon.com.br'],
    ],
  ])('%s: %s', (_name, expected, headers) => {
    expect(genuine(...headers)).toBe(expected);
  });
});
