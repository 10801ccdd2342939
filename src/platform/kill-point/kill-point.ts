/** Where this process ends itself, and at which passage; for tests only. */
export type KillPoint = {
  readonly name: string;
  /** 1 = the first passage. */
  readonly passage: number;
};

let armed: { readonly name: string; left: number } | null = null;

/** Arms one point for the life of this process; undefined arms none. Called once at the start, before anything moves. */
export function armKillPoint(point: KillPoint | undefined): void {
  armed = point === undefined ? null : { name: point.name, left: point.passage };
}

/**
 * Marks a place between two steps that belong together, where a crash must not lose or double anything. It does nothing
 * unless a test armed it: then the process ends here as if its power had been cut.
 *
 * @param name `<word>.<moment>`, unique in the sources
 */
export function reach(name: string): void {
  if (armed?.name !== name) return;
  armed.left -= 1;
  if (armed.left === 0) process.kill(process.pid, 'SIGKILL');
}

/**
 * Marks both sides of a transaction's end: `<word>.before-commit` here, `<word>.after-commit` once it has committed. Call it
 * as the last thing in the transaction.
 */
export function reachCommit(tx: { afterCommit(hook: () => void): void }, word: string): void {
  reach(`${word}.before-commit`);
  tx.afterCommit(() => reach(`${word}.after-commit`));
}
