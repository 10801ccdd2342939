import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Client } from '@temporalio/client';
import { NativeConnection, Runtime, Worker } from '@temporalio/worker';
import pg from 'pg';
import { closedLoop, think } from '../pace.js';
import { randomFrom } from '../statistics.js';
import { newAnswer, newMessage } from '../texts.js';
import { close, message, reply } from './messages.js';
import type { TwinActivities, TwinInput } from './messages.js';
import type { TwinAnswer, TwinRequest, TwinServers } from './protocol.js';

/** The bare twin as a process of its own: worker and load together, driven over IPC. */

const TASK_QUEUE = 'bench-twin';
const POOL = 16;
const CREATE = `create table if not exists step (
  id uuid not null, ring text not null, text text not null, at timestamptz not null default now(), primary key (id, ring))`;

/** Tells the load that a message was taken, as the acknowledgement tells a buyer. */
const opened = new Map<string, () => void>();

function activities(pool: pg.Pool): TwinActivities {
  return {
    async write({ id, ring, text }) {
      const client = await pool.connect();
      try {
        await client.query('begin');
        const insert = 'insert into step (id, ring, text) values ($1, $2, $3) on conflict do nothing';
        await client.query({ name: 'step', text: insert, values: [id, ring, text] });
        await client.query('commit');
      } finally {
        client.release();
      }
      if (ring === 'open') opened.get(id)?.();
    },
  };
}

async function lifecycle(client: Client, random: () => number): Promise<void> {
  const id = randomUUID();
  const taken = new Promise<void>((resolve) => opened.set(id, resolve));
  const input: TwinInput = { id, text: newMessage(random).text };
  const handle = await client.workflow.signalWithStart('twin', {
    ...{ workflowId: `twin:${id}`, taskQueue: TASK_QUEUE, args: [input], signal: message, signalArgs: [] },
  });
  await taken;
  opened.delete(id);
  await think(random);
  await handle.executeUpdate(reply, { args: [newAnswer(random)] });
  await think(random);
  await handle.executeUpdate(close);
}

async function main({ databaseUrl, temporalAddress }: TwinServers): Promise<void> {
  Runtime.install({ shutdownSignals: [], telemetryOptions: { logging: { filter: 'WARN', forward: {} } } });
  const pool = new pg.Pool({ connectionString: databaseUrl, max: POOL });
  pool.on('error', () => undefined);
  await pool.query(CREATE);
  const connection = await NativeConnection.connect({ address: temporalAddress });
  const client = new Client({ connection });
  const worker = await Worker.create({
    connection,
    taskQueue: TASK_QUEUE,
    workflowBundle: { codePath: fileURLToPath(new URL('./bundle.js', import.meta.url)) },
    activities: activities(pool),
    maxConcurrentWorkflowTaskExecutions: 40,
    maxCachedWorkflows: 500,
    maxConcurrentLocalActivityExecutions: POOL - 2,
  });
  const running = worker.run();
  process.on('message', (request: TwinRequest) => {
    if (request.do === 'stop') {
      worker.shutdown();
      return;
    }
    const random = randomFrom(request.seed);
    closedLoop(request, () => lifecycle(client, random)).then(tell, (error: unknown) => tell({ error: String(error) }));
  });
  tell({ inTime: 0, all: 0 });
  await running;
  await connection.close();
  await pool.end();
  process.disconnect();
}

function tell(answer: TwinAnswer): void {
  process.send?.(answer);
}

process.once('message', (servers: TwinServers) => {
  main(servers).catch((error: unknown) => {
    tell({ error: String(error) });
    process.exit(1);
  });
});
