import { NestFactory } from '@nestjs/core';
import { createAdapter } from '../../src/api/http-server.js';
import { AppModule } from '../../src/app.module.js';
import { PERMISSIONS } from '../../src/domain/identity/permissions.js';
import { DemoBuyer } from '../../src/modules/demo/index.js';
import { loadConfig } from '../../src/platform/config/index.js';
import type { Runtime } from '../../src/platform/nest/index.js';
import { routesOf } from '../support/routes.js';
import type { Route } from '../support/routes.js';

/** Routes that need no API key, each for a reason. */
const OPEN = [
  // A channel signs its deliveries instead.
  'ChannelsController.webhook',
  // The state of the consent is its key.
  'ConsentController.finish',
  // Exists only beside the demo tenants, on loopback.
  'DemoController.outbox',
  // How to use the API is no secret.
  'DocsController.asset',
  'DocsController.document',
  'DocsController.problems',
  'DocsController.reference',
  'DocsController.start',
  // The link is the key: signed, for one file, and good for minutes.
  'FilesController.fetch',
  // Whoever starts and balances processes has no key.
  'HealthController.live',
  'HealthController.ready',
  // Their address has a part that nobody can guess; what comes there is signed, or read from the platform itself.
  'NoticesController.challenge',
  'NoticesController.receive',
];

/** Every route of every controller that any role and set-up brings. */
async function routes(): Promise<Route[]> {
  const runtime = { config: { role: 'all' } } as unknown as Runtime;
  const { http, files } = loadConfig({});
  const adapter = createAdapter(http, files);
  const app = await NestFactory.create(AppModule.with({ runtime, demoBuyer: new DemoBuyer([]) }), adapter, {
    preview: true,
    logger: false,
    abortOnError: false,
  });
  return routesOf(app);
}

describe('routes', () => {
  let all: readonly Route[];

  beforeAll(async () => {
    all = await routes();
  }, 30_000);

  it('are found', () => {
    expect(all.length).toBeGreaterThan(60);
  });

  it('each declare a permission of the table, or that they are open', () => {
    const known: readonly unknown[] = [...PERMISSIONS, 'open'];
    expect(all.filter(({ access }) => !known.includes(access)).map(({ name }) => name)).toEqual([]);
  });

  it('are open only where this list says why', () => {
    const open = all.filter(({ access }) => access === 'open').map(({ name }) => name);
    expect(open.sort()).toEqual(OPEN);
  });
});
