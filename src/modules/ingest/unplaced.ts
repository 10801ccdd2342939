import { INSTALLATION } from '../../platform/crypto/index.js';
import type { Vault } from '../../platform/crypto/index.js';
import type { Database } from '../../platform/database/index.js';
import type { PayloadError } from '../channels/index.js';
import { QuarantineEntity } from './ingest.entities.js';
import { keepUnread, readUnread } from './unread.js';

/** A notice in which nobody could find a shop, without its body, which may hold a buyer's words; `receivedAt` epoch ms. */
export type UnplacedNotice = {
  readonly id: string;
  readonly channel: string;
  readonly receivedAt: number;
  readonly errors: readonly PayloadError[];
};

/** As many are kept untried. A platform that tells nothing readable for days must not fill the disk; it is told to come again. */
const KEPT_AT_MOST = 10_000;

/**
 * Notices that came by a channel's true address and name no shop anybody could read. They are nobody's, so they lie in the quarantine
 * of the installation itself, sealed with its own keys, and whoever runs it has them read again after a fix.
 */
export class Unplaced {
  constructor(
    private readonly database: Database,
    private readonly vault: Vault,
    private readonly keptAtMost = KEPT_AT_MOST,
  ) {}

  /** Keeps a notice; false where there are too many already, and it is not kept. The same notice again is there once. */
  keep(channel: string, body: Buffer, errors: readonly PayloadError[]): Promise<boolean> {
    return this.database.tenant(INSTALLATION, async (tx) => {
      const { untried } = await tx.one<{ untried: number }>(
        `select count(*)::int as untried from
           (select from quarantine where tenant_id = $1 and replayed_at is null limit $2) q`,
        [INSTALLATION, this.keptAtMost],
      );
      if (untried >= this.keptAtMost) return false;
      const raw = { webhookId: null, body, receivedAt: Date.now() };
      // It is of no shop: the installation stands in its place.
      await keepUnread(tx, this.vault, { id: INSTALLATION, channel }, raw, errors);
      return true;
    });
  }

  /** Those that nobody has read yet, oldest first. */
  list(): Promise<UnplacedNotice[]> {
    return this.database.tenant(INSTALLATION, async (tx) => {
      const rows = await tx.em.find(
        QuarantineEntity,
        { tenantId: INSTALLATION, replayedAt: null },
        { orderBy: { receivedAt: 'asc', id: 'asc' }, exclude: ['body'] },
      );
      return rows.map(({ id, channel, receivedAt, problem }) => ({ id, channel, receivedAt, errors: problem.errors }));
    });
  }

  /** What a kept notice says, as it came; null without such a notice. */
  read(id: string): Promise<{ readonly channel: string; readonly body: Buffer } | null> {
    return this.database.tenant(INSTALLATION, (tx) => readUnread(tx, this.vault, id));
  }

  /** Notes that a kept notice was read after all, at `at` (epoch ms). */
  async markRead(id: string, at: number): Promise<void> {
    await this.database.tenant(INSTALLATION, (tx) =>
      tx.em.nativeUpdate(QuarantineEntity, { tenantId: INSTALLATION, id }, { replayedAt: at }),
    );
  }
}
