import type { WorkKind } from './work-queue.js';

/** Whatever looks for work when it is nudged; a nudge may come for nothing. */
export type Nudged = { nudge(): void };

/**
 * Tells the loops of this process that there is work, so that what was just committed is taken at once. A nudge carries
 * nothing and may be lost: the poll of the work queue finds everything in the end, also what other processes asked for.
 */
export class Nudges {
  readonly #loops = new Map<WorkKind, Set<Nudged>>();

  /** From now on `loop` is nudged for `kind`. Returns what ends that. */
  register(kind: WorkKind, loop: Nudged): () => void {
    const loops = this.#loops.get(kind) ?? new Set();
    this.#loops.set(kind, loops.add(loop));
    return () => void loops.delete(loop);
  }

  /** Makes every loop that does this kind of work look at once. */
  nudge(kind: WorkKind): void {
    for (const loop of this.#loops.get(kind) ?? []) loop.nudge();
  }
}

/** The bus of this process. Work is asked for deep inside transactions, where nothing could be passed along to. */
export const processNudges = new Nudges();
