import type { Database } from '../../platform/database/index.js';
import type { FileStore } from '../../platform/files/index.js';
import { isId } from '../../platform/ids/index.js';
import { fileNameOf, keptFiles } from '../conversation/index.js';

/** Files whose rows are looked up at once. */
const AT_ONCE = 1_000;

/**
 * Deletes files that nobody knows of, such as those that came after the database was copied. Only for a store that no other
 * installation uses: theirs would be unknown too.
 *
 * @param names of the files that are there, as the store names them
 * @param tenants ids of all tenants
 * @returns how many were deleted
 */
export async function removeUnknownFiles(
  database: Database,
  files: FileStore,
  names: readonly string[],
  tenants: readonly string[],
): Promise<number> {
  const known = new Set<string>();
  for (const tenantId of tenants) {
    const own = names.filter((name) => name.startsWith(`${tenantId}/`));
    const ids = own.map((name) => name.slice(tenantId.length + 1)).filter(isId);
    for (let at = 0; at < ids.length; at += AT_ONCE) {
      const part = ids.slice(at, at + AT_ONCE);
      for (const id of await database.tenant(tenantId, (tx) => keptFiles(tx, part)))
        known.add(fileNameOf(tenantId, id));
    }
  }
  const unknown = names.filter((name) => !known.has(name));
  for (const name of unknown) await files.remove(name);
  return unknown.length;
}
