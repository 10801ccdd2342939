import { readAnswer, readCheck } from './answer.js';
import type { Answer } from './answer.js';
import type { Operation } from './connection.js';

const operation = (part: Partial<Operation> = {}): Operation => {
  return { method: 'POST', path: '/refunds', headers: {}, returns: {}, code: null, done: null, ...part };
};

const answer = (status: number, body: unknown = {}, more: Partial<Answer> = {}): Answer => {
  return {
    status,
    body: typeof body === 'string' ? body : JSON.stringify(body),
    complete: true,
    retryAfterMs: null,
    ...more,
  };
};

const RETURNS = { id: 'string', paid: 'number', at: 'timestamp' } as const;

describe('the answer to a call', () => {
  it.each([
    [200, 'ok', undefined],
    [204, 'ok', undefined],
    [303, 'unknown', 'http_303'],
    [400, 'refused', 'http_400'],
    [408, 'unknown', 'http_408'],
    [409, 'refused', 'http_409'],
    [425, 'not_taken', 'http_425'],
    [429, 'not_taken', 'http_429'],
    [500, 'unknown', 'http_500'],
    [503, 'unknown', 'http_503'],
  ])('%i: %s', (status, kind, code) => {
    expect(readAnswer(operation(), {}, answer(status, ''))).toMatchObject({
      kind,
      ...(code === undefined ? {} : { code }),
    });
  });

  it.each([303, 408, 500])('%i to something that only reads leaves nothing open', (status) => {
    expect(readAnswer(operation({ method: 'GET' }), {}, answer(status))).toMatchObject({ kind: 'not_taken' });
  });

  it('fills the declared fields, by their mapping or by their name, as far as they fit', () => {
    const returns = { id: 'string(body.refund.id)', at: 'timestamp(body.when)' };
    const body = { refund: { id: 'r-9' }, when: '2026-11-23T10:00:00Z', paid: 12.5, more: 'x' };
    expect(readAnswer(operation({ returns }), RETURNS, answer(201, body))).toEqual({
      kind: 'ok',
      data: { id: 'r-9', paid: 12.5, at: Date.UTC(2026, 10, 23, 10) },
    });
    expect(readAnswer(operation({ returns }), RETURNS, answer(200, { paid: '12.5' }))).toEqual({
      kind: 'ok',
      data: {},
    });
    expect(readAnswer(operation(), RETURNS, answer(200, { at: '2026-11-23T10:00:00-03:00' }))).toEqual({
      kind: 'ok',
      data: { at: Date.UTC(2026, 10, 23, 13) },
    });
    const largest = { paid: 'body.items.filter(i, i.sum > 5.0).map(i, i.sum)[0]' };
    const items = [{ sum: 1.5 }, { sum: 7.5 }];
    expect(readAnswer(operation({ returns: largest }), RETURNS, answer(200, { items }))).toEqual({
      kind: 'ok',
      data: { paid: 7.5 },
    });
  });

  it('tells the outside system’s own code of a refusal', () => {
    const coded = operation({ code: 'body.error.code' });
    const refused = readAnswer(coded, {}, answer(422, { error: { code: 'ALREADY_PAID' } }));
    expect(refused).toEqual({ kind: 'refused', code: 'http_422', data: { code: 'ALREADY_PAID' } });
    expect(readAnswer(coded, {}, answer(422, '<p>no</p>'))).toMatchObject({ data: { code: 'http_422' } });
    expect(readAnswer(coded, {}, answer(422, { error: { code: 'x'.repeat(500) } }))).toMatchObject({
      data: { code: 'x'.repeat(64) },
    });
  });

  it('that says 200 and no is a refusal; one that does not say leaves it open', () => {
    const asked = operation({ done: 'body.state == "paid"', code: 'body.state' });
    expect(readAnswer(asked, {}, answer(200, { state: 'paid' }))).toMatchObject({ kind: 'ok' });
    expect(readAnswer(asked, {}, answer(200, { state: 'denied' }))).toEqual({
      kind: 'refused',
      code: 'not_done',
      data: { code: 'denied' },
    });
    expect(readAnswer(asked, {}, answer(200, '<p>Welcome</p>'))).toMatchObject({
      kind: 'unknown',
      code: 'answer_unreadable',
    });
    expect(readAnswer(operation(), {}, answer(200, '{"id"', { complete: false }))).toMatchObject({
      kind: 'unknown',
      code: 'answer_cut_off',
    });
  });
});

describe('the answer to whether it was done', () => {
  const find = operation({ method: 'GET', done: 'body.state == "paid"' });

  it.each([
    [200, { state: 'paid', id: 'r-9' }, { kind: 'done', data: { id: 'r-9' } }],
    [200, { state: 'denied' }, { kind: 'absent' }],
    [200, {}, { kind: 'failed', code: 'answer_unreadable' }],
    [200, '<p>Welcome</p>', { kind: 'failed', code: 'answer_unreadable' }],
    [404, '', { kind: 'absent' }],
    [403, '', { kind: 'failed', code: 'http_403' }],
    [500, '', { kind: 'failed', code: 'http_500' }],
  ])('%i %j', (status, body, expected) => {
    expect(readCheck(find, RETURNS, answer(status, body))).toEqual(expected);
  });
});
