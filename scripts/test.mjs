/**
 * `npm test`: every test of the project, on servers it starts and stops itself. Arguments go to Jest, for example
 * `npm test -- --testPathPatterns calendar`. The last line says how many passed and failed.
 */
import { runTests } from './jest.mjs';

process.exit((await runTests(process.argv.slice(2))) ? 1 : 0);
