import type { InquiryEngine } from '../modules/inquiry/index.js';
import { reach } from '../platform/kill-point/index.js';
import type { DrainInput, DrainResult } from '../workflows/messages.js';
import { inCodes } from './in-codes.js';

/** The names one and the same drain is registered under, so that Temporal's own history tells what rang. */
export const DRAIN_NAMES = [
  'onOpened',
  'onBuyerMessage',
  'onCommand',
  'onReceipt',
  'onCallResult',
  'onWake',
  'onPoke',
] as const;
export type DrainName = (typeof DRAIN_NAMES)[number];

type Drain = (input: DrainInput) => Promise<DrainResult | null>;
export type DrainActivities = Readonly<Record<DrainName, Drain>>;

/** Activities of the inquiry workflow. */
export function drainActivities(engine: InquiryEngine): DrainActivities {
  const drain: Drain = (input) =>
    inCodes(async () => {
      const result = await engine.ring(input);
      reach('drain.before-marker');
      return result;
    });
  return Object.fromEntries(DRAIN_NAMES.map((name) => [name, drain])) as DrainActivities;
}
