import type { WorkItem, WorkKind } from './work-queue.js';

/** Whatever looks for work when it is nudged; a nudge may come for nothing. */
export type Nudged = {
  /** Whose work it does: two installations may live in one process. */
  readonly database: object;
  nudge(): void;
  /** Whether it could begin an item of this shop now. */
  hasRoom(shopId: string | null): boolean;
  /** Begins an item that was taken for it, or gives it back when there is no room any more. */
  hand(item: WorkItem): void;
};

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

  /** What the loops of this process do. */
  kinds(): WorkKind[] {
    return [...this.#loops.keys()];
  }

  /** Makes every loop that does this kind of work look at once. */
  nudge(kind: WorkKind): void {
    for (const loop of this.#loops.get(kind) ?? []) loop.nudge();
  }

  /** A loop that could begin such an item now; what is asked for in this moment needs nobody to look for it then. */
  withRoom(kind: WorkKind, shopId: string | null, database: object): Nudged | undefined {
    return [...(this.#loops.get(kind) ?? [])].find((loop) => loop.database === database && loop.hasRoom(shopId));
  }
}

/** The bus of this process. Work is asked for deep inside transactions, where nothing could be passed along to. */
export const processNudges = new Nudges();
