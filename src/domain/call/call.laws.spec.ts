import fc from 'fast-check';
import { isSameTurn, openAttempt } from '../outbox/turn.js';
import type { AskOutcome, CheckOutcome } from './answer.js';
import { afterAsking, afterChecking, impossible, isOpenCall, nextCallStep } from './call.js';
import type { Call, CallEnd, CallTimes, CallTransition } from './call.js';

/** A request that has been decided and whose end has not been recorded. */
type Request = {
  readonly do: 'ask' | 'check';
  readonly turn: Call;
  opened: Call | null;
  onTheWay: boolean;
  outcome: AskOutcome | CheckOutcome | null;
};

/**
 * An outside system that does what it is asked as often as it is asked, whatever key it carries, and callers that crash, are
 * held up, and overtake each other. Time moves when told to.
 */
class CallWorld {
  now = 1_800_000_000_000;
  call: Call;
  doneAt: number[] = [];
  /** Times it was asked after it had, or may have, been done. */
  askedInDoubt = 0;
  ends: CallEnd[] = [];
  requests: Request[] = [];

  constructor(
    readonly times: CallTimes,
    attemptsMost: number,
  ) {
    const fresh = { attempts: 0, checks: 0, absences: 0, doubt: null, startedAt: null, leaseUntil: null };
    this.call = { state: 'queued', attemptsMost, queuedAt: this.now, dueAt: this.now, ...fresh };
  }

  look(): number | null {
    const step = nextCallStep(this.call, this.now, this.times);
    if (step.do === 'wait') return step.until;
    if (step.do === 'settle') this.#conclude(step.transition);
    else {
      this.call = step.next;
      this.requests.push({ do: step.do, turn: step.next, opened: null, onTheWay: false, outcome: null });
    }
    return null;
  }

  open(request: Request): void {
    if (request.opened !== null || request.outcome !== null) return;
    if (request.do === 'check') request.opened = request.turn;
    else {
      request.opened = openAttempt(request.turn, this.now);
      if (request.opened === null) request.outcome = { kind: 'not_taken', code: 'held_up', retryAfterMs: null };
    }
    request.onTheWay = request.opened !== null;
  }

  /** It arrives: an order is carried out, a question answered with the truth. */
  arrive(request: Request): void {
    if (!request.onTheWay) return;
    request.onTheWay = false;
    if (request.do === 'check') {
      request.outcome ??= this.doneAt.length > 0 ? { kind: 'done', data: {} } : { kind: 'absent' };
      return;
    }
    if (this.doneAt.length > 0) this.askedInDoubt += 1;
    this.doneAt.push(this.now);
    request.outcome ??= { kind: 'ok', data: {} };
  }

  /** Nobody learns the answer, whether or not it arrives later. */
  lose(request: Request): void {
    if (request.opened === null) return;
    request.outcome ??=
      request.do === 'ask' ? { kind: 'unknown', code: 'timeout' } : { kind: 'failed', code: 'timeout' };
  }

  decline(request: Request, how: 'not_taken' | 'refused'): void {
    if (!request.onTheWay || request.do === 'check') return;
    request.onTheWay = false;
    request.outcome ??=
      how === 'refused'
        ? { kind: 'refused', code: 'http_422', data: {} }
        : { kind: 'not_taken', code: 'http_429', retryAfterMs: 2_000 };
  }

  record(request: Request, chance: number): void {
    const { outcome, turn } = request;
    if (outcome === null) return;
    this.requests = this.requests.filter((other) => other !== request || other.onTheWay);
    if (!isSameTurn(this.call, turn)) return;
    this.#conclude(
      request.do === 'ask'
        ? afterAsking(request.opened ?? turn, outcome as AskOutcome, this.now, this.times, chance)
        : afterChecking(turn, outcome as CheckOutcome, this.now, this.times, chance),
    );
  }

  crash(): void {
    this.requests = this.requests.filter(({ onTheWay }) => onTheWay);
  }

  restore(): void {
    if (isOpenCall(this.call)) this.call = { ...this.call, state: 'checking', doubt: 'restored', leaseUntil: null };
  }

  #conclude({ next, end }: CallTransition): void {
    this.call = next;
    if (end !== null) this.ends.push(end);
  }
}

const act = fc.oneof(
  { weight: 6, arbitrary: fc.constant('look' as const) },
  { weight: 5, arbitrary: fc.constant('open' as const) },
  { weight: 4, arbitrary: fc.constant('arrive' as const) },
  { weight: 4, arbitrary: fc.constant('record' as const) },
  { weight: 2, arbitrary: fc.constantFrom('lose' as const, 'not_taken' as const, 'refused' as const) },
  { weight: 1, arbitrary: fc.constantFrom('crash' as const, 'restore' as const) },
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 40_000 }) },
);

