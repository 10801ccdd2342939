import { afterRead, afterSend, nextStep, unreachable } from '../../src/domain/messaging/dispatch.js';
import type {
  ChannelTimes,
  Fate,
  Outgoing,
  ReadOutcome,
  SendOutcome,
  Transition,
} from '../../src/domain/messaging/dispatch.js';
import { isSameTurn, openAttempt } from '../../src/domain/outbox/turn.js';
import { afterVerdict } from '../../src/domain/messaging/delivery-state.js';
import type { Verdict } from '../../src/domain/messaging/delivery-state.js';

const MAX_READS = 8;

/** A call to the channel whose end has not been recorded yet. */
type Call = {
  readonly do: 'send' | 'read';
  readonly turn: Outgoing;
  /** Whether the channel can be read; one that cannot says to every question that it has nothing. */
  readonly readable: boolean;
  /** The attempt as it really started; null while nothing has left. */
  opened: Outgoing | null;
  /** Whether the bytes may still be on their way, whoever waits for the answer. */
  onTheWay: boolean;
  /** What the caller will be told. */
  outcome: SendOutcome | ReadOutcome | null;
};

/** The truth: what the channel has. It takes whatever arrives, as often as it arrives. */
export class ChannelTruth {
  readonly takenAt: number[] = [];
  visibleFrom = Infinity;
  verdict: 'open' | Verdict = 'open';

  take(now: number, shownAfter: number, verdict: 'open' | Verdict): void {
    this.takenAt.push(now);
    this.visibleFrom = Math.min(this.visibleFrom, now + shownAfter);
    this.verdict = verdict;
  }

  /** What an honest channel answers to a question asked at `now`. */
  read(now: number): ReadOutcome {
    if (now < this.visibleFrom) return { kind: 'absent' };
    return { kind: 'found', status: this.verdict === 'open' ? 'accepted' : this.verdict, externalId: 'x' };
  }
}

/** One message in an outbox, moved by the pure state machine the way the dispatcher moves it; time moves when told to. */
export class OutboxWorld {
  now = 1_800_000_000_000;
  row: Outgoing;
  readonly fates: Fate[] = [];
  /** Why the message was given to a person to look at, where that was more than the evidence demanded. */
  readonly needlesslyUncertain: string[] = [];
  calls: Call[] = [];
  hasWay = true;
  #failedReads = 0;

  constructor(
    readonly channel: ChannelTruth,
    readonly times: { -readonly [Name in keyof ChannelTimes]: ChannelTimes[Name] },
    holdMs: number,
  ) {
    this.row = {
      state: holdMs > 0 ? 'held' : 'queued',
      attempts: 0,
      reads: 0,
      absences: 0,
      queuedAt: this.now,
      startedAt: null,
      dueAt: this.now + holdMs,
      leaseUntil: null,
      verdictUntil: null,
    };
  }

  /** A dispatcher looks; when nothing is due it says until when. */
  look(): number | null {
    if (!this.hasWay) {
      const { state } = this.row;
      const due = Math.max(this.row.dueAt, this.row.leaseUntil ?? 0) <= this.now;
      if (due && ['held', 'queued', 'sending', 'verifying', 'accepted'].includes(state)) {
        this.#conclude(unreachable(this.row, 'shop_inactive'));
      }
      return null;
    }
    const step = nextStep(this.row, this.now, this.times);
    if (step.do === 'wait') return step.until;
    if (step.do === 'settle') this.#conclude(step.transition);
    else {
      if (step.do === 'send') this.#failedReads = 0;
      this.row = step.next;
      const { readable } = this.times;
      this.calls.push({ do: step.do, turn: step.next, readable, opened: null, onTheWay: false, outcome: null });
    }
    return null;
  }

  /** The process reaches the point where the socket opens. */
  open(call: Call): void {
    if (call.opened !== null || call.outcome !== null || call.do === 'read') return;
    call.opened = openAttempt(call.turn, this.now);
    if (call.opened === null) call.outcome = { kind: 'not_taken', retryAfterMs: null, reason: 'held_up' };
    else call.onTheWay = true;
  }

