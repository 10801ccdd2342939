import type { PlatformTemplate } from '../../domain/channel/platform-template.js';
import type { Connectors } from '../channels/index.js';
import type { Shop } from '../shop/index.js';
import type { Accounts } from './accounts.js';

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
    private readonly accounts: Accounts,
    private readonly connectors: Connectors,
  ) {}

  /** Asks the platform; outside of any transaction. */
  async read(shop: Shop): Promise<TemplatesRead> {
    const connector = this.connectors.of(shop.channel);
    if (connector?.templates === undefined) return { kind: 'none' };
    const result = await this.accounts.access(shop, connector);
    if (result.kind !== 'access') return { kind: 'later', code: result.code };
    const answer = await connector.templates.list(result.access);
    switch (answer.kind) {
      case 'read':
        return { kind: 'read', templates: answer.value };
      case 'unauthorised':
        if (answer.code === 'token_invalid') await this.accounts.expire(shop, result.access);
        return { kind: 'later', code: answer.code };
      case 'later':
        return { kind: 'later', code: answer.code };
      case 'absent':
      case 'unreadable':
        return { kind: 'later', code: 'answer_unreadable' };
    }
  }
}
