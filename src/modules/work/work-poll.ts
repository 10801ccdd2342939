import { processNudges } from './nudges.js';
import type { WorkKind } from './work-queue.js';

/** Pause between looks, in ms: how late what falls due, or what another process asked for, may be. */
const POLL_MS = 250;

/** One look at the work queue for all loops of a process: each of its own would cost as much as the work. */
export class WorkPoll {
  #members = 0;
  #looking = false;
  #timer: NodeJS.Timeout | null = null;

  /** @param look which kinds of work are due and taken by nobody */
  constructor(private readonly look: () => Promise<readonly WorkKind[]>) {}

  /** From now on there is somebody to nudge. Returns what ends that. */
  join(): () => void {
    this.#members += 1;
    if (this.#timer === null && !this.#looking) this.#next();
    return () => {
      this.#members -= 1;
      if (this.#members > 0 || this.#timer === null) return;
      clearTimeout(this.#timer);
      this.#timer = null;
    };
  }

  #next(): void {
    this.#timer = setTimeout(() => void this.#nudge(), POLL_MS);
  }

  async #nudge(): Promise<void> {
    this.#timer = null;
    this.#looking = true;
    // A database that is away is noticed, told and waited for by the loops themselves.
    const kinds = await this.look().catch(() => processNudges.kinds());
    this.#looking = false;
    for (const kind of kinds) processNudges.nudge(kind);
    if (this.#members > 0) this.#next();
  }
}
