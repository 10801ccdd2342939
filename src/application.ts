import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { admitCodecOrigins } from './api/codec/codec-origins.js';
import { Draining } from './api/http/draining.js';
import { observeRequests } from './api/http/request-observer.js';
import { createAdapter } from './api/http-server.js';
import { ApiDescription } from './api/openapi/api-description.js';
import { Readiness } from './api/system/readiness.js';
import { AppModule } from './app.module.js';
import { loadClassifier } from './modules/classification/index.js';
import { DemoBuyer, demoCredentials, DemoSeed, readDemoFiles } from './modules/demo/index.js';
import type { DemoCredentials } from './modules/demo/index.js';
import { Shops } from './modules/shop/index.js';
import { StreamFeed } from './modules/stream/index.js';
import { explainListenError } from './platform/embedded/index.js';
import { NestLog } from './platform/log/index.js';
import { MetricsServer } from './platform/metrics/index.js';
import type { Runtime } from './platform/nest/index.js';
import type { Undo } from './runtime.js';
import { WorkerRunner } from './worker.module.js';

/** The two demo tenants: one to work with, one to try isolation on. */
export type Demo = { readonly demo: DemoCredentials; readonly other: DemoCredentials };

export type Application = {
  readonly nest: NestFastifyApplication;
  /** Address of the API; empty in the role `worker`. */
  readonly baseUrl: string;
  readonly demo: Demo | null;
  /** Tells the readiness probe that callers may come. */
  ready(): void;
};

/**
 * Builds the container of one process, seeds the demo tenants where the demo surface exists, and listens.
 *
 * @param rootKey what the demo's keys follow from; null without the demo surface
 * @param definitions folder of the shipped definitions
 */
export async function startApplication(
  runtime: Runtime,
  rootKey: Uint8Array | null,
  definitions: URL,
  undo: Undo,
): Promise<Application> {
  const demo =
    rootKey === null ? null : { demo: demoCredentials(rootKey, 'demo'), other: demoCredentials(rootKey, 'other') };
  const buyer = demo === null ? null : new DemoBuyer([demo.demo.webhookSecret, demo.other.webhookSecret]);
  if (buyer) {
    await buyer.start();
    undo.push(() => buyer.stop());
  }
  const { http, files } = runtime.config;
  const adapter = createAdapter(http, files);
  observeRequests(adapter.getInstance(), runtime);
  const draining = new Draining(adapter.getInstance(), http.limits.drainMs);
  admitCodecOrigins(adapter.getInstance(), runtime.config.codecOrigins);
  const nest = await NestFactory.create<NestFastifyApplication>(
    AppModule.with({ runtime, demoBuyer: buyer }),
    adapter,
    // The adapter's own parsers are all there are: a form must not pass for what was meant to be JSON.
    { logger: new NestLog(runtime.log), abortOnError: false, bodyParser: false },
  );
  undo.push(() => nest.close());
  await nest.init();
  if (demo !== null) await seedDemo(nest, demo, definitions);
  if (demo !== null) buyer?.trust(() => shopSecrets(nest, runtime, demo));
  const served = runtime.config.role !== 'worker';
  const readiness = served ? nest.get(Readiness, { strict: false }) : null;
  await runtime.database.warmUp();
  if (readiness !== null) {
    await loadClassifier();
    if (runtime.config.role === 'all') watchWorker(readiness, nest);
    nest.get(ApiDescription, { strict: false }).of(nest);
    await listen(nest, runtime);
    undo.push(() => stopServing(nest, readiness, draining));
  }
  await serveMetrics(runtime, undo);
  return {
    nest,
    baseUrl: served ? await nest.getUrl() : '',
    demo,
    ready: () => readiness?.started(),
  };
}

/** First the balancer is told, then callers; what does the work stops after the last of them has been answered. */
function stopServing(nest: NestFastifyApplication, readiness: Readiness, draining: Draining): Promise<void> {
  readiness.stopping();
  const feed = nest.get(StreamFeed, { strict: false });
  return draining.finish(() => feed.end());
}

/** Where the worker runs in the same process, nothing moves without it. */
function watchWorker(readiness: Readiness, nest: NestFastifyApplication): void {
  const worker = nest.get(WorkerRunner, { strict: false });
  readiness.add('worker', () => ({ status: worker.isRunning ? 'up' : 'down' }));
}

async function seedDemo(nest: NestFastifyApplication, { demo, other }: Demo, definitions: URL): Promise<void> {
  const files = readDemoFiles(definitions);
  const seed = nest.get(DemoSeed, { strict: false });
  await seed.seed('demo', demo, files);
  await seed.seed('other', other, files);
}

/** Secrets of every shop of the demo tenants: each may leave its replies to the demo buyer. */
async function shopSecrets(
  nest: NestFastifyApplication,
  { database }: Runtime,
  demo: Demo,
): Promise<readonly string[]> {
  const shops = nest.get(Shops, { strict: false });
  const tenants = [demo.demo.tenantId, demo.other.tenantId];
  return (await Promise.all(tenants.map((id) => database.tenant(id, (tx) => shops.secretsInForce(tx))))).flat();
}

async function listen(nest: NestFastifyApplication, runtime: Runtime): Promise<void> {
  const { host, port } = runtime.config.http;
  try {
    await nest.listen(port, host);
  } catch (error) {
    throw explainListenError(error, { host, port });
  }
}

/** Serves the metrics on a port of their own, where one is configured; in the role `worker` there is no other. */
async function serveMetrics({ config, metrics }: Runtime, undo: Undo): Promise<void> {
  if (config.metricsPort === undefined) return;
  const at = { host: config.http.host, port: config.metricsPort };
  try {
    const server = await MetricsServer.start(metrics, at);
    undo.push(() => server.stop());
  } catch (error) {
    throw explainListenError(error, { ...at, variable: 'ATENDE_METRICS_PORT' });
  }
}
