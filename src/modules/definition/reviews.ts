import { done, refused } from '../../domain/configuration/refusals.js';
import type { Outcome } from '../../domain/configuration/refusals.js';
import { planChanges } from '../../domain/definition/plan-changes.js';
import type { PlanChange } from '../../domain/definition/plan-changes.js';
import type { Plan } from '../../domain/definition/plan.js';
import { unifiedDiff } from '../../domain/definition/text-diff.js';
import type { Tx } from '../../platform/database/index.js';
import type { Definitions } from './definitions.js';
import type { Problem } from './language/index.js';
import type { DraftText, Publishing } from './publishing.js';

/** What changed from one version to another: by lines, and by meaning. */
export type DefinitionDiff = { readonly unified: string; readonly changes: readonly PlanChange[] };

/** How a text that is not published differs from a version; by meaning only where it has no error. */
export type TextDiff = {
  readonly from: number;
  readonly unified: string;
  readonly changes: readonly PlanChange[] | null;
  readonly problems: readonly Problem[];
};

/** Looking at definitions before and after they are published; nothing is saved. */
export class Reviews {
  constructor(
    private readonly definitions: Definitions,
    private readonly publishing: Publishing,
  ) {}

  /** What changed from one published version to another; null when either does not exist. */
  async diff(tx: Tx, key: string, from: number, to: number): Promise<DefinitionDiff | null> {
    const [older, newer] = [await this.definitions.text(tx, key, from), await this.definitions.text(tx, key, to)];
    if (older === null || newer === null) return null;
    const plans = [await this.definitions.plan(tx, key, from), await this.definitions.plan(tx, key, to)] as const;
    return { unified: unifiedDiff(older.text, newer.text), changes: planChanges(...plans) };
  }

  /**
   * How a text differs from a published version; null when there is no such version.
   *
   * @param version null = the newest
   * @param now epoch ms
   */
  async diffOfText(
    tx: Tx,
    key: string,
    draft: DraftText,
    version: number | null,
    now: number,
  ): Promise<TextDiff | null> {
    const from = version ?? (await this.definitions.read(tx, key))?.version ?? null;
    const older = from === null ? null : await this.definitions.text(tx, key, from);
    if (from === null || older === null) return null;
    const { plan, problems } = await this.publishing.check(tx, key, draft, now);
    const changes = plan === undefined ? null : planChanges(await this.definitions.plan(tx, key, from), plan);
    return { from, unified: unifiedDiff(older.text, draft.text), changes, problems };
  }

  /** The plan of a text; a text with errors has none, and is refused with them. */
  async planOf(tx: Tx, key: string, draft: DraftText, now: number): Promise<Outcome<Plan>> {
    const { plan, problems } = await this.publishing.check(tx, key, draft, now);
    return plan === undefined ? refused('definition_invalid', { problems }) : done(plan);
  }

  /** The plan of a version; of the draft, or without one of the newest version, where none is named. */
  async planAt(tx: Tx, key: string, version: number | null, now: number): Promise<Outcome<Plan>> {
    const draft = version === null ? await this.definitions.draft(tx, key) : null;
    if (draft !== null) return this.planOf(tx, key, draft, now);
    const number = version ?? (await this.definitions.read(tx, key))?.version ?? null;
    if (number === null || (await this.definitions.text(tx, key, number)) === null) return refused('not_found');
    return done(await this.definitions.plan(tx, key, number));
  }
}
