import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Controller, Get, Param, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { OpenToAll } from '../access/access.guard.js';
import { Problem } from '../problems/problem.js';
import { ApiDescription } from './api-description.js';
import { problemsPage, referencePage, REFERENCE_START } from './pages.js';

/** Everything the pages need comes from here; the style of the reference is set by its own code. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; " +
  "form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

const HTML = 'text/html; charset=utf-8';
const SCRIPT = 'text/javascript; charset=utf-8';

/** Files of the installed `swagger-ui-dist` that are served, and as what. */
const ASSETS: Readonly<Record<string, string>> = {
  'swagger-ui-bundle.js': SCRIPT,
  'swagger-ui.css': 'text/css; charset=utf-8',
  'favicon-32x32.png': 'image/png',
};

/** The documentation people read, and the document their tools read; both work without any other network. */
@Controller()
@OpenToAll()
@ApiExcludeController()
export class DocsController {
  readonly #assets = new Map<string, Buffer>();

  constructor(private readonly description: ApiDescription) {}

  @Get('openapi.json')
  document(@Res() reply: FastifyReply): void {
    void reply.header('content-type', 'application/json; charset=utf-8').send(this.description.json);
  }

  @Get('docs')
  reference(@Res() reply: FastifyReply): void {
    page(reply, HTML, referencePage());
  }

  @Get('docs/problems')
  problems(@Res() reply: FastifyReply): void {
    page(reply, HTML, problemsPage());
  }

  @Get('docs/start.js')
  start(@Res() reply: FastifyReply): void {
    page(reply, SCRIPT, REFERENCE_START);
  }

  @Get('docs/:asset')
  asset(@Param('asset') name: string, @Res() reply: FastifyReply): void {
    const type = Object.hasOwn(ASSETS, name) ? ASSETS[name] : undefined;
    if (type === undefined) throw new Problem('not_found');
    void reply.header('cache-control', 'public, max-age=3600');
    page(reply, type, this.#read(name));
  }

  #read(name: string): Buffer {
    const known = this.#assets.get(name);
    if (known !== undefined) return known;
    const folder = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
    const content = readFileSync(join(folder, name));
    this.#assets.set(name, content);
    return content;
  }
}

function page(reply: FastifyReply, type: string, body: string | Buffer): void {
  void reply.headers({ 'content-type': type, 'content-security-policy': POLICY }).send(body);
}
