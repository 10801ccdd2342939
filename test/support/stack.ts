import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { Webhook } from 'standardwebhooks';
import { startApplication } from '../../src/application.js';
import type { Application } from '../../src/application.js';
import type { DemoCredentials } from '../../src/modules/demo/index.js';
import { loadConfig } from '../../src/platform/config/index.js';
import type { Database } from '../../src/platform/database/index.js';
import { createLog } from '../../src/platform/log/index.js';
import type { Runtime } from '../../src/platform/nest/index.js';
import { installRuntime } from '../../src/platform/temporal/index.js';
import { connect } from '../../src/runtime.js';
import type { Undo } from '../../src/runtime.js';
import { Api } from './api.js';

/** Servers all tests of a run share; started by the global setup. */
export type TestServers = {
  readonly superuserUrl: string;
  readonly ownerUrl: string;
  readonly appUrl: string;
  readonly loopsUrl: string;
  readonly temporalAddress: string;
  /** Path of the Temporal CLI the server runs from. */
  readonly temporalCli: string;
  readonly workflowBundle: string;
};

/** The servers of this test run. */
export function testServers(): TestServers {
  const servers = process.env['ATENDE_TEST_SERVERS'];
  if (servers === undefined) throw new Error('The global setup has not run');
  return JSON.parse(servers) as TestServers;
}

export type StackOptions = {
  /** Further environment variables of the product. */
  readonly environment?: Readonly<Record<string, string>>;
  /** 32 bytes; drawn when not given. */
  readonly rootKey?: Buffer;
  /** Changes the runtime before the application is built, for example to break a part of it on purpose. */
  readonly adjust?: (runtime: Runtime) => Runtime;
};

export type MessageInput = {
  readonly text?: string;
  readonly buyer?: string;
  readonly name?: string;
  readonly messageId?: string;
  readonly conversationId?: string;
  readonly sentAt?: string;
} & Readonly<Record<string, unknown>>;

export type Accepted = {
  readonly messageId: string;
  readonly conversationId: string;
  readonly inquiryId: string;
  readonly duplicate: boolean;
};

/** The whole product in this process, on a database of its own and the run's servers. */
export type Stack = {
  readonly baseUrl: string;
  readonly demo: DemoCredentials;
  readonly other: DemoCredentials;
  readonly database: Database;
  readonly runtime: Runtime;
  readonly application: Application;
  /** Statements as the superuser, past row-level security. */
  readonly superuser: pg.Pool;
  /** A client of the API with one of the demo keys, any other key, or none. */
  as(key: keyof DemoCredentials['keys'] | { readonly key: string } | null): Api;
  /** Delivers an event of the webhook channel, signed. */
  deliver(event: unknown, options?: DeliverOptions): Promise<Response>;
  /** Delivers a buyer message and returns the ids. */
  send(message?: MessageInput): Promise<Accepted>;
  stop(): Promise<void>;
};

export type DeliverOptions = {
  readonly shopId?: string;
  readonly secret?: string;
  readonly id?: string;
  readonly at?: Date;
  /** The body exactly as sent, instead of the event's JSON. */
  readonly raw?: string;
  readonly headers?: Readonly<Record<string, string>>;
};

let counter = 0;

