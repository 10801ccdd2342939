/**
 * Keeps files by name. What is written is whole or not there; a name is `<folder>/<name>`, both ids. Whoever stores something has
 * sealed it before.
 */
export type FileStore = {
  /** Writes a file, over an earlier one of that name. @throws when the store cannot be reached or is full */
  put(name: string, bytes: Uint8Array): Promise<void>;
  /** A file, or null when there is none. @throws when the store cannot be reached */
  get(name: string): Promise<Buffer | null>;
  /** Deletes a file; one that is not there is no error. @throws when the store cannot be reached */
  remove(name: string): Promise<void>;
};
