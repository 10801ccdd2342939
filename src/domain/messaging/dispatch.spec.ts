import { afterSend, nextStep } from './dispatch.js';
import type { ChannelTimes, Outgoing } from './dispatch.js';

const SECOND = 1_000;
const times: ChannelTimes = {
  ...{ requestTimeoutMs: 10 * SECOND, settleMs: 30 * SECOND, verdictTimeoutMs: 900 * SECOND },
  ...{ readable: false, tells: true },
};
const sending: Outgoing = {
  ...{ state: 'sending', attempts: 1, reads: 0, absences: 0, queuedAt: 0, startedAt: 0 },
  ...{ dueAt: 0, leaseUntil: null, verdictUntil: null },
};

describe('a message to a channel that nobody can ask but that tells by itself', () => {
  const unknown = afterSend(sending, { kind: 'unknown', reason: 'http_500' }, SECOND, times, 0.5);

  it('is waited for as long as the channel may need, when nobody knows what became of it', () => {
    expect(unknown).toMatchObject({ fate: null, next: { state: 'verifying', dueAt: 40 * SECOND } });
    expect(nextStep(unknown.next, 39 * SECOND, times)).toEqual({ do: 'wait', until: 40 * SECOND });
  });

  it('is given to a person, and not sent again, when nothing was told of it', () => {
    const step = nextStep(unknown.next, 40 * SECOND, times);
    expect(step).toMatchObject({ do: 'settle', transition: { fate: 'uncertain', reason: 'not_told' } });
  });

  it('is given to a person at once where the channel does not tell either', () => {
    const deaf = { ...times, tells: false };
    const transition = afterSend(sending, { kind: 'unknown', reason: 'http_500' }, SECOND, deaf, 0.5);
    expect(transition).toMatchObject({ fate: 'uncertain', reason: 'http_500' });
  });
});
