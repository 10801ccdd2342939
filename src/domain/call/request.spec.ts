import fc from 'fast-check';
import { codePoints } from '../../../test/support/code-points.js';
import type { ConnectionSpec, Operation } from './connection.js';
import { requestOf } from './request.js';

const CONNECTION: ConnectionSpec = {
  name: 'ERP',
  baseUrl: 'https://erp.example/api/',
  auth: { header: 'Authorization', prefix: 'Bearer ' },
  headers: { 'X-Tenant': 'aurora' },
  requestTimeout: '10s',
  settleTime: '5s',
  active: true,
  operations: {},
};

const operation = (part: Partial<Operation>): Operation => {
  return { method: 'POST', path: '/refunds', headers: {}, returns: {}, code: null, done: null, ...part };
};

const made = (part: Partial<Operation>, values: Parameters<typeof requestOf>[2]['values']) =>
  requestOf(CONNECTION, operation(part), { values, secret: 's3', idempotencyKey: 'k-1' });

describe('the request of a call', () => {
  it('carries the values in its body, the secret and the key in headers', () => {
    expect(made({ headers: { 'x-tenant': 'boreal' } }, { amount: 12.5, tags: ['a'] })).toEqual({
      method: 'POST',
      url: 'https://erp.example/api/refunds',
      headers: {
        accept: 'application/json',
        'content-type': 'application/json',
        'x-tenant': 'boreal',
        authorization: 'Bearer s3',
        'idempotency-key': 'k-1',
      },
      body: '{"amount":12.5,"tags":["a"]}',
    });
  });

  it('has values of the path there only, and a GET the others in its query', () => {
    expect(made({ path: '/orders/{order}/refunds' }, { order: 'a/b?c', amount: 1 })).toMatchObject({
      url: 'https://erp.example/api/orders/a%2Fb%3Fc/refunds',
      body: '{"amount":1}',
    });
    const get = { method: 'GET', path: '/refunds/{idempotencyKey}' } as const;
    const asked = made(get, { of: 'ana & bruno', day: [1, 2] });
    expect(asked).toMatchObject({
      url: 'https://erp.example/api/refunds/k-1?of=ana+%26+bruno&day=1&day=2',
      body: null,
    });
    expect(asked).not.toHaveProperty('headers.content-type');
    expect(
      made({ method: 'GET', path: '/refunds?key={idempotencyKey}&of={of}' }, { of: 'a&b=c', day: 1 }),
    ).toMatchObject({
      url: 'https://erp.example/api/refunds?key=k-1&of=a%26b%3Dc&day=1',
    });
  });

  it.each([
    [{ path: '/orders/{order}' }, {}, 'value_missing'],
    [{ path: '/orders/{order}' }, { order: null }, 'value_missing'],
    [{ path: '/orders/{order}' }, { order: '' }, 'value_unfit'],
    [{ path: '/orders/{order}/x' }, { order: '..' }, 'value_unfit'],
    [{ path: '/orders/{order}' }, { order: ['a'] }, 'value_unfit'],
    [{ path: '/orders/{order}' }, { order: '\ud800' }, 'value_unfit'],
    [{ method: 'GET' as const }, { nested: { a: 1 } }, 'value_unfit'],
  ])('is not made of %j and %j', (part, values, fault) => {
    expect(made(part, values)).toEqual({ fault });
  });

  it('stays below the base address, whatever the values are', () => {
    fc.assert(
      fc.property(codePoints(40), fc.string(), (order, other) => {
        const request = made({ method: 'GET', path: '/orders/{order}/refunds' }, { order, other });
        if ('fault' in request) return;
        const { origin, pathname } = new URL(request.url);
        expect(origin).toBe('https://erp.example');
        expect(pathname).toMatch(/^\/api\/orders\/[^/]+\/refunds$/);
      }),
    );
  });
});
