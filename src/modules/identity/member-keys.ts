import { randomBytes } from 'node:crypto';
import { done, refused } from '../../domain/configuration/refusals.js';
import type { Outcome } from '../../domain/configuration/refusals.js';
import type { Vault } from '../../platform/crypto/index.js';
import type { Tx } from '../../platform/database/index.js';
import { newId } from '../../platform/ids/index.js';
import { recordChange, takeTurn } from '../configuration/index.js';
import type { Author } from '../configuration/index.js';
import type { Authenticator } from './authenticator.js';
import { MemberEntity, MemberKeyEntity } from './identity.entities.js';
import type { MemberKeyRow } from './identity.entities.js';
import { hasOtherAdminKey } from './last-admin.js';

/** An API key without the key itself. Instants are epoch ms. */
export type ConfiguredKey = {
  readonly id: string;
  readonly label: string | null;
  /** First characters of the key. */
  readonly prefix: string;
  readonly createdAt: number;
  readonly expiresAt: number | null;
  readonly revokedAt: number | null;
};

/** A new key; `draw` gives the key itself by `keyOf`, and nothing stored does without the root key. */
export type IssuedKey = ConfiguredKey & { readonly draw: string };

export type NewKey = {
  readonly id?: string;
  readonly label?: string | null | undefined;
  readonly expiresAt?: number | null | undefined;
  /** The key to use instead of a drawn one. */
  readonly key?: string;
};

const PREFIX_LENGTH = 8;

/** Issuing and revoking API keys. */
export class MemberKeys {
  constructor(
    private readonly authenticator: Authenticator,
    private readonly vault: Vault,
  ) {}

  /**
   * The key of a draw: `atk_` and 32 bytes in base64url. A request that is repeated must be answered alike, so its answer is
   * kept for a while: with the draw, from which only the holder of the root key can make the key.
   */
  keyOf(draw: string): string {
    return `atk_${this.vault.fingerprint('api-key-draw', draw).toString('base64url')}`;
  }

  /** Up to `limit` of the keys a member ever had, newest first, those after `last`; null without such a member. */
  async list(
    tx: Tx,
    memberId: string,
    last: Pick<ConfiguredKey, 'id' | 'createdAt'> | null,
    limit: number,
  ): Promise<ConfiguredKey[] | null> {
    const { tenantId } = tx;
    if ((await tx.em.count(MemberEntity, { tenantId, id: memberId })) === 0) return null;
    const older =
      last === null
        ? {}
        : { $or: [{ createdAt: { $lt: last.createdAt } }, { createdAt: last.createdAt, id: { $lt: last.id } }] };
    const rows = await tx.em.find(
      MemberKeyEntity,
      { tenantId, memberId, ...older },
      { orderBy: { createdAt: 'desc', id: 'desc' }, limit },
    );
    return rows.map(configured);
  }

  /** Issues a key, valid at once and until `expiresAt` (epoch ms), or for ever. */
  async issue(tx: Tx, author: Author, memberId: string, input: NewKey): Promise<Outcome<IssuedKey>> {
    await takeTurn(tx, 'member');
    const { tenantId } = tx;
    if ((await tx.em.count(MemberEntity, { tenantId, id: memberId })) === 0) return refused('not_found');
    const expiresAt = input.expiresAt ?? null;
    if (expiresAt !== null && expiresAt <= author.at) {
      return refused('until_past', { errors: [{ pointer: '/expiresAt', detail: 'An instant to come' }] });
    }
    const draw = randomBytes(32).toString('base64url');
    const key = input.key ?? this.keyOf(draw);
    const { id = newId() } = input;
    const row = {
      id,
      label: input.label ?? null,
      prefix: key.slice(0, PREFIX_LENGTH),
      createdAt: author.at,
      expiresAt,
      revokedAt: null,
    };
    const hash = this.authenticator.hashOf(key);
    await tx.em.insert(MemberKeyEntity, { ...row, tenantId, memberId, hash });
    await tx.run(`insert into auth_lookup (kind, hash, tenant_id, subject_id) values ('key', $1, $2, $3)`, [
      hash,
      tenantId,
      id,
    ]);
    const expires = expiresAt === null ? null : new Date(expiresAt).toISOString();
    await recordChange(tx, author, {
      action: 'member_key.issue',
      object: { kind: 'member_key', id },
      before: null,
      after: { memberId, prefix: row.prefix, expiresAt: expires },
    });
    tx.afterCommit(() => this.authenticator.forget());
    return done({ ...row, draw });
  }

  /** Revokes a key; in this process at once, in others within a second. A revoked key stays revoked. */
  async revoke(tx: Tx, author: Author, memberId: string, keyId: string): Promise<Outcome<ConfiguredKey>> {
    await takeTurn(tx, 'member');
    const { tenantId } = tx;
    const row = await tx.em.findOne(MemberKeyEntity, { tenantId, id: keyId, memberId });
    if (row === null) return refused('not_found');
    if (row.revokedAt !== null) return done(configured(row));
    if (!(await hasOtherAdminKey(tx, keyId))) return refused('last_admin');
    row.revokedAt = author.at;
    await tx.em.flush();
    await tx.run(`delete from auth_lookup where kind = 'key' and hash = $1 and tenant_id = $2`, [row.hash, tenantId]);
    await recordChange(tx, author, {
      action: 'member_key.revoke',
      object: { kind: 'member_key', id: keyId },
      before: { revoked: false },
      after: { revoked: true },
    });
    tx.afterCommit(() => this.authenticator.forget());
    return done(configured(row));
  }
}

function configured({ id, label, prefix, createdAt, expiresAt, revokedAt }: MemberKeyRow): ConfiguredKey {
  return { id, label, prefix, createdAt, expiresAt, revokedAt };
}
