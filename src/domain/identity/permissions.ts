/** Who may do what: one table, deny by default. Source: the HTTP contract, "Who may". */

export const ROLES = ['admin', 'ops', 'supervisor', 'agent', 'auditor', 'privacy_officer'] as const;
export type Role = (typeof ROLES)[number];

export const PERMISSIONS = [
  'inquiries.read',
  'inquiries.act',
  'inquiries.supervise',
  'inquiries.event',
  'histories.read',
  'audit.read',
  'definitions.read',
  'definitions.write',
  'templates.read',
  'templates.write',
  'shops.names',
  'shops.manage',
  'members.names',
  'members.manage',
  'webhooks.manage',
  'quarantine.manage',
  'retention.read',
  'retention.write',
  'codec.decode',
  'metrics.read',
  'own',
] as const;
export type Permission = (typeof PERMISSIONS)[number];

/**
 * How far a permission reaches: `full`, only the queues one belongs to (`own`), or everything with texts left out
 * (`no_text`).
 */
export type Reach = 'full' | 'own' | 'no_text';

type Grants = Readonly<Partial<Record<Permission, Reach>>>;

/** What every member may do with what is theirs: `/v1/me`, notifications, presence of their own. */
const EVERYONE: Grants = { own: 'full' };

const NAMES: Grants = { 'shops.names': 'full', 'members.names': 'full' };

const TABLE: Readonly<Record<Role, Grants>> = {
  agent: { ...EVERYONE, 'inquiries.read': 'own', 'inquiries.act': 'own', 'templates.read': 'full' },
  supervisor: {
    ...EVERYONE,
    ...NAMES,
    'inquiries.read': 'full',
    'inquiries.act': 'full',
    'inquiries.supervise': 'full',
    'inquiries.event': 'full',
    'histories.read': 'own',
    'audit.read': 'own',
    'definitions.read': 'full',
    'templates.read': 'full',
  },
  ops: {
    ...EVERYONE,
    ...NAMES,
    'inquiries.read': 'no_text',
    'histories.read': 'no_text',
    'audit.read': 'no_text',
    'definitions.read': 'full',
    'definitions.write': 'full',
    'templates.read': 'full',
    'templates.write': 'full',
  },
  auditor: {
    ...EVERYONE,
    ...NAMES,
    'inquiries.read': 'full',
    'histories.read': 'full',
    'audit.read': 'full',
    'definitions.read': 'full',
    'templates.read': 'full',
    'retention.read': 'full',
    'codec.decode': 'full',
  },
  privacy_officer: {
    ...EVERYONE,
    ...NAMES,
    'inquiries.read': 'full',
    'histories.read': 'full',
    'audit.read': 'full',
    'definitions.read': 'full',
    'templates.read': 'full',
    'retention.read': 'full',
    'retention.write': 'full',
  },
  admin: {
    ...EVERYONE,
    ...NAMES,
    'inquiries.read': 'no_text',
    'inquiries.event': 'full',
    'definitions.read': 'full',
    'templates.read': 'full',
    'shops.manage': 'full',
    'members.manage': 'full',
    'webhooks.manage': 'full',
    'quarantine.manage': 'full',
    'metrics.read': 'full',
  },
};

/** How far a role's permission reaches, or null when it has none. */
export function reachOf(role: Role, permission: Permission): Reach | null {
  return TABLE[role][permission] ?? null;
}

/** Whether something in `queue` is within reach; what has no queue yet is everybody's who has own queues. */
export function withinReach(reach: Reach, ownQueues: readonly string[], queue: string | null): boolean {
  return reach !== 'own' || queue === null || ownQueues.includes(queue);
}
