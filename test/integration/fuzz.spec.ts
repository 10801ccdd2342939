import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { smallDefinition } from '../support/small-definition.js';
import { messageEvent, startStack } from '../support/stack.js';
import type { Stack } from '../support/stack.js';
import { thingsOf } from '../support/tenant-things.js';
import type { Things } from '../support/tenant-things.js';

type Operation = {
  readonly 'x-permission'?: string;
  readonly requestBody?: { readonly content?: Readonly<Record<string, { readonly schema?: { properties?: object } }>> };
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
};
type Named = { readonly method: string; readonly path: string; readonly operation: Operation };

/** Who may most of what a permission is needed for. */
const WHO: Readonly<Record<string, keyof Stack['demo']['keys']>> = {
  'definitions.write': 'ops',
  'templates.write': 'ops',
  'shops.manage': 'admin',
  'members.manage': 'admin',
  'quarantine.manage': 'admin',
  'metrics.read': 'admin',
  'retention.read': 'privacyOfficer',
  'retention.write': 'privacyOfficer',
  'codec.decode': 'auditor',
};

/** Beyond this a request hangs, however busy the machine. */
const HANGS_AFTER_MS = 30_000;

/** CPU a request may cost this whole process, in µs: an expression or a text that stops it stops it for all. */
const MAX_CPU_US = 1_000_000;

const TEXTS = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom(
    '',
    '\0',
    '\ud800',
    '%00',
    "'; drop table inquiry; --",
    '{{x}}',
    '${x}',
    '../..',
    '__proto__',
    '-1',
    '1e999',
  ),
);
const VALUES = fc.oneof(
  { weight: 2, arbitrary: TEXTS },
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom(2 ** 53, -0.5, 1e308),
);

