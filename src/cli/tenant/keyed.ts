import { parse, stringify } from 'yaml';
import type { Client } from '../definition/client.js';
import { CommandError } from '../session.js';
import type { Kind, Thing } from './kind.js';

type Words = Readonly<Record<string, unknown>>;

/** What the API says of a thing and nobody writes. */
const ITS_OWN = new Set(['id', 'version', 'createdAt', 'createdBy', 'secretSetAt']);

/** Members that name people: by key in files, which then fit another tenant too, by id in the API. */
const PEOPLE = new Set(['members', 'member', 'by']);

const written = (body: Words): Words => Object.fromEntries(Object.entries(body).filter(([name]) => !ITS_OWN.has(name)));

/** A text of YAML, the same for every order of names and every spelling. */
export function canonicalYaml(text: string): string {
  // What a file names by an anchor is written out: in another order its alias could come before it.
  return stringify(parse(text), { sortMapEntries: true, aliasDuplicateObjects: false });
}

/** Things with a key and versions under `/v1/<name>`: calendars, rosters, queues, connections. */
export function keyed(name: string, { namesPeople = false }: { readonly namesPeople?: boolean } = {}): Kind {
  const pathOf = (key: string): string => `${name}/${key}.yaml`;
  return {
    holds: (path) => new RegExp(`^${name}/[^/]+\\.yaml$`).test(path),
    canonical: canonicalYaml,
    async read(client) {
      const items = await client.list<{ readonly id: string; readonly key: string }>(name);
      const keys = namesPeople ? await keysById(client) : null;
      const things: Thing[] = [];
      for (const { id, key } of items) {
        const { body, etag } = await client.need('GET', `${name}/${id}`);
        const document = written(body as Words);
        things.push({ path: pathOf(key), text: stringify(keys === null ? document : byKey(document, keys)), etag, id });
      }
      return things;
    },
    async save(client, path, text, there) {
      const document: unknown = parse(text);
      if (typeof document !== 'object' || document === null) throw new CommandError(`${path} holds nothing`);
      const { key, ...rest } = document as Words;
      if (pathOf(String(key)) !== path) throw new CommandError(`${path} is about "${String(key)}"; name the file so`);
      const people = namesPeople ? await keysById(client) : null;
      const body = people === null ? rest : (byId(rest, people, path) as Words);
      if (there === null) await client.need('POST', name, { body: JSON.stringify({ key, ...body }) });
      else await client.need('PATCH', `${name}/${there.id}`, { body: JSON.stringify(body), ifMatch: there.etag });
      return [];
    },
  };
}

async function keysById(client: Client): Promise<ReadonlyMap<string, string>> {
  const members = await client.list<{ readonly id: string; readonly key: string }>('members');
  return new Map(members.map(({ id, key }) => [id, key]));
}

function byKey(value: unknown, keys: ReadonlyMap<string, string>): unknown {
  return named(value, (person) => {
    const { id } = person as { readonly id: string };
    return keys.get(id) ?? id;
  });
}

function byId(value: unknown, keys: ReadonlyMap<string, string>, path: string): unknown {
  const ids = new Map([...keys].map(([id, key]) => [key, id]));
  return named(value, (person) => {
    const id = ids.get(String(person));
    if (id === undefined) throw new CommandError(`${path}: there is no member "${String(person)}"`);
    return id;
  });
}

/** A document with every person in it put otherwise. */
function named(value: unknown, put: (person: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => named(item, put));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]: [string, unknown]) => {
      if (!PEOPLE.has(name) || member === null) return [name, named(member, put)];
      return [name, Array.isArray(member) ? member.map(put) : put(member)];
    }),
  );
}
