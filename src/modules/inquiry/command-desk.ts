import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from '../../domain/inquiry/events.js';
import type { Role } from '../../domain/identity/permissions.js';
import type { Database, Tx } from '../../platform/database/index.js';
import { reach, reachCommit } from '../../platform/kill-point/index.js';
import type { Keys, Vault } from '../../platform/crypto/index.js';
import { nextPositionOf } from '../conversation/index.js';
import { requestWork } from '../work/index.js';
import type { InquiryEngine } from './engine.js';
import { wordsPlace } from './command-store.js';
import { putInbox } from './inbox.js';

/** A person's act on an inquiry, checked for permission and shape. */
export type CommandRequest = {
  /** Stays the same when the request is repeated; message and intent ids derive from it. */
  readonly id: string;
  readonly fingerprint: Buffer;
  readonly tenantId: string;
  readonly actor: { readonly memberId: string; readonly role: Role };
  readonly inquiryId: string;
  readonly command: Command;
  /** What the person wrote: text, note, reason. Sealed. */
  readonly words: Readonly<Record<string, unknown>>;
  readonly requestId: string;
};

export type CommandRow = {
  readonly id: string;
  readonly kind: string;
  readonly inquiryId: string;
  readonly memberId: string;
  readonly state: 'pending' | 'applied' | 'refused';
  readonly result: Readonly<Record<string, string | number | boolean | null>> | null;
  readonly problem: {
    readonly code: string;
    readonly details: Readonly<Record<string, string | number | boolean | null>>;
  } | null;
};

/**
 * How the driver is reached. Never throws: `answered` when it has dealt with the command, `rung` when it has only been told
 * that there is one, `unreachable` when neither was possible.
 */
export type CommandCarrier = {
  carry(command: {
    readonly tenantId: string;
    readonly inquiryId: string;
    readonly commandId: string;
  }): Promise<'answered' | 'rung' | 'unreachable'>;
};

/** How long a caller waits for an answer; by a timer of our own, because deadlines of the SDK overran. */
const PATIENCE_MS = 5_000;
const LOOK_MS = 75;

/** After this a command nobody applied is rung for again. */
const OVERDUE_MS = 10_000;

const COLUMNS = `id, kind, inquiry_id as "inquiryId", member_id as "memberId", state, result, problem`;

/** Where commands are handed in: a row first, then a ring; the row holds the answer, whatever happens to the ring. */
export class CommandDesk {
  constructor(
    private readonly database: Database,
    private readonly vault: Vault,
    private readonly engine: InquiryEngine,
    private readonly carrier: CommandCarrier,
  ) {}

  /**
   * Hands in a command and waits for its answer for a few seconds.
   *
   * @returns its row, still `pending` when the driver could not be reached in time, or `reused` when the id stands for
   *   another request
   */
  async submit(request: CommandRequest): Promise<CommandRow | 'reused'> {
    const row = await this.database.tenant(request.tenantId, (tx) => this.#accept(tx, request), { byKeys: true });
    if (row === 'reused' || row.state !== 'pending') return row;
    const answered = await this.#answer(request);
    reach('command.before-answer');
    return answered ?? row;
  }

  /** Waits for the driver; whatever it or Temporal says, the row is what counts. */
  async #answer({ tenantId, inquiryId, id }: CommandRequest): Promise<CommandRow | null> {
    const until = Date.now() + PATIENCE_MS;
    const carried = await Promise.race([
      this.carrier.carry({ tenantId, inquiryId, commandId: id }),
      sleep(PATIENCE_MS).then(() => 'unreachable' as const),
    ]);
    let row = await this.find(tenantId, id);
    while (carried === 'rung' && row?.state === 'pending' && Date.now() < until) {
      await sleep(LOOK_MS);
      row = await this.find(tenantId, id);
    }
    return row;
  }

