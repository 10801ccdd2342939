import { MONDAY, planOf, World } from '../../../test/support/world.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('rules', () => {
  it('say why they did not act, and what stood behind a stop', () => {
    const plan = planOf(`
atende: 1
key: ruled
title: Ruled
rules:
  - { id: dear, when: 'buyer.value >= 1000.0', do: [{ set: { urgency: high } }] }
  - { id: thanks, when: 'message.text.matches("(?i)obrigad")', do: [{ set: { tags: [thanks] } }], stop: true }
  - { id: late, when: 'inquiry.messageCount > 0', do: [{ set: { tags: [any] } }] }
steps:
  - { id: reply, task: { kind: reply }, on: { sent: close, not_needed: close } }
  - { id: close, close: {} }
`);
    const [stopped] = new World({ plan, buyerValue: 40 }).open('Obrigada!').of('rule.passed_over');
    expect(stopped).toMatchObject({
      data: { rules: ['dear'], stoppedBy: 'thanks' },
      because: { passedOver: [{ rule: 'dear', expression: 'buyer.value >= 1000.0', values: { 'buyer.value': 40 } }] },
    });
    const [other] = new World({ plan, buyerValue: 40 }).open('Cadê?').of('rule.passed_over');
    expect(other?.data).toEqual({ rules: ['dear', 'thanks'], stoppedBy: null });
    expect(other?.because.passedOver).toContainEqual(
      expect.objectContaining({ rule: 'thanks', values: { 'message.text': '(text)' } }),
    );
  });

  it('a consumer agency makes it critical and tells the supervisor', () => {
    const world = new World().open('Vou abrir reclamação no PROCON');
    expect(world.state).toMatchObject({ urgency: 'critical', tags: ['legal'] });
    expect(world.of('rule.matched')[0]?.because).toMatchObject({
      rule: 'consumer-agency',
      values: { 'message.text': '(text)' },
    });
  });

  it('a valuable buyer has a shorter target, recorded with its value', () => {
    const world = new World({ buyerValue: 1500 }).open();
    expect(world.obligation('first_response').deadline).toBe(MONDAY + 20 * MINUTE);
    const entry = world.of('obligation.activated').find(({ data }) => data['name'] === 'first_response');
    expect(entry?.because).toMatchObject({ values: { 'buyer.value': 1500 } });
  });

  it('outside hours says when it opens again, once per closed period', () => {
    const sunday = Date.UTC(2026, 10, 22, 15);
    const world = new World({ now: sunday, shopCalendar: null }).open();
    const [away] = world.sends;
    expect(away?.source).toMatchObject({ key: 'away', values: { back: { instant: Date.UTC(2026, 10, 23, 12) } } });
    expect(world.obligation('first_response').deadline).toBe(Date.UTC(2026, 10, 23, 13));
  });

  it('says once until it opens next, although it was open when that was said: no reply to every message', () => {
    const plan = planOf(`
atende: 1
key: echo
title: Echo
calendar: br-office
rules:
  - { id: hello, when: 'message.text != ""', do: [{ send: { template: ack, once: closed_period } }] }
steps:
  - { id: reply, task: { kind: reply }, on: { sent: close, not_needed: close } }
  - { id: close, close: {} }
`);
    const world = new World({ plan, shopCalendar: null }).open();
    world.receipt('available');
    world.advance(HOUR).message();
    world.advance(10 * HOUR).message();
    expect(world.sends).toHaveLength(1);
    // Tuesday, 9:00: it has opened.
    world.advance(12 * HOUR).message();
    expect(world.sends).toHaveLength(2);
    const always = new World({ plan }).open();
    always.receipt('available');
    always.advance(3 * 24 * HOUR).message();
    expect(always.sends).toHaveLength(1);
  });
});

describe('goto', () => {
  const plan = planOf(`
atende: 1
key: jumps
title: Jumps
calendar: always
rules:
  - { id: stop, when: 'message.text == "pare"', do: [{ goto: end, interrupt: true }] }
  - { id: ask, when: 'message.text == "fim"', do: [{ goto: end }] }
steps:
  - { id: classify, classify: {} }
  - { id: person, assign: { queue: [sales-br], strategy: manual } }
  - { id: answer, task: { kind: reply }, on: { sent: end, not_needed: end } }
  - { id: end, close: { reason: done } }
`);

  it('is refused while a task is open, unless it may interrupt', () => {
    const world = new World({ plan }).open('oi').message('fim');
    expect(world.of('goto.refused')[0]?.data).toMatchObject({ code: 'task_open' });
    world.message('pare');
    expect(world.of('task.cancelled')[0]?.data).toMatchObject({ cause: 'interrupted' });
    expect(world.state.closedAt).not.toBeNull();
  });
});
