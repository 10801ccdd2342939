import fc from 'fast-check';
import { claim, claimRefusal, expire, release, renew, standingOf, takeAway, tokenOwner } from './claim.js';
import type { Hold, HoldOutcome } from './claim.js';

const FREE: Hold = {
  ended: false,
  awaiting: false,
  token: 4,
  holderId: null,
  leaseUntil: null,
  lapsedHolderId: null,
  offeredTo: null,
  offerUntil: null,
};
const HELD: Hold = { ...FREE, holderId: 'ana', leaseUntil: 1_000 };
const OFFERED: Hold = { ...FREE, offeredTo: 'ana', offerUntil: 1_000 };
const LAPSED: Hold = { ...FREE, lapsedHolderId: 'ana' };
const ENDED: Hold = { ...FREE, ended: true };

describe('standing', () => {
  it.each([
    ['free', FREE, 500, 'ready'],
    ['held', HELD, 500, 'held'],
    ['held at the last instant', HELD, 1_000, 'held'],
    ['held past the lease', HELD, 1_001, 'ready'],
    ['offered', OFFERED, 500, 'offered'],
    ['offered at the last instant', OFFERED, 1_000, 'offered'],
    ['offered past the offer', OFFERED, 1_001, 'ready'],
    ['ended lease', LAPSED, 500, 'ready'],
    ['ended', ENDED, 500, 'ended'],
    ['ended while held', { ...HELD, ended: true }, 500, 'ended'],
  ] as const)('%s', (_name, hold, now, expected) => {
    expect(standingOf(hold, now)).toBe(expected);
  });
});

describe('claim', () => {
  const taken = { ...FREE, token: 5, holderId: 'bruno', leaseUntil: 9_000 };

  it.each([
    ['ready', FREE, 500, { hold: taken, lapsed: null }],
    ['lapsed, unnoticed', HELD, 2_000, { hold: taken, lapsed: { memberId: 'ana', leaseUntil: 1_000 } }],
    ['lapsed, already ended', LAPSED, 2_000, { hold: taken, lapsed: null }],
    ['offer run out', OFFERED, 2_000, { hold: taken, lapsed: null }],
    ['offered to oneself', { ...OFFERED, offeredTo: 'bruno' }, 500, { hold: taken, lapsed: null }],
    ['held by another', HELD, 500, { refused: { code: 'task_held', holderId: 'ana' } }],
    ['held by oneself', { ...HELD, holderId: 'bruno' }, 500, { refused: { code: 'task_held', holderId: 'bruno' } }],
    ['offered to another', OFFERED, 500, { refused: { code: 'task_offered', assigneeId: 'ana', until: 1_000 } }],
    ['ended', ENDED, 500, { refused: { code: 'task_ended' } }],
  ] as const)('%s', (_name, hold, now, expected) => {
    expect(claim(hold, 'bruno', 9_000, now)).toEqual(expected);
  });
});

describe('renew', () => {
  const prolonged = { ...HELD, leaseUntil: 9_000 };

  it.each([
    ['the holder', HELD, 'ana', 4, { hold: prolonged, lapsed: null }],
    ['the holder, lease ended, nobody came', LAPSED, 'ana', 4, { hold: prolonged, lapsed: null }],
    ['the holder with an older token', HELD, 'ana', 3, { refused: { code: 'token_stale', holderId: 'ana' } }],
    ['somebody else with the right number', HELD, 'bruno', 4, { refused: { code: 'token_stale', holderId: 'ana' } }],
    ['nobody holds it', FREE, 'ana', 4, { refused: { code: 'token_stale', holderId: null } }],
    ['ended', { ...HELD, ended: true }, 'ana', 4, { refused: { code: 'task_ended' } }],
  ] as const)('%s', (_name, hold, memberId, token, expected) => {
    expect(renew(hold, memberId, token, 9_000)).toEqual(expected);
  });
});

