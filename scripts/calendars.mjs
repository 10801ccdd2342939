/**
 * `npm run calendars`: writes the calendars that ship, `definitions/calendars/{br,cn}-….json`, from the library `date-holidays`
 * and from layers of our own where it is wrong or silent. With `--check` it writes nothing and fails when a file is not what it
 * would write.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { brazil } from './calendars/brazil.mjs';
import { china } from './calendars/china.mjs';
import { root } from './lib.mjs';

const check = process.argv.includes('--check');
for (const calendar of [...brazil, ...china]) {
  const path = join(root, 'definitions', 'calendars', `${calendar.key}.json`);
  const text = await format(JSON.stringify(calendar), { ...(await resolveConfig(path)), filepath: path });
  if (!check) writeFileSync(path, text);
  else if (text !== read(path)) {
    console.error(`atende: ${path} is not up to date: run npm run calendars`);
    process.exitCode = 1;
  }
}
if (!check) console.log('atende: definitions/calendars is written');

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
