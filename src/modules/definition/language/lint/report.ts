import type { Environment } from '../environment.js';
import type { Place, Problem, ProblemCode } from '../problem.js';
import { problem } from '../problem.js';
import type { DefinitionDocument } from '../schema/schema.js';
import type { Path, Source } from '../source.js';

/** What a check looks at, and where it writes what it finds. */
export class Report {
  readonly source: Source;
  readonly document: DefinitionDocument;
  readonly environment: Environment;
  readonly problems: Problem[] = [];

  constructor(source: Source, document: DefinitionDocument, environment: Environment) {
    this.source = source;
    this.document = document;
    this.environment = environment;
  }

  /** A problem at the value of `path`. */
  add(code: ProblemCode, path: Path, message: string, remedy: string): void {
    this.addAt(code, path, this.source.locate(path), message, remedy);
  }

  /** A problem at the key of `path`. */
  addAtKey(code: ProblemCode, path: Path, message: string, remedy: string): void {
    this.addAt(code, path, this.source.locate(path, 'key'), message, remedy);
  }

  /** A problem of the definition as a whole; it names the line of `steps:`. */
  addWhole(code: ProblemCode, path: Path, message: string, remedy: string): void {
    this.addAt(code, path, this.source.stepsPlace, message, remedy);
  }

  addAt(code: ProblemCode, path: Path, place: Place, message: string, remedy: string): void {
    this.problems.push(problem(code, this.source.nameOf(path), place, { message, remedy }));
  }

  /** Where the definition may run: its own list, else the channels of the tenant's shops. */
  get channels(): readonly string[] {
    return this.document.channels ?? this.environment.shopsChannels;
  }
}

/** One group of checks. */
export type Check = (report: Report) => void;

/** A list in words: `a, b or c`. */
export function anyOf(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}
