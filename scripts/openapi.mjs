/** `npm run openapi`: writes `openapi.json`, the description of the API, from the controllers. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isStale, root } from './lib.mjs';

process.env.TZ = 'UTC';
if (isStale()) await (await import('./build.mjs')).build();
const { committedDescription } = await import(pathToFileURL(join(root, 'dist/src/openapi.js')).href);
writeFileSync(join(root, 'openapi.json'), await committedDescription());
console.log('atende: openapi.json is written');
