const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Which numbers a set such as `3,5:7,9:*` names; `last` is what `*` stands for. */
export function numbersOf(set, last) {
  const ranges = set.split(',').map((part) => {
    const [from, to = from] = part.split(':').map((text) => (text === '*' ? last : Number(text)));
    return [Math.min(from, to), Math.max(from, to)];
  });
  return (number) => ranges.some(([from, to]) => number >= from && number <= to);
}

/** Whether a mail has everything a search asks for: `ALL`, `UID <set>`, `HEADER <name> <part>`, `SINCE <day>`. */
export function matches(message, criteria, last) {
  const rest = [...criteria];
  while (rest.length > 0) {
    const key = rest.shift().toUpperCase();
    if (key === 'UID' && !numbersOf(rest.shift(), last)(message.uid)) return false;
    if (key === 'SINCE' && message.at < Date.parse(`${rest.shift()} UTC`)) return false;
    if (key === 'HEADER' && !hasHeader(message, rest.shift(), rest.shift())) return false;
  }
  return true;
}

function hasHeader({ raw }, name, part) {
  const [prefix, wanted] = [`${name.toLowerCase()}:`, part.toLowerCase()];
  return linesOf(raw).some((line) => line.startsWith(prefix) && line.includes(wanted));
}

/** Lines of heads in lower case: every search looks at those of every mail. */
const known = new WeakMap();

function linesOf(raw) {
  const lines =
    known.get(raw) ??
    headOf(raw)
      .toString('latin1')
      .toLowerCase()
      .replace(/\r\n[ \t]+/g, ' ')
      .split('\r\n');
  known.set(raw, lines);
  return lines;
}

/** The answer to a `FETCH` for one mail, as bytes. */
export function fetchLine(sequence, message, items) {
  const parts = items.flatMap((item) => {
    const name = item.toUpperCase();
    if (name === 'UID') return [Buffer.from(`UID ${message.uid}`)];
    if (name === 'FLAGS') return [Buffer.from(`FLAGS (${[...message.flags].join(' ')})`)];
    if (name === 'RFC822.SIZE') return [Buffer.from(`RFC822.SIZE ${message.raw.length}`)];
    if (name === 'INTERNALDATE') return [Buffer.from(`INTERNALDATE "${dateText(message.at)}"`)];
    const body = /^BODY(?:\.PEEK)?\[(HEADER)?\](?:<(\d+)\.(\d+)>)?$/.exec(name);
    if (body === null) return [];
    const [, section = '', from, length] = body;
    const whole = section === 'HEADER' ? headOf(message.raw) : message.raw;
    const bytes = from === undefined ? whole : whole.subarray(Number(from), Number(from) + Number(length));
    return [
      Buffer.concat([
        Buffer.from(`BODY[${section}]${from === undefined ? '' : `<${from}>`} {${bytes.length}}\r\n`),
        bytes,
      ]),
    ];
  });
  if (!items.some((item) => item.toUpperCase() === 'UID')) parts.unshift(Buffer.from(`UID ${message.uid}`));
  const spaced = parts.flatMap((part, index) => (index === 0 ? [part] : [Buffer.from(' '), part]));
  return Buffer.concat([Buffer.from(`* ${sequence} FETCH (`), ...spaced, Buffer.from(')\r\n')]);
}

function headOf(raw) {
  const end = raw.indexOf('\r\n\r\n');
  return end < 0 ? raw : raw.subarray(0, end + 4);
}

function dateText(at) {
  const date = new Date(at);
  const two = (number) => String(number).padStart(2, '0');
  const day = `${two(date.getUTCDate())}-${MONTHS[date.getUTCMonth()]}-${date.getUTCFullYear()}`;
  return `${day} ${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} +0000`;
}
