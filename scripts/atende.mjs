/** `npm run atende -- <command>`: the command line of the product. */
import { run } from './run.mjs';

await run('src/cli/main.js');