  /** A command's row, or null. */
  async find(tenantId: string, id: string): Promise<CommandRow | null> {
    const row = await this.database.tenant(tenantId, (tx) => this.#read(tx, id), { byKeys: true });
    return row ?? null;
  }

  async #accept(tx: Tx, request: CommandRequest): Promise<CommandRow | 'reused'> {
    const { id, inquiryId, command, actor } = request;
    const acceptNo = await nextPositionOf(tx, inquiryId);
    const keys = await this.vault.unlock(tx, { cases: [inquiryId] });
    const fresh = await this.#insert(tx, keys, request);
    if (!fresh) {
      const known = await tx.one<CommandRow & { fingerprint: Buffer }>(
        `select ${COLUMNS}, fingerprint from command where tenant_id = $1 and id = $2`,
        [tx.tenantId, id],
      );
      return known.fingerprint.equals(keyed(keys, request)) ? known : 'reused';
    }
    const acceptedAt = Date.now();
    await putInbox(tx, keys, {
      inquiryId,
      key: `cmd:${id}`,
      acceptNo,
      payload: { kind: 'command', commandId: id, actor, command },
      acceptedAt,
    });
    await requestWork(tx, [{ kind: 'ring', ref: inquiryId, inquiryId, dueAt: acceptedAt + OVERDUE_MS }]);
    // A command that looks like a refusal is decided at once: the engine need not hear of what changes nothing.
    const hopeless = await isHopeless(tx, request);
    if (hopeless) await this.engine.drainIn(tx, inquiryId, acceptedAt);
    const row = hopeless ? await this.#read(tx, id) : undefined;
    reachCommit(tx, 'command');
    return (
      row ?? {
        id,
        kind: command.kind,
        inquiryId,
        memberId: actor.memberId,
        state: 'pending',
        result: null,
        problem: null,
      }
    );
  }

  async #insert(tx: Tx, keys: Keys, request: CommandRequest): Promise<boolean> {
    const inserted = await tx.run(
      `insert into command (tenant_id, id, inquiry_id, kind, payload, fingerprint, member_id, role, request_id)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (tenant_id, id) do nothing`,
      [
        tx.tenantId,
        request.id,
        request.inquiryId,
        request.command.kind,
        keys.sealJson(wordsPlace(request.inquiryId, request.id), request.words),
        keyed(keys, request),
        request.actor.memberId,
        request.actor.role,
        request.requestId,
      ],
    );
    return inserted === 1;
  }

  #read(tx: Tx, id: string): Promise<CommandRow | undefined> {
    return tx.first<CommandRow>(`select ${COLUMNS} from command where tenant_id = $1 and id = $2`, [tx.tenantId, id]);
  }
}

/** The fingerprint as it is stored: a bare hash of what somebody wrote could be found out by trying. */
function keyed(keys: Keys, { fingerprint }: CommandRequest): Buffer {
  return keys.lookup('fingerprint', fingerprint.toString('hex'));
}

/**
 * Whether the read model says that a command will be refused: the inquiry is closed, the task is somebody else's or its
 * token stale, the buyer has written again. Only a hint; the decision itself is taken by the drain.
 */
async function isHopeless(tx: Tx, { inquiryId, command, actor }: CommandRequest): Promise<boolean> {
  const token = 'token' in command ? command.token : null;
  const seen = command.kind === 'reply' ? command.seenPosition : null;
  const row = await tx.one<{ closed: boolean; newer: boolean; foreign: boolean; stale: boolean }>(
    `select i.closed_at is not null as closed,
            $3::bigint is not null and exists (select from message m where m.tenant_id = i.tenant_id
               and m.inquiry_id = i.id and m.direction = 'in' and m.position > $3) as newer,
            exists (select from task t where t.tenant_id = i.tenant_id and t.inquiry_id = i.id and t.ended_at is null
               and t.kind in ('reply', 'rewrite') and $4::bool
               and ((t.holder_id <> $5 and t.lease_until > now()) or (t.offered_to <> $5 and t.offer_until > now()))) as foreign,
            $6::int is not null and not exists (select from task t where t.tenant_id = i.tenant_id
               and t.inquiry_id = i.id and t.ended_at is null and t.token = $6 and t.holder_id = $5) as stale
       from inquiry i where i.tenant_id = $1 and i.id = $2`,
    [tx.tenantId, inquiryId, seen, command.kind === 'reply' && token === null, actor.memberId, token],
  );
  return row.closed || row.newer || row.foreign || row.stale;
}
