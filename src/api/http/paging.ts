import { createHmac } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { Vault } from '../../platform/crypto/index.js';
import { Problem } from '../problems/problem.js';

export const MAX_LIMIT = 200;

/** Query members every list takes. */
export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(MAX_LIMIT).default(50),
  cursor: z.string().max(2048).optional(),
};

export type Page<T> = { readonly items: readonly T[]; readonly nextCursor: string | null };

/** Opaque, signed cursors: a position in one list of one tenant, of no use anywhere else. */
@Injectable()
export class Cursors {
  constructor(private readonly vault: Vault) {}

  /** A cursor for the position after `key`; `list` names the list and its order. */
  encode(tenantId: string, list: string, key: readonly unknown[]): string {
    const body = Buffer.from(JSON.stringify(key)).toString('base64url');
    return `${body}.${this.#sign(tenantId, list, body)}`;
  }

  /** The position in a cursor; null without one, 400 for a foreign one. */
  decode(tenantId: string, list: string, cursor: string | undefined): readonly unknown[] | null {
    if (cursor === undefined) return null;
    const [body, signature, ...rest] = cursor.split('.');
    if (
      body === undefined ||
      signature === undefined ||
      rest.length > 0 ||
      signature !== this.#sign(tenantId, list, body)
    ) {
      throw new Problem('cursor_invalid', { detail: 'Start again without a cursor.' });
    }
    return JSON.parse(Buffer.from(body, 'base64url').toString('utf8')) as unknown[];
  }

  /**
   * Cuts one row more than asked for into a page.
   *
   * @param rows up to `limit + 1` rows in list order
   * @param keyOf the position of a row in that order
   */
  page<T>(
    tenantId: string,
    list: string,
    rows: readonly T[],
    limit: number,
    keyOf: (row: T) => readonly unknown[],
  ): Page<T> {
    const items = rows.slice(0, limit);
    const last = items.at(-1);
    const more = rows.length > limit && last !== undefined;
    return { items, nextCursor: more ? this.encode(tenantId, list, keyOf(last)) : null };
  }

  #sign(tenantId: string, list: string, body: string): string {
    const key = this.vault.fingerprint(`cursor|${tenantId}`, list);
    return createHmac('sha256', key).update(body).digest('base64url').slice(0, 22);
  }
}
