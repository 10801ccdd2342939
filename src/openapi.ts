import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { createAdapter } from './api/http-server.js';
import { describeApi } from './api/openapi/document.js';
import { AppModule } from './app.module.js';
import { loadConfig } from './platform/config/index.js';
import type { Runtime } from './platform/nest/index.js';

/** A preview builds nothing, so only the role is read from what it is given. */
const NOTHING_RUNS = { config: { role: 'api' } } as unknown as Runtime;

/** The description of the API as it is committed: made from the code alone, without any server. */
export async function committedDescription(): Promise<string> {
  const { http, files } = loadConfig({});
  const adapter = createAdapter(http, files);
  const app = await NestFactory.create(AppModule.with({ runtime: NOTHING_RUNS, demoBuyer: null }), adapter, {
    preview: true,
    logger: false,
    abortOnError: false,
  });
  return `${JSON.stringify(describeApi(app), null, 2)}\n`;
}
