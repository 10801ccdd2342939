import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  isCancellation,
  log,
  proxyActivities,
  proxyLocalActivities,
  proxySinks,
  setCurrentDetails,
  setHandler,
  sleep,
  TemporalFailure,
  Trigger,
  workflowInfo,
} from '@temporalio/workflow';
import type { DrainActivities, DrainName } from '../activities/drain-activities.js';
import { command, ring } from './messages.js';
import type { CommandState, DrainInput, DrainResult, InquiryInput, Marks, RingKind, Summary } from './messages.js';

/**
 * Two quick attempts inside the workflow task; a third would pass 80 % of its time and cost a heartbeat. The bounds of
 * pool, transaction and query lie below the time-out, so no attempt goes on unseen.
 */
const local = proxyLocalActivities<DrainActivities>({
  startToCloseTimeout: '3s',
  retry: { maximumAttempts: 2, initialInterval: '50ms' },
});

/** When the database stays away: the same drain outside the workflow task, for as long as it takes. */
const patient = proxyActivities<DrainActivities>({
  startToCloseTimeout: '30s',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '10s' },
});

/** Places at which tests of crashes end the process; passing one costs no event and is left out in a replay. */
const { marks } = proxySinks<Marks>();

/** A ring moves the timer back only if the wake is later by more than this; otherwise it stays and fires early. */
const LAZY_MS = 3_600_000;

/** Histories stay short: every wake of an evicted inquiry replays them. */
const MAX_EVENTS = 300;
const MAX_UPDATES = 200;

/** Commands that may wait at once; more is a runaway client. */
const MAX_WAITING = 50;

const NAMES: Readonly<Record<RingKind, DrainName>> = {
  opened: 'onOpened',
  buyerMessage: 'onBuyerMessage',
  command: 'onCommand',
  receipt: 'onReceipt',
  callResult: 'onCallResult',
  wake: 'onWake',
  poke: 'onPoke',
};

/**
 * One inquiry. The durable driver over its inbox: whatever rings, it runs one idempotent drain and sleeps until the next
 * thing time brings. What happens is decided and stored by the drain.
 */
export async function inquiry(input: InquiryInput): Promise<void> {
  // An operator's cancel must not fail an update whose transaction has committed.
  await CancellationScope.nonCancellable(() => new Driver(input).run());
}

class Driver {
  readonly #input: InquiryInput;
  readonly #rings: RingKind[] = [];
  readonly #waiting = new Map<string, Trigger<CommandState>>();
  #updates = 0;
  #woken = false;
  #summary: Summary | null = null;
  #timer: { readonly at: number; readonly scope: CancellationScope } | null = null;

