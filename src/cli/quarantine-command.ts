import type { Command } from 'commander';
import { NoticeDesk, Unplaced } from '../modules/ingest/index.js';
import type { NoticeResult } from '../modules/ingest/index.js';
import { CommandError, requireId, withSession } from './session.js';
import type { Session } from './session.js';

/** `quarantine`: notices of platforms in which nobody could find a shop; those of a shop are its administrator's. */
export function addQuarantineCommand(program: Command): void {
  const quarantine = program
    .command('quarantine')
    .description('notices of platforms that could not be read and name no shop');
  quarantine
    .command('list')
    .description('list them, oldest first, without what they say')
    .option('--json', 'print one JSON document')
    .action((options: { readonly json?: true }) => withSession((session) => listUnplaced(session, options)));
  quarantine
    .command('replay')
    .argument('[id]', 'notice, as list names it; left out = all of them')
    .description('read them again, after a fix')
    .action((id: string | undefined) => withSession((session) => replayUnplaced(session, id)));
}

/** Lists what nobody has read yet. */
export async function listUnplaced(session: Session, { json }: { readonly json?: true }): Promise<number> {
  const notices = await session.services.get(Unplaced, { strict: false }).list();
  const items = notices.map(({ receivedAt, ...rest }) => ({ ...rest, receivedAt: new Date(receivedAt).toISOString() }));
  if (json) {
    console.log(JSON.stringify({ items }, null, 2));
    return 0;
  }
  for (const { id, channel, receivedAt, errors } of items) {
    const [first] = errors;
    console.log(`${id}  ${receivedAt}  ${channel}  ${first?.pointer ?? ''} ${first?.detail ?? ''}`);
  }
  console.log(`${items.length} in quarantine`);
  return 0;
}

const SAID: Partial<Record<NoticeResult, string>> = {
  kept: 'accepted',
  ignored: 'says nothing to any shop here',
};

/**
 * Reads one of them again, or all, as if they came now; what was accepted before is recognised.
 *
 * @returns 1 when one of them still cannot be read
 */
export async function replayUnplaced(session: Session, id?: string): Promise<number> {
  const unplaced = session.services.get(Unplaced, { strict: false });
  const desk = session.services.get(NoticeDesk, { strict: false });
  if (id !== undefined) requireId(id, 'a notice');
  const ids = id === undefined ? (await unplaced.list()).map((notice) => notice.id) : [id];
  let left = 0;
  for (const one of ids) {
    const notice = await unplaced.read(one);
    if (notice === null) throw new CommandError(`there is no notice ${one} in quarantine`);
    const result = await desk.recover(notice.channel, notice.body);
    const said = SAID[result];
    if (said === undefined) left += 1;
    else await unplaced.markRead(one, Date.now());
    console.log(`${one}  ${said ?? 'still cannot be read'}`);
  }
  return left === 0 ? 0 : 1;
}