const times = fc.record({
  requestTimeoutMs: fc.constantFrom(1_000, 10_000),
  settleMs: fc.constantFrom(0, 5_000),
  checkable: fc.boolean(),
  reading: fc.constant(false),
});

function play(world: CallWorld, acts: readonly (string | number)[], chance: number): void {
  for (const what of acts) {
    const request = world.requests.at(-1);
    if (typeof what === 'number') world.now += what;
    else if (what === 'look') world.look();
    else if (what === 'crash') world.crash();
    else if (what === 'restore') world.restore();
    else if (request === undefined) continue;
    else if (what === 'open') world.open(request);
    else if (what === 'arrive') world.arrive(request);
    else if (what === 'lose') world.lose(request);
    else if (what === 'record') world.record(request, chance);
    else world.decline(request, what as 'not_taken' | 'refused');
  }
}

/** Everybody lives, and everything is answered truthfully, until the call has ended. */
function finish(world: CallWorld): void {
  for (let step = 0; step < 500 && isOpenCall(world.call); step += 1) {
    for (const request of [...world.requests]) {
      world.open(request);
      world.arrive(request);
      world.record(request, 0.5);
    }
    const until = world.look();
    if (until !== null) world.now = Math.max(world.now, until);
  }
}

describe('a call', () => {
  it('is never carried out twice, whatever happens, and ends once', () => {
    fc.assert(
      fc.property(times, fc.integer({ min: 1, max: 5 }), fc.array(act, { maxLength: 60 }), (way, attempts, acts) => {
        const world = new CallWorld(way, attempts);
        play(world, acts, 0.5);
        finish(world);
        expect(world.doneAt.length).toBeLessThanOrEqual(1);
        expect(world.askedInDoubt).toBe(0);
        expect(world.ends).toHaveLength(1);
        expect(world.call.attempts).toBeLessThanOrEqual(attempts);
      }),
      { numRuns: 4_000 },
    );
  });

  it('is said to be done only when it was, and to be refused only when it was not', () => {
    fc.assert(
      fc.property(times, fc.array(act, { maxLength: 60 }), (way, acts) => {
        const world = new CallWorld(way, 3);
        play(world, acts, 0.1);
        finish(world);
        // What is still on the wire counts for neither.
        const outcome = world.ends[0]?.outcome;
        if (outcome === 'ok') expect(world.doneAt).toHaveLength(1);
        if (outcome === 'refused') expect(world.doneAt).toHaveLength(0);
      }),
      { numRuns: 4_000 },
    );
  });

  it('whose end nobody knows is not asked for again, even if the other side says that it has nothing', () => {
    const world = new CallWorld({ requestTimeoutMs: 1_000, settleMs: 0, checkable: true, reading: false }, 5);
    world.look();
    const [request] = world.requests;
    if (request === undefined) throw new Error('Nothing was asked');
    world.open(request);
    world.lose(request);
    world.record(request, 0.5);
    for (let step = 0; step < 20 && isOpenCall(world.call); step += 1) {
      const until = world.look();
      if (until !== null) world.now = until;
      for (const check of world.requests.filter((one) => one.do === 'check')) {
        world.open(check);
        world.arrive(check);
        world.record(check, 0.5);
      }
    }
    expect([world.call.attempts, world.ends]).toEqual([
      1,
      [{ outcome: 'unknown', code: 'absent', data: { code: 'absent' } }],
    ]);
  });

  it('that only reads is asked again, as often as it may be', () => {
    const world = new CallWorld({ requestTimeoutMs: 1_000, settleMs: 0, checkable: false, reading: true }, 3);
    for (let step = 0; step < 50 && isOpenCall(world.call); step += 1) {
      const until = world.look();
      if (until !== null) world.now = until;
      for (const request of world.requests) {
        world.open(request);
        world.lose(request);
        world.record(request, 0.5);
      }
    }
    expect([world.call.attempts, world.ends[0]?.outcome]).toEqual([3, 'refused']);
  });

  it('without a way is refused if it was never made, else unknown', () => {
    const world = new CallWorld({ requestTimeoutMs: 1_000, settleMs: 0, checkable: false, reading: false }, 3);
    expect(impossible(world.call, 'connection_off').end).toMatchObject({ outcome: 'refused', code: 'connection_off' });
    world.look();
    expect(impossible(world.call, 'connection_off').end).toMatchObject({ outcome: 'unknown' });
  });
});