  /** The request arrives, if it has left and is not older than a request can be. */
  arrive(call: Call, shownAfter: number, verdict: 'open' | Verdict): void {
    if (!call.onTheWay || call.opened === null) return;
    call.onTheWay = false;
    if (this.now > (call.opened.startedAt ?? 0) + this.times.requestTimeoutMs) return;
    const before = call.outcome?.kind;
    if (before === 'not_taken' || before === 'refused') return;
    this.channel.take(this.now, Math.min(shownAfter, this.times.settleMs), verdict);
    const status = verdict === 'open' ? 'accepted' : verdict === 'bounced' ? 'rejected' : verdict;
    call.outcome ??= { kind: 'taken', status, externalId: 'x' };
  }

  /** The caller learns nothing: time-out, cut connection, server error. */
  lose(call: Call): void {
    if (call.do === 'read') call.outcome ??= { kind: 'failed', reason: 'timeout' };
    else if (call.opened !== null && (call.outcome === null || call.outcome.kind === 'taken')) {
      call.outcome = { kind: 'unknown', reason: 'timeout' };
    }
  }

  /** The channel declines: it certainly has not taken this request. */
  decline(call: Call, outcome: Extract<SendOutcome, { kind: 'not_taken' | 'refused' }>): void {
    if (call.do !== 'send' || !call.onTheWay || call.outcome !== null) return;
    call.onTheWay = false;
    call.outcome = outcome;
  }

  /** The channel is asked and answers the truth of this moment. */
  see(call: Call): void {
    if (call.do === 'read') call.outcome ??= call.readable ? this.channel.read(this.now) : { kind: 'absent' };
  }

  /** Whoever holds the message is held up, and others go on: to a new attempt, and to its end if they are to finish it. */
  overtake(finish: boolean): void {
    for (let step = 0; step < 8; step += 1) {
      this.now = Math.max(this.now, Math.min(this.row.dueAt, this.now + 120_000), this.row.leaseUntil ?? 0);
      this.look();
      for (const call of this.calls.filter((one) => one.do === 'read')) {
        this.see(call);
        this.record(call, 0.5);
      }
      const attempt = this.calls.find(({ do: what, turn }) => what === 'send' && turn === this.row);
      if (attempt === undefined) continue;
      if (finish) {
        this.open(attempt);
        this.arrive(attempt, 0, 'available');
        this.record(attempt, 0.5);
      }
      return;
    }
  }

  /** The end of a call is recorded, unless somebody else has taken over meanwhile. */
  record(call: Call, chance: number): void {
    const { outcome } = call;
    if (outcome === null) return;
    this.calls = this.calls.filter((other) => other !== call || other.onTheWay);
    if (!isSameTurn(this.row, call.turn)) return;
    if (call.do === 'send') {
      const attempt = call.opened ?? call.turn;
      this.#conclude(afterSend(attempt, outcome as SendOutcome, this.now, this.times, chance));
    } else {
      if (outcome.kind === 'failed') this.#failedReads += 1;
      this.#conclude(afterRead(call.turn, outcome as ReadOutcome, this.now, this.times, chance));
    }
  }

  /** Every process dies; what is on the wire stays there. */
  crash(): void {
    this.calls = this.calls.filter((call) => call.onTheWay);
    for (const call of this.calls) call.outcome ??= { kind: 'unknown', reason: 'nobody_waits' };
  }

  /** The channel reports what it decided, as often as it likes. */
  receipt(verdict: Verdict): void {
    const state = afterVerdict(this.row.state, verdict);
    if (state === null) return;
    this.row = { ...this.row, state, leaseUntil: null };
    this.fates.push(verdict);
  }

  /** The author takes it back, as `cancelDelivery` does. */
  cancel(): void {
    if (this.row.state === 'held' || this.row.state === 'queued') this.row = { ...this.row, state: 'cancelled' };
  }

  #conclude({ next, fate, reason }: Transition): void {
    this.row = next;
    if (fate !== null) this.fates.push(fate);
    if (fate === 'uncertain' && !this.#mustAsk()) this.needlesslyUncertain.push(reason ?? '');
  }

  /** Whether nothing better could be known: the channel cannot be asked, does not answer, or has not decided. */
  #mustAsk(): boolean {
    if (!this.times.readable || !this.hasWay || this.#failedReads >= MAX_READS) return true;
    const decided = this.channel.takenAt.length > 0 && this.channel.verdict !== 'open';
    return this.channel.takenAt.length > 0 && !decided;
  }
}
