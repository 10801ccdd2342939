import type { Role } from '../../domain/identity/permissions.js';
import type { Authenticator, Principal } from '../../modules/identity/index.js';
import type { PlacedEvent } from '../../modules/stream/index.js';
import { StreamAccess } from './stream-access.js';

const principal = (role: Role, queues: readonly string[] = []): Principal => ({
  tenantId: 't',
  memberId: 'me',
  keyId: 'k',
  name: 'Ana',
  role,
  queues,
});
const event = (given: Partial<PlacedEvent>): PlacedEvent => ({
  position: 1,
  kind: 'task.ready',
  data: {},
  queue: 'sales',
  memberId: null,
  ...given,
});
const answering = (answer: Principal | null): Authenticator =>
  ({ authenticate: () => Promise.resolve(answer) }) as unknown as Authenticator;

describe('what a follower sees', () => {
  it.each([
    ['an agent, own queue', principal('agent', ['sales']), event({}), true],
    ['an agent, another queue', principal('agent', ['night']), event({}), false],
    ['an agent, no queue yet', principal('agent', ['night']), event({ queue: null }), true],
    ['a supervisor, any queue', principal('supervisor'), event({}), true],
    ['ops, any queue: ids only', principal('ops'), event({}), true],
    ['what is personal and mine', principal('agent'), event({ memberId: 'me' }), true],
    ['what is personal and not mine', principal('supervisor'), event({ memberId: 'other' }), false],
  ])('%s', (_name, who, what, expected) => {
    expect(new StreamAccess(answering(who), 'key', who).allows(what)).toBe(expected);
  });

  it('follows the member from queue to queue while the stream is open', async () => {
    const access = new StreamAccess(answering(principal('agent', ['night'])), 'key', principal('agent', ['sales']));
    expect(access.allows(event({}))).toBe(true);
    expect(await access.renew()).toBe(true);
    expect(access.allows(event({}))).toBe(false);
  });

  it('ends with the key', async () => {
    expect(await new StreamAccess(answering(null), 'key', principal('agent')).renew()).toBe(false);
  });
});
