import { PERMISSIONS, reachOf, ROLES, withinReach } from './permissions.js';
import type { Permission, Reach, Role } from './permissions.js';

type Line = readonly [Permission, Readonly<Partial<Record<Role, Reach>>>];

/** The contract's table, line by line; a role that is not named has nothing. */
const CONTRACT: readonly Line[] = [
  [
    'inquiries.read',
    { agent: 'own', supervisor: 'full', ops: 'no_text', auditor: 'full', privacy_officer: 'full', admin: 'no_text' },
  ],
  ['inquiries.act', { agent: 'own', supervisor: 'full' }],
  ['inquiries.supervise', { supervisor: 'full' }],
  ['inquiries.event', { supervisor: 'full', admin: 'full' }],
  ['definitions.read', { supervisor: 'full', ops: 'full', auditor: 'full', privacy_officer: 'full', admin: 'full' }],
  ['definitions.write', { ops: 'full' }],
  [
    'templates.read',
    { agent: 'full', supervisor: 'full', ops: 'full', auditor: 'full', privacy_officer: 'full', admin: 'full' },
  ],
  ['templates.write', { ops: 'full' }],
  ['shops.names', { supervisor: 'full', ops: 'full', auditor: 'full', privacy_officer: 'full', admin: 'full' }],
  ['shops.manage', { admin: 'full' }],
  ['members.names', { supervisor: 'full', ops: 'full', auditor: 'full', privacy_officer: 'full', admin: 'full' }],
  ['members.manage', { admin: 'full' }],
  ['histories.read', { supervisor: 'own', ops: 'no_text', auditor: 'full', privacy_officer: 'full' }],
  ['audit.read', { supervisor: 'own', ops: 'no_text', auditor: 'full', privacy_officer: 'full' }],
  ['retention.read', { auditor: 'full', privacy_officer: 'full' }],
  ['retention.write', { privacy_officer: 'full' }],
];

describe('who may', () => {
  const cells = CONTRACT.flatMap(([permission, roles]) =>
    ROLES.map((role) => [permission, role, roles[role] ?? null] as const),
  );

  it.each(cells)('%s for %s reaches %s', (permission, role, reach) => {
    expect(reachOf(role, permission)).toBe(reach);
  });

  it('grants nobody everything', () => {
    for (const role of ROLES) expect(PERMISSIONS.every((permission) => reachOf(role, permission) !== null)).toBe(false);
  });

  it.each([
    ['own', ['a'], 'a', true],
    ['own', ['a'], 'b', false],
    ['own', [], null, true],
    ['full', [], 'b', true],
    ['no_text', [], 'b', true],
  ] as const)('reach %s with queues %j and queue %s: %s', (reach, own, queue, expected) => {
    expect(withinReach(reach, own, queue)).toBe(expected);
  });
});
