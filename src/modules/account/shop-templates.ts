import type { PlatformTemplate } from '../../domain/channel/platform-template.js';
import type { Vault } from '../../platform/crypto/index.js';
import type { Database } from '../../platform/database/index.js';
import type { Connectors } from '../channels/index.js';
import { readSubject } from '../conversation/index.js';
import type { Shop } from '../shop/index.js';
import type { Accounts } from './accounts.js';

/** An inquiry as far as it says where an answer goes. */
type AnsweredInquiry = { readonly id: string; readonly conversationId: string };

/** What asking for a shop's templates came to. */
export type TemplatesRead =
  | { readonly kind: 'read'; readonly templates: readonly PlatformTemplate[] }
  /** Its channel has none. */
  | { readonly kind: 'none' }
  /** Nobody could be asked now. */
  | { readonly kind: 'later'; readonly code: string };

/**
 * The templates of a shop's account on its platform, with the state they have at this moment: they are approved, paused and withdrawn
 * there, so that nothing is kept of them here.
 */
export class ShopTemplates {
  constructor(
    private readonly database: Database,
    private readonly vault: Vault,
    private readonly accounts: Accounts,
    private readonly connectors: Connectors,
  ) {}

  /**
   * Asks the platform; outside of any transaction.
   *
   * @param inquiry that one of them is to answer; null = all there are, whomever they may be sent to
   */
  async read(shop: Shop, inquiry: AnsweredInquiry | null): Promise<TemplatesRead> {
    const connector = this.connectors.of(shop.channel);
    const part = connector?.templates === undefined ? 'beside' : 'main';
    const door = part === 'main' ? connector : connector?.beside;
    if (door?.templates === undefined) return { kind: 'none' };
    const result = await this.accounts.access(shop, door, part);
    // What nobody has asked for is not missing: the channel does without.
    if (part === 'beside' && result.kind === 'unauthorised' && result.code === 'authorisation_missing')
      return { kind: 'none' };
    if (result.kind !== 'access') return { kind: 'later', code: result.code };
    const answer = await door.templates.list(result.access, await this.#addresses(shop, inquiry));
    switch (answer.kind) {
      case 'read':
        return { kind: 'read', templates: answer.value };
      case 'unauthorised':
        if (answer.code === 'token_invalid') await this.accounts.expire(shop, result.access, part);
        return { kind: 'later', code: answer.code };
      case 'later':
        return { kind: 'later', code: answer.code };
      case 'absent':
      case 'unreadable':
        return { kind: 'later', code: 'answer_unreadable' };
    }
  }

  /** Where an answer would go, first. */
  async #addresses({ tenantId }: Shop, inquiry: AnsweredInquiry | null): Promise<readonly string[] | null> {
    if (inquiry === null) return null;
    const { id, conversationId } = inquiry;
    const subject = await this.database.tenant(tenantId, (tx) => readSubject(tx, this.vault, conversationId, id));
    return subject?.conversationIds ?? [];
  }
}
