import { done, refused, staleness } from '../../domain/configuration/refusals.js';
import type { ExpectedVersion, Outcome } from '../../domain/configuration/refusals.js';
import type { Role } from '../../domain/identity/permissions.js';
import type { Keys, Vault } from '../../platform/crypto/index.js';
import type { Tx } from '../../platform/database/index.js';
import { newId } from '../../platform/ids/index.js';
import { given, isSame, memberOf, recordChange, takeTurn } from '../configuration/index.js';
import type { AuditedValues, Author } from '../configuration/index.js';
import type { Authenticator } from './authenticator.js';
import { emailPlace } from './email-place.js';
import { MemberEntity } from './identity.entities.js';
import type { MemberRow } from './identity.entities.js';
import { hasOtherAdmin } from './last-admin.js';

/** A member as administrators see them. Instants are epoch ms. */
export type ConfiguredMember = {
  readonly id: string;
  readonly key: string;
  readonly name: string;
  readonly role: Role;
  readonly languages: readonly string[];
  readonly skills: readonly string[];
  /** ISO 3166 code of where the member works, or null. */
  readonly country: string | null;
  /** Open tasks at which no more are offered. */
  readonly capacity: number;
  /** Where notices are mailed to, or null. */
  readonly email: string | null;
  readonly active: boolean;
  readonly presence: 'available' | 'away';
  /** Keys of the queues the member belongs to. */
  readonly queues: readonly string[];
  readonly version: number;
  readonly createdAt: number;
};

type Editable = Pick<
  ConfiguredMember,
  'name' | 'role' | 'languages' | 'skills' | 'country' | 'capacity' | 'email' | 'active'
>;

export type MemberPatch = { readonly [K in keyof Editable]?: Editable[K] | undefined };

export type NewMember = Pick<Editable, 'name' | 'role'> &
  Omit<MemberPatch, 'name' | 'role' | 'active'> & { readonly id?: string; readonly key: string };

/** Open tasks a member has at most, unless set otherwise. */
const CAPACITY = 50;

/** Setting up the people of a tenant. */
export class Members {
  constructor(
    private readonly authenticator: Authenticator,
    private readonly vault: Vault,
  ) {}

  /** Up to `limit` members by key, those after `afterKey`. */
  async list(tx: Tx, afterKey: string | null, limit: number): Promise<ConfiguredMember[]> {
    const rows = await tx.em.find(
      MemberEntity,
      { tenantId: tx.tenantId, ...(afterKey === null ? {} : { key: { $gt: afterKey } }) },
      { orderBy: { key: 'asc' }, limit },
    );
    return this.#whole(tx, rows);
  }

  /** One member, or null. */
  async read(tx: Tx, id: string): Promise<ConfiguredMember | null> {
    const row = await tx.em.findOne(MemberEntity, { tenantId: tx.tenantId, id });
    return row === null ? null : ((await this.#whole(tx, [row]))[0] ?? null);
  }

  /** Creates a member, active and without a key. Refuses a taken key. */
  async create(tx: Tx, author: Author, input: NewMember): Promise<Outcome<ConfiguredMember>> {
    await takeTurn(tx, 'member');
    const { tenantId } = tx;
    if ((await tx.em.count(MemberEntity, { tenantId, key: input.key })) > 0) return refused('key_taken');
    const { id = newId(), key, name, role } = input;
    const editable: Editable = {
      name,
      role,
      languages: input.languages ?? [],
      skills: input.skills ?? [],
      country: input.country ?? null,
      capacity: input.capacity ?? CAPACITY,
      email: input.email ?? null,
      active: true,
    };
    const row = {
      tenantId,
      id,
      key,
      ...(await this.#columns(tx, id, editable)),
      presence: 'available' as const,
      version: 1,
      createdAt: author.at,
    };
    await tx.em.insert(MemberEntity, row);
    await recordChange(tx, author, {
      action: 'member.create',
      object: { kind: 'member', id },
      before: null,
      after: { id, key, ...audited(editable) },
    });
    return done({ id, key, ...editable, presence: 'available', queues: [], version: 1, createdAt: author.at });
  }

  /**
   * Changes a member. Refuses to change one's own role, and whatever would leave the tenant without an administrator who can
   * act.
   */
  async change(
    tx: Tx,
    author: Author,
    id: string,
    expected: ExpectedVersion,
    patch: MemberPatch,
  ): Promise<Outcome<ConfiguredMember>> {
    await takeTurn(tx, 'member');
    const row = await tx.em.findOne(MemberEntity, { tenantId: tx.tenantId, id });
    if (row === null) return refused('not_found');
    const stale = staleness(expected, row.version);
    if (stale) return stale;
    const before = editableOf(row, await this.vault.unlock(tx));
    const after: Editable = { ...before, ...given(patch) };
    if (after.role !== before.role && memberOf(author) === id) {
      return refused('own_role', { detail: 'Another administrator can change it.' });
    }
    const losesAdmin = isActiveAdmin(before) && !isActiveAdmin(after);
    if (losesAdmin && !(await hasOtherAdmin(tx, id))) return refused('last_admin');
    if (!isSame(before, after)) await this.#write(tx, author, row, before, after);
    const changed = await this.read(tx, id);
    return changed === null ? refused('not_found') : done(changed);
  }

  async #write(tx: Tx, author: Author, row: MemberRow, before: Editable, after: Editable): Promise<void> {
    tx.em.assign(row, { ...(await this.#columns(tx, row.id, after)), version: row.version + 1 });
    await tx.em.flush();
    await recordChange(tx, author, {
      action: 'member.change',
      object: { kind: 'member', id: row.id },
      before: audited(before),
      after: {
        ...audited(after),
        ...(before.name === after.name ? {} : { nameChanged: true }),
        ...(before.email === after.email ? {} : { emailChanged: true }),
      },
    });
    tx.afterCommit(() => this.authenticator.forget());
  }

  /** As the row holds it; the ORM's own arrays are not read-only. */
  async #columns(
    tx: Tx,
    id: string,
    { languages, skills, email, ...others }: Editable,
  ): Promise<Pick<MemberRow, keyof Editable>> {
    const sealed = email === null ? null : (await this.vault.unlock(tx)).seal(emailPlace(id), email);
    return { ...others, languages: [...languages], skills: [...skills], email: sealed };
  }

  async #whole(tx: Tx, rows: readonly MemberRow[]): Promise<ConfiguredMember[]> {
    const memberships = await tx.query<{ memberId: string; key: string }>(
      `select qm.member_id as "memberId", q.key from queue_member qm
         join queue q on q.tenant_id = qm.tenant_id and q.id = qm.queue_id
        where qm.tenant_id = $1 and qm.member_id = any($2) order by q.key`,
      [tx.tenantId, rows.map((row) => row.id)],
    );
    const keys = await this.vault.unlock(tx);
    return rows.map((row) => ({
      id: row.id,
      key: row.key,
      ...editableOf(row, keys),
      presence: row.presence,
      queues: memberships.filter(({ memberId }) => memberId === row.id).map(({ key }) => key),
      version: row.version,
      createdAt: row.createdAt,
    }));
  }
}

const isActiveAdmin = ({ role, active }: Editable): boolean => active && role === 'admin';

function editableOf(
  { id, name, role, languages, skills, country, capacity, email, active }: MemberRow,
  keys: Keys,
): Editable {
  return { name, role, languages, skills, country, capacity, email: keys.open(emailPlace(id), email), active };
}

/** Everything but name and address: a person can be forgotten, the audit log cannot. */
function audited({ name: _name, email: _email, ...others }: Editable): AuditedValues {
  return others;
}
