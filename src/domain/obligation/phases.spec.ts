import type { MetBy } from '../definition/plan.js';
import { phasesOf } from './phases.js';
import type { During, PhaseEntry } from './phases.js';

const entry = (at: number, kind: string, more: Partial<PhaseEntry> = {}): PhaseEntry => ({
  at,
  kind,
  task: null,
  send: null,
  author: null,
  offered: false,
  ...more,
});
const task = { task: 'task:1' };
const human = { send: 'send:1', author: 'human' } as const;

const told = (
  needs: MetBy,
  to: number,
  receivedAt: number | null,
  entries: readonly PhaseEntry[],
): [During, number][] => phasesOf(needs, { from: 0, to }, receivedAt, entries).map((phase) => [phase.during, phase.to]);

describe('phasesOf', () => {
  it('follows one answer from the channel to the buyer', () => {
    const entries = [
      entry(20, 'task.opened', { ...task, offered: true }),
      entry(40, 'task.offer_expired', task),
      entry(60, 'task.claimed', task),
      entry(70, 'task.lease_expired', task),
      entry(80, 'task.claimed', task),
      entry(90, 'message.queued', human),
      entry(90, 'task.completed', task),
      entry(95, 'message.accepted', human),
      entry(99, 'message.available', human),
    ];
    expect(told('human_reply', 110, 10, entries)).toEqual([
      ['channel_lag', 10],
      ['queued', 20],
      ['offered', 40],
      ['queued', 60],
      ['held', 70],
      ['queued', 80],
      ['held', 90],
      ['outbox', 95],
      ['moderation', 99],
      ['queued', 110],
    ]);
  });

  it('counts an automated message for the acknowledgement only', () => {
    const entries = [
      entry(5, 'message.queued', { send: 'send:1', author: 'automated' }),
      entry(9, 'message.available', { send: 'send:1' }),
    ];
    expect(told('message', 9, 0, entries)).toEqual([
      ['queued', 5],
      ['outbox', 9],
    ]);
    expect(told('human_reply', 9, 0, entries)).toEqual([['queued', 9]]);
  });

  it('moves every task with an escalation, which names none', () => {
    const entries = [
      entry(0, 'task.opened', task),
      entry(5, 'task.offered', { ...task, offered: true }),
      entry(10, 'task.claimed', task),
      entry(20, 'task.reassigned'),
      entry(30, 'task.handed_over', { ...task, offered: true }),
    ];
    expect(told('human_reply', 40, 0, entries)).toEqual([
      ['queued', 5],
      ['offered', 10],
      ['held', 20],
      ['queued', 30],
      ['offered', 40],
    ]);
  });

  it('is in approval from when an answer is handed in until somebody has decided', () => {
    const entries = [
      entry(0, 'task.opened', task),
      entry(10, 'task.claimed', task),
      entry(20, 'task.opened', { task: 'task:2' }),
      entry(20, 'approval.requested', { task: 'task:2' }),
      entry(25, 'task.claimed', { task: 'task:2' }),
      entry(30, 'approval.escalated', { task: 'task:2' }),
      entry(40, 'approval.returned', { task: 'task:2' }),
      entry(40, 'task.completed', { task: 'task:2' }),
      entry(40, 'task.reopened', { ...task, offered: true }),
      entry(60, 'approval.requested', { task: 'task:3' }),
      entry(70, 'approval.granted', { task: 'task:3' }),
      entry(70, 'message.queued', human),
    ];
    expect(told('human_reply', 80, 0, entries)).toEqual([
      ['queued', 10],
      ['held', 20],
      ['approval', 40],
      ['offered', 60],
      ['approval', 70],
      ['outbox', 80],
    ]);
  });

  it('starts with what was going on before the obligation did', () => {
    const entries = [entry(-50, 'task.opened', task), entry(-20, 'task.claimed', task)];
    expect(told('human_reply', 10, null, entries)).toEqual([['held', 10]]);
  });

  it('is empty for an obligation that took no time', () => {
    expect(told('human_reply', 0, 5, [entry(-1, 'task.opened', task)])).toEqual([]);
  });
});
