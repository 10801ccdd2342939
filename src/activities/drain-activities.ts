import { ApplicationFailure } from '@temporalio/activity';
import type { InquiryEngine } from '../modules/inquiry/index.js';
import { databaseErrorCode } from '../platform/database/index.js';
import type { DrainInput, DrainResult } from '../workflows/messages.js';

/** The names one and the same drain is registered under, so that Temporal's own history tells what rang. */
export const DRAIN_NAMES = ['onOpened', 'onBuyerMessage', 'onCommand', 'onReceipt', 'onWake', 'onPoke'] as const;
export type DrainName = (typeof DRAIN_NAMES)[number];

type Drain = (input: DrainInput) => Promise<DrainResult | null>;
export type DrainActivities = Readonly<Record<DrainName, Drain>>;

/** Activities of the inquiry workflow. A failure carries a code: its text would stay readable in the history. */
export function drainActivities(engine: InquiryEngine): DrainActivities {
  const drain: Drain = async (input) => {
    try {
      return await engine.ring(input);
    } catch (error) {
      throw ApplicationFailure.create({ type: databaseErrorCode(error), message: databaseErrorCode(error) });
    }
  };
  return Object.fromEntries(DRAIN_NAMES.map((name) => [name, drain])) as DrainActivities;
}
