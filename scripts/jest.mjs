/** How test scripts run Jest: in a process of its own, with one line at the end that says how many passed and failed. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { isStale, root } from './lib.mjs';

/**
 * Builds what the tests start, if the sources have changed, and runs Jest.
 *
 * @param {string[]} args for Jest
 * @returns {Promise<boolean>} whether anything failed
 */
export async function runTests(args) {
  const folder = mkdtempSync(join(tmpdir(), 'atende-jest-'));
  const report = join(folder, 'report.json');
  process.env.TZ = 'UTC';
  process.env.NODE_ENV = 'test';
  if (isStale()) await (await import('./build.mjs')).build();
  const code = await runJest(report, args);
  const { passed, failed, names } = outcome(report);
  rmSync(folder, { recursive: true, force: true });
  for (const name of names) console.log(`failed: ${name}`);
  console.log(`${passed} passed, ${failed} failed`);
  return failed > 0 || code !== 0;
}

/** Signals are passed on, so that the teardown of the tests stops the servers. */
function runJest(report, args) {
  const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  const options = ['--experimental-vm-modules', '--no-warnings', jest, '--json', '--outputFile', report, ...args];
  const child = spawn(process.execPath, options, { cwd: root, stdio: ['inherit', 'ignore', 'inherit'] });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => child.once('exit', (exitCode) => resolve(exitCode ?? 1)));
}

/** How many passed and failed, and what; a test file that could not even be loaded counts as one failure. */
function outcome(report) {
  try {
    const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites, testResults } = JSON.parse(
      readFileSync(report, 'utf8'),
    );
    const names = testResults.flatMap(namesOfFailed);
    return { passed: numPassedTests, failed: numFailedTests + numRuntimeErrorTestSuites, names };
  } catch {
    return { passed: 0, failed: 1, names: ['Jest ended without a report'] };
  }
}

/** One line for each failure of a file: where, which, and how its message begins. */
function namesOfFailed({ name, status, message, assertionResults }) {
  if (status !== 'failed') return [];
  const file = relative(root, name);
  const failed = assertionResults.filter((result) => result.status === 'failed');
  if (failed.length === 0) return [`${file}: ${beginning(message)}`];
  return failed.map(({ fullName, failureMessages }) => `${file} › ${fullName}: ${beginning(failureMessages[0] ?? '')}`);
}

/** The beginning of a message on one line, without the colours of a terminal. */
function beginning(message) {
  return stripVTControlCharacters(message).replaceAll(/\s+/g, ' ').trim().slice(0, 400);
}
