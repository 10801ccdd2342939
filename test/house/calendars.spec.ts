import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

it('shipped calendars are what their sources give (npm run calendars)', () => {
  const script = fileURLToPath(new URL('../../scripts/calendars.mjs', import.meta.url));
  const { status, stderr } = spawnSync(process.execPath, [script, '--check'], { encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
});
