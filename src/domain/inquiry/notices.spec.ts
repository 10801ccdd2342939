import { planOf, World } from '../../../test/support/world.js';
import type { WorldOptions } from '../../../test/support/world.js';
import type { NoticeUndeliveredEvent } from './events.js';

const told = (to: string, by: string): string => `
atende: 1
key: told
title: Told
steps:
  - { id: person, assign: { queue: sales-br } }
  - { id: tell, notify: { to: ${to}, by: [${by}] } }
  - { id: reply, task: { kind: reply }, on: { sent: close, not_needed: close } }
  - { id: close, close: {} }
`;

const BY_MAIL = { email: true, webhook: false };

const opened = (to: string, by: string, reach: WorldOptions['reach'] = {}): World =>
  new World({ plan: planOf(told(to, by)), reach }).open();

const failed = (more: Partial<NoticeUndeliveredEvent> = {}): NoticeUndeliveredEvent => ({
  kind: 'notice.undelivered',
  ...{ to: 'on_duty', reached: 'on_duty', members: ['ana'], by: ['email'], urgent: true, about: 'escalation' },
  origin: { rule: null, step: 'tell', obligation: null, level: null },
  code: 'smtp_550',
  ...more,
});

describe('a notice by mail or webhook', () => {
  it('goes to those of the target who have an address', () => {
    const world = opened('queue', 'email', { bruno: BY_MAIL });
    expect(world.effects('notify')).toMatchObject([{ members: ['bruno'], by: ['email'], reached: 'queue' }]);
    expect(world.of('notification.sent').at(-1)?.data).toMatchObject({ by: ['email'], members: ['bruno'] });
    expect(world.replays()).toBe(true);
  });

  it('goes to all of them when it is shown inside Atende too', () => {
    expect(opened('queue', 'in_app, email').effects('notify')).toMatchObject([
      { members: ['ana', 'bruno'], by: ['in_app', 'email'] },
    ]);
  });

  it('goes on to the next target when nobody has an address, and says who was passed over', () => {
    const world = opened('on_duty', 'email, webhook', { 'the-supervisor': { email: false, webhook: true } });
    expect(world.effects('notify')).toMatchObject([
      { to: 'on_duty', reached: 'supervisor', members: ['the-supervisor'] },
    ]);
    expect(world.of('notification.sent').at(-1)?.because.passedOver).toEqual([
      { to: 'on_duty', unreachable: ['ana', 'bruno'] },
    ]);
  });

  it('is known to nobody when nobody at all can be told so', () => {
    const world = opened('holder', 'email');
    expect(world.effects('notify')).toMatchObject([{ members: [], kind: 'notify_nobody' }]);
    expect(world.of('notification.nobody').at(-1)?.because.passedOver).toEqual([
      'holder',
      ...[
        { to: 'on_duty', unreachable: ['ana', 'bruno'] },
        { to: 'supervisor', unreachable: ['the-supervisor'] },
      ],
      { to: 'role:ops', unreachable: ['the-ops'] },
    ]);
  });

  it('is no word about means where the definition says none', () => {
    const plain = told('queue', 'in_app').replace(', by: [in_app]', '');
    const [effect] = new World({ plan: planOf(plain) }).open().effects('notify');
    expect(Object.keys(effect ?? {})).not.toContain('by');
  });
});

describe('a notice that reached nobody', () => {
  it('is told to the next target, inside Atende too, and not again to those it failed with', () => {
    const world = opened('on_duty', 'email', { ana: BY_MAIL, 'the-supervisor': BY_MAIL });
    world.apply(failed());
    expect(world.of('notification.undelivered').at(-1)).toMatchObject({
      data: { reached: 'on_duty', members: ['ana'], code: 'smtp_550' },
      because: { step: 'tell' },
    });
    expect(world.effects('notify').at(-1)).toMatchObject({
      ...{ to: 'on_duty', reached: 'supervisor', members: ['the-supervisor'], by: ['email', 'in_app'], urgent: true },
    });
    world.apply(failed({ reached: 'supervisor', members: ['the-supervisor'], by: ['email', 'in_app'] }));
    expect(world.effects('notify').at(-1)).toMatchObject({ reached: 'role:ops', members: ['the-ops'] });
    world.apply(failed({ reached: 'role:ops', members: ['the-ops'], by: ['email', 'in_app'] }));
    expect(world.of('notification.nobody')).toHaveLength(1);
    expect(world.replays()).toBe(true);
  });

  it('is a mere record once the inquiry is closed', () => {
    const world = opened('on_duty', 'email', { ana: BY_MAIL });
    world.command({ kind: 'close', reasonCode: 'resolved' });
    const before = world.effects('notify').length;
    world.apply(failed());
    expect(world.effects('notify')).toHaveLength(before);
    expect(world.of('notification.undelivered')).toHaveLength(1);
  });
});
