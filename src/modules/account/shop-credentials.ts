import { done, refused } from '../../domain/configuration/refusals.js';
import type { Outcome } from '../../domain/configuration/refusals.js';
import type { Tx } from '../../platform/database/index.js';
import type { Vault } from '../../platform/crypto/index.js';
import type { CheckOutcome, Connectors, Credentials, Given } from '../channels/index.js';
import { recordChange, settingMs } from '../configuration/index.js';
import type { Author } from '../configuration/index.js';
import type { Shop } from '../shop/index.js';
import { releaseAccount } from './account-lookup.js';
import { dropAccount, mainAccount, saveGiven } from './account-rows.js';
import type { GivenCredentials } from './account-rows.js';
import { accountOpened } from './opened.js';

/** Credentials that their platform takes, and the account they open. */
export type GoodCredentials = {
  readonly account: string;
  readonly given: GivenCredentials;
  /** Whether they are complete only with a consent. */
  readonly awaitsConsent: boolean;
};

/** Taking what an administrator gives to reach a platform that has no page to consent on. */
export class ShopCredentials {
  constructor(
    private readonly vault: Vault,
    private readonly connectors: Connectors,
  ) {}

  /** What has to be given for a shop; undefined where its channel is opened otherwise, or not spoken here. */
  wanted(shop: Shop): Credentials | undefined {
    return this.connectors.of(shop.channel)?.credentials;
  }

  /** Tries what was given, by the shape of `wanted`, against the platform. It may take a while: outside of any transaction. */
  async check(shop: Shop, values: Given): Promise<Outcome<GoodCredentials>> {
    const wanted = this.wanted(shop);
    if (wanted === undefined) return notSetUp();
    const given = parted(values, wanted);
    const outcome = await wanted.check({
      url: this.connectors.of(shop.channel)?.address ?? '',
      ...given,
      account: null,
      requestTimeoutMs: settingMs(shop.settings.requestTimeout),
    });
    if (outcome.kind !== 'good') return notGood(outcome);
    const consent = wanted.consent?.(given.settings ?? {}) ?? null;
    return done({ account: outcome.account, given, awaitsConsent: consent !== null });
  }

  /** Keeps credentials in place of those so far; whatever waited for them goes on, or waits for the consent that completes them. */
  async keep(tx: Tx, author: Author, shop: Shop, { account, given, awaitsConsent }: GoodCredentials): Promise<void> {
    const state = awaitsConsent ? 'awaiting' : 'authorised';
    await saveGiven(tx, await this.vault.unlock(tx), mainAccount(shop), { state, account, given }, author.at);
    if (!awaitsConsent) await accountOpened(tx, this.vault, shop, account, author.at);
    await recordChange(tx, author, {
      action: 'shop.credentials',
      object: { kind: 'shop', id: shop.id },
      before: null,
      after: { channel: shop.channel, given: true },
    });
  }

  /** Forgets them; from then on everything of the shop's channel waits. Nothing happens where there are none. */
  async forget(tx: Tx, author: Author, shop: Shop): Promise<Outcome<null>> {
    if (this.wanted(shop) === undefined) return notSetUp();
    if (!(await dropAccount(tx, mainAccount(shop)))) return done(null);
    await releaseAccount(tx, shop.id);
    await recordChange(tx, author, {
      action: 'shop.credentials',
      object: { kind: 'shop', id: shop.id },
      before: { channel: shop.channel, given: true },
      after: { channel: shop.channel, given: false },
    });
    return done(null);
  }
}

/** Secrets in the order of their names, and the rest. */
function parted(values: Given, { secret }: Credentials): GivenCredentials {
  const settings = Object.fromEntries(Object.entries(values).filter(([name]) => !secret.includes(name)));
  return { secrets: secret.map((name) => String(values[name] ?? '')), settings };
}

function notSetUp(): ReturnType<typeof refused> {
  return refused('channel_not_set_up', {
    detail: 'Its channel takes no credentials, or is missing on this installation: docs/channels.',
  });
}

function notGood(outcome: Exclude<CheckOutcome, { kind: 'good' }>): ReturnType<typeof refused> {
  const { kind, code } = outcome;
  if (kind === 'later') {
    return refused('platform_unavailable', { detail: `It could not be asked (${code}). Nothing was kept; try again.` });
  }
  const detail = `It said ${code}. Nothing was kept: put it right and give everything again.`;
  const { field } = outcome;
  return refused('credentials_refused', {
    detail,
    ...(field === undefined ? {} : { errors: [{ pointer: `/${field}`, detail: code }] }),
  });
}
