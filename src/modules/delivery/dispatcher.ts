import {
  afterRead,
  afterSend,
  holdsUpNext,
  keptBack,
  nextStep,
  restsUntil,
  unreachable,
  withheld,
} from '../../domain/messaging/dispatch.js';
import type { Outgoing, ReadOutcome, SendOutcome, Transition } from '../../domain/messaging/dispatch.js';
import { whyUnwanted } from '../../domain/messaging/wanted.js';
import type { Unwanted } from '../../domain/messaging/wanted.js';
import { isSameTurn, openAttempt } from '../../domain/outbox/turn.js';
import type { Database, Tx } from '../../platform/database/index.js';
import type { Vault } from '../../platform/crypto/index.js';
import { reach, reachCommit } from '../../platform/kill-point/index.js';
import { addToLogContext } from '../../platform/log/index.js';
import { keepHints } from '../channels/index.js';
import type { OutgoingMessage } from '../channels/index.js';
import { lockConversationRow } from '../conversation/index.js';
import type { TextPolicy } from '../policy/index.js';
import type { WorkItem } from '../work/index.js';
import { lockByIntent, lockOpenDeliveries, saveOutgoing } from './delivery-rows.js';
import type { DeliveryRow } from './delivery-rows.js';
import { externalIdOf } from './external-id.js';
import { laterThan } from './later.js';
import type { ChannelMeter } from './channel-meter.js';
import { filesOf } from './message-files.js';
import type { MessageFiles } from './message-files.js';
import { knownAnswers, readOutgoing } from './outgoing.js';
import type { Leaving } from './outgoing.js';
import type { Receipts } from './receipts.js';
import { doorOf } from './way.js';
import type { Way, Ways } from './way.js';

export type DispatcherOptions = {
  readonly database: Database;
  readonly vault: Vault;
  readonly receipts: Receipts;
  readonly ways: Ways;
  readonly meter: ChannelMeter;
  readonly policy: TextPolicy;
  readonly files: MessageFiles;
};

/** What the dispatcher has committed to do outside the database. */
type Job =
  | {
      readonly do: 'send';
      readonly row: DeliveryRow;
      readonly way: Way;
      readonly message: OutgoingMessage;
      readonly fileIds: readonly string[];
    }
  | {
      readonly do: 'read';
      readonly row: DeliveryRow;
      readonly way: Way;
      /** null where the intent is enough to find it by. */
      readonly message: OutgoingMessage | null;
    }
  /** Something was settled without a call: look again. */
  | { readonly do: 'again' }
  | { readonly do: 'wait'; readonly until: number | null };

/** The channel would not have the message because the conversation it names has been answered by somebody else. */
type Elsewhere = { readonly elsewhere: string };

/** Steps for one conversation before it makes room for others. */
const MAX_STEPS = 20;

/**
 * Delivers messages: one at a time per conversation, in order. What is about to happen is committed before the socket
 * opens, so whatever a crash leaves behind is looked for at the channel instead of sent again.
 */
export class Dispatcher {
  constructor(private readonly options: DispatcherOptions) {}

  /** Handles one `dispatch` item (a conversation); returns when to look again, or null. */
  async handle(item: WorkItem): Promise<number | null> {
    const look = (): Promise<Job> => this.#locked(item.tenantId, item.ref, (tx) => this.#next(tx, item.ref));
    let job = await look();
    for (let step = 1; job.do !== 'wait'; step += 1) {
      const last = step >= MAX_STEPS;
      if (job.do !== 'again') job = await this.#call(item.tenantId, job, last);
      else if (last) return Date.now();
      else job = await look();
    }
    return job.until;
  }

