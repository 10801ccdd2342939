import { reachOf, withinReach } from '../../domain/identity/permissions.js';
import type { Authenticator, Principal } from '../../modules/identity/index.js';
import type { PlacedEvent } from '../../modules/stream/index.js';

/**
 * What one follower may see, for as long as the stream lasts: a key that is revoked or a member who changes queues takes
 * effect on an open stream too.
 */
export class StreamAccess {
  #principal: Principal;

  constructor(
    private readonly authenticator: Authenticator,
    private readonly key: string | null,
    principal: Principal,
  ) {
    this.#principal = principal;
  }

  /** Personal events go to their member only; the others as far as the role reads inquiries. */
  readonly allows = (event: PlacedEvent): boolean => {
    if (event.memberId !== null) return event.memberId === this.#principal.memberId;
    const reach = reachOf(this.#principal.role, 'inquiries.read');
    return reach !== null && withinReach(reach, this.#principal.queues, event.queue);
  };

  /** Looks at the key again; false when it has ended. */
  async renew(): Promise<boolean> {
    const principal = await this.authenticator.authenticate(this.key);
    if (principal === null) return false;
    this.#principal = principal;
    return true;
  }
}
