import type { Client } from '../definition/client.js';

/** Something of a tenant as a file has it. */
export type Thing = {
  /** Below the folder, with `/` between parts. */
  readonly path: string;
  readonly text: string;
  /** What a change of it has to name; null where the API asks for nothing. */
  readonly etag: string | null;
  /** How the API calls it; null where there is but one, or the path says it. */
  readonly id: string | null;
};

/** One kind of thing: how it is read as files, and how a file becomes the tenant's. */
export type Kind = {
  /** Whether a file is of this kind. */
  readonly holds: (path: string) => boolean;
  readonly read: (client: Client) => Promise<readonly Thing[]>;
  /**
   * Saves a file; `there` is what the tenant has under its path.
   *
   * @returns lines worth telling, such as warnings
   * @throws {CommandError} when it is refused
   */
  readonly save: (client: Client, path: string, text: string, there: Thing | null) => Promise<readonly string[]>;
  /** A text of which equal meanings are equal. */
  readonly canonical: (text: string) => string;
};
