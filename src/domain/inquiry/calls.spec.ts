import { planOf, World } from '../../../test/support/world.js';

const REFUND = planOf(`
atende: 1
key: refund
title: Refund
rules:
  - { id: person, when: 'message.text == "pessoa"', do: [ { goto: reply } ] }
  - { id: again, when: 'message.text == "de novo"', do: [ { goto: refund } ] }
steps:
  - id: ask
    task: { kind: form, fields: { amount: number, pixKey: { type: string, personal: true } }, outcomes: [grant] }
    on: { grant: refund }
  - id: refund
    call:
      connection: erp
      operation: refund
      body: { amount: 'data.ask.amount', pix: 'data.ask.pixKey', at: 'inquiry.openedAt' }
      returns: { id: string }
      check: find-refund
    on: { ok: paid, refused: which, unknown: look }
  - { id: paid, set: { tags: [paid] }, goto: reply }
  - { id: which, choose: [ { when: 'data.refund.code == "ALREADY_PAID"', goto: paid } ], goto: reply }
  - { id: look, task: { kind: triage }, on: { done: refund } }
  - { id: reply, task: { kind: reply }, on: { sent: close, not_needed: close } }
  - { id: close, close: {} }
`);

const PIX = 'joana@example.com';

const asked = (): World => {
  const world = new World({ plan: REFUND }).open('Quero meu dinheiro de volta');
  const { key: taskKey, token } = world.claim();
  world.command({ kind: 'form', taskKey, token, outcome: 'grant', data: { amount: 80, pixKey: PIX } });
  return world;
};

describe('a call', () => {
  it('asks once with its values, and rests', () => {
    const world = asked();
    expect(world.calls).toEqual([
      {
        do: 'call',
        ...{
          call: 'call:1',
          step: 'refund',
          connection: 'erp',
          operation: 'refund',
          check: 'find-refund',
          attempts: 3,
        },
        ...{ returns: { id: 'string' }, keyOf: 'call:1' },
        body: { amount: 80, pix: PIX, at: '2026-11-23T13:00:00.000Z' },
      },
    ]);
    expect(world.state).toMatchObject({ step: 'refund', calls: [{ key: 'call:1', awaited: true }] });
    expect(JSON.stringify(world.entries)).not.toContain(PIX);
    world.message('Alguma novidade?').advance(86_400_000);
    expect(world.calls).toHaveLength(1);
    expect(world.state.step).toBe('refund');
    expect(world.replays()).toBe(true);
  });

  it.each([
    ['ok', null, { id: 'r-9' }, ['paid'], 'reply'],
    ['refused', 'http_422', { code: 'ALREADY_PAID' }, ['paid'], 'reply'],
    ['refused', 'http_422', { code: 'NO_FUNDS' }, [], 'reply'],
    ['unknown', 'timeout', { code: 'timeout' }, [], 'look'],
  ] as const)('that ends %s (%s) leads on with %j', (outcome, code, data, tags, step) => {
    const world = asked().answer(outcome, { code, data });
    expect(world.state).toMatchObject({ calls: [], tags, step, data: { refund: data } });
    expect(world.of(`call.${outcome}`)[0]?.data).toMatchObject({ call: 'call:1', attempts: 1, awaited: true });
    expect(world.replays()).toBe(true);
  });

  it('is answered once: what comes later changes nothing', () => {
    const world = asked().answer('ok', { data: { id: 'r-9' } });
    world.answer('refused', { call: 'call:1', code: 'http_409' });
    expect(world.state).toMatchObject({ data: { refund: { id: 'r-9' } }, tags: ['paid'] });
    expect(world.of('call.answer_ignored')).toHaveLength(1);
  });

  it('that ended unknown carries the same key when it is made once more', () => {
    const world = asked().answer('unknown', { code: 'timeout' });
    const { key: taskKey, token } = world.claim();
    const triage = { kind: 'triage', taskKey, token, intent: 'refund', urgency: 'high', queue: 'sales-br' } as const;
    world.command(triage);
    expect(world.calls.map(({ call, keyOf }) => [call, keyOf])).toEqual([
      ['call:1', 'call:1'],
      ['call:2', 'call:1'],
    ]);
    world.answer('ok');
    world.message('de novo');
    expect(world.calls).toHaveLength(2);
    expect(world.of('goto.refused')).toHaveLength(1);
  });

  it('that was not made yet is taken back when the token leaves', () => {
    const world = asked().message('pessoa');
    expect(world.effects('cancel_call')).toEqual([{ do: 'cancel_call', call: 'call:1' }]);
    expect(world.state).toMatchObject({ step: 'reply', calls: [] });
    expect(world.replays()).toBe(true);
  });

  it('that may have been made is never made twice: its answer is taken down, or waited for again', () => {
    const left = asked().ask().message('pessoa');
    expect(left.effects('cancel_call')).toEqual([]);
    left.answer('ok', { data: { id: 'r-9' } });
    expect(left.state).toMatchObject({ step: 'reply', calls: [], data: { refund: { id: 'r-9' } }, tags: [] });

    const back = asked().ask().message('de novo');
    expect(back.calls).toHaveLength(1);
    expect(back.of('call.awaited')).toHaveLength(1);
    back.answer('ok');
    expect(back.state).toMatchObject({ step: 'reply', tags: ['paid'] });
    expect(back.replays()).toBe(true);
  });

  it('of a closed inquiry is taken back, or its answer taken down', () => {
    const early = asked();
    early.command({ kind: 'close', reasonCode: 'resolved' }, 'sofia', 'supervisor');
    expect(early.effects('cancel_call')).toHaveLength(1);
    const late = asked().ask();
    late.command({ kind: 'close', reasonCode: 'resolved' }, 'sofia', 'supervisor');
    late.answer('ok', { data: { id: 'r-9' } });
    expect(late.state).toMatchObject({ step: 'refund', data: { refund: { id: 'r-9' } } });
    expect(late.state.closedAt).not.toBeNull();
    expect(late.replays()).toBe(true);
  });

  it('whose values cannot be had is not made', () => {
    const plan = planOf(`
atende: 1
key: unready
title: Unready
steps:
  - id: refund
    call: { connection: erp, operation: refund, body: { amount: 'message.confidence / 0.0', when: 'conversation.windowUntil' } }
    on: { ok: close, refused: reply, unknown: reply }
  - { id: reply, task: { kind: reply }, goto: close }
  - { id: close, close: {} }
`);
    const world = new World({ plan }).open();
    expect(world.calls).toEqual([]);
    expect(world.state).toMatchObject({ step: 'reply', data: { refund: { code: 'expression_failed' } } });
  });
});
