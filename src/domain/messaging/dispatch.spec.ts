import { afterRead, afterSend, CLOSED, nextStep } from './dispatch.js';
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

describe('a message that is looked for while its shop is closed to us', () => {
  const readable: ChannelTimes = { ...times, readable: true };
  const looked = (reason: string, times_: number, queuedAt = 0): string | null => {
    let outgoing: Outgoing = { ...sending, state: 'verifying', queuedAt };
    for (let turn = 0; turn < times_; turn += 1) {
      const read = afterRead(outgoing, { kind: 'failed', reason }, outgoing.dueAt + SECOND, readable, 0.5);
      if (read.fate !== null) return read.fate;
      outgoing = read.next;
    }
    return null;
  };

  it.each([...CLOSED])('waits for whoever opens it again, and is nobody’s question before that: %s', (reason) => {
    expect(looked(reason, 20)).toBeNull();
  });

  it('is a question for people when nobody does so within a day', () => {
    expect(looked('authorisation_lost', 1, -25 * 3_600 * SECOND)).toBeNull();
    expect(looked('authorisation_lost', 8, -25 * 3_600 * SECOND)).toBe('uncertain');
  });

  it('is a question for people when looking fails for any other reason', () => {
    expect([looked('http_500', 7), looked('http_500', 8)]).toEqual([null, 'uncertain']);
  });
});
