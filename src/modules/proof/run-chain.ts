/** One run of a workflow as far as its place in the chain goes. */
export type ChainedRun = {
  readonly runId: string;
  /** Epoch ms. */
  readonly startedAt: number;
  /** The run before it, where it was continued as new. */
  readonly continues: string | null;
};

/**
 * All runs of a workflow, oldest first, from those a list knows of. The list may lag behind, but a continued run names the
 * one before it.
 *
 * @param fetch one run, or null when it is not kept any more
 */
export async function followChain<T extends ChainedRun>(
  known: readonly string[],
  fetch: (runId: string) => Promise<T | null>,
): Promise<T[]> {
  const fetched = new Map<string, T | null>();
  for (let wanted = [...known]; wanted.length > 0;) {
    const runs = await Promise.all(wanted.map(fetch));
    for (const [index, runId] of wanted.entries()) fetched.set(runId, runs[index] ?? null);
    wanted = runs.flatMap((run) =>
      run === null || run.continues === null || fetched.has(run.continues) ? [] : [run.continues],
    );
  }
  return [...fetched.values()].filter((run) => run !== null).sort((a, b) => a.startedAt - b.startedAt);
}
