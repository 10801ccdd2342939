import type { Tx } from '../../platform/database/index.js';
import type { Vault } from '../../platform/crypto/index.js';
import { requestUnread } from '../channels/index.js';
import type { Shop } from '../shop/index.js';
import { claimAccount } from './account-lookup.js';
import { requestLooks } from './sweep-rows.js';
import { requestUnsent } from './unsent.js';

/** A shop's main account is open from `at` (epoch ms) on: its notices are the shop's, and whatever waited for it goes on at once. */
export async function accountOpened(tx: Tx, vault: Vault, shop: Shop, account: string, at: number): Promise<void> {
  await claimAccount(tx, vault, shop, account);
  await requestUnread(tx, shop.id, at);
  await requestLooks(tx, shop.id, at);
  await requestUnsent(tx, shop.id, at);
}