  #locked<T>(tenantId: string, conversationId: string, work: (tx: Tx) => Promise<T>): Promise<T> {
    const locked = async (tx: Tx): Promise<T> => {
      await lockConversationRow(tx, conversationId);
      return work(tx);
    };
    return this.options.database.tenant(tenantId, locked, { byKeys: true });
  }

  /** Finds what to do next for a conversation, which must be locked, and commits to it. */
  async #next(tx: Tx, conversationId: string): Promise<Job> {
    let until: number | null = null;
    for (const row of await lockOpenDeliveries(tx, conversationId)) {
      const job = await this.#step(tx, row, Date.now());
      if (job.do !== 'wait') return job;
      if (job.until !== null) until = Math.min(until ?? Infinity, job.until);
      if (holdsUpNext(row.state)) break;
    }
    return { do: 'wait', until };
  }

  async #step(tx: Tx, row: DeliveryRow, now: number): Promise<Job> {
    const until = restsUntil(row, now);
    if (until !== null) return { do: 'wait', until };
    const way = await this.options.ways.of(tx, row.shopId);
    if (typeof way === 'string') return this.#settle(tx, row, unreachable(row, way));
    const step = nextStep(row, now, way.times);
    if (step.do === 'wait') return step;
    if (step.do === 'settle') return this.#settle(tx, row, step.transition);
    const unwanted = step.do === 'send' ? whyUnwanted(row.automated, await laterThan(tx, row)) : null;
    if (unwanted !== null) {
      await this.#withdraw(tx, row, unwanted, now);
      return { do: 'again' };
    }
    if (step.do === 'send') return this.#begin(tx, row, way, step.next);
    await saveOutgoing(tx, row.intentId, step.next);
    return { do: 'read', row: { ...row, ...step.next }, way, message: await this.#sought(tx, row, way) };
  }

  /** Commits to handing a message over, unless its channel does not allow the text. */
  async #begin(tx: Tx, row: DeliveryRow, way: Way, next: Outgoing): Promise<Job> {
    const { message, fileIds, oneAnswer, test } = await this.#leaving(tx, row, way);
    const { text, author } = message;
    const { conversationId, shopId, intentId } = row;
    const { channel } = way.shop;
    if (test) return this.#settle(tx, row, keptBack(row));
    const where = { channel, oneAnswer, conversationId, shopId, author, text };
    const now = Date.now();
    const findings = await this.options.policy.findings(tx, where, now);
    if (findings.some(({ grade }) => grade === 'block'))
      return this.#settle(tx, row, withheld(row, 'policy_violation'));
    await this.options.policy.remember(tx, intentId, where, now);
    await saveOutgoing(tx, intentId, next);
    reachCommit(tx, 'dispatch');
    return { do: 'send', row: { ...row, ...next }, way, message, fileIds };
  }

  /** What to look for at the channel, besides the intent. */
  async #sought(tx: Tx, row: DeliveryRow, way: Way): Promise<OutgoingMessage | null> {
    const { capabilities, beside } = way.connector;
    // What left by the way beside is nowhere to be found, and must not be taken for missing.
    const matters = capabilities.readBack === 'by_content' || beside !== undefined;
    return matters ? (await this.#leaving(tx, row, way)).message : null;
  }

  /** A channel that is read by content has to know which answers it shows are none of this message's. */
  async #leaving(tx: Tx, row: DeliveryRow, { connector }: Way): Promise<Leaving> {
    const { vault } = this.options;
    const leaving = await readOutgoing(tx, vault, row);
    if (connector.capabilities.readBack !== 'by_content') return leaving;
    return { ...leaving, message: { ...leaving.message, known: await knownAnswers(tx, vault, row) } };
  }

  async #settle(tx: Tx, row: DeliveryRow, transition: Transition): Promise<Job> {
    await this.#conclude(tx, row, transition);
    return { do: 'again' };
  }

  /**
   * Calls the channel, records the end and finds what comes next, unless this was the last step: what is committed to must
   * be done. Nothing is open in the database during the call.
   */
  async #call(tenantId: string, job: Extract<Job, { do: 'send' | 'read' }>, last: boolean): Promise<Job> {
    const { row } = job;
    addToLogContext({ inquiryId: row.inquiryId });
    const transition = job.do === 'send' ? await this.#send(tenantId, job) : await this.#find(job);
    reach('dispatch.before-record');
    return this.#locked(tenantId, row.conversationId, async (tx) => {
      const current = await lockByIntent(tx, row.shopId, row.intentId);
      // A receipt overtook the channel's own answer, or somebody else took over: their word stands.
      if (current !== undefined && isSameTurn(current, row)) {
        if ('elsewhere' in transition) await this.#answeredElsewhere(tx, row, job.way, transition.elsewhere);
        else await this.#conclude(tx, row, transition);
      } else if (current !== undefined && !('elsewhere' in transition) && transition.externalId !== null) {
        await this.#learnId(tx, current, transition.externalId);
      }
      reachCommit(tx, 'settle');
      return last ? { do: 'again' } : this.#next(tx, row.conversationId);
    });
  }

  async #send(
    tenantId: string,
    { row, way, message, fileIds }: Extract<Job, { do: 'send' }>,
  ): Promise<Transition | Elsewhere> {
    const files = await filesOf(this.options.files, tenantId, fileIds);
    const door = doorOf(way, message);
    const access = await this.options.ways.access(way, door);
    const attempt = openAttempt(row, Date.now());
    const outcome: SendOutcome =
      'reason' in access
        ? { kind: 'not_taken', ...access }
        : attempt === null
          ? { kind: 'not_taken', retryAfterMs: null, reason: 'held_up' }
          : 'kind' in files
            ? files
            : await this.options.meter.timed(way.connector.name, 'send', () =>
                door.send(access, files.list.length === 0 ? message : { ...message, files: files.list }),
              );
    if (outcome.kind === 'refused' && outcome.reason === 'answered_elsewhere')
      return { elsewhere: message.conversationId };
    if (outcome.kind === 'not_taken' && outcome.reason === 'token_invalid' && !('reason' in access)) {
      await this.options.ways.refuse(way, access, door);
    }
    const times = door === way.connector ? way.times : { ...way.times, readable: false };
    return afterSend(attempt ?? row, outcome, Date.now(), times, Math.random());
  }

  async #find({ row, way, message }: Extract<Job, { do: 'read' }>): Promise<Transition> {
    const { connector, times } = way;
    const sought = { intentId: row.intentId, since: row.startedAt ?? row.queuedAt, message };
    const isNowhere = message !== null && doorOf(way, message) !== connector;
    const outcome = await this.options.meter.timed(connector.name, 'read', async (): Promise<ReadOutcome> => {
      if (isNowhere) return { kind: 'failed', reason: 'not_readable' };
      const access = await this.options.ways.access(way);
      if ('reason' in access) return { kind: 'failed', reason: access.reason };
      const found = await connector.find?.(access, sought);
      if (found?.kind === 'failed' && found.reason === 'token_invalid') await this.options.ways.refuse(way, access);
      // Without a way to ask there are no reads: `readable` says so.
      return found ?? { kind: 'failed', reason: 'not_readable' };
    });
    return afterRead(row, outcome, Date.now(), times, Math.random());
  }

  /** Somebody answered on the platform itself; what they wrote is read, whether a notice tells of it or not. */
  async #answeredElsewhere(tx: Tx, row: DeliveryRow, { connector }: Way, conversationId: string): Promise<void> {
    const now = Date.now();
    await this.#withdraw(tx, row, 'answered_elsewhere', now);
    const hint = connector.reading?.hintOf(conversationId) ?? null;
    if (hint === null) return;
    const keys = await this.options.vault.unlock(tx);
    await keepHints(tx, keys, row.shopId, [hint], { origin: 'delivery', at: now });
  }

  /** Writes a transition, shows it on the message and tells the inquiry. */
  async #conclude(tx: Tx, row: DeliveryRow, transition: Transition): Promise<void> {
    const { next, fate, externalId, reason, words } = transition;
    const { receipts } = this.options;
    const now = Date.now();
    const external = externalId === null ? null : await externalIdOf(tx, this.options.vault, row, externalId);
    await saveOutgoing(tx, row.intentId, next, {
      reason,
      settledAt: fate === null || fate === 'accepted' ? null : now,
      external,
    });
    if (fate !== null) {
      await receipts.show(tx, row, next.state, now, words ?? reason);
      await receipts.tell(tx, row, { status: fate, at: now, reason });
    }
    if (external !== null) await receipts.applyEarly(tx, { ...row, ...next }, external.hash);
  }

  async #learnId(tx: Tx, row: DeliveryRow, externalId: string): Promise<void> {
    const external = await externalIdOf(tx, this.options.vault, row, externalId);
    await saveOutgoing(tx, row.intentId, row, { external });
    await this.options.receipts.applyEarly(tx, row, external.hash);
  }

  /** Takes a message back that nobody wants any more; a person's text returns to its author. */
  async #withdraw(tx: Tx, row: DeliveryRow, why: Unwanted, now: number): Promise<void> {
    await saveOutgoing(
      tx,
      row.intentId,
      { ...row, state: 'cancelled', leaseUntil: null },
      { reason: why, settledAt: now },
    );
    await this.options.receipts.show(tx, row, 'cancelled', now, why);
    const status = why === 'answered_elsewhere' ? 'answered_elsewhere' : 'cancelled';
    await this.options.receipts.tell(tx, row, { status, at: now, reason: why });
  }
}
