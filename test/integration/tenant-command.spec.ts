import { jest } from '@jest/globals';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parse, stringify } from 'yaml';
import { previewCalendar, reapplyCalendar } from '../../src/cli/calendar-command.js';
import { Client } from '../../src/cli/definition/client.js';
import { diffTenant, pullTenant, pushTenant } from '../../src/cli/tenant-command.js';
import { eventually } from '../support/eventually.js';
import { deliverPatiently, obligation, setShop } from '../support/people.js';
import { printed } from '../support/printed.js';
import { startStack } from '../support/stack.js';
import type { Stack } from '../support/stack.js';

const ROSTER = `
key: nights
shifts:
  - { key: late, members: [agent, agent2], zone: Asia/Shanghai, starts: '2026-11-01', rule: FREQ=DAILY, from: '20:00', to: '04:00', calendar: null }
exceptions: []
swaps: [{ shift: late, date: '2026-11-23', member: agent, by: null }]
`;
const PHRASES = "phrases: [{ id: ask-to-cancel, phrase: 'cancel* ~ pedido', why: It counts against the shop }]\n";
const CONNECTION_SECRET = 's3cret-that-is-nowhere-in-files';

describe('atende tenant', () => {
  let stack: Stack;
  let client: Client;
  let dir: string;
  let said: string[];

  beforeAll(async () => {
    stack = await startStack();
    client = new Client({ url: stack.baseUrl, key: stack.demo.keys.ops }, '/v1/');
  }, 60_000);

  afterAll(() => stack.stop(), 30_000);

  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'atende-'));
    said = printed();
    await pullTenant(client, { dir });
  });

  afterEach(() => {
    jest.restoreAllMocks();
    rmSync(dir, { recursive: true });
  });

  const read = (path: string): string => readFileSync(join(dir, path), 'utf8');
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text);
  };
  const edit = (path: string, from: string, to: string): void => {
    const text = read(path);
    expect(text).toContain(from);
    write(path, text.replace(from, to));
  };
  const told = (): { items: { path: string; result: string }[] } => JSON.parse(said.at(-1) ?? '');
  const results = (): Readonly<Record<string, string>> =>
    Object.fromEntries(told().items.map(({ path, result }) => [path, result]));

  it('writes everything as files, people by key, and finds nothing to push', async () => {
    for (const path of [
      'calendars/br-office.yaml',
      'templates/ack.pt-BR.chat.txt',
      'definitions/standard-br.yaml',
      'routing.yaml',
      'forbidden-phrases.yaml',
    ]) {
      expect([path, existsSync(join(dir, path))]).toEqual([path, true]);
    }
    expect(parse(read('queues/sales-br.yaml'))).toMatchObject({
      key: 'sales-br',
      members: expect.arrayContaining(['agent']),
    });
    expect(await diffTenant(client, { dir })).toBe(0);
    expect(await pushTenant(client, { dir })).toBe(0);
    expect(said.slice(-2)).toEqual(['0 would change', '0 saved, 0 not']);
  });

  it('leaves files alone that mean the same, with their comments', async () => {
    write('routing.yaml', `# where messages go\n${read('routing.yaml')}`);
    expect(await diffTenant(client, { dir })).toBe(0);
    await pullTenant(client, { dir });
    expect(read('routing.yaml')).toMatch(/^# where messages go/);
  });

  it('saves what was edited in every kind, and then there is no difference', async () => {
    edit('calendars/br-office.yaml', 'zone: America/Sao_Paulo', 'zone: America/Bahia');
    write('rosters/nights.yaml', ROSTER);
    edit('queues/night-sz.yaml', 'roster: null', 'roster: nights');
    write('templates/ack.pt-BR.chat.txt', 'Recebemos a sua mensagem.');
    edit('definitions/standard-br.yaml', 'lease: 20m', 'lease: 25m');
    write(
      'definitions/standard-br.scenarios.yaml',
      "quiet: { script: [{ at: '2026-11-23T13:00:00Z', type: message.received, data: { text: Oi } }] }\n",
    );
    write('routing.yaml', 'rules: [{ definition: standard-br, version: 1 }]\n');
    write('forbidden-phrases.yaml', PHRASES);
    expect(await diffTenant(client, { dir })).toBe(1);
    expect(said.at(-1)).toContain('~ calendars/br-office.yaml\n@@');
    expect(said.at(-1)).toContain('+ rosters/nights.yaml');
    expect(await pushTenant(client, { dir, json: true })).toBe(0);
    expect(Object.values(results())).toEqual(Array.from({ length: 8 }, () => 'saved'));
    expect(await diffTenant(client, { dir })).toBe(0);
    const { body: queues } = await stack.as('ops').get('/v1/queues');
    expect(queues.items.find(({ key }: { key: string }) => key === 'night-sz').roster).toBe('nights');
    const { body: definition } = await stack.as('ops').get('/v1/definitions/standard-br');
    expect(definition).toMatchObject({ version: 1, draft: { version: 1 } });
    write('definitions/standard-br.scenarios.yaml', '{}\n');
    expect(await pushTenant(client, { dir })).toBe(0);
    expect((await stack.as('ops').get('/v1/definitions/standard-br/scenarios')).body.items).toEqual([]);
  });

  it('tells what a calendar of a file would move, and moves it as it was shown once it is saved', async () => {
    const always = [{ from: '00:00', to: '24:00' }];
    const week = Object.fromEntries(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].map((name) => [name, always]));
    write('calendars/moving.yaml', stringify({ key: 'moving', zone: 'UTC', week, layers: [], exceptions: [] }));
    await pushTenant(client, { dir, json: true });
    await setShop(stack, { calendar: 'moving' });
    const { inquiryId } = await deliverPatiently(stack, { buyer: 'moved-by-file' });
    await eventually(
      () => obligation(stack, inquiryId, 'first_response'),
      (row) => row !== undefined,
    );
    const file = join(dir, 'calendars/moving.yaml');
    expect(await previewCalendar(client, file, {})).toBe(0);
    expect(said.at(-1)).toBe('moving: version 1 would move 0 open deadlines');
    const day = (offset: number): string => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);
    const exceptions = [0, 1].map((offset) => ({ date: day(offset), name: 'Fechado', intervals: [] }));
    write('calendars/moving.yaml', stringify({ ...parse(read('calendars/moving.yaml')), exceptions }));
    expect(await previewCalendar(client, file, {})).toBe(1);
    expect(said.at(-1)).toMatch(new RegExp(`${inquiryId} first_response 1: .* -> ${day(2)}`));
    expect(await previewCalendar(client, file, { json: true })).toBe(1);
    const shown = JSON.parse(said.at(-1) ?? '') as { version: number; moved: { obligation: string }[] };
    const moved = shown.moved.filter(({ obligation: name }) => name === 'resolution');
    write('moved.json', JSON.stringify({ ...shown, moved }));
    await expect(reapplyCalendar(client, 'moving', { moved: join(dir, 'moved.json') })).rejects.toThrow(
      'version_stale',
    );
    await pushTenant(client, { dir, json: true });
    expect(await reapplyCalendar(client, 'moving', { moved: join(dir, 'moved.json') })).toBe(0);
    expect(said.at(-1)).toBe('moving: 1 moved, 0 left alone');
    expect(await reapplyCalendar(client, 'moving', { moved: join(dir, 'moved.json') })).toBe(1);
    expect(said.at(-1)).toMatch(/^ended .* resolution 1\nmoving: 0 moved, 1 left alone$/);
    await expect(previewCalendar(client, join(dir, 'none.yaml'), {})).rejects.toThrow('there is no file');
  });

  it('does not save over what was changed since it was pulled, unless told to', async () => {
    const rules = [{ when: 'buyer.blocked', definition: 'standard-br' }, { definition: 'standard-br' }];
    await stack.as('ops').put('/v1/routing', { rules }, { headers: { 'if-match': '*' } });
    write('routing.yaml', 'rules: [{ definition: standard-br }]\n');
    expect(await pushTenant(client, { dir, json: true })).toBe(1);
    expect(results()).toEqual({ 'routing.yaml': 'changed_meanwhile' });
    expect((await stack.as('ops').get('/v1/routing')).body.rules).toEqual(rules);
    expect(await pushTenant(client, { dir, over: true })).toBe(0);
    expect((await stack.as('ops').get('/v1/routing')).body.rules).toEqual([{ definition: 'standard-br' }]);
  });

  it('goes on after a refusal and names what is wrong', async () => {
    write(
      'queues/night-sz.yaml',
      stringify({ ...parse(read('queues/night-sz.yaml')), members: ['nobody-of-that-name'] }),
    );
    write('calendars/other.yaml', read('calendars/always.yaml'));
    edit('forbidden-phrases.yaml', 'phrases:', '# none\nphrases:');
    write('templates/ack.en.chat.txt', '{{nobody.knows}}');
    write('templates/away.en.letter.txt', 'We are closed until {{back}}.');
    expect(await pushTenant(client, { dir, json: true })).toBe(1);
    expect(results()).toEqual({
      'calendars/other.yaml': 'refused',
      'queues/night-sz.yaml': 'refused',
      'templates/ack.en.chat.txt': 'refused',
      'templates/away.en.letter.txt': 'saved',
    });
    expect(said.at(-1)).toMatch(/there is no member .*nobody-of-that-name/);
    expect(said.at(-1)).toContain('template_invalid');
    write('routing.yaml', 'rules: [');
    await expect(pushTenant(client, { dir })).rejects.toThrow('routing.yaml cannot be read');
  });

  it('keeps secrets of connections out of files', async () => {
    const made = await stack.as('ops').post('/v1/connections', {
      key: 'erp-in-git',
      name: 'ERP',
      baseUrl: 'https://erp.example',
      auth: { header: 'X-Api-Key' },
      secret: CONNECTION_SECRET,
      operations: { find: { method: 'GET', path: '/orders' } },
    });
    expect(made.status).toBe(201);
    await pullTenant(client, { dir });
    expect(read('connections/erp-in-git.yaml')).not.toContain(CONNECTION_SECRET);
    edit('connections/erp-in-git.yaml', 'name: ERP', 'name: The ERP');
    expect(await pushTenant(client, { dir })).toBe(0);
    const { body } = await stack.as('ops').get(`/v1/connections/${made.body.id}`);
    expect(body).toMatchObject({ name: 'The ERP', secretSetAt: expect.any(String) });
  });
});