describe('release and taking away', () => {
  const freed = { ...FREE, token: 5 };

  it.each([
    ['the holder', HELD, 'ana', 4, { hold: freed, lapsed: null }],
    ['an older token', HELD, 'ana', 3, { refused: { code: 'token_stale', holderId: 'ana' } }],
    ['another member', HELD, 'bruno', 4, { refused: { code: 'token_stale', holderId: 'ana' } }],
    ['whose lease ended', LAPSED, 'ana', 4, { hold: freed, lapsed: null }],
  ] as const)('release: %s', (_name, hold, memberId, token, expected) => {
    expect(release(hold, memberId, token)).toEqual(expected);
  });

  it.each([
    ['held', HELD, { hold: freed, lapsed: null }],
    ['offered', OFFERED, { hold: freed, lapsed: null }],
    ['free', FREE, { refused: { code: 'nothing_open' } }],
    ['ended', ENDED, { refused: { code: 'task_ended' } }],
  ] as const)('taking away: %s', (_name, hold, expected) => {
    expect(takeAway(hold, 500)).toEqual(expected);
  });
});

describe('expire', () => {
  it.each([
    ['a lease', HELD, 1_001, { what: 'lease', hold: LAPSED, lapsed: { memberId: 'ana', leaseUntil: 1_000 } }],
    ['a lease that runs', HELD, 1_000, null],
    ['an offer', OFFERED, 1_001, { what: 'offer', hold: FREE, lapsed: null }],
    ['an offer that runs', OFFERED, 1_000, null],
    ['nothing', FREE, 1_001, null],
    ['what is ended already', LAPSED, 5_000, null],
    ['an ended task', { ...HELD, ended: true }, 5_000, null],
  ] as const)('%s', (_name, hold, now, expected) => {
    expect(expire(hold, now)).toEqual(expected);
  });
});

describe('laws of holding', () => {
  const members = ['ana', 'bruno', 'caio'] as const;
  type Step = {
    readonly op: 'claim' | 'renew' | 'release' | 'takeAway' | 'expire';
    readonly who: number;
    readonly wait: number;
  };
  const steps = fc.array(
    fc.record({
      op: fc.constantFrom<Step['op']>('claim', 'claim', 'renew', 'release', 'takeAway', 'expire'),
      who: fc.nat(2),
      wait: fc.nat(80),
    }),
    { maxLength: 40 },
  );

  /** Runs steps as people would: each keeps the token they were last given. */
  function play(
    run: readonly Step[],
    check: (before: Hold, after: Hold, step: Step & { member: string; now: number; ok: boolean }) => void,
  ): void {
    let hold = FREE;
    let now = 0;
    const tokens = new Map<string, number>();
    for (const step of run) {
      now += step.wait;
      const member = members[step.who] ?? 'ana';
      const token = tokens.get(member) ?? -1;
      const outcome: HoldOutcome | null =
        step.op === 'claim'
          ? claim(hold, member, now + 60, now)
          : step.op === 'renew'
            ? renew(hold, member, token, now + 60)
            : step.op === 'release'
              ? release(hold, member, token)
              : step.op === 'takeAway'
                ? takeAway(hold, now)
                : expire(hold, now);
      const ok = outcome !== null && 'hold' in outcome;
      const after = ok ? outcome.hold : hold;
      if (ok && step.op === 'claim') tokens.set(member, after.token);
      check(hold, after, { ...step, member, now, ok });
      hold = after;
    }
  }

  it('counts the token up when the task changes hands, and never otherwise', () => {
    fc.assert(
      fc.property(steps, (run) => {
        play(run, (before, after, { op, ok }) => {
          const changes = ok && (op === 'claim' || op === 'release' || op === 'takeAway');
          expect(after.token).toBe(before.token + (changes ? 1 : 0));
        });
      }),
    );
  });

  it('lets in exactly who may come in: nobody while a lease runs, however the token stands', () => {
    fc.assert(
      fc.property(steps, (run) => {
        play(run, (before, after, { op, ok, member, now }) => {
          if (op !== 'claim') return;
          expect(ok).toBe(standingOf(before, now) === 'ready');
          expect(claimRefusal(before, member, now) === null).toBe(ok);
          if (ok) expect(tokenOwner(after)).toBe(member);
        });
      }),
    );
  });

  it('keeps a token good for its owner until the task changes hands, and for nobody else', () => {
    fc.assert(
      fc.property(steps, (run) => {
        let last: { readonly member: string; readonly token: number } | null = null;
        play(run, (before, after, { op, ok, member }) => {
          const mine = last?.member === member && last.token === before.token;
          if (op === 'renew' || op === 'release') expect(ok).toBe(mine);
          if (ok && op === 'claim') last = { member, token: after.token };
        });
      }),
    );
  });
});
