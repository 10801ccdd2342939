/** What the demo prints: a progress bar while it works, a table and totals at the end. */

const WIDTH = 30;

/** A progress bar on a terminal; in a log, a line per quarter. */
export class Progress {
  #told = 0;

  constructor(title, total) {
    this.title = title;
    this.total = total;
  }

  show(done, note = '') {
    const share = this.total === 0 ? 1 : done / this.total;
    const line = `${this.title} ${done}/${this.total} ${note}`.trimEnd();
    if (process.stderr.isTTY) {
      const full = Math.round(share * WIDTH);
      const bar = `${'█'.repeat(full)}${'░'.repeat(WIDTH - full)}`;
      process.stderr.write(`\r\x1b[K${bar} ${line}${share >= 1 ? '\n' : ''}`);
    } else if (Math.floor(share * 4) > this.#told) {
      this.#told = Math.floor(share * 4);
      process.stderr.write(`${line}\n`);
    }
  }
}

/** One line per inquiry: what was expected, what became of it. */
export function table(results) {
  const rows = results.map((result, index) => [
    String(index + 1),
    against(result.expected.language, result.language),
    against(result.expected.intent, result.intent),
    result.urgency ?? '–',
    result.acknowledged === 1 ? 'yes' : `${result.acknowledged}×`,
    result.offeredTo ?? (result.taskState === null ? '–' : `queue ${result.queue ?? '–'}`),
    shortened(result.text, 44),
  ]);
  const head = ['#', 'language', 'intent', 'urgency', 'ack', 'with', 'the buyer wrote'];
  const widths = head.map((title, column) => Math.max(...[head, ...rows].map((row) => columns(row[column] ?? title))));
  return [head, ...rows]
    .map((row) =>
      row
        .map((cell, column) => padded(cell, widths[column]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** `name: count` of each value, the most frequent first. */
export function counted(values) {
  const counts = new Map();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([value, count]) => `${value} ${count}`)
    .join(', ');
}

function against(expected, actual) {
  return expected === actual ? `✓ ${actual}` : `✗ ${actual ?? '–'}, not ${expected}`;
}

function shortened(text, length) {
  const flat = text.replace(/\s+/g, ' ');
  let end = 0;
  let used = 0;
  for (const character of flat) {
    used += columns(character);
    if (used > length) return `${flat.slice(0, end)}…`;
    end += character.length;
  }
  return flat;
}

/** Chinese characters and full-width signs are two columns wide. */
function columns(text) {
  return [...text].reduce(
    (sum, character) =>
      sum +
      (/[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/.test(character)
        ? 2
        : 1),
    0,
  );
}

function padded(text, width) {
  return text + ' '.repeat(Math.max(0, width - columns(text)));
}
