import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { Payload, PayloadCodec } from '@temporalio/common';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import type { History } from '@temporalio/common/lib/proto-utils.js';
import { openHistory } from '../../src/platform/temporal/index.js';
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

/**
 * Keeps a history for every later build to replay. It is kept opened, because its key does not outlive the test; names of
 * machines and processes are not part of the story.
 */
export async function recordHistory(stack: Stack, name: string, history: History): Promise<void> {
  const codecs = stack.runtime.temporal.dataConverter.payloadCodecs ?? [];
  const opened = await openHistory(historyToJSON(history), (payloads) => openedBy(codecs, payloads));
  const json = JSON.stringify(JSON.parse(opened), withoutMachine);
  writeFileSync(projectPath(`${FOLDER}/${name}.json`), `${json}\n`);
}

/** Markers of the SDK itself are never sealed. */
function openedBy(codecs: readonly PayloadCodec[], payloads: readonly Payload[]): Promise<Payload[]> {
  const sealed = (payload: Payload): boolean => payload.metadata?.['key'] !== undefined;
  return Promise.all(
    payloads.map(async (payload) =>
      sealed(payload) ? ((await codecs[0]?.decode([payload]))?.[0] ?? payload) : payload,
    ),
  );
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
