import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { OnModuleDestroy, OnModuleInit } from '@nestjs/common';
import type pg from 'pg';
import type { Config } from '../../platform/config/index.js';
import { Vault } from '../../platform/crypto/index.js';
import type { Log } from '../../platform/log/index.js';
import { CONFIG, LOG, LOOPS } from '../../platform/nest/index.js';
import { networkOf, Rates } from '../../platform/rates/index.js';
import type { Spender } from '../../platform/rates/index.js';
import { Problem } from '../problems/problem.js';

const PRUNE_MS = 300_000;

/** How long a key that was good from an address is let in from there although others fail, in ms. */
const TRUSTED_MS = 3_600_000;
const TRUSTED_KEPT = 20_000;

/** One attempt to log in; `trust` names address and key together, null without a key. */
export type LogIn = { readonly failures: Spender; readonly trust: string | null };

/** How often one may: requests of a key, failed log-ins of an address, deliveries of a shop. Beyond it 429. */
@Injectable()
export class Limits implements OnModuleInit, OnModuleDestroy {
  readonly #rates: Rates;
  /** Network and key of log-ins that worked, and until when that counts (epoch ms). */
  readonly #trusted = new Map<string, number>();
  #pruning: NodeJS.Timeout | null = null;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(LOG) private readonly log: Log,
    @Inject(LOOPS) loops: pg.Pool,
    vault: Vault,
  ) {
    this.#rates = new Rates(loops, (text) => vault.fingerprint('rate', text));
  }

  onModuleInit(): void {
    this.#pruning = setInterval(() => {
      this.#rates.prune().catch((error: unknown) => this.log.warn({ err: error }, 'rate windows not pruned'));
    }, PRUNE_MS).unref();
  }

  onModuleDestroy(): void {
    if (this.#pruning !== null) clearInterval(this.#pruning);
  }

  /** Counts one request of a key. @throws Problem 429 */
  async request(keyId: string): Promise<void> {
    refuse(await this.#rates.spend({ kind: 'key', subject: keyId }, this.config.rates.requestsPerKey));
  }

  /**
   * Refuses a log-in from an address that has failed too often, before its key is looked up: or it could go on trying keys
   * and read the answers. A key that has been working from there still may, so that one forgotten script does not lock its
   * whole office out.
   *
   * @throws Problem 429
   */
  mayLogIn({ failures, trust }: LogIn): void {
    if (trust !== null && (this.#trusted.get(trust) ?? 0) > Date.now()) return;
    refuse(this.#rates.exhausted(failures));
  }

  /** Counts a failed log-in; the caller learns that it failed only while there are some left. @throws Problem 429 */
  async failedLogIn({ failures }: LogIn): Promise<void> {
    refuse(await this.#rates.spend(failures, this.config.rates.failedLoginsPerAddress));
  }

  /** Remembers that a key works from an address; one found good while the address is refused does not count. @throws Problem 429 */
  loggedIn(logIn: LogIn): void {
    this.mayLogIn(logIn);
    const { trust } = logIn;
    if (trust === null) return;
    this.#trusted.delete(trust);
    if (this.#trusted.size >= TRUSTED_KEPT) this.#trusted.delete(this.#trusted.keys().next().value ?? '');
    this.#trusted.set(trust, Date.now() + TRUSTED_MS);
  }

  /** Refuses a delivery for a shop whose deliveries are used up. @throws Problem 429 */
  mayDeliver(shopId: string): void {
    refuse(this.#rates.exhausted(deliveriesOf(shopId)));
  }

  /**
   * Counts a delivery whose signature was good; others would let anybody use up what a shop has. It has been taken by then,
   * so that nothing that goes wrong here may fail it.
   */
  async delivered(shopId: string): Promise<void> {
    try {
      await this.#rates.spend(deliveriesOf(shopId), this.config.rates.deliveriesPerShop);
    } catch (error) {
      this.log.warn({ err: error }, 'delivery not counted');
    }
  }
}

const deliveriesOf = (shopId: string): Spender => ({ kind: 'shop', subject: shopId.toLowerCase() });

/** A log-in from an address, under the names it is counted and remembered by. */
export function logInOf(address: string, key: string | null): LogIn {
  const network = networkOf(address);
  // Keys are not kept in memory as they are.
  const trust = key === null ? null : createHash('sha256').update(`${network} ${key}`).digest('base64');
  return { failures: { kind: 'login', subject: network }, trust };
}

function refuse(waitMs: number | null): void {
  if (waitMs === null) return;
  const seconds = Math.max(1, Math.ceil(waitMs / 1_000));
  throw new Problem('too_many_requests', {
    detail: `Go on in ${seconds} s.`,
    headers: { 'retry-after': String(seconds) },
  });
}
