import fc from 'fast-check';
import type { Calendar } from '../calendar/types.js';
import type { MemberFacts, QueueFacts } from '../inquiry/facts.js';
import type { Roster } from '../roster/types.js';
import { asksForActivity, choose } from './choose.js';
import type { Choice, ChoiceRequest } from './choose.js';
import { hoursOf, isWorked, onDuty } from './duty.js';

const IDS = ['ana', 'bia', 'caio', 'davi', 'eva', 'li'];
const NOW = Date.parse('2026-11-23T15:00:00Z');
const SHOP = { key: 'aurora', channel: 'webhook' };
const week = Object.fromEntries(
  ['mon', 'tue', 'wed', 'thu', 'fri'].map((day) => [day, [{ from: '09:00', to: '18:00' }]]),
);
const calendar: Calendar = { key: 'office', version: 3, spec: { zone: 'America/Sao_Paulo', week, exceptions: [] } };

const member = (id: string): fc.Arbitrary<MemberFacts> =>
  fc.record({
    id: fc.constant(id),
    role: fc.constantFrom('agent', 'agent', 'supervisor'),
    languages: fc.subarray(['pt-BR', 'en', 'zh-CN']),
    skills: fc.subarray(['shop:aurora', 'shop:other', 'channel:webhook', 'channel:email', 'refunds'], { maxLength: 2 }),
    away: fc.boolean(),
    substituteId: fc.option(fc.constantFrom(...IDS)),
    openTasks: fc.nat(3),
    capacity: fc.nat(4),
  });
const members = fc.subarray(IDS).chain((ids) => fc.tuple(...ids.map(member)));
const hour = fc.integer({ min: 0, max: 23 }).map((h) => `${String(h).padStart(2, '0')}:00`);
const shift = fc.record({ members: fc.subarray(IDS), from: hour, to: hour }).filter(({ from, to }) => from !== to);
const rosters = fc.array(shift, { maxLength: 4 }).map((shifts): Roster => ({
  key: 'r',
  version: 7,
  spec: {
    shifts: shifts.map((each, index) => ({
      ...each,
      key: `s${index}`,
      zone: 'Asia/Shanghai',
      starts: '2026-11-18',
      rule: 'FREQ=DAILY',
      calendar: null,
    })),
    exceptions: [],
    swaps: [],
  },
  calendars: [],
}));
const queues: fc.Arbitrary<QueueFacts> = fc.record({
  key: fc.constant('sales'),
  calendar: fc.constant(calendar),
  roster: fc.option(rosters),
  members: members.map((list): readonly MemberFacts[] => list),
  lastChosen: fc.option(fc.constantFrom(...IDS)),
  cap: fc.option(fc.record({ tasks: fc.integer({ min: 1, max: 4 }), withinMs: fc.constant(3_600_000) })),
});
const activity = fc
  .tuple(...IDS.map(() => fc.record({ idleSince: fc.option(fc.nat(5)), taken: fc.nat(4) })))
  .map((each) => Object.fromEntries(each.map((one, index) => [IDS[index] ?? '', one])));
const requests: fc.Arbitrary<ChoiceRequest> = fc.record({
  queue: queues,
  strategy: fc.constantFrom(
    'round_robin' as const,
    'least_loaded' as const,
    'longest_idle' as const,
    'manual' as const,
  ),
  lastAgentId: fc.option(fc.constantFrom(...IDS)),
  language: fc.constantFrom(null, 'pt-BR', 'zh-TW', 'fr'),
  shop: fc.constant(SHOP),
  activity,
  now: fc.integer({ min: 0, max: 7 * 24 }).map((hours) => NOW + hours * 3_600_000),
});

const runs = { numRuns: 150 };
const why = ({ passedOver }: Choice, id: string): string | undefined =>
  passedOver.find(({ memberId }) => memberId === id)?.why;