  constructor(input: InquiryInput) {
    this.#input = input;
    if (input.continued) marks.reach('continue.after-start');
    setHandler(ring, (kind) => void this.#rings.push(kind));
    setHandler(command, ({ commandId }) => CancellationScope.nonCancellable(() => this.#answer(commandId)), {
      validator: ({ commandId }) => {
        if (typeof commandId !== 'string' || commandId.length > 64) throw new Error('command_malformed');
        if (this.#waiting.size >= MAX_WAITING) throw new Error('too_many_commands');
      },
    });
  }

  async run(): Promise<void> {
    for (;;) {
      const name = this.#takeRing();
      const result = await this.#drain(name);
      if (result === null) break;
      this.#adopt(result);
      if (this.#summary?.done) break;
      this.#arm(this.#summary?.nextWake ?? null);
      await condition(() => this.#mustDrain() || (this.#isFull() && allHandlersFinished()));
      if (this.#mustDrain()) continue;
      marks.reach('continue.before-report');
      await continueAsNew<typeof inquiry>({ ...this.#input, continued: true });
    }
    this.#closeWaiting();
    await condition(allHandlersFinished);
  }

  /** Waits for a command's own answer; the order between commands is the order of their rows, not of these calls. */
  async #answer(commandId: string): Promise<CommandState> {
    this.#updates += 1;
    const known = this.#waiting.get(commandId);
    if (known !== undefined) return known;
    const trigger = new Trigger<CommandState>();
    this.#waiting.set(commandId, trigger);
    return trigger;
  }

  #mustDrain(): boolean {
    return this.#rings.length > 0 || this.#waiting.size > 0 || this.#woken;
  }

  #isFull(): boolean {
    return workflowInfo().historyLength >= MAX_EVENTS || this.#updates >= MAX_UPDATES;
  }

  /** One drain answers everything that rang until now. The first of a run without a ring opens or takes up the inquiry. */
  #takeRing(): DrainName {
    const first =
      this.#rings[0] ?? (this.#waiting.size > 0 ? 'command' : this.#woken || this.#input.continued ? 'wake' : 'opened');
    this.#rings.length = 0;
    this.#woken = false;
    return NAMES[first];
  }

  async #drain(name: DrainName): Promise<DrainResult | null> {
    const input: DrainInput = {
      tenantId: this.#input.tenantId,
      inquiryId: this.#input.inquiryId,
      now: Date.now(),
      commands: [...this.#waiting.keys()],
    };
    try {
      return await local[name](input);
    } catch (error) {
      // A failed local activity arrives bare or wrapped, and one that timed out differently in a replay. None ends the
      // inquiry; what is no failure of Temporal's is a defect of this file, which fails the workflow task and is retried.
      if (!(error instanceof TemporalFailure)) throw error;
      log.warn('drain outside the workflow task', { name });
      return patient[name](input);
    }
  }

  /** Takes over a newer summary and answers the commands it settles. */
  #adopt(result: DrainResult): void {
    if (this.#summary === null || result.summary.version >= this.#summary.version) this.#summary = result.summary;
    // Every command that was asked for is answered: one that is still pending was set aside, and waiting would not help.
    for (const [id, state] of Object.entries(result.commands)) {
      this.#waiting.get(id)?.resolve(state);
      this.#waiting.delete(id);
    }
    setCurrentDetails(this.#details());
  }

  #details(): string {
    const { step, openTask, nextWake = null, version } = this.#summary ?? {};
    const parts = [
      `**Step** ${step ?? '–'}`,
      `**Task** ${openTask ? `${openTask.kind} ${openTask.id}` : '–'}`,
      `**Next wake** ${nextWake === null ? '–' : new Date(nextWake).toISOString()}`,
      `**History entries** ${version ?? 0}`,
    ];
    return parts.join('  \n');
  }

  /**
   * Arms the one timer. It stays where it is unless the wake is earlier, or later by more than an hour: re-arming costs two
   * events, an early fire little more, and most wakes move by minutes.
   */
  #arm(wake: number | null): void {
    if (wake === null) return;
    const armed = this.#timer;
    if (armed !== null && wake >= armed.at && wake - armed.at <= LAZY_MS) return;
    armed?.scope.cancel();
    const scope = new CancellationScope({ cancellable: true });
    this.#timer = { at: wake, scope };
    void scope.run(() => this.#sleepUntil(wake, scope));
  }

  async #sleepUntil(at: number, scope: CancellationScope): Promise<void> {
    try {
      const step = this.#summary?.step ?? 'inquiry';
      await sleep(Math.max(1, at - Date.now()), { summary: `${step}: wake at ${new Date(at).toISOString()}` });
    } catch (error) {
      if (isCancellation(error)) return;
      throw error;
    }
    if (this.#timer?.scope !== scope) return;
    this.#timer = null;
    const wake = this.#summary?.nextWake ?? null;
    // The wake has moved since: sleep again without asking the database.
    if (wake !== null && wake > Date.now()) this.#arm(wake);
    else this.#woken = true;
  }

  /** The inquiry is closed or gone: whoever still waits reads the outcome from the command's row. */
  #closeWaiting(): void {
    for (const trigger of this.#waiting.values()) trigger.resolve('refused');
    this.#waiting.clear();
  }
}
