/** `npm run atende -- <command>`: the command line of the product. */
import { run } from './lib.mjs';

await run('src/cli/main.js');
