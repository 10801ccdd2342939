import type { MetBy } from '../definition/plan.js';
import { meets } from './needs.js';
import type { Span } from './spans.js';

/**
 * What was going on while an obligation counted, read from the history entries of its conversation: where the time went
 * before somebody could blame the person who answered.
 */

/** In the order a message lives through them; `approval` belongs to answers that a second person must see first. */
export type During = 'channel_lag' | 'queued' | 'offered' | 'held' | 'approval' | 'outbox' | 'moderation';

export type Phase = Span & { readonly during: During };

/** A history entry as far as phases need it. `task` and `send` are unique across the entries given. */
export type PhaseEntry = {
  /** UTC epoch ms; never before the entry before it. */
  readonly at: number;
  readonly kind: string;
  readonly task: string | null;
  readonly send: string | null;
  readonly author: 'automated' | 'human' | null;
  /** Whether the task was offered to somebody by this entry. */
  readonly offered: boolean;
};

type Standing = 'free' | 'offered' | 'held';

const FREED = new Set(['task.released', 'task.lease_expired', 'task.offer_expired']);
const MOVED = new Set(['task.opened', 'task.offered', 'task.reopened', 'task.reassigned', 'task.handed_over']);
const ENDED = new Set(['task.completed', 'task.superseded', 'task.cancelled', 'task.expired']);
const SETTLED = new Set([
  'message.available',
  'message.rejected',
  'message.bounced',
  'message.failed',
  'message.uncertain',
  'message.cancelled',
  'message.answered_elsewhere',
]);

/**
 * The phases of an obligation, in order, without gaps from `span.from` to `span.to`.
 *
 * @param needs what meets it: only messages that can count as on their way
 * @param receivedAt when the buyer's message that started it had come in, or null when none did
 * @param entries of every inquiry of the conversation, in order of time
 */
export function phasesOf(needs: MetBy, span: Span, receivedAt: number | null, entries: readonly PhaseEntry[]): Phase[] {
  const work = new Work(needs);
  const phases: Phase[] = [];
  const lagUntil = Math.min(Math.max(receivedAt ?? span.from, span.from), span.to);
  extend(phases, span.from, lagUntil, 'channel_lag');
  let cursor = lagUntil;
  for (const entry of entries) {
    const at = Math.min(Math.max(entry.at, cursor), span.to);
    extend(phases, cursor, at, work.during());
    cursor = at;
    work.apply(entry);
  }
  extend(phases, cursor, span.to, work.during());
  return phases;
}

function extend(phases: Phase[], from: number, to: number, during: During): void {
  if (to <= from) return;
  const last = phases.at(-1);
  if (last?.during === during) phases[phases.length - 1] = { ...last, to };
  else phases.push({ from, to, during });
}

/** The tasks and messages open at one moment. */
class Work {
  readonly #tasks = new Map<string, Standing>();
  readonly #sends = new Map<string, 'outbox' | 'moderation'>();
  #awaiting = false;

  constructor(private readonly needs: MetBy) {}

  /** The latest stage anything is in: a message that is out waits for the channel whoever holds the next task. */
  during(): During {
    const sends = [...this.#sends.values()];
    if (sends.includes('moderation')) return 'moderation';
    if (sends.includes('outbox')) return 'outbox';
    if (this.#awaiting) return 'approval';
    const tasks = [...this.#tasks.values()];
    if (tasks.includes('held')) return 'held';
    return tasks.includes('offered') ? 'offered' : 'queued';
  }

  apply(entry: PhaseEntry): void {
    const { kind, task, send } = entry;
    if (kind === 'task.claimed' && task !== null) this.#tasks.set(task, 'held');
    else if (FREED.has(kind) && task !== null) this.#tasks.set(task, 'free');
    else if (MOVED.has(kind)) this.#move(entry);
    else if (kind === 'approval.requested') this.#awaiting = true;
    else if (kind.startsWith('approval.') && kind !== 'approval.escalated') this.#awaiting = false;
    else if (ENDED.has(kind) && task !== null) this.#tasks.delete(task);
    else if (kind === 'message.queued' && send !== null) this.#queue(send, entry.author);
    else if (kind === 'message.accepted' && send !== null && this.#sends.has(send)) this.#sends.set(send, 'moderation');
    else if (SETTLED.has(kind) && send !== null) this.#sends.delete(send);
  }

  /** An escalation names no task: it moves all of them. */
  #move({ task, offered }: PhaseEntry): void {
    const keys = task === null ? [...this.#tasks.keys()] : [task];
    for (const key of keys) this.#tasks.set(key, offered ? 'offered' : 'free');
  }

  #queue(send: string, author: PhaseEntry['author']): void {
    if (author !== null && meets(author, this.needs)) this.#sends.set(send, 'outbox');
  }
}
