import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import type { History } from '@temporalio/common/lib/proto-utils.js';
import { projectPath } from './stack.js';
import type { Stack } from './stack.js';

const FOLDER = 'test/replay/histories';

/** All runs of one inquiry's execution, the oldest first; the others continue it. */
export async function runsOf(stack: Stack, workflowId: string): Promise<History[]> {
  const { client } = stack.runtime.temporal;
  const runs: History[] = [];
  let runId: string | undefined = (await client.workflow.getHandle(workflowId).describe()).runId;
  while (runId !== undefined && runId !== '') {
    const history: History = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    runs.unshift(history);
    runId = history.events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId ?? undefined;
  }
  return runs;
}

/** Keeps a history for every later build to replay. Names of machines and processes are not part of the story. */
export function recordHistory(name: string, history: History): void {
  const json = JSON.stringify(JSON.parse(historyToJSON(history)), withoutMachine);
  writeFileSync(projectPath(`${FOLDER}/${name}.json`), `${json}\n`);
}

function withoutMachine(key: string, value: unknown): unknown {
  return key === 'identity' || key === 'binaryChecksum' || key === 'buildId' ? 'recorded' : value;
}

/** The recorded histories by name. */
export function recordedHistories(): [name: string, history: unknown][] {
  return readdirSync(projectPath(FOLDER))
    .filter((file) => file.endsWith('.json'))
    .map((file) => [
      file.replace('.json', ''),
      JSON.parse(readFileSync(projectPath(`${FOLDER}/${file}`), 'utf8')) as unknown,
    ]);
}
