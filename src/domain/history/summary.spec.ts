import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import type { EntryActor } from '../inquiry/effects.js';
import { summaryOf } from './summary.js';

const ANA = '6c1d1f1f-96f8-4784-b32a-6311d8416880';
const SOFIA = 'bf7de37e-d664-4245-a261-a8156301c4ae';
const names: Readonly<Record<string, string>> = { [ANA]: 'Ana Ribeiro' };
const nameOf = (id: string): string => names[id] ?? id;
const ana: EntryActor = { kind: 'member', id: ANA };
const system: EntryActor = { kind: 'system' };

const summary = (kind: string, data: Readonly<Record<string, unknown>>, actor: EntryActor = system): string =>
  summaryOf({ kind, actor, data }, nameOf);

describe('summaryOf', () => {
  it.each<[string, Readonly<Record<string, unknown>>, EntryActor, string]>([
    ['message.received', { messageId: 'x' }, { kind: 'buyer' }, 'The buyer wrote.'],
    [
      'message.queued',
      { send: 'send:1', author: 'automated', template: 'ack' },
      system,
      'The template ack was sent off.',
    ],
    ['message.queued', { author: 'human', followUp: true }, ana, 'Ana Ribeiro answered once more.'],
    [
      'task.opened',
      { kind: 'reply', queue: 'sales-br', offeredTo: ANA },
      system,
      'A reply task is open in sales-br, offered to Ana Ribeiro.',
    ],
    [
      'task.opened',
      { kind: 'triage', queue: 'night-sz', offeredTo: null },
      system,
      'A triage task is open in night-sz.',
    ],
    ['task.claimed', {}, ana, 'Ana Ribeiro took the task.'],
    ['task.released', { from: ANA }, ana, 'Ana Ribeiro gave the task back.'],
    ['task.released', { from: ANA }, { kind: 'member', id: SOFIA }, `${SOFIA} took the task from Ana Ribeiro.`],
    ['task.offered', { offeredTo: ANA }, system, 'The task was offered to Ana Ribeiro as their shift began.'],
    [
      'task.reassigned',
      { queue: 'supervisors', cause: 'escalation' },
      system,
      'The escalation moved the open tasks to supervisors.',
    ],
    [
      'obligation.met',
      { name: 'first_response', metAt: '2026-11-22T12:00:00.000Z', inTime: false },
      system,
      'first_response was met at 2026-11-22T12:00:00.000Z, late.',
    ],
    ['level.fired', { name: 'first_response', level: 2, lateMs: 0 }, system, 'Level 2 of first_response fired.'],
    [
      'level.fired',
      { name: 'first_response', level: 2, lateMs: 1500 },
      system,
      'Level 2 of first_response fired, 1500 ms late.',
    ],
    [
      'inquiry.set',
      { changed: { urgency: 'critical', tags: ['legal', 'vip'] } },
      system,
      'Atende set urgency critical, tags legal, vip.',
    ],
    ['notification.sent', { reached: 'supervisor', members: [ANA] }, system, 'Told supervisor (Ana Ribeiro).'],
    ['reply.refused', { code: 'task_held' }, ana, 'Ana Ribeiro was refused: reply (task_held).'],
    ['task.claim.refused', { code: 'task_held' }, ana, 'Ana Ribeiro was refused: task claim (task_held).'],
    [
      'message.refused',
      { template: 'away', code: 'window_closed' },
      system,
      'The template away could not be sent: window_closed.',
    ],
  ])('%s', (kind, data, actor, expected) => {
    expect(summary(kind, data, actor)).toBe(expected);
  });

  it('still says something about a kind it does not know', () => {
    expect(summary('loyalty.points_added', {})).toBe('Loyalty points added.');
  });

  it('has a sentence for every kind that decisions record', () => {
    const folder = fileURLToPath(new URL('../inquiry', import.meta.url));
    const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'))
      .map((name) => readFileSync(join(folder, name), 'utf8'));
    const kinds = new Set(
      sources.flatMap((text) => [...text.matchAll(/'([a-z]+\.[a-z_]+)',?\s*(?:\{|\))/g)].map(([, kind]) => kind ?? '')),
    );
    expect(kinds.size).toBeGreaterThan(30);
    const fallback = (kind: string): string =>
      `${kind.slice(0, 1).toUpperCase()}${kind.slice(1).replaceAll(/[._]/g, ' ')}.`;
    const silent = [...kinds].filter((kind) => summary(kind, {}) === fallback(kind));
    expect(silent).toEqual([]);
  });
});
