import fc from 'fast-check';
import { checkClock } from '../../../test/support/any-course.js';
import { planOf, World } from '../../../test/support/world.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const plan = planOf(`
atende: 1
key: parcel
title: Parcel
calendar: br-office
events: { paid: {}, shipped: {} }
obligations:
  parcel: { within: 5h, clock: wall, startOn: event:paid, metBy: event:shipped }
  packing: { within: 3h, startOn: event:paid, metBy: event:shipped, pauseWhile: [waiting_buyer] }
  look: { within: 30m, startOn: look }
  answer: { within: 2h, startOn: reply, pauseWhile: [waiting_buyer] }
  silence: { within: 20h, startOn: buyer, pauseWhile: [waiting_buyer] }
  whole: { within: 30h, startOn: opening, metBy: close, pauseWhile: [waiting_buyer] }
rules:
  - { id: wrong, when: 'message.text == "errado"', do: [ { goto: look, interrupt: true } ] }
steps:
  - { id: look, task: { kind: triage, expires: 7h }, on: { done: reply, expired: reply } }
  - { id: reply, task: { kind: reply }, on: { sent: buyer, not_needed: close } }
  - { id: buyer, wait: { for: [buyer_message, event:shipped], until: 30h }, on: { message: reply, shipped: look, timeout: close } }
  - { id: close, close: {} }
`);

type Act =
  | { readonly do: 'report'; readonly name: string; readonly offset: number }
  | { readonly do: 'message'; readonly text: string }
  | { readonly do: 'triage' | 'reply' | 'available' | 'not_needed' | 'close' }
  | { readonly do: 'advance'; readonly minutes: number };

const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({
    do: fc.constant('report' as const),
    name: fc.constantFrom('paid', 'shipped', 'lost'),
    offset: fc.constantFrom(-7 * HOUR, -MINUTE, 0, HOUR),
  }),
  fc.record({ do: fc.constant('message' as const), text: fc.constantFrom('errado', 'oi') }),
  fc.record({ do: fc.constantFrom('triage' as const, 'triage' as const, 'reply' as const, 'available' as const) }),
  fc.record({ do: fc.constantFrom('reply' as const, 'available' as const, 'not_needed' as const, 'close' as const) }),
  fc.record({ do: fc.constant('advance' as const), minutes: fc.constantFrom(1, 29, 31, 130, 500, 1_900, 4_000) }),
);

function play(world: World, one: Act): void {
  if (one.do === 'advance') return void world.advance(one.minutes * MINUTE);
  if (one.do === 'report')
    return void world.apply({ kind: 'platform.event', name: one.name, at: world.now + one.offset, by: 'channel' });
  if (world.state.closedAt !== null) return;
  if (one.do === 'message') world.message(one.text);
  else if (one.do === 'reply') world.reply();
  else if (one.do === 'available') world.receipt('available');
  else if (one.do === 'not_needed')
    world.command({ kind: 'not_needed', taskKey: null, token: null, reasonCode: 'other' });
  else if (one.do === 'close') world.command({ kind: 'close', reasonCode: 'other' });
  else if (world.state.tasks.some(({ kind }) => kind === 'triage')) {
    const { key: taskKey, token } = world.claim();
    world.command({ kind: 'triage', taskKey, token, intent: 'other', urgency: 'normal', queue: 'sales-br' });
  }
}

/** Entries that say nothing about where the token is. */
const SILENT = /^obligation\.|^inquiry\.close_withdrawn$/;

type Life = { readonly name: string; readonly startedAt: number; endedAt: number | null };

/** What happened, read from the history alone: moments with their instants, in order. */
function momentsOf(world: World): { readonly moment: string; readonly at: number; readonly now: number }[] {
  let step: string | null = null;
  let closed = false;
  return world.steps.flatMap(({ at: now, decision }) =>
    decision.entries.flatMap((entry) => {
      const moments: { moment: string; at: number; now: number }[] = [];
      if (entry.kind === 'inquiry.opened') moments.push({ moment: 'opening', at: now, now });
      if (entry.kind === 'platform.event' && !closed)
        moments.push({ moment: `event:${String(entry.data['name'])}`, at: Number(entry.data['at']), now });
      if (!SILENT.test(entry.kind) && entry.step !== step) {
        if (step !== null) moments.push({ moment: `left:${step}`, at: now, now });
        step = entry.step;
        moments.push({ moment: `step:${step}`, at: now, now });
      }
      // A step that leads back to itself is left and entered again.
      if (entry.kind === 'goto.taken') {
        moments.push({ moment: `left:${step}`, at: now, now });
        step = null;
      }
      if (entry.kind === 'inquiry.closed') {
        closed = true;
        moments.push({ moment: 'close', at: now, now });
      }
      return moments;
    }),
  );
}

/** The lives of all instances, worked out from what happened without looking at any state. */
function recomputed(world: World): Life[] {
  const lives: Life[] = [];
  for (const { moment, at, now } of momentsOf(world)) {
    for (const { name, startOn, metBy } of plan.obligations) {
      const open = lives.find((life) => life.name === name && life.endedAt === null);
      const ends = moment === metBy.replace('step:', 'left:') && !moment.startsWith('step:');
      if (open !== undefined && (ends || moment === 'close'))
        open.endedAt = ends ? Math.max(open.startedAt, Math.min(at, now)) : now;
      const isOpen = lives.some((life) => life.name === name && life.endedAt === null);
      if (moment === startOn && !isOpen) lives.push({ name, startedAt: Math.min(at, now), endedAt: null });
    }
  }
  return lives;
}

describe('obligations of the definition’s own', () => {
  it('come out of any history as its recomputation and its ledger say', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 30 }), (acts) => {
        const world = new World({ plan, shopCalendar: null }).open();
        for (const one of acts) play(world, one);
        world.drainTime();
        const lives = recomputed(world);
        const kept = world.state.obligations.map(({ name, startedAt, metAt, status, instance }) => {
          const cancelledAt = world.steps.find(({ decision }) =>
            decision.entries.some(
              ({ kind, data }) =>
                kind === 'obligation.cancelled' && data['name'] === name && data['instance'] === instance,
            ),
          )?.at;
          return { name, startedAt, endedAt: status === 'cancelled' ? cancelledAt : metAt };
        });
        const order = (list: readonly unknown[]): string[] => list.map((life) => JSON.stringify(life)).sort();
        expect(order(kept)).toEqual(order(lives));
        for (const obligation of world.state.obligations) checkClock(obligation);
        expect(world.replays()).toBe(true);
      }),
      { numRuns: 500 },
    );
  }, 120_000);
});
