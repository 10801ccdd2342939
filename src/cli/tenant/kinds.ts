import { parse, stringify } from 'yaml';
import { readTenantDefinition, saveDefinition, saveScenarios } from '../definition/store.js';
import { CommandError } from '../session.js';
import { canonicalYaml, keyed } from './keyed.js';
import type { Kind, Thing } from './kind.js';

type Template = { readonly id: string; readonly key: string; readonly locale: string; readonly form: string } & {
  readonly source: string;
};

const TEMPLATE = /^templates\/([^./]+)\.([^./]+)\.(letter|chat)\.txt$/;

const templates: Kind = {
  holds: (path) => TEMPLATE.test(path),
  canonical: (text) => text,
  async read(client) {
    const things: Thing[] = [];
    for (const { id, key, locale, form } of await client.list<Template>('templates')) {
      const { body } = await client.need('GET', `templates/${id}`);
      const { source } = body as Template;
      things.push({ path: `templates/${key}.${locale}.${form}.txt`, text: source, etag: null, id });
    }
    return things;
  },
  async save(client, path, source) {
    const [, key, locale, form] = TEMPLATE.exec(path) ?? [];
    await client.need('POST', 'templates', { body: JSON.stringify({ key, locale, form, source }) });
    return [];
  },
};

/** A list that is replaced as a whole: its path under `/v1/` and in the folder, and the member that is the list. */
function whole(name: string, member: string): Kind {
  const path = `${name}.yaml`;
  return {
    holds: (file) => file === path,
    canonical: canonicalYaml,
    async read(client) {
      const { body, etag } = await client.need('GET', name);
      const list = (body as Readonly<Record<string, unknown>>)[member];
      return [{ path, text: stringify({ [member]: list }), etag, id: null }];
    },
    async save(client, _path, text, there) {
      await client.need('PUT', name, { body: JSON.stringify(parse(text)), ifMatch: there?.etag ?? '*' });
      return [];
    },
  };
}

const SCENARIOS = /^definitions\/([^./]+)\.scenarios\.yaml$/;
const DEFINITION = /^definitions\/([^./]+)\.(yaml|json)$/;

type Listed = { readonly key: string };

const definitions: Kind = {
  holds: (path) => DEFINITION.test(path),
  canonical: (text) => text,
  async read(client) {
    const things: Thing[] = [];
    for (const { key } of await client.list<Listed>('definitions')) {
      const { text, draft } = await readTenantDefinition(client.at('/v1/definitions/'), key);
      const path = `definitions/${key}.${text.trimStart().startsWith('{') ? 'json' : 'yaml'}`;
      things.push({ path, text, etag: draft === null ? null : `"${draft}"`, id: null });
    }
    return things;
  },
  async save(client, path, text, there) {
    const [, key, ending] = DEFINITION.exec(path) ?? [];
    if (key === undefined) throw new CommandError(`${path} is no definition`);
    const sent = { body: text, type: `application/${ending}`, ifMatch: there?.etag ?? null };
    const { version, problems } = await saveDefinition(client.at('/v1/definitions/'), key, sent);
    const told = problems.map(({ line, severity, code, message }) => `${path}:${line} ${severity} ${code}: ${message}`);
    return [...told, `${key}: draft ${version}; publish it with: definition publish ${key} --draft ${version}`];
  },
};

const scenarios: Kind = {
  holds: (path) => SCENARIOS.test(path),
  canonical: canonicalYaml,
  async read(client) {
    const things: Thing[] = [];
    for (const { key } of await client.list<Listed>('definitions')) {
      const { scenarios: kept } = await readTenantDefinition(client.at('/v1/definitions/'), key);
      if (Object.keys(kept).length === 0) continue;
      things.push({ path: `definitions/${key}.scenarios.yaml`, text: stringify(kept), etag: null, id: null });
    }
    return things;
  },
  async save(client, path, text, there) {
    const [, key] = SCENARIOS.exec(path) ?? [];
    if (key === undefined) throw new CommandError(`${path} holds no scenarios`);
    const names = Object.keys((there === null ? {} : parse(there.text)) as object);
    await saveScenarios(
      client.at('/v1/definitions/'),
      key,
      (parse(text) ?? {}) as Readonly<Record<string, unknown>>,
      names,
    );
    return [];
  },
};

/** What operators set up, in an order in which each may name the ones before. */
export const KINDS: readonly Kind[] = [
  keyed('calendars'),
  keyed('rosters', { namesPeople: true }),
  keyed('queues', { namesPeople: true }),
  keyed('connections'),
  templates,
  definitions,
  scenarios,
  whole('routing', 'rules'),
  whole('forbidden-phrases', 'phrases'),
];
