import { MONDAY, planOf, World } from '../../../test/support/world.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const plan = planOf(`
atende: 1
key: windows
title: Windows
calendar: br-office
obligations:
  next_response: { within: 40h, clock: wall, escalate: closing }
  first_response: { within: 40h, clock: wall, escalate: closing }
  resolution: { within: 90h, pauseWhile: [waiting_buyer], escalate: last-word }
escalations:
  closing:
    - { at: start+2h, do: [{ notify: { to: queue } }] }
    - { at: window-30m, do: [{ notify: { to: supervisor, urgent: true } }] }
  last-word:
    - { at: window-1h, do: [{ notify: { to: supervisor } }] }
    - { at: deadline, do: [{ notify: { to: supervisor } }] }
steps:
  - { id: reply, task: { kind: reply }, on: { sent: buyer, not_needed: close } }
  - { id: buyer, wait: { until: 5d }, on: { message: reply, timeout: close } }
  - { id: close, close: {} }
`);

const planned = (world: World, name: string, level: number): number | undefined =>
  world.obligation(name).levels.find((other) => other.level === level)?.plannedAt;

describe('levels that hang on the window', () => {
  it('move when the buyer writes again, are told of, and call nobody for an end that is no longer one', () => {
    const world = new World({ plan, windowUntil: MONDAY + 24 * HOUR }).open();
    expect(planned(world, 'first_response', 2)).toBe(MONDAY + 23.5 * HOUR);
    world
      .advance(20 * HOUR)
      .window(MONDAY + 44 * HOUR)
      .message();
    expect(planned(world, 'first_response', 2)).toBe(MONDAY + 43.5 * HOUR);
    expect(world.of('level.moved').map(({ data }) => data)).toContainEqual({
      name: 'first_response',
      instance: 1,
      level: 2,
      from: MONDAY + 23.5 * HOUR,
      planned: MONDAY + 43.5 * HOUR,
    });
    const ofFirst = () => world.of('level.fired').filter(({ data }) => data['name'] === 'first_response');
    const fired = (): unknown[] => ofFirst().map(({ data }) => [data['level'], data['fired']]);
    world.advance(23 * HOUR);
    expect(fired()).toEqual([[1, MONDAY + 2 * HOUR]]);
    world.advance(HOUR);
    expect(fired()).toContainEqual([2, MONDAY + 43.5 * HOUR]);
    expect(world.replays()).toBe(true);
  });

  it('come to be when the channel tells of a window later on, and stay fired when it is prolonged', () => {
    const world = new World({ plan }).open();
    expect(planned(world, 'first_response', 2)).toBeUndefined();
    world.window(MONDAY + 3 * HOUR).message();
    world
      .advance(3 * HOUR)
      .window(MONDAY + 27 * HOUR)
      .message();
    expect(world.obligation('first_response').levels.map(({ level, state }) => [level, state])).toEqual([
      [1, 'fired'],
      [2, 'fired'],
    ]);
    world.advance(25 * HOUR);
    expect(world.of('level.fired').filter(({ data }) => data['name'] === 'first_response')).toHaveLength(2);
  });

  it('are not held up by a pause', () => {
    const world = new World({ plan, shopCalendar: 'always', windowUntil: MONDAY + 24 * HOUR }).open();
    world.reply();
    world.receipt('available');
    expect(world.obligation('resolution').status).toBe('paused');
    const deadline = MONDAY + 90 * HOUR;
    world.advance(10 * HOUR).message();
    expect(world.obligation('resolution')).toMatchObject({ status: 'running', deadline: deadline + 10 * HOUR });
    expect(planned(world, 'resolution', 1)).toBe(MONDAY + 23 * HOUR);
    expect(planned(world, 'resolution', 2)).toBe(deadline + 10 * HOUR);
  });
});
