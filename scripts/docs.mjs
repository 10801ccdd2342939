/**
 * `npm run docs`: writes `docs/configuration.md` from the comments on the type `Config`, the one place where each variable is
 * described. With `--check` it writes nothing and fails when the file is not what it would write.
 */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { root } from './lib.mjs';

const path = join(root, 'docs', 'configuration.md');
const folder = join(root, 'src/platform/config');
const channels = readdirSync(join(folder, 'channels'))
  .sort()
  .map((file) => join('channels', file));
const sources = textOf(['config.ts', ...channels, 'files.ts']);
const names = [...textOf(['variables.ts', ...channels, 'files.ts']).matchAll(/^ {2,4}([A-Z_]+): \{/gm)];
const known = new Set(names.map(([, name]) => name));

const INTRODUCTION = `# Configuration

Everything the program reads from its environment. One file does the reading (\`src/platform/config\`), checks all of it at the start and
names every mistake with its remedy. A variable set to the empty text counts as unset. Where a name may end in \`_FILE\`, that one holds
the path of a file with the value. \`npm run atende -- config\` prints what was read, secrets masked; a variable that begins with
\`ATENDE_\` and is not listed here is reported at the start.

This page is written by \`npm run docs\` from the comments on the type \`Config\`.

`;

/** One row: what a comment says about the variables it begins with. */
function rowOf(comment) {
  const text = comment.replace(/^\s*\* ?/gm, '').trim();
  const [, said, fallback = ''] = /^(.*?)\s*(?:@default (.*))?$/s.exec(text);
  const words = said.replace(/\s+/g, ' ').trim();
  const [lead] = /^.*?\.(?= |$)/.exec(words) ?? [words];
  const named = [...lead.matchAll(/`([A-Z_]+)`/g)].map(([, name]) => name);
  const own = named.filter((name) => known.has(name));
  if (!words.startsWith('`') || own.length === 0) return null;
  const file = named.find((name) => name.endsWith('_FILE')) !== undefined || lead.includes('`…_FILE`');
  const meaning = words.slice(lead.length).trim() || lead;
  return { own, file, meaning, fallback: fallback.replace(/\s+/g, ' ').trim() };
}

const rows = [...sources.matchAll(/\/\*\*(.*?)\*\//gs)]
  .map(([, comment]) => rowOf(comment))
  .filter((row) => row !== null);
const described = new Set(rows.flatMap(({ own }) => own));
const silent = [...known].filter((name) => !described.has(name));
if (silent.length > 0) {
  console.error(`atende: src/platform/config does not describe ${silent.join(', ')}`);
  process.exit(1);
}

const table = [
  '| Variable | Meaning | Default |',
  '| --- | --- | --- |',
  ...rows.map(({ own, file, meaning, fallback }) => {
    const titles = own.map((name) => `\`${name}\``).join(', ') + (file ? ', or with `_FILE`' : '');
    return `| ${[titles, meaning, fallback].map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  }),
].join('\n');
const page = await format(`${INTRODUCTION}${table}\n`, { ...(await resolveConfig(path)), filepath: path });

if (!process.argv.includes('--check')) {
  writeFileSync(path, page);
  console.log('atende: docs/configuration.md is written');
} else if (page !== read(path)) {
  console.error('atende: docs/configuration.md is not up to date: run npm run docs');
  process.exit(1);
}

function textOf(files) {
  return files.map((file) => readFileSync(join(folder, file), 'utf8')).join('\n');
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
