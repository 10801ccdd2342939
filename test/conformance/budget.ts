import type { Budget, Connector, Hint } from '../../src/modules/channels/index.js';
import { Egress } from '../../src/platform/egress/index.js';
import type { Rig } from './rig.js';

const WAIT = { retryAfterMs: 1_500 };

/** A budget of which nothing is left of this minute. */
const SPENT: Budget = { take: () => Promise.resolve(WAIT.retryAfterMs), pause: () => Promise.resolve() };

/** Checks that a connector whose platform is counted asks for nothing when nothing is left, and says when to come back. */
export async function keepsToBudget(
  rig: Rig,
  connect: (egress: Egress, budget: Budget) => Connector,
  hintOf?: (message: Awaited<ReturnType<Rig['message']>>) => Hint,
): Promise<void> {
  const egress = new Egress(['127.0.0.1']);
  const held = connect(egress, SPENT);
  const message = await rig.message('Agora não.');
  expect(await held.send(rig.access, message)).toEqual({ kind: 'not_taken', reason: 'rate_budget', ...WAIT });
  // What tells everything by itself is not read.
  if (hintOf === undefined) expect(held.reading).toBeUndefined();
  else
    expect(await held.reading?.read(rig.access, hintOf(message))).toEqual({
      kind: 'later',
      code: 'rate_budget',
      ...WAIT,
    });
  await egress.close();
}