/** Starts the product on a fresh database. Stop it in `afterAll`. */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const servers = testServers();
  const undo: Undo = [];
  const name = `t_${process.pid}_${Date.now()}_${(counter += 1)}`;
  // Made when something is kept there: files of messages.
  const home = join(tmpdir(), `atende-stack-${name}`);
  undo.push(() => rm(home, { recursive: true, force: true }));
  const superuser = await createDatabase(servers, name);
  undo.push(() => superuser.end());
  const onDatabase = (url: string): string => Object.assign(new URL(url), { pathname: `/${name}` }).href;
  const config = loadConfig({
    TZ: 'UTC',
    PORT: '0',
    ATENDE_HOME: home,
    TEMPORAL_TASK_QUEUE: name,
    ATENDE_LOG_LEVEL: 'fatal',
    // Tests ask more often than people do, and wait for nobody.
    ATENDE_RATE_REQUESTS_PER_KEY: '1000000',
    ATENDE_RATE_FAILED_LOGINS_PER_ADDRESS: '1000000',
    ATENDE_HTTP_DRAIN_MS: '0',
    ...options.environment,
  });
  const log = createLog({ level: config.log.level, directory: undefined });
  quietRuntime();
  const { rootKey = randomBytes(32) } = options;
  const connected = await connect(
    config,
    log,
    {
      appUrl: onDatabase(servers.appUrl),
      loopsUrl: onDatabase(servers.loopsUrl),
      temporalAddress: servers.temporalAddress,
      rootKey,
    },
    undo,
  );
  const whole: Runtime = { ...connected, workflowBundle: servers.workflowBundle };
  const runtime = options.adjust?.(whole) ?? whole;
  const application = await startApplication(runtime, rootKey, new URL('../../definitions/', import.meta.url), undo);
  application.ready();
  return assemble(application, runtime, superuser, undo);
}

/** The SDK's own runtime writes to the console; one per process can be replaced, before its first use. */
export function quietRuntime(): void {
  try {
    installRuntime(createLog({ level: 'fatal', directory: undefined }), undefined);
  } catch {
    // Already installed by an earlier stack of this process.
  }
}

async function createDatabase(servers: TestServers, name: string): Promise<pg.Pool> {
  const admin = new pg.Client(servers.superuserUrl);
  await admin.connect();
  await admin.query(`create database ${name} template atende_template owner atende_owner`);
  await admin.end();
  const url = Object.assign(new URL(servers.superuserUrl), { pathname: `/${name}` }).href;
  const pool = new pg.Pool({ connectionString: url, max: 3 });
  // The run's servers stop after the tests; a connection that is still idle then is nobody's failure.
  pool.on('error', () => undefined);
  return pool;
}

function assemble(application: Application, runtime: Runtime, superuser: pg.Pool, undo: Undo): Stack {
  const { demo: demos, baseUrl } = application;
  if (demos === null) throw new Error('The demo surface is missing');
  const { demo, other } = demos;
  const deliver = (event: unknown, options: DeliverOptions = {}): Promise<Response> => {
    const body = options.raw ?? JSON.stringify(event);
    const { id = `w-${randomBytes(8).toString('hex')}`, at = new Date(), secret = demo.webhookSecret } = options;
    return fetch(`${baseUrl}/channels/webhook/${options.shopId ?? demo.shopId}`, {
      method: 'POST',
      body,
      headers: {
        'content-type': 'application/json',
        'webhook-id': id,
        'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
        'webhook-signature': new Webhook(secret).sign(id, at, body),
        ...options.headers,
      },
    });
  };
  return {
    baseUrl,
    demo,
    other,
    database: runtime.database,
    runtime,
    application,
    superuser,
    as: (key) => new Api(baseUrl, key === null ? null : typeof key === 'string' ? demo.keys[key] : key.key),
    deliver,
    async send(message = {}) {
      const response = await deliver(messageEvent(message));
      if (response.status !== 202)
        throw new Error(`The message was refused: ${response.status} ${await response.text()}`);
      return (await response.json()) as Accepted;
    },
    async stop() {
      for (const step of undo.reverse()) await step();
    },
  };
}

/** A `message.received` event with everything not given filled in. */
export function messageEvent(message: MessageInput = {}): unknown {
  const {
    text = 'Oi, quando chega o meu pedido?',
    buyer = `b-${randomBytes(6).toString('hex')}`,
    name,
    ...rest
  } = message;
  return {
    type: 'message.received',
    data: {
      messageId: `m-${randomBytes(8).toString('hex')}`,
      conversationId: `c-${buyer}`,
      sentAt: new Date().toISOString(),
      buyer: { id: buyer, ...(name === undefined ? {} : { name }) },
      text,
      ...rest,
    },
  };
}

/** The path of a file of the project, from the project's folder. */
export function projectPath(path: string): string {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url));
}
