import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readJson, writeAtomically } from './atomic-file.js';
import { thisProcess } from './processes.js';
import type { ProcessRef } from './processes.js';

/** Which of the two servers. */
export type ServerName = 'postgres' | 'temporal';

/** A server that this or an earlier run started. */
export type ServerProcess = ProcessRef & { readonly name: ServerName };

const schema = z.object({
  servers: z.array(
    z.object({ name: z.enum(['postgres', 'temporal']), pid: z.number().int().positive(), identity: z.string() }),
  ),
});

const pathOf = (home: string): string => join(home, 'run.json');

/** Notes in `<home>/run.json` which servers run for this process, so that the next start can stop what a killed one left. */
export function writeRunRecord(home: string, servers: readonly ServerProcess[]): void {
  writeAtomically(pathOf(home), `${JSON.stringify({ ...thisProcess(), servers }, null, 2)}\n`);
}

/** The servers noted by the last run; none when it ended in order or its note is unreadable. */
export function readRunRecord(home: string): readonly ServerProcess[] {
  const parsed = schema.safeParse(readJson(pathOf(home)));
  return parsed.success ? parsed.data.servers : [];
}

/** Removes the note: nothing of this run is left. */
export function clearRunRecord(home: string): void {
  rmSync(pathOf(home), { force: true });
}
