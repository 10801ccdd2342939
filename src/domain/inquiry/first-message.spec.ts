import { MONDAY, World } from '../../../test/support/world.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('what comes with the first message', () => {
  it('a thread that takes one answer is never answered by a machine, and by a person once', () => {
    const world = new World({ oneAnswer: true }).open();
    expect(world.sends).toHaveLength(0);
    expect(world.of('message.refused')[0]?.data).toMatchObject({ code: 'thread_takes_one_answer' });
    expect(world.reply().state).toBe('applied');
    expect(world.reply()).toMatchObject({ refusal: { code: 'thread_answered' } });
  });

  it('backfill brings no automatic message and no level', () => {
    const world = new World().open('Oi', { backfill: true }).advance(5 * HOUR);
    expect(world.sends).toHaveLength(0);
    expect(world.of('level.fired')).toHaveLength(0);
    expect(world.obligation('first_response').status).toBe('breached_open');
  });

  it("the channel's own deadline runs beside the house's", () => {
    const world = new World().open('Oi', { respondBy: MONDAY + 3 * HOUR }).advance(2 * HOUR + 30 * MINUTE);
    expect(world.obligation('platform_response').deadline).toBe(MONDAY + 3 * HOUR);
    expect(world.effects('notify').at(-1)).toMatchObject({ to: 'on_duty', urgent: true });
    expect(world.state.urgency).toBe('critical');
  });

  it('a message that needs no response starts no response clock', () => {
    const world = new World().open('ok, obrigado', { noResponseNeeded: true });
    expect(world.state.obligations.map(({ name }) => name)).toEqual(['resolution']);
  });

  it('what no person wrote gets no automatic answer, and its clocks run all the same', () => {
    const world = new World().open('Estou de férias.', { automated: true });
    expect(world.effects('send')).toEqual([]);
    expect(world.of('message.refused')[0]).toMatchObject({ data: { code: 'message_automated' } });
    expect(world.obligation('first_response').status).toBe('running');
    expect(world.replays()).toBe(true);
  });
});
