import { done, refused, staleness } from '../../domain/configuration/refusals.js';
import type { ExpectedVersion, Outcome } from '../../domain/configuration/refusals.js';
import type { Tx } from '../../platform/database/index.js';
import { newId } from '../../platform/ids/index.js';
import { memberOf, recordChange, takeTurn } from '../configuration/index.js';
import type { Author } from '../configuration/index.js';
import type { PublishingPolicy } from '../policy/index.js';
import type { Scenarios } from '../simulation/index.js';
import { DefinitionEntity, DefinitionVersionEntity } from './definition.entities.js';
import type { DefinitionRow } from './definition.entities.js';
import { checkDefinition } from './language/index.js';
import type { DefinitionCheck, Problem } from './language/index.js';
import { tenantEnvironment } from './tenant-environment.js';

/** A definition's text with its media type. */
export type DraftText = { readonly text: string; readonly contentType: string };

/** A draft that was kept. */
export type SavedDraft = { readonly version: number; readonly problems: readonly Problem[] };

/** A version that was published, with the warnings it has. */
export type Published = {
  readonly key: string;
  readonly version: number;
  readonly checksum: string;
  readonly problems: readonly Problem[];
};

/** Writing definitions: drafts that may have errors, versions that never change. */
export class Publishing {
  constructor(
    private readonly scenarios: Scenarios,
    private readonly policy: PublishingPolicy,
  ) {}

  /** What is wrong in a text for this tenant, at an instant (epoch ms); nothing is saved. */
  async check(tx: Tx, key: string, { text, contentType }: DraftText, now: number): Promise<DefinitionCheck> {
    return checkDefinition(text, contentType, await tenantEnvironment(tx, key, now), key);
  }

  /**
   * Keeps a text as the draft, whatever is wrong in it. The first draft needs no expected version (null); a later one does,
   * or somebody's work could be overwritten unseen.
   */
  async saveDraft(
    tx: Tx,
    author: Author,
    key: string,
    draft: DraftText,
    expected: ExpectedVersion | null,
  ): Promise<Outcome<SavedDraft>> {
    await takeTurn(tx, 'definition');
    const row = (await find(tx, key)) ?? (await this.#create(tx, author, key));
    const exists = row.draft !== null;
    if (exists && expected === null)
      return refused('if_match_missing', { detail: 'Read the draft and send its ETag as If-Match.' });
    const stale = expected === null ? null : staleness(expected, row.draftVersion);
    if (stale) return stale;
    const before = row.draftVersion;
    const { problems } = await this.check(tx, key, draft, author.at);
    tx.em.assign(row, {
      draft: draft.text,
      draftType: draft.contentType,
      draftVersion: before + 1,
      draftAt: author.at,
      draftBy: memberOf(author),
    });
    await tx.em.flush();
    await recordChange(tx, author, {
      action: 'definition.save_draft',
      object: { kind: 'definition', id: key },
      before: exists ? { draftVersion: before } : null,
      after: { draftVersion: before + 1, errors: problems.filter(({ severity }) => severity === 'error').length },
    });
    return done({ version: before + 1, problems });
  }

  /**
   * Makes the draft the next version. Refuses one with errors, or with a scenario that does not come out as it says; warnings
   * do not matter. The draft stays. Where the tenant wants four eyes, whoever saved the draft cannot publish it, and whoever
   * does has to name the one they have read.
   *
   * @param reason why, in the publisher's words, or null
   * @param expected version of the draft, or null for whatever is there
   */
  async publish(
    tx: Tx,
    author: Author,
    key: string,
    reason: string | null,
    expected: ExpectedVersion | null,
  ): Promise<Outcome<Published>> {
    await takeTurn(tx, 'definition');
    const row = await find(tx, key);
    if (row === null) return refused('not_found');
    const { draft, draftType } = row;
    if (draft === null || draftType === null) return refused('definition_invalid', { problems: [NO_DRAFT] });
    const barred = (await this.#barred(tx, author, row, expected)) ?? staleness(expected ?? 'any', row.draftVersion);
    if (barred) return barred;
    return this.#publish(tx, author, row, { text: draft, contentType: draftType, by: row.draftBy }, reason);
  }

  /** Makes a text the next version past any draft, for definitions that come with the product. */
  async publishText(tx: Tx, author: Author, key: string, text: DraftText): Promise<Outcome<Published>> {
    await takeTurn(tx, 'definition');
    return this.#publish(
      tx,
      author,
      (await find(tx, key)) ?? (await this.#create(tx, author, key)),
      { ...text, by: null },
      null,
    );
  }

  /** Why the tenant's policy keeps this person from publishing this draft, or null. */
  async #barred(
    tx: Tx,
    author: Author,
    { draftBy }: DefinitionRow,
    expected: ExpectedVersion | null,
  ): Promise<ReturnType<typeof refused> | null> {
    const { byAnotherPerson } = await this.policy.read(tx);
    if (!byAnotherPerson) return null;
    if (draftBy !== null && draftBy === memberOf(author)) {
      return refused('own_draft', { detail: 'Ask somebody else who may publish to read the draft and to publish it.' });
    }
    if (expected !== null && expected !== 'any') return null;
    return refused('if_match_missing', {
      detail: 'Read the draft and send its ETag as If-Match: it is what you vouch for.',
    });
  }

  async #publish(
    tx: Tx,
    author: Author,
    row: DefinitionRow,
    draft: DraftText & { readonly by: string | null },
    reason: string | null,
  ): Promise<Outcome<Published>> {
    const { key } = row;
    const { problems, plan, checksum } = await this.check(tx, key, draft, author.at);
    if (plan === undefined || checksum === undefined) return refused('definition_invalid', { problems });
    const scenarios = await this.scenarios.list(tx, key);
    const named = scenarios.map(({ name, version: _version, ...scenario }) => ({ name, scenario }));
    const failed = await this.scenarios.problems(tx, plan, named);
    if (failed.length > 0) return refused('definition_invalid', { problems: [...failed, ...problems] });
    const version = row.version + 1;
    await tx.em.insert(DefinitionVersionEntity, {
      tenantId: tx.tenantId,
      definitionId: row.id,
      version,
      source: draft.text,
      contentType: draft.contentType,
      checksum,
      plan: { ...plan, version },
      scenarios: JSON.stringify(named),
      reason,
      publishedAt: author.at,
      publishedBy: memberOf(author),
      draftedBy: draft.by,
    });
    row.version = version;
    await tx.em.flush();
    await recordChange(tx, author, {
      action: 'definition.publish',
      object: { kind: 'definition', id: key },
      before: version === 1 ? null : { version: version - 1 },
      after: { version, checksum, scenarios: named.length, draftedBy: draft.by },
    });
    return done({ key, version, checksum, problems });
  }

  async #create(tx: Tx, author: Author, key: string): Promise<DefinitionRow> {
    const { tenantId } = tx;
    const nothing = { draft: null, draftType: null, draftVersion: 0, draftAt: null, draftBy: null };
    await tx.em.insert(DefinitionEntity, { tenantId, id: newId(), key, version: 0, ...nothing, createdAt: author.at });
    const row = await find(tx, key);
    if (row === null) throw new Error('A definition was not found after its insert');
    return row;
  }
}

const find = (tx: Tx, key: string): Promise<DefinitionRow | null> =>
  tx.em.findOne(DefinitionEntity, { tenantId: tx.tenantId, key });

const NO_DRAFT = {
  code: 'no_draft',
  severity: 'error',
  path: '',
  line: 1,
  column: 1,
  message: 'there is no draft to publish',
  remedy: 'Save one with PUT …/draft.',
} as const;