describe('a choice', () => {
  it('names everybody who was not chosen, once, with a reason', () => {
    fc.assert(
      fc.property(requests, (request) => {
        const choice = choose(request);
        const named = choice.passedOver.map(({ memberId }) => memberId);
        const expected = request.queue.members.map(({ id }) => id).filter((id) => id !== choice.memberId);
        expect(named).toEqual(expected);
        expect(choice.memberId === null).toBe(['nobody', 'manual'].includes(choice.by));
        // With somebody fit there is somebody chosen.
        if (choice.by === 'nobody') expect(choice.passedOver.map((each) => each.why)).not.toContain('strategy');
      }),
      runs,
    );
  });

  it('falls on nobody who fails a filter', () => {
    fc.assert(
      fc.property(requests, (request) => {
        const { queue, now } = request;
        const chosen = queue.members.find(({ id }) => id === choose(request).memberId);
        fc.pre(chosen !== undefined);
        if (chosen === undefined) return;
        expect(onDuty(queue, chosen, now)).toBe(true);
        expect(chosen.openTasks).toBeLessThan(chosen.capacity);
        expect(chosen.skills).not.toContain(chosen.skills.includes('shop:aurora') ? '' : 'shop:other');
        expect(chosen.skills).not.toContain(chosen.skills.includes('channel:webhook') ? '' : 'channel:email');
        if (queue.cap !== null) expect(request.activity?.[chosen.id]?.taken).toBeLessThan(queue.cap.tasks);
        if (queue.members.some(({ role }) => role === 'agent')) expect(chosen.role).toBe('agent');
      }),
      runs,
    );
  });

  it('gives the first filter of its order as the reason', () => {
    fc.assert(
      fc.property(requests, (request) => {
        const choice = choose(request);
        const { queue, now } = request;
        const agents = queue.members.some(({ role }) => role === 'agent');
        for (const each of queue.members) {
          const reason = why(choice, each.id);
          if (reason === undefined) continue;
          if (agents && each.role !== 'agent') expect(reason).toBe('role');
          else if (!isWorked(hoursOf(queue, each.id), now)) expect(reason).toBe('off_duty');
          else if (reason === 'at_capacity') expect(each.away).toBe(false);
        }
      }),
      runs,
    );
  });

  it('is the same again from what was recorded, and does not see what it does not ask for', () => {
    fc.assert(
      fc.property(requests, (request) => {
        const asked = asksForActivity(request.queue, request.strategy) ? request.activity : null;
        const recorded = JSON.parse(JSON.stringify({ ...request, activity: asked })) as ChoiceRequest;
        expect(choose(recorded)).toEqual(choose(request));
      }),
      runs,
    );
  });

  it('goes round: as many turns as there are fit members give each of them one', () => {
    fc.assert(
      fc.property(requests, (given) => {
        const request = { ...given, strategy: 'round_robin' as const, lastAgentId: null };
        const fit = request.queue.members.filter(({ id }) => {
          const reason = why(choose(request), id);
          return reason === undefined || reason === 'strategy';
        });
        let { lastChosen } = request.queue;
        const chosen = fit.map(() => {
          lastChosen = choose({ ...request, queue: { ...request.queue, lastChosen } }).memberId;
          return lastChosen;
        });
        expect(chosen.toSorted()).toEqual(fit.map(({ id }) => id).toSorted());
      }),
      runs,
    );
  });

  it('of the longest idle has nobody fit who has been idle for longer', () => {
    fc.assert(
      fc.property(requests, (given) => {
        const request = { ...given, strategy: 'longest_idle' as const, lastAgentId: null };
        const choice = choose(request);
        const chosen = request.queue.members.find(({ id }) => id === choice.memberId);
        fc.pre(chosen !== undefined);
        const since = (id: string): number => request.activity?.[id]?.idleSince ?? -1;
        for (const other of request.queue.members.filter(({ id }) => why(choice, id) === 'strategy')) {
          const busier = other.openTasks > 0 && chosen?.openTasks === 0;
          const idler = other.openTasks === 0 && (chosen?.openTasks ?? 0) > 0;
          expect(idler).toBe(false);
          if (!busier) expect(since(other.id)).toBeGreaterThanOrEqual(since(chosen?.id ?? ''));
        }
      }),
      runs,
    );
  });
});
