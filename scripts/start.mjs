/** `npm start`: the whole product, or the part of it that `ATENDE_ROLE` names, in this process. */
import { run } from './run.mjs';

await run('src/main.js');
