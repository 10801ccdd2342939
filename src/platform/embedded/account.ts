import { chownSync, statSync } from 'node:fs';
import { BootError } from '../config/index.js';
import { lastLine, runProgram } from './run-program.js';
import type { RunOptions } from './run-program.js';

/** As whom PostgreSQL runs, and how a command has to be started for that. */
export type Account = {
  readonly name: string;
  /** Owner of its files; undefined = this user. */
  readonly owner: { readonly uid: number; readonly gid: number } | undefined;
  /** Command and arguments to start instead of the given ones. */
  wrap(command: string, args: readonly string[]): readonly [command: string, args: readonly string[]];
  /** Identity to give to the started process. */
  readonly spawn: { readonly uid?: number; readonly gid?: number };
};

type Owner = { readonly uid: number; readonly gid: number };

/** A locale and zone of our own, and none of the caller's `PG…` variables, which PostgreSQL would obey. */
export const SERVER_ENVIRONMENT = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' } as const;

const PROBE: RunOptions = { timeoutMs: 10_000, env: SERVER_ENVIRONMENT };

/**
 * Finds an account under which PostgreSQL agrees to run and which reaches its program and its files. An ordinary user runs
 * it as itself. Root, whom PostgreSQL refuses, uses the owner of existing data, else `postgres`, else `nobody`; where that
 * account cannot pass a folder above (a project or home with mode 0700), it is given the one capability to do so.
 *
 * @param program PostgreSQL's executable
 * @param folder folder of its data, which exists; given to that account
 * @throws {BootError} naming `ATENDE_HOME` if no way is found
 */
export async function chooseAccount(program: string, folder: string): Promise<Account> {
  const self = process.getuid?.();
  if (self !== 0) return ownAccount(folder, self);
  const [name, owner] = await unprivileged(folder);
  chownSync(folder, owner.uid, owner.gid);
  const failures: string[] = [];
  for (const account of [plainAccount(name, owner), capableAccount(name, owner)]) {
    const [command, args] = account.wrap(program, ['--version']);
    const outcome = await runProgram(command, args, {
      ...PROBE,
      ...account.spawn,
      cwd: account.spawn.uid === undefined ? '/' : folder,
    });
    if (outcome.ok && (await reaches(account, folder))) return account;
    failures.push(lastLine(outcome.output));
  }
  throw new BootError({
    variable: 'ATENDE_HOME',
    message: `PostgreSQL does not run as root, and user ${name} cannot reach ${folder} or ${program} [${failures.join('; ')}]`,
    remedy: `start as an ordinary user, or set ATENDE_HOME to a folder that ${name} can reach, such as /var/lib/atende`,
  });
}

function ownAccount(folder: string, self: number | undefined): Account {
  if (self !== undefined && statSync(folder).uid !== self) {
    throw new BootError({
      variable: 'ATENDE_HOME',
      message: `${folder} belongs to another user`,
      remedy: 'start as the user who made it, or set ATENDE_HOME to another folder',
    });
  }
  return { name: 'this user', owner: undefined, wrap: (command, args) => [command, args], spawn: {} };
}

async function unprivileged(folder: string): Promise<readonly [string, Owner]> {
  const { uid, gid } = statSync(folder);
  if (uid !== 0) return [String(uid), { uid, gid }];
  for (const name of ['postgres', 'nobody']) {
    const [user, group] = await Promise.all(
      ['-u', '-g'].map((flag) => runProgram('id', [flag, name], { timeoutMs: 10_000 })),
    );
    if (user?.ok && group?.ok) return [name, { uid: Number(user.output), gid: Number(group.output) }];
  }
  throw new BootError({
    variable: 'ATENDE_HOME',
    message: 'PostgreSQL does not run as root, and there is no user postgres or nobody to run it',
    remedy: 'start as an ordinary user',
  });
}

function plainAccount(name: string, owner: Owner): Account {
  return { name, owner, wrap: (command, args) => [command, args], spawn: owner };
}

/**
 * `setpriv` of util-linux keeps CAP_DAC_OVERRIDE over the change of user, so that folders closed to the account can be
 * passed. It is no loss against root, and still no root for PostgreSQL. `initdb` asks access(2) for the program beside it,
 * which counts capabilities of another user than root only under `no_setuid_fixup`.
 */
function capableAccount(name: string, owner: Owner): Account {
  const prefix = [
    ...[`--reuid=${owner.uid}`, `--regid=${owner.gid}`, '--clear-groups'],
    ...['--securebits=+no_setuid_fixup', '--inh-caps=+dac_override', '--ambient-caps=+dac_override', '--'],
  ];
  return { name, owner, wrap: (command, args) => ['setpriv', [...prefix, command, ...args]], spawn: {} };
}

async function reaches(account: Account, folder: string): Promise<boolean> {
  const [command, args] = account.wrap('/bin/sh', ['-c', 'cd "$0" && test -w .', folder]);
  return (await runProgram(command, args, { ...PROBE, ...account.spawn, cwd: '/' })).ok;
}
