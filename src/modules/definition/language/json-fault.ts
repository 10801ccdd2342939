const TOKEN =
  /[ \t\r\n]*(?:([{}[\],:])|("(?:[^"\\\0-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(?:-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null)(?![A-Za-z0-9.])|($))/y;

/** What may stand next: a value, a key, a colon, or what follows a value; `…OrEnd` right after an opening bracket. */
type State = 'value' | 'valueOrEnd' | 'key' | 'keyOrEnd' | 'colon' | 'after';

const WANTED: Readonly<Record<State, string>> = {
  value: 'a value',
  valueOrEnd: 'a value or ]',
  key: 'a key in double quotes',
  keyOrEnd: 'a key in double quotes or }',
  colon: ':',
  after: ', or the end of the mapping or list',
};

const OPENED: Readonly<Record<string, State>> = { '{': 'keyOrEnd', '[': 'valueOrEnd' };

/** The state after one token, null when it may not stand there; `open` holds the brackets not closed yet. */
function next(state: State, mark: string | undefined, text: string | undefined, open: string[]): State | null {
  if (state === 'colon') return mark === ':' ? 'value' : null;
  if (state === 'key' || (state === 'keyOrEnd' && mark !== '}')) return text === undefined ? null : 'colon';
  if (mark === '}' || mark === ']') {
    const closed = open.pop() === (mark === '}' ? '{' : '[');
    return closed && state !== 'value' ? 'after' : null;
  }
  if (state === 'after') {
    const inside = open.at(-1);
    return mark !== ',' || inside === undefined ? null : inside === '{' ? 'key' : 'value';
  }
  if (mark === undefined) return 'after';
  if (OPENED[mark] !== undefined) open.push(mark);
  return OPENED[mark] ?? null;
}

/** Where a text stops being JSON (RFC 8259) and what was expected there; null when it is JSON. */
export function jsonFault(text: string): { readonly offset: number; readonly expected: string } | null {
  const token = new RegExp(TOKEN);
  const open: string[] = [];
  let state: State = 'value';
  for (;;) {
    const start = token.lastIndex;
    const match = token.exec(text);
    const offset = start + (/^[ \t\r\n]*/.exec(text.slice(start, start + 4096))?.[0].length ?? 0);
    if (!match) return { offset, expected: WANTED[state] };
    const [, mark, quoted, end] = match;
    if (end !== undefined) return state === 'after' && open.length === 0 ? null : { offset, expected: WANTED[state] };
    const following: State | null = next(state, mark, quoted, open);
    if (following === null) return { offset, expected: WANTED[state] };
    state = following;
  }
}
