import { jest } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { diff, graph, migrate, publish, pull, push, simulate, validate } from '../../src/cli/definition-command.js';
import { Client, placeOf } from '../../src/cli/definition/client.js';
import { eventually } from '../support/eventually.js';
import { deliverPatiently } from '../support/people.js';
import { printed } from '../support/printed.js';
import { smallDefinition } from '../support/small-definition.js';
import { startStack } from '../support/stack.js';
import type { Stack } from '../support/stack.js';

const SCENARIOS = `
quick:
  script:
    - { at: '2026-11-23T13:00:00Z', type: message.received, data: { text: 'Oi, quando chega?' } }
  assume: { reply: { outcome: sent, after: 20m } }
  expect:
    - { at: +20m, kind: inquiry.closed }
`;

describe('atende definition', () => {
  let stack: Stack;
  let client: Client;
  let folder: string;
  let said: string[];

  beforeAll(async () => {
    stack = await startStack();
    client = new Client({ url: stack.baseUrl, key: stack.demo.keys.ops });
    folder = mkdtempSync(join(tmpdir(), 'atende-'));
  }, 60_000);

  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await stack.stop();
  });

  beforeEach(() => {
    said = printed();
  });

  afterEach(() => jest.restoreAllMocks());

  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };

  it('takes a file from git to a published version and back', async () => {
    const path = file('traded.yaml', smallDefinition('traded'));
    file('traded.scenarios.yaml', SCENARIOS);
    expect(await validate(client, path, {})).toBe(0);
    expect(await push(client, path, { json: true })).toBe(0);
    expect(JSON.parse(said.at(-1) ?? '')).toMatchObject({ key: 'traded', version: 1, scenarios: ['quick'] });
    expect(await simulate(client, 'traded', {})).toBe(0);
    expect(said.at(-1)).toBe('passed quick\ntraded: 1 scenarios');
    expect(await publish(client, 'traded', { reason: 'First' })).toBe(0);
    expect(await diff(client, path, {})).toBe(0);
    const other = mkdtempSync(join(tmpdir(), 'atende-'));
    expect(await pull(client, 'traded', { dir: other })).toBe(0);
    expect(readFileSync(join(other, 'traded.yaml'), 'utf8')).toBe(smallDefinition('traded'));
    expect(parse(readFileSync(join(other, 'traded.scenarios.yaml'), 'utf8'))).toMatchObject({
      quick: { expect: [{ at: '+20m' }] },
    });
    rmSync(other, { recursive: true });
  });

  it('shows what is wrong with its place, and what differs', async () => {
    const path = file('wrong.yaml', smallDefinition('traded').replace('sent: close', 'sent: nowhere'));
    expect(await validate(client, path, {})).toBe(1);
    expect(said.at(-1)).toMatch(/wrong\.yaml:\d+:\d+ error unknown_step: /);
    expect(await diff(client, path, {})).toBe(1);
    expect(said.at(-1)).toMatch(/only the lines are compared\n\n@@/);
    expect(said.at(-1)).toContain('sent: nowhere');
    const later = file('later.yaml', smallDefinition('traded').replace('kind: reply', 'kind: reply, lease: 45m'));
    expect(await diff(client, later, { from: '1' })).toBe(1);
    expect(said.at(-1)).toContain('~ step reply\n    lease: 20m -> 45m\n\n@@');
    expect(await diff(client, file('commented.yaml', `# words\n${smallDefinition('traded')}`), {})).toBe(1);
    expect(said.at(-1)).toContain('traded: means the same as version 1');
    expect(await diff(client, later, { json: true })).toBe(1);
    expect(JSON.parse(said.at(-1) ?? '')).toMatchObject({ from: 1, steps: { changed: ['reply'] } });
  });

  it('draws a file, a version, and says what is wrong with a text', async () => {
    const look = { format: 'mermaid', language: 'zh-CN' };
    const path = file('drawn.yaml', smallDefinition('drawn'));
    const out = join(folder, 'drawn.svg');
    expect(await graph(client, path, { ...look, format: 'svg', out })).toBe(0);
    expect([said.at(-1), readFileSync(out, 'utf8')]).toEqual([out, expect.stringContaining('</svg>')]);
    expect(await graph(client, 'standard-br', { ...look, on: '1' })).toBe(0);
    expect(said.at(-1)).toMatch(/^---\ntitle: "标准询单"\n---\nflowchart TD\n/);
    const wrong = file('undrawn.yaml', smallDefinition('drawn').replace('sales-br', 'sales-mx'));
    expect(await graph(client, wrong, look)).toBe(1);
    expect(said.at(-1)).toMatch(/definition_invalid.*\n.*undrawn\.yaml:\d+:\d+ error unknown_queue/);
  });

  it('looks at a migration of open inquiries, and carries it out', async () => {
    jest.spyOn(console, 'error').mockImplementation(() => undefined);
    const path = file('carried.yaml', smallDefinition('carried'));
    await push(client, path, {});
    await publish(client, 'carried', {});
    await stack.as('ops').put('/v1/routing', { rules: [{ definition: 'carried' }] }, { headers: { 'if-match': '*' } });
    const { inquiryId } = await deliverPatiently(stack, { buyer: 'carried-1' });
    await eventually(
      () => stack.superuser.query('select 1 from task where inquiry_id = $1', [inquiryId]),
      ({ rowCount }) => rowCount === 1,
      30_000,
    );
    file(
      'carried.yaml',
      smallDefinition('carried').replaceAll('reply,', 'answer,').replace('kind: answer', 'kind: reply'),
    );
    await push(client, path, { over: '1' });
    await publish(client, 'carried', {});
    const none = { step: [], where: [] };
    expect(await migrate(client, 'carried', { ...none, to: '2', where: ['queue=sales-br'] })).toBe(1);
    expect(said.at(-1)).toContain(`blocked  ${inquiryId} from 1: step_missing (steps.reply)`);
    expect(await migrate(client, 'carried', { ...none, to: '2', step: ['reply=answer'], json: true })).toBe(0);
    const { id, counts } = JSON.parse(said.at(-1) ?? '') as { id: string; counts: unknown };
    expect(counts).toEqual({ ok: 1, blocked: 0, migrated: 0 });
    expect(await migrate(client, 'carried', { ...none, id, apply: true })).toBe(0);
    expect(said.at(-1)).toContain('carried to 2: done, 0 ok, 0 blocked, 1 migrated');
    await expect(migrate(client, 'carried', none)).rejects.toThrow('--to');
    await expect(migrate(client, 'carried', { ...none, to: '2', where: ['mood=bad'] })).rejects.toThrow('versions');
    await expect(migrate(client, 'carried', { ...none, id, cancel: true })).rejects.toThrow('migration_ended');
  }, 90_000);

  it('overwrites no draft that has not been read', async () => {
    const path = file('traded.yaml', smallDefinition('traded', 'calendar: always'));
    await expect(push(client, path, {})).rejects.toThrow('repeat with --over 1');
    expect(await push(client, path, { over: '1' })).toBe(0);
    expect(await pull(client, 'traded', { dir: folder, json: true })).toBe(0);
    expect(JSON.parse(said.at(-1) ?? '')).toMatchObject({ draft: 2 });
    expect(await publish(client, 'traded', { draft: '1' })).toBe(1);
    expect(said.at(-1)).toContain('version_stale');
    expect(await publish(client, 'traded', { draft: '2' })).toBe(0);
  });

  it('ends with 1 where a scenario fails', async () => {
    const path = file('failing.yaml', smallDefinition('failing'));
    file('failing.scenarios.yaml', SCENARIOS.replace('+20m, kind', '+10m, kind'));
    await push(client, path, {});
    expect(await simulate(client, 'failing', {})).toBe(1);
    expect(said.at(-1)).toContain('FAILED quick\n  expect.0');
    expect(await publish(client, 'failing', {})).toBe(1);
    expect(said.at(-1)).toContain('scenario_failed');
  });

  it('runs a script of a file, and inquiries that were against what happened', async () => {
    const scenario = { ...(parse(SCENARIOS) as { quick: object }).quick, assume: {} };
    const path = file('nobody.yaml', JSON.stringify(scenario));
    const standard = { on: '1' };
    expect(await simulate(client, 'standard-br', { ...standard, script: path })).toBe(1);
    expect(said.at(-1)).toMatch(/^FAILED script\n {2}expect\.0 .*\nstandard-br: 1 scenarios$/);
    const recorded = { openedFrom: '2026-01-01T00:00:00Z', of: 'carried', limit: '5' };
    expect(await simulate(client, 'traded', { ...recorded, on: '1', json: true })).toBe(0);
    expect(JSON.parse(said.at(-1) ?? '')).toMatchObject({ diff: { with: 'recorded' }, totals: { inquiries: 1 } });
    const assume = file('assume.yaml', 'reply: { outcome: sent, after: 1m }');
    const to = new Date(Date.now() + 3_600_000).toISOString();
    expect(await simulate(client, 'traded', { ...recorded, on: '1', assume, to })).toBe(0);
    expect(said.at(-1)).toContain('against what happened:\n');
    expect(said.at(-1)).toMatch(/ {4}messages: .*"human":0.* -> .*"human":1.*\n[^]*traded: 1 inquiries$/);
    await expect(simulate(client, 'traded', { script: path, ...recorded })).rejects.toThrow('do not go together');
    await expect(simulate(client, 'traded', { limit: '5' })).rejects.toThrow('--opened-from');
    await expect(simulate(client, 'traded', { script: join(folder, 'none.yaml') })).rejects.toThrow('there is no file');
  });

  it('says what it lacks: a file, a place, a permission', async () => {
    await expect(validate(client, join(folder, 'none.yaml'), {})).rejects.toThrow('there is no file');
    expect(() => placeOf({ ATENDE_URL: 'http://127.0.0.1' })).toThrow('set both');
    expect(() => placeOf({ ATENDE_HOME: folder })).toThrow('ATENDE_API_KEY');
    const agent = new Client({ url: stack.baseUrl, key: stack.demo.keys.agent });
    await expect(simulate(agent, 'traded', {})).rejects.toThrow('forbidden');
    await expect(simulate(new Client({ url: 'http://127.0.0.1:1', key: 'k' }), 'x', {})).rejects.toThrow(
      'nobody answers',
    );
  });
});
