import type { Decision } from '../decide.js';
import type { Entry } from '../effects.js';
import { isOpenObligation } from '../state.js';
import type { InquiryState, ObligationState } from '../state.js';
import type { MigrationBlock } from './blocks.js';

/** A deadline that a migration moves (epoch ms); `from` or `to` null where it begins or ends an obligation, or it pauses. */
export type DeadlineMove = {
  readonly obligation: string;
  readonly instance: number;
  readonly from: number | null;
  readonly to: number | null;
};

/** What a migration came to, or would come to, for one inquiry. */
export type MigrationOutcome = {
  readonly block: MigrationBlock | null;
  readonly deadlines: readonly DeadlineMove[];
  /** Levels of chains that are due at once under the new plan. */
  readonly levelsDue: number;
};

/** Reads from a decision on a `definition.changed` what it came to. */
export function migrationOutcome(before: InquiryState, { state, entries }: Decision, now: number): MigrationOutcome {
  const refusal = entries.find(({ kind }) => kind === 'definition.migration_refused');
  if (refusal !== undefined) return { block: blockIn(refusal), deadlines: [], levelsDue: 0 };
  const due = state.obligations.filter(isOpenObligation).flatMap(({ levels }) => levels);
  return {
    block: null,
    deadlines: movesOf(before, state),
    levelsDue: due.filter((level) => level.state === 'pending' && level.plannedAt <= now).length,
  };
}

function blockIn({ data }: Entry): MigrationBlock {
  const { code, place } = data as MigrationBlock;
  return { code, place };
}

function movesOf(before: InquiryState, after: InquiryState): DeadlineMove[] {
  const openBefore = new Map(before.obligations.filter(isOpenObligation).map((one) => [nameOf(one), one]));
  const openAfter = new Map(after.obligations.filter(isOpenObligation).map((one) => [nameOf(one), one]));
  return [...new Map([...openBefore, ...openAfter])].flatMap(([key, { name: obligation, instance }]) => {
    const from = openBefore.get(key)?.deadline ?? null;
    const to = openAfter.get(key)?.deadline ?? null;
    const isSame = from === to && openBefore.has(key) === openAfter.has(key);
    return isSame ? [] : [{ obligation, instance, from, to }];
  });
}

function nameOf({ name, instance }: ObligationState): string {
  return `${name}/${instance}`;
}
