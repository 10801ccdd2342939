import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { auditOf } from '../support/audit-log.js';
import type { ApiAnswer } from '../support/api.js';
import { smallDefinition as small } from '../support/small-definition.js';
import { projectPath, startStack } from '../support/stack.js';
import type { Stack } from '../support/stack.js';

const STANDARD = readFileSync(projectPath('definitions/standard-br.yaml'), 'utf8');

const YAML = { 'content-type': 'application/yaml' };

describe('definitions', () => {
  let stack: Stack;

  beforeAll(async () => {
    stack = await startStack();
  }, 60_000);

  afterAll(async () => {
    await stack.stop();
  });

  const ops = () => stack.as('ops');
  const path = (key: string, rest = ''): string => `/v1/definitions/${key}${rest}`;
  const save = (key: string, text: string, headers: Readonly<Record<string, string>> = {}): Promise<ApiAnswer> =>
    ops().put(path(key, '/draft'), text, { headers: { ...YAML, ...headers } });
  const publish = (key: string): Promise<ApiAnswer> => ops().post(path(key, '/publish'));
  const release = async (key: string, text: string): Promise<number> => {
    await save(key, text, { 'if-match': '*' });
    const answer = await publish(key);
    expect(answer.status).toBe(201);
    return answer.body.version;
  };

  it('are listed with their newest version', async () => {
    const { body } = await stack.as('supervisor').get('/v1/definitions');
    expect(body.items).toMatchObject([
      { key: 'standard-br', version: 1, title: { en: 'Standard inquiry' }, publishedBy: null, draft: null },
    ]);
    expect(body.items[0].checksum).toMatch(/^[0-9a-f]{64}$/);
    expect((await ops().get(path('standard-br', '/versions/1'))).body).toBe(STANDARD);
  });

  it('go from a draft to a version that never changes, verbatim', async () => {
    const text = small('verbatim');
    const saved = await save('verbatim', text);
    expect([saved.status, saved.headers.get('etag')]).toEqual([200, '"1"']);
    expect(saved.body.problems.filter(({ severity }: { severity: string }) => severity === 'error')).toEqual([]);
    const draft = await ops().get(path('verbatim', '/draft'));
    expect([draft.body, draft.headers.get('etag')]).toEqual([text, '"1"']);
    expect(draft.headers.get('content-type')).toMatch(/^application\/yaml/);
    const published = await publish('verbatim');
    expect(published.status).toBe(201);
    expect(published.body).toMatchObject({ key: 'verbatim', version: 1 });
    const second = small('verbatim', 'calendar: always');
    expect(await release('verbatim', second)).toBe(2);
    expect((await ops().get(path('verbatim', '/versions/1'))).body).toBe(text);
    expect((await ops().get(path('verbatim', '/versions/2'))).body).toBe(second);
    expect((await ops().get(path('verbatim', '/versions/3'))).status).toBe(404);
    const { body } = await ops().get(path('verbatim', '/versions'));
    expect(body.items.map(({ version }: { version: number }) => version)).toEqual([2, 1]);
    expect(body.items[0]).toMatchObject({ contentType: 'application/yaml', publishedBy: { name: 'Otávio Lins' } });
    const events = (await auditOf(stack, 'definition.publish')).filter(({ object }) => object === 'verbatim');
    expect(events.map(({ after }) => after?.['version'])).toEqual([1, 2]);
  });

  it('are the same as JSON, byte by byte and by checksum', async () => {
    const document = `{  "key": "as-json",\n ${JSON.stringify({ ...parse(small('as-json')), key: undefined }).slice(1)}`;
    const headers = { 'content-type': 'application/json' };
    await ops().put(path('as-json', '/draft'), document, { headers });
    const { body: asJson } = await publish('as-json');
    const response = await fetch(`${stack.baseUrl}${path('as-json', '/versions/1')}`, {
      headers: { authorization: `Bearer ${stack.demo.keys.ops}` },
    });
    expect(await response.text()).toBe(document);
    expect(response.headers.get('content-type')).toMatch(/^application\/json/);
    await save('as-json', small('as-json'), { 'if-match': '"1"' });
    expect((await publish('as-json')).body.checksum).toBe(asJson.checksum);
  });

  it.each([
    ['YAML that is none', 'steps: [', 'yaml_invalid', 1],
    ['JSON that is none', '{ "atende": 1,, }', 'yaml_invalid', 1],
    ['an unquoted expression', small('faulty').replace('{ queue: sales-br }', '{ queue: !x }'), 'yaml_invalid', 5],
    ['a word the language does not have', small('faulty', 'colour: red'), 'schema_invalid', 4],
    ['a queue there is not', small('faulty').replace('sales-br', 'sales-mx'), 'unknown_queue', 5],
    ['a calendar there is not', small('faulty', 'calendar: mars'), 'unknown_calendar', 4],
    ['another key than in the path', small('other'), 'schema_invalid', 2],
    [
      'no close',
      small('faulty')
        .replace(/.*close: \{\}.*\n/, '')
        .replaceAll('close', 'person'),
      'no_close',
      4,
    ],
  ])('are kept as drafts with %s, and not published', async (name, text, code, line) => {
    const type = name.startsWith('JSON') ? 'application/json' : 'application/yaml';
    const headers = { 'content-type': type, 'if-match': '*' };
    const saved = await ops().put(path('faulty', '/draft'), text, { headers });
    expect(saved.status).toBe(200);
    expect(saved.body.problems).toContainEqual(expect.objectContaining({ code, severity: 'error', line }));
    expect((await ops().get(path('faulty'))).body.draft.version).toBe(Number(saved.headers.get('etag')?.slice(1, -1)));
    const refused = await publish('faulty');
    expect([refused.status, refused.body.code]).toEqual([422, 'definition_invalid']);
    expect(refused.body.problems).toEqual(saved.body.problems);
    expect((await ops().get(path('faulty'))).body.version).toBeNull();
  });

  it('are validated without being saved', async () => {
    const validate = (text: string): Promise<ApiAnswer> =>
      stack.as('supervisor').post(path('unsaved', '/validate'), text, { headers: YAML, idempotencyKey: null });
    const wrong = await validate(small('unsaved').replace('sales-br', 'sales-mx'));
    expect([wrong.status, wrong.body.problems[0].remedy]).toEqual([200, 'Did you mean "sales-br"?']);
    expect((await validate(small('unsaved'))).status).toBe(200);
    expect((await ops().get(path('unsaved'))).status).toBe(404);
    await save('unsaved', small('unsaved', 'calendar: mars'));
    const stored = await ops().post(path('unsaved', '/validate'), undefined, { idempotencyKey: null });
    expect(stored.body.problems[0].code).toBe('unknown_calendar');
  });

  it('need the version that was read, once there is a draft', async () => {
    expect((await save('guarded', small('guarded'))).status).toBe(200);
    const blind = await save('guarded', 'x: 1');
    expect([blind.status, blind.body.code]).toEqual([428, 'if_match_missing']);
    expect(
      (await save('guarded', small('guarded', 'calendar: always'), { 'if-match': '"1"' })).headers.get('etag'),
    ).toBe('"2"');
    const stale = await save('guarded', 'x: 1', { 'if-match': '"1"' });
    expect([stale.status, stale.body.currentVersion, stale.headers.get('etag')]).toEqual([412, 2, '"2"']);
    expect((await ops().get(path('guarded', '/draft'))).body).toBe(small('guarded', 'calendar: always'));
  });

  it.each([
    ['another media type', 'text/plain', small('media'), 415],
    ['no media type', '', small('media'), 415],
    ['a NUL character', 'application/yaml', 'key: "\u0000"', 400],
    ['more than the body limit', 'application/yaml', `# ${'x'.repeat(300_000)}`, 413],
  ])('are refused with %s', async (_, type, text, status) => {
    const answer = await ops().put(path('media', '/draft'), text, { headers: { 'content-type': type } });
    expect(answer.status).toBe(status);
  });

  it('are refused under a key that is none', async () => {
    expect((await save('Not-A-Key', small('x'))).status).toBe(400);
    expect((await ops().get(path('Not-A-Key'))).status).toBe(404);
    expect((await publish('never-seen')).status).toBe(404);
    const direct = await ops().post(path('standard-br', '/publish'));
    expect([direct.status, direct.body.problems[0].code]).toEqual([422, 'no_draft']);
  });

  it('are too large beyond 64 KiB, and say so', async () => {
    const { body } = await save('large', `${small('large')}# ${'x'.repeat(66_000)}`);
    expect(body.problems).toMatchObject([{ code: 'limit_exceeded' }]);
  });

  it('get distinct versions when published at the same time', async () => {
    await save('crowd', small('crowd'));
    const answers = await Promise.all(Array.from({ length: 8 }, () => publish('crowd')));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 201));
    expect(answers.map(({ body }) => body.version).sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('are published once for one Idempotency-Key', async () => {
    await save('once', small('once'));
    const again = { idempotencyKey: 'publish-once' };
    const [first, second] = [
      await ops().post(path('once', '/publish'), undefined, again),
      await ops().post(path('once', '/publish'), undefined, again),
    ];
    expect([second.status, second.body]).toEqual([201, first.body]);
    expect((await ops().get(path('once', '/versions'))).body.items).toHaveLength(1);
  });

  it('tell what changed between versions', async () => {
    await release('compared', small('compared'));
    const next = small('compared')
      .replace('{ kind: reply }', '{ kind: reply, lease: 45m }')
      .replace('# the end', '# over');
    await release('compared', next);
    const { body } = await ops().get(path('compared', '/diff?from=1&to=2'));
    expect(body).toMatchObject({ from: 1, to: 2, steps: { added: [], removed: [], changed: ['reply'] } });
    expect(body.unified).toContain(
      '+  - { id: reply, task: { kind: reply, lease: 45m }, on: { sent: close, not_needed: close } }\n',
    );
    expect(body.unified).toMatch(/^@@ -3,5 \+3,5 @@\n/);
    expect(body.changes).toEqual([
      { part: 'step', id: 'reply', change: 'changed', fields: [{ name: 'lease', before: '20m', after: '45m' }] },
    ]);
    expect((await ops().get(path('compared', '/diff?from=2&to=2'))).body.unified).toBe('');
    expect((await ops().get(path('compared', '/diff?from=1&to=9'))).status).toBe(404);
    expect((await ops().get(path('compared', '/diff?from=1'))).status).toBe(400);
  });

  it('tell how a text differs from what is published, by meaning where it has no error', async () => {
    await release('differing', small('differing'));
    const compare = (text: string | undefined, from = '') =>
      stack.as('supervisor').post(path('differing', `/diff${from}`), text, { headers: YAML, idempotencyKey: null });
    const other = await compare(small('differing', 'calendar: always'));
    expect(other.body).toMatchObject({
      from: 1,
      steps: { added: [], removed: [], changed: [] },
      changes: [{ part: 'definition', fields: [{ name: 'calendar', before: null, after: 'always' }] }],
    });
    const spelled = await compare(`# words\n${small('differing')}`);
    expect([spelled.body.changes, spelled.body.unified.length > 0]).toEqual([[], true]);
    const wrong = await compare(small('differing', 'calendar: mars'));
    expect(wrong.body).toMatchObject({ changes: null, steps: null, problems: [{ code: 'unknown_calendar' }] });
    expect((await compare(undefined)).body).toMatchObject({ unified: '', changes: [] });
    expect((await compare(small('differing'), '?from=7')).status).toBe(404);
  });

  it('are drawn: a version, the draft, a text', async () => {
    const draw = (rest: string) => stack.as('auditor').get(path('standard-br', `/graph${rest}`));
    const svg = await draw('?language=pt-BR');
    expect([svg.status, svg.headers.get('content-type')]).toEqual([200, 'image/svg+xml; charset=utf-8']);
    expect(svg.body).toContain('Atendimento padrão');
    const mermaid = await draw('?format=mermaid&version=1');
    expect(mermaid.headers.get('content-type')).toBe('text/vnd.mermaid; charset=utf-8');
    expect(mermaid.body).toContain('n6(["buyer<br/>wait: buyer_message, 2d"])');
    expect((await draw('?version=9')).status).toBe(404);
    expect((await draw('?format=png')).status).toBe(400);
    await save('drawn', small('drawn'));
    expect((await ops().get(path('drawn', '/graph?format=mermaid'))).body).toContain('person<br/>assign: sales-br');
    const post = (text: string) =>
      ops().post(path('drawn', '/graph?format=mermaid'), text, { headers: YAML, idempotencyKey: null });
    expect((await post(small('drawn').replace('sales-br', 'night-sz'))).body).toContain('assign: night-sz');
    const wrong = await post(small('drawn').replace('sales-br', 'sales-mx'));
    expect([wrong.status, wrong.body.problems[0].code]).toEqual([422, 'unknown_queue']);
  });

  it('check templates with what the tenant has now', async () => {
    const text = small('greets').replace('steps:\n', 'steps:\n  - { id: greet, send: { template: welcome } }\n');
    expect((await save('greets', text)).body.problems.map(({ code }: { code: string }) => code)).toContain(
      'unknown_template',
    );
    const write = (locale: string) =>
      ops().post('/v1/templates', { key: 'welcome', locale, form: 'chat', source: 'Oi {{day}}' });
    for (const locale of ['pt-BR', 'es', 'en', 'zh-CN']) await write(locale);
    const { body } = await save('greets', text, { 'if-match': '*' });
    expect(body.problems).toMatchObject([
      { code: 'unknown_field', message: 'template "welcome" uses "day", which is not given here' },
    ]);
    const given = text.replace('template: welcome', `template: welcome, with: { day: '"segunda"' }`);
    expect(await release('greets', given)).toBe(1);
  });

  it('come with the language as JSON Schema', async () => {
    const { body, status } = await stack.as('auditor').get('/v1/definitions/schema.json');
    expect(status).toBe(200);
    expect(body).toMatchObject({ $schema: 'https://json-schema.org/draft/2020-12/schema', title: 'Atende definition' });
  });
});
