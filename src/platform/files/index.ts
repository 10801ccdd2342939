import type { FilesConfig } from '../config/index.js';
import { BucketFiles } from './bucket-files.js';
import { DiskFiles } from './disk-files.js';
import type { FileStore } from './file-store.js';

export { namesOnDisk } from './disk-files.js';
export type { FileStore };

/** The store this installation keeps its files in. */
export function openFiles({ bucket, folder }: FilesConfig): FileStore {
  return bucket === undefined ? new DiskFiles(folder) : new BucketFiles(bucket);
}
