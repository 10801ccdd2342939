import type { Payload, PayloadCodec, SerializationContext } from '@temporalio/common';
import { Replay } from '../../src/modules/proof/index.js';
import type { Runtime } from '../../src/platform/nest/index.js';
import { eventually } from '../support/eventually.js';
import { acknowledgedInquiry, entriesOf, executionBecomes, executionOf } from '../support/inquiry.js';
import { startStack } from '../support/stack.js';
import type { Stack } from '../support/stack.js';

const TASK_TIMED_OUT = 8;
const SIGNALED = 26;
const UPDATE_ACCEPTED = 41;

/** A workflow task is given up by the server ten seconds after it was taken. */
const GIVEN_UP_WITHIN_MS = 30_000;

/** What the driver answers an update with, before it is sealed. */
const APPLIED = JSON.stringify('applied');

/** Seals as usual, but keeps the next answer to an update from leaving until it is let go. */
class HeldBack implements PayloadCodec {
  #armed = false;
  #held: (() => void) | null = null;

  constructor(private readonly codec: PayloadCodec) {}

  arm(): void {
    this.#armed = true;
  }

  /** Whether an answer is being kept. */
  get isHolding(): boolean {
    return this.#held !== null;
  }

  letGo(): void {
    this.#held?.();
    this.#held = null;
  }

  async encode(payloads: Payload[], context?: SerializationContext): Promise<Payload[]> {
    const answers = payloads.some(({ data }) => data && Buffer.from(data).toString('utf8') === APPLIED);
    if (this.#armed && answers) {
      this.#armed = false;
      await new Promise<void>((resolve) => (this.#held = resolve));
    }
    return this.codec.encode(payloads, context);
  }

  decode(payloads: Payload[], context?: SerializationContext): Promise<Payload[]> {
    return this.codec.decode(payloads, context);
  }
}

/** Updates against signals (engine.md 2), on the real engine. */
describe('races of updates', () => {
  let stack: Stack;
  let held: HeldBack;

  const withHeldAnswers = (runtime: Runtime): Runtime => {
    const { dataConverter } = runtime.temporal;
    const [codec] = dataConverter.payloadCodecs ?? [];
    if (codec === undefined) throw new Error('Nothing seals');
    held = new HeldBack(codec);
    // The worker's alone: the client's was made when it connected.
    return {
      ...runtime,
      temporal: { ...runtime.temporal, dataConverter: { ...dataConverter, payloadCodecs: [held] } },
    };
  };

  beforeAll(async () => {
    stack = await startStack({ adjust: withHeldAnswers });
  }, 60_000);

  afterAll(async () => {
    held.letGo();
    await stack.stop();
  }, 30_000);

  const typesOf = async (id: string): Promise<number[]> =>
    ((await executionOf(stack, id).fetchHistory()).events ?? []).map((event) => Number(event.eventType));

  it('applies a command once whose transaction committed in a task the server gave up, and a signal came before its retry', async () => {
    const id = await acknowledgedInquiry(stack, 'signal-before-update');
    held.arm();
    const answer = stack.as('supervisor').post(`/v1/inquiries/${id}/notes`, { text: 'nota' });
    await eventually(() => Promise.resolve(held.isHolding), Boolean);
    expect(await entriesOf(stack, id, 'note.added')).toHaveLength(1);
    await stack.send({ buyer: 'signal-before-update', text: 'Alguma novidade?' });
    await eventually(
      () => typesOf(id),
      (types) => types.includes(TASK_TIMED_OUT),
      GIVEN_UP_WITHIN_MS,
    );
    held.letGo();
    await eventually(
      () => entriesOf(stack, id, 'message.received'),
      (entries) => entries.length === 2,
      20_000,
    );
    // The row told the caller what the update could not.
    expect((await answer).status).toBe(200);
    const types = await eventually(
      () => typesOf(id),
      (now) => now.includes(UPDATE_ACCEPTED),
      20_000,
    );
    // For the engine the signal came first, for the inquiry the command did.
    expect(types.lastIndexOf(SIGNALED)).toBeLessThan(types.indexOf(UPDATE_ACCEPTED));
    const told = await entriesOf(stack, id, 'note.added', 'message.received');
    expect(told.map(({ kind }) => kind)).toEqual(['message.received', 'note.added', 'message.received']);
    const closed = await stack.as('supervisor').post(`/v1/inquiries/${id}/close`, { reason: 'resolved' });
    expect([closed.status, closed.body.state]).toEqual([200, 'closed']);
    await executionBecomes(stack, id, 'COMPLETED');
    const replay = stack.application.nest.get(Replay, { strict: false });
    expect(await replay.inquiry(stack.demo.tenantId, id)).toMatchObject({ same: true });
  }, 90_000);
});
