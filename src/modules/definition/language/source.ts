import type { JsonValue } from '../../../domain/expression/expression.js';
import type { Place } from './problem.js';

/** Steps into a document: a key of a mapping or an index of a list. */
export type Path = readonly (string | number)[];

/** How a scalar was written; `plain` = without quotes. */
export type ScalarStyle = 'plain' | 'quoted' | 'block';

/** Where one value stands: offsets into the text. */
export type Mark = {
  /** Of its key; of the value itself in a list. */
  readonly key: number;
  readonly value: number;
  readonly end: number;
  /** Null for a mapping or a list. */
  readonly style: ScalarStyle | null;
};

const pathKey = (path: Path): string => JSON.stringify(path);

/** A document as it was written: its value, and where each part of it stands. */
export class Source {
  readonly text: string;
  readonly value: JsonValue;
  readonly #marks: ReadonlyMap<string, Mark>;
  readonly #lineStarts: readonly number[];

  constructor(text: string, value: JsonValue, marks: ReadonlyMap<string, Mark>) {
    this.text = text;
    this.value = value;
    this.#marks = marks;
    this.#lineStarts = lineStarts(text);
  }

  /** Place of an offset into the text. */
  placeOf(offset: number): Place {
    return placeIn(this.#lineStarts, offset);
  }

  /** Place of the value at `path`, or of its key; what is not written has the place of the nearest thing around it. */
  locate(path: Path, part: 'key' | 'value' = 'value'): Place {
    for (let length = path.length; length >= 0; length--) {
      const mark = this.#marks.get(pathKey(path.slice(0, length)));
      if (mark) return this.placeOf(length === path.length ? mark[part] : mark.value);
    }
    return { line: 1, column: 1 };
  }

  /** True when something is written at `path`. */
  has(path: Path): boolean {
    return this.#marks.has(pathKey(path));
  }

  /** How the scalar at `path` was written, null when there is none. */
  style(path: Path): ScalarStyle | null {
    return this.#marks.get(pathKey(path))?.style ?? null;
  }

  /** Place of the character at `offset` of the text at `path`; its beginning where lines are folded or escaped away. */
  locateIn(path: Path, offset: number): Place {
    const mark = this.#marks.get(pathKey(path));
    if (!mark) return this.locate(path);
    if (mark.style === 'plain') return this.placeOf(Math.min(mark.value + offset, mark.end));
    if (mark.style !== 'quoted') return this.placeOf(mark.value);
    return this.placeOf(mark.value + quotedOffset(this.text.slice(mark.value, mark.end), offset));
  }

  /** Dotted name of `path`: steps and rules by their id where they have one. */
  nameOf(path: Path): string {
    const names = path.map((segment, index) => {
      const list = path[index - 1];
      const named = index === 1 && typeof segment === 'number' && (list === 'steps' || list === 'rules');
      const id = named ? at(this.value, [...path.slice(0, 2), 'id']) : undefined;
      return typeof id === 'string' && /^[a-z][a-z0-9_-]*$/.test(id) ? id : String(segment);
    });
    return names.join('.');
  }

  /** Place of the key `steps`, which stands for problems of the document as a whole. */
  get stepsPlace(): Place {
    return this.locate(['steps'], 'key');
  }
}

/** The part of `value` at `path`, undefined when there is none. */
export function at(value: JsonValue, path: Path): JsonValue | undefined {
  let found: JsonValue | undefined = value;
  for (const segment of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, segment)) return undefined;
    found = (found as Readonly<Record<string | number, JsonValue>>)[segment];
  }
  return found;
}

/** Offsets at which the lines of `text` begin. */
export function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let index = text.indexOf('\n'); index >= 0; index = text.indexOf('\n', index + 1)) starts.push(index + 1);
  return starts;
}

/** Place of an offset, given where the lines begin. */
export function placeIn(starts: readonly number[], offset: number): Place {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
}

const ESCAPES: Readonly<Record<string, number>> = { x: 4, u: 6, U: 10 };

/** Offset in a quoted scalar as written (quotes included) of the character at `offset` of its value. */
function quotedOffset(raw: string, offset: number): number {
  if (raw.includes('\n')) return 0;
  const single = raw.startsWith("'");
  let index = 1;
  for (let done = 0; done < offset && index < raw.length - 1;) {
    const length = single
      ? raw[index] === "'"
        ? 2
        : 1
      : raw[index] === '\\'
        ? (ESCAPES[raw[index + 1] ?? ''] ?? 2)
        : 1;
    done += raw[index] === '\\' && raw[index + 1] === 'U' && !single ? 2 : 1;
    index += length;
  }
  return index;
}