describe('whatever is sent', () => {
  let stack: Stack;
  let things: Things;
  let operations: readonly Named[];

  beforeAll(async () => {
    stack = await startStack();
    things = await thingsOf(stack, stack.demo);
    const { paths } = (await (await fetch(`${stack.baseUrl}/openapi.json`)).json()) as {
      readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
    };
    operations = Object.entries(paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
    );
  }, 240_000);

  afterAll(() => stack.stop(), 30_000);

  /** Sends, and fails when the answer is no refusal and no success, does not come, or costs too much. */
  const sane = async (path: string, init: RequestInit): Promise<number> => {
    const before = process.cpuUsage();
    const response = await fetch(`${stack.baseUrl}${path}`, { ...init, signal: AbortSignal.timeout(HANGS_AFTER_MS) });
    const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') ?? false;
    const text = isStream ? '' : await response.text();
    if (isStream) await response.body?.cancel();
    const { user, system } = process.cpuUsage(before);
    if (user + system > MAX_CPU_US) throw new Error(`${path} cost ${(user + system) / 1_000} ms`);
    if (response.status >= 500) throw new Error(`${init.method ?? 'GET'} ${path}: ${response.status} ${text}`);
    if (response.status >= 400 && (JSON.parse(text) as { code?: string }).code === undefined) throw new Error(text);
    return response.status;
  };

  const keyOf = ({ operation }: Named): string => stack.demo.keys[WHO[operation['x-permission'] ?? ''] ?? 'supervisor'];

  const headersOf = (named: Named): Record<string, string> => ({
    authorization: `Bearer ${keyOf(named)}`,
    'content-type': 'application/json',
    'if-match': '*',
    'idempotency-key': randomUUID(),
  });

  const filled = (path: string, value: (name: string) => string): string =>
    path.replace(/\{(\w+)\}/g, (_, name: string) => value(name));

  const own = (path: string): string => {
    const word = path.split('/')[2] ?? '';
    const others: Readonly<Record<string, string>> = { version: '1', instance: '1', name: 'first_response' };
    return filled(path, (name) => (name === 'keyId' ? randomUUID() : (others[name] ?? things[word] ?? 'x')));
  };

  it('signed bodies are taken or kept in quarantine', async () => {
    const event = messageEvent() as { type: string; data: Record<string, unknown> };
    const keys = [...Object.keys(event.data), 'thread', 'platform', 'attachments', 'about', '__proto__'];
    const bodies = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc
        .record({ key: fc.constantFrom(...keys), value: VALUES })
        .map(({ key, value }) => JSON.stringify({ ...event, data: { ...event.data, [key]: value } })),
      fc
        .constantFrom('message.status', 'reply.external', 'platform.event', 'buyer.typing')
        .chain((type) => fc.jsonValue().map((data) => JSON.stringify({ type, data }))),
      fc.constant('['.repeat(100_000)),
    );
    await fc.assert(
      fc.asyncProperty(bodies, async (raw) => {
        const { status } = await stack.deliver(null, { raw: raw.toWellFormed() });
        if (![202, 400].includes(status)) throw new Error(String(status));
      }),
      { numRuns: 80, seed: 7 },
    );
  }, 120_000);

  it('headers of a delivery that are not ours are refused', async () => {
    const header = fc.string({ unit: fc.constantFrom(...'abvz019,=+/-. '), maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(fc.uuid(), header, header, header, async (shop, id, timestamp, signature) => {
        const path = `/channels/webhook/${signature.length % 2 === 0 ? shop : stack.demo.shopId}`;
        const headers = {
          'content-type': 'application/json',
          'webhook-id': id,
          'webhook-timestamp': timestamp,
          'webhook-signature': signature,
        };
        expect(await sane(path, { method: 'POST', body: '{}', headers })).toBe(401);
      }),
      { numRuns: 60, seed: 7 },
    );
  }, 120_000);

  const validate = (text: string): Promise<number> =>
    sane('/v1/definitions/small/validate', {
      method: 'POST',
      body: text.toWellFormed(),
      headers: { authorization: `Bearer ${stack.demo.keys.ops}`, 'content-type': 'application/yaml' },
    });

  it('definitions in YAML are told their faults', async () => {
    const lines = smallDefinition('small').split('\n');
    const line = fc.nat(lines.length - 1);
    const edits = fc.array(fc.tuple(fc.constantFrom('drop', 'twice', 'replace', 'indent'), line, TEXTS), {
      minLength: 1,
      maxLength: 4,
    });
    const edited = edits.map((list) =>
      list
        .reduce((text, [how, at, by]) => {
          const here = text[at] ?? '';
          if (how === 'drop') return text.toSpliced(at, 1);
          if (how === 'twice') return text.toSpliced(at, 0, here);
          return text.toSpliced(at, 1, how === 'indent' ? `  ${here}` : `${here.split(':')[0] ?? ''}: ${by}`);
        }, lines)
        .join('\n'),
    );
    const hostile = fc.constantFrom(
      '['.repeat(50_000),
      '{a: '.repeat(20_000),
      '- '.repeat(50_000),
      `a: &a [x, x]\nb: &b [*a, *a]\n${Array.from({ length: 25 }, (_, n) => `c${n}: &c${n} [*${n === 0 ? 'b' : `c${n - 1}`}, *${n === 0 ? 'b' : `c${n - 1}`}]`).join('\n')}`,
      `? ${'a'.repeat(100_000)}\n: b`,
      '!!js/function "x"',
      '%YAML 9.9\n---\n...',
      'a: !!binary =====',
    );
    await fc.assert(
      fc.asyncProperty(fc.oneof(edited, TEXTS, hostile), async (text) => {
        // Without a text it is the draft that is looked at, and there is none.
        expect(text === '' ? [404] : [200, 400]).toContain(await validate(text));
      }),
      { numRuns: 120, seed: 7 },
    );
  }, 120_000);

  it('expressions are told their faults', async () => {
    const token = fc.constantFrom(
      ...[
        'buyer.name',
        'intent',
        'now',
        '"a"',
        '1',
        '2.5',
        '[',
        ']',
        '(',
        ')',
        '{',
        '}',
        '.',
        ',',
        '==',
        '&&',
        '||',
        '!',
      ],
      ...[
        '?',
        ':',
        'in',
        'size(',
        'matches(',
        'has(',
        '.exists(x, ',
        '.map(x, ',
        'duration("1h")',
        '"(a+)+$"',
        '-',
        '%',
        '\\',
      ],
    );
    const nested = fc.constantFrom(
      '('.repeat(5_000),
      '!'.repeat(5_000),
      '[1].map(x, '.repeat(40),
      `"${'a'.repeat(5_000)}"`,
    );
    const expression = fc.oneof(
      fc.array(token, { maxLength: 20 }).map((tokens) => tokens.join(' ')),
      nested,
      fc.string({ unit: 'binary' }),
    );
    const headers = {
      authorization: `Bearer ${stack.demo.keys.ops}`,
      'content-type': 'application/json',
      'if-match': '*',
    };
    await fc.assert(
      fc.asyncProperty(expression, async (when) => {
        const rules = [{ when, definition: 'standard-br' }];
        const body = JSON.stringify({ rules: [...rules, { definition: 'standard-br' }] });
        expect([200, 400, 422]).toContain(await sane('/v1/routing', { method: 'PUT', body, headers }));
      }),
      { numRuns: 120, seed: 7 },
    );
  }, 120_000);

  it('templates are told their faults', async () => {
    const token = fc.constantFrom(
      ...[
        '{{',
        '}}',
        '{{{',
        '}}}',
        '{{#if ',
        '{{/if}}',
        '{{#each ',
        '{{else}}',
        '{{>',
        '{{!--',
        '--}}',
        '{{&',
        '~',
        '../',
        '@root',
      ],
      ...[
        'buyer.name',
        'this',
        'constructor',
        '__proto__',
        'lookup',
        'log',
        '"x"',
        ' ',
        '\n',
        '|',
        '.',
        '[',
        ']',
        '\\',
        'texto',
      ],
    );
    const source = fc.oneof(
      fc.array(token, { maxLength: 25 }).map((tokens) => tokens.join('')),
      TEXTS,
    );
    const headers = { authorization: `Bearer ${stack.demo.keys.ops}`, 'content-type': 'application/json' };
    await fc.assert(
      fc.asyncProperty(source, async (text) => {
        const body = JSON.stringify({ source: text, variables: {} });
        expect([200, 400, 422]).toContain(await sane('/v1/templates/preview', { method: 'POST', body, headers }));
      }),
      { numRuns: 120, seed: 7 },
    );
  }, 120_000);

  it('cursors, limits and filters of every list', async () => {
    const lists = operations.filter(({ operation }) => operation.parameters?.some(({ name }) => name === 'cursor'));
    expect(lists.length).toBeGreaterThan(12);
    const real = await stack.as('supervisor').get('/v1/members?limit=1');
    const cursor = (real.body as { nextCursor: string }).nextCursor;
    const bent = fc.nat(cursor.length - 1).map((at) => `${cursor.slice(0, at)}A${cursor.slice(at + 1)}`);
    const value = fc.oneof(TEXTS, bent, fc.constant(cursor));
    for (const named of lists) {
      const names = (named.operation.parameters ?? []).filter((one) => one.in === 'query').map(({ name }) => name);
      const query = fc.array(fc.tuple(fc.constantFrom(...names), value), { minLength: 1, maxLength: 3 });
      await fc.assert(
        fc.asyncProperty(query, async (pairs) => {
          const search = new URLSearchParams(
            pairs.map(([name, text]): [string, string] => [name, text.toWellFormed()]),
          );
          await sane(`${own(named.path)}?${search.toString()}`, { headers: headersOf(named) });
        }),
        { numRuns: 12, seed: 7 },
      );
    }
  }, 120_000);

  it('path segments of every route', async () => {
    const segment = TEXTS.filter((text) => !['', '.', '..', '../..'].includes(text));
    const reading = operations.filter(({ method, path }) => method === 'GET' && path.includes('{'));
    for (const named of reading) {
      await fc.assert(
        fc.asyncProperty(segment, async (text) => {
          const path = filled(named.path, () => encodeURIComponent(text.toWellFormed()));
          const status = await sane(path, { headers: headersOf(named) });
          expect([400, 403, 404, 414]).toContain(status);
        }),
        { numRuns: 8, seed: 7 },
      );
    }
  }, 120_000);

  it('bodies of every route that takes one', async () => {
    const writing = operations.filter(
      ({ method, path, operation }) =>
        method !== 'GET' && operation.requestBody !== undefined && path.startsWith('/v1/'),
    );
    expect(writing.length).toBeGreaterThan(30);
    for (const named of writing) {
      const schema = named.operation.requestBody?.content?.['application/json']?.schema;
      const names = Object.keys(schema?.properties ?? { a: 1 });
      const body = fc.oneof(
        { weight: 3, arbitrary: fc.dictionary(fc.constantFrom(...names), VALUES, { maxKeys: 4 }) },
        fc.jsonValue(),
      );
      await fc.assert(
        fc.asyncProperty(body, async (value) => {
          const init = { method: named.method, headers: headersOf(named), body: JSON.stringify(value).toWellFormed() };
          await sane(own(named.path), init);
        }),
        { numRuns: 10, seed: 7 },
      );
    }
  }, 180_000);

  it('idempotency keys and versions in headers', async () => {
    const header = fc.string({ unit: 'grapheme-ascii', maxLength: 300 });
    const headers = { authorization: `Bearer ${stack.demo.keys.supervisor}`, 'content-type': 'application/json' };
    await fc.assert(
      fc.asyncProperty(header, async (text) => {
        const act = { method: 'POST', body: '{"text":"a"}', headers: { ...headers, 'idempotency-key': text } };
        await sane(`/v1/inquiries/${things['inquiries']}/notes`, act);
        const edit = { method: 'PATCH', body: '{"tags":[]}', headers: { ...headers, 'if-match': text } };
        await sane(`/v1/inquiries/${things['inquiries']}`, edit);
      }),
      { numRuns: 40, seed: 7 },
    );
  }, 120_000);

  it('leaves a server that serves', async () => {
    expect((await stack.as('agent').get('/v1/me')).status).toBe(200);
    expect((await stack.deliver(messageEvent())).status).toBe(202);
  });
});
