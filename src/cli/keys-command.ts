import type { Command } from 'commander';
import { audit } from '../modules/audit/index.js';
import { INSTALLATION, Vault } from '../platform/crypto/index.js';
import type { KeyringFigures, KeyRotation, RotationStep } from '../platform/crypto/index.js';
import type { Tx } from '../platform/database/index.js';
import { CommandError, withSession } from './session.js';
import type { NamedTenant, Session } from './session.js';

type ListOptions = { readonly tenant?: string; readonly json?: true };
type RotateOptions = { readonly tenant?: string; readonly root?: true; readonly json?: true };

/** `keys`: what the keyring holds, and new keys for tenants; the keys themselves are never shown. */
export function addKeysCommand(program: Command): void {
  const keys = program.command('keys').description('the keys under which everything people wrote is sealed');
  keys
    .command('list')
    .description('which versions there are, under which root key, and how many keys lie below')
    .option('--tenant <key>', 'only this tenant')
    .option('--json', 'print one JSON document')
    .action((options: ListOptions) => withSession((session) => listKeys(session, options)));
  keys
    .command('rotate')
    .description(
      'give a tenant a new key, or wrap all tenants’ keys under the current root key; may be broken off and repeated',
    )
    .option('--tenant <key>', 'the tenant that gets a new key')
    .option('--root', 'wrap every tenant’s key under ATENDE_ROOT_KEY')
    .option('--json', 'print one JSON document')
    .action((options: RotateOptions) => withSession((session) => rotateKeys(session, options)));
}

/** Lists what the keyring holds. */
export async function listKeys(session: Session, { tenant: key, json }: ListOptions): Promise<number> {
  const items: ({ readonly tenant: string } & KeyringFigures)[] = [];
  for (const tenant of await session.tenants(key)) {
    items.push({ tenant: tenant.key, ...(await rotationOf(session).figures(tenant.id)) });
  }
  if (json) {
    const shown = items.map(({ versions, ...item }) => ({
      ...item,
      versions: versions.map((one) => ({ ...one, createdAt: new Date(one.createdAt).toISOString() })),
    }));
    console.log(JSON.stringify({ items: shown }, null, 2));
    return 0;
  }
  for (const { tenant, versions, subjects, cases } of items) {
    for (const { version, rootId, isCurrentRoot, subjects: below, createdAt } of versions) {
      const root = `root ${rootId}${isCurrentRoot ? '' : ' (previous)'}`;
      console.log(
        `${tenant}  version ${version}  ${new Date(createdAt).toISOString()}  ${root}  ${below} people below`,
      );
    }
    console.log(`${tenant}  people: ${subjects.kept} kept, ${subjects.destroyed} destroyed`);
    console.log(`${tenant}  inquiries: ${cases.kept} kept, ${cases.destroyed} destroyed`);
  }
  return 0;
}

/** Rotates what the options name. */
export async function rotateKeys(session: Session, options: RotateOptions): Promise<number> {
  if ((options.tenant === undefined) === (options.root === undefined))
    throw new CommandError('name a tenant with --tenant, or use --root');
  return options.root === true ? rotateRoot(session, options) : rotateTenants(session, options);
}

async function rotateTenants(session: Session, { tenant: key, json }: RotateOptions): Promise<number> {
  const items = [];
  for (const tenant of await session.tenants(key)) {
    const rotated = await rotationOf(session).tenant(tenant.id, { record });
    items.push({ tenant: tenant.key, ...rotated });
    if (!json) {
      const { version, wrapped, retired } = rotated;
      console.log(
        `${tenant.key}  version ${version}: ${wrapped} keys wrapped again, ${retired.length} old versions gone`,
      );
    }
  }
  if (json) console.log(JSON.stringify({ items }, null, 2));
  return 0;
}

async function rotateRoot(session: Session, { json }: RotateOptions): Promise<number> {
  const installation: NamedTenant = { id: INSTALLATION, key: 'the installation' };
  const items = [];
  for (const tenant of [installation, ...(await session.tenants())]) {
    // What belongs to no tenant has nobody whose record could prove it.
    const proof = tenant === installation ? () => Promise.resolve() : record;
    const versions = await rotationOf(session).root(tenant.id, { record: proof });
    items.push({ tenant: tenant.key, versions });
    if (!json) console.log(`${tenant.key}  ${versions.length} keys wrapped under the current root key`);
  }
  if (json) console.log(JSON.stringify({ items }, null, 2));
  return 0;
}

function rotationOf(session: Session): KeyRotation {
  return session.services.get(Vault, { strict: false }).rotation();
}

/** Each step of a rotation is proven by an audit event; key material is in none. */
async function record(tx: Tx, step: RotationStep): Promise<void> {
  const { do: what, ...after } = step;
  await audit(tx, [
    {
      at: Date.now(),
      actor: { kind: 'system' },
      action: { begin: 'key.rotate', retire: 'key.retire', root: 'key.rewrap' }[what],
      object: { kind: 'tenant_key', id: tx.tenantId },
      result: 'ok',
      after,
    },
  ]);
}
