import { CommandError } from '../session.js';
import type { Problem } from './change-lines.js';
import type { Client } from './client.js';

/** A definition as the tenant has it. */
export type TenantDefinition = {
  /** Of the draft, else of the newest version. */
  readonly text: string;
  /** Version of the draft; null where it is published text. */
  readonly draft: number | null;
  readonly scenarios: Readonly<Record<string, unknown>>;
};

/** A draft that was saved, with everything that is wrong in it. */
export type Saved = { readonly version: number; readonly problems: readonly Problem[] };

/**
 * Reads what the tenant has.
 *
 * @throws {CommandError} where it has neither a draft nor a version
 */
export async function readTenantDefinition(client: Client, key: string): Promise<TenantDefinition> {
  const draft = await client.ask('GET', `${key}/draft`);
  const { body } = await client.need('GET', `${key}/scenarios`);
  const { items } = body as { items: readonly { name: string; version: number }[] };
  const scenarios = Object.fromEntries(items.map(({ name, version: _version, ...scenario }) => [name, scenario]));
  if (draft.status !== 200) return { text: await newestText(client, key), draft: null, scenarios };
  return { text: String(draft.body), draft: Number(draft.etag?.replaceAll('"', '')), scenarios };
}

async function newestText(client: Client, key: string): Promise<string> {
  const { body } = await client.need('GET', key);
  const { version } = body as { version: number | null };
  if (version === null) throw new CommandError(`${key} has neither a draft nor a version`);
  return String((await client.need('GET', `${key}/versions/${version}`)).body);
}

/** Saves a text as the draft. */
export async function saveDefinition(
  client: Client,
  key: string,
  sent: { readonly body: string; readonly type: string; readonly ifMatch: string | null },
): Promise<Saved> {
  return (await client.need('PUT', `${key}/draft`, sent)).body as Saved;
}

/** Saves scenarios by name; those of `before` that are no longer among them are taken away. */
export async function saveScenarios(
  client: Client,
  key: string,
  scenarios: Readonly<Record<string, unknown>>,
  before: readonly string[] = [],
): Promise<void> {
  for (const [name, scenario] of Object.entries(scenarios)) {
    await client.need('PUT', `${key}/scenarios/${name}`, { body: JSON.stringify(scenario), ifMatch: '*' });
  }
  for (const name of before) if (!(name in scenarios)) await client.need('DELETE', `${key}/scenarios/${name}`);
}
