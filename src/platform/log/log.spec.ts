import { setTimeout as sleep } from 'node:timers/promises';
import { createLog } from './log.js';
import { addToLogContext, runWithLogContext } from './log-context.js';
import { NestLog } from './nest-log.js';

type Line = Record<string, unknown>;

function capture(level = 'info') {
  const lines: Line[] = [];
  const stream = { write: (line: string) => void lines.push(JSON.parse(line) as Line) };
  return { lines, log: createLog({ level, stream }) };
}

describe('createLog', () => {
  it('writes JSON with instant, level by name and message', () => {
    const { lines, log } = capture();
    log.info({ queue: 'sales-br' }, 'relay started');
    expect(lines[0]).toMatchObject({ level: 'info', queue: 'sales-br', msg: 'relay started', pid: process.pid });
    expect(lines[0]?.['time']).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  });

  it.each([
    ['authorization', { headers: { Authorization: 'Bearer abc' } }],
    ['cookie', { headers: { 'set-cookie': ['a=abc'] } }],
    ['text', { message: { text: 'abc' } }],
    ['body', { body: { deep: 'abc' } }],
    ['names in lists', { buyers: [{ name: 'abc' }] }],
    ['phone', { a: { b: { c: { phone: 'abc' } } } }],
    ['cpf', { cpf: 'abc' }],
    ['webhook secret', { webhookSecret: 'abc' }],
    ['API key', { api_key: 'abc' }],
    ['key', { key: 'abc' }],
    ['password', { database: { password: 'abc' } }],
    ['fencing token', { token: 'abc' }],
    ['bytes', { payload: Buffer.from('abc') }],
  ])('masks %s', (_what, object) => {
    const { lines, log } = capture();
    log.info(object);
    expect(JSON.stringify(lines)).not.toMatch(/abc|\[97,98,99\]/);
  });

  it('keeps ids, codes and numbers', () => {
    const { lines, log } = capture();
    log.info({ inquiryId: 'i-1', code: 'task_held', count: 3, at: new Date(0), none: null });
    expect(lines[0]).toMatchObject({
      inquiryId: 'i-1',
      code: 'task_held',
      count: 3,
      at: '1970-01-01T00:00:00.000Z',
      none: null,
    });
  });

  it('leaves the values of a row out of a database error', () => {
    const { lines, log } = capture();
    const cause = Object.assign(new Error('duplicate key (phone)=(+5511999990000)'), {
      code: '23505',
      constraint: 'buyer_phone_key',
      detail: 'Key (phone)=(+5511999990000) already exists.',
    });
    log.error({ err: new Error('accept failed', { cause }) }, 'refused');
    expect(JSON.stringify(lines)).not.toContain('5511999990000');
    expect(lines[0]?.['err']).toMatchObject({
      message: 'accept failed',
      cause: { message: 'database error 23505', code: '23505', constraint: 'buyer_phone_key' },
    });
  });

  it.each(['the error alone', 'the error in an object'])(
    'never takes the message of an error as its own: %s',
    (shape) => {
      const { lines, log } = capture();
      const error = Object.assign(new Error('duplicate (Ana Souza)'), { code: '23505' });
      if (shape === 'the error alone') log.error(error);
      else log.error({ err: error, code: 'x' });
      expect(lines[0]).toMatchObject({ msg: 'Error', err: { code: '23505' } });
      expect(JSON.stringify(lines)).not.toContain('Ana');
    },
  );

  it('explains a folder it cannot write', () => {
    expect(() => createLog({ level: 'info', directory: '/dev/null/logs' })).toThrow(/log cannot be written/);
  });

  it('ends at structures that contain themselves', () => {
    const { lines, log } = capture();
    const loop: Record<string, unknown> = {};
    loop['self'] = loop;
    log.info({ loop });
    expect(lines).toHaveLength(1);
  });

  it('gives each line the ids of the work that writes it, also after a wait', async () => {
    const { lines, log } = capture();
    const work = async (id: string) => {
      await runWithLogContext({ requestId: id }, async () => {
        await sleep(1);
        runWithLogContext({ inquiryId: `inquiry of ${id}` }, () => log.info('inner'));
      });
    };
    await Promise.all([work('a'), work('b')]);
    log.info('outside');
    expect(lines.map((line) => [line['requestId'], line['inquiryId']])).toEqual([
      ['a', 'inquiry of a'],
      ['b', 'inquiry of b'],
      [undefined, undefined],
    ]);
  });

  it('adds ids that become known during the work to its later lines, and the fields of a line to no other', () => {
    const { lines, log } = capture();
    runWithLogContext({ requestId: 'a' }, () => {
      log.info({ code: 'x' }, 'before');
      addToLogContext({ inquiryId: 'i' });
      log.info('after');
    });
    addToLogContext({ inquiryId: 'nowhere' });
    log.info('outside');
    expect(lines.map(({ requestId, inquiryId, code }) => [requestId, inquiryId, code])).toEqual([
      ['a', undefined, 'x'],
      ['a', 'i', undefined],
      [undefined, undefined, undefined],
    ]);
  });
});

describe('NestLog', () => {
  it('passes messages, contexts and errors of Nest on', () => {
    const { lines, log } = capture('trace');
    const nest = new NestLog(log);
    nest.log('Mapped {/health}', 'RouterExplorer');
    nest.error(new TypeError('broken'), 'ExceptionsHandler');
    nest.verbose('detail');
    expect(lines[0]).toMatchObject({ level: 'info', msg: 'Mapped {/health}', context: 'RouterExplorer' });
    expect(lines[1]).toMatchObject({
      level: 'error',
      msg: 'TypeError',
      err: { message: 'broken' },
      context: 'ExceptionsHandler',
    });
    expect(lines[2]).toMatchObject({ level: 'trace', msg: 'detail' });
  });
});
