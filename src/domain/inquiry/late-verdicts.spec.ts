import { MONDAY, World } from '../../../test/support/world.js';
import { isOpenObligation, isOurs } from './state.js';

const MINUTE = 60_000;

/** Answered after ten minutes and closed by hand. */
function closed(): World {
  const world = new World().open().receipt('available');
  world.advance(10 * MINUTE).reply();
  world.receipt('available');
  world.command({ kind: 'close', reasonCode: 'resolved' });
  expect(world.state.closedAt).not.toBeNull();
  return world.advance(60 * MINUTE);
}

describe('a verdict after the close', () => {
  it.each(['rejected', 'bounced', 'failed'] as const)(
    '%s: opens no task in the closed inquiry, which nobody could end, and leaves no clock running',
    (status) => {
      const world = closed().receipt(status, { send: 'send:2' });
      expect(world.state.tasks).toEqual([]);
      expect(world.state.obligations.filter(isOpenObligation)).toEqual([]);
      expect(world.replays()).toBe(true);
    },
  );

  it('that the answer never arrived counts the obligation as not met, with the reason', () => {
    const world = closed().receipt('rejected', { send: 'send:2' });
    expect(world.obligation('first_response')).toMatchObject({
      status: 'cancelled',
      cause: 'delivery_failed',
      startedAt: MONDAY,
      metAt: null,
      breachedAt: MONDAY + 60 * MINUTE,
    });
    expect(world.of('obligation.reopened')).toHaveLength(1);
  });

  it('that nobody knows what became of the acknowledgement asks nobody about a closed inquiry', () => {
    const world = new World().open().receipt('accepted');
    world.command({ kind: 'close', reasonCode: 'spam' });
    world.receipt('uncertain', { send: 'send:1' });
    expect(world.state.tasks).toEqual([]);
  });
});

describe('a verdict that takes back our answer after somebody answered elsewhere', () => {
  it('leaves the obligation met by what was written there, and every message answered', () => {
    const world = new World().open().receipt('available');
    world.advance(10 * MINUTE).reply();
    world.receipt('available', { send: 'send:2' });
    world.advance(5 * MINUTE).external('human');
    world.advance(MINUTE).receipt('rejected', { send: 'send:2' });
    const [written] = world.state.sends.filter((send) => !isOurs(send));
    expect(written).toMatchObject({ author: 'human', status: 'available', availableAt: MONDAY + 15 * MINUTE });
    expect(world.obligation('first_response')).toMatchObject({ metBy: written?.key, metAt: MONDAY + 15 * MINUTE });
    expect(world.state.inbound.every(({ answeredBy }) => answeredBy === written?.key)).toBe(true);
    expect(world.replays()).toBe(true);
  });
});

describe('a verdict that takes back one of two answers the buyer has', () => {
  const answeredTwice = (): World => {
    const world = new World().open().receipt('available');
    world.advance(10 * MINUTE).reply();
    world.receipt('available', { send: 'send:2' });
    world.advance(5 * MINUTE).reply();
    return world.receipt('available', { send: 'send:3' });
  };

  it('leaves the obligation met by the other one, at the instant the buyer could see that', () => {
    const world = answeredTwice().advance(MINUTE).receipt('bounced', { send: 'send:2' });
    expect(world.obligation('first_response')).toMatchObject({
      status: 'met',
      metBy: 'send:3',
      metAt: MONDAY + 15 * MINUTE,
    });
    expect(world.state.inbound.every(({ answeredBy }) => answeredBy === 'send:3')).toBe(true);
    expect(world.replays()).toBe(true);
  });

  it('opens it again when the other one is lost too', () => {
    const world = answeredTwice().advance(MINUTE).receipt('bounced', { send: 'send:2' });
    world.advance(MINUTE).receipt('bounced', { send: 'send:3' });
    expect(world.obligation('first_response')).toMatchObject({ status: 'running', metAt: null, startedAt: MONDAY });
  });
});
