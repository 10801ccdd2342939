import { noticeLetter } from '../../domain/notice/letter.js';
import type { LetterMigration } from '../../domain/notice/letter.js';
import type { Keys, Vault } from '../../platform/crypto/index.js';
import type { Tx } from '../../platform/database/index.js';
import { emailPlace } from '../identity/index.js';
import type { Webhooks } from '../webhook/index.js';
import type { NoticeDelivery } from './delivery-rows.js';
import type { Prepared } from './outside-ways.js';

type Notice = {
  readonly kind: string;
  readonly data: Readonly<Record<string, string | number | null>>;
  readonly urgent: boolean;
  readonly createdAt: number;
  readonly wasRead: boolean;
  readonly memberId: string;
  readonly email: Buffer | null;
  readonly languages: readonly string[];
  readonly active: boolean;
  readonly inquiryId: string | null;
  readonly taskId: string | null;
  readonly inquiry: string | null;
  readonly shop: string | null;
  readonly deadline: number | null;
};

const NOTICE = `
  select n.kind, n.data, n.urgent, n.created_at as "createdAt", n.in_app and n.read_at is not null as "wasRead",
         n.inquiry_id as "inquiryId", n.task_id as "taskId",
         m.id as "memberId", m.email, m.languages, m.active, i.number::text as inquiry, s.name as shop,
         (select o.deadline from obligation o
           where o.tenant_id = n.tenant_id and o.inquiry_id = n.inquiry_id and o.name = n.data ->> 'obligation'
             and o.state in ('running', 'breached_open')
           order by o.instance desc limit 1) as deadline
    from notification n
    join member m on m.tenant_id = n.tenant_id and m.id = n.member_id
    left join inquiry i on i.tenant_id = n.tenant_id and i.id = n.inquiry_id
    left join shop s on s.tenant_id = i.tenant_id and s.id = i.shop_id
   where n.tenant_id = $1 and n.id = $2`;

/** Puts notices into the form in which they leave: codes and names of the tenant's own things, nothing a buyer wrote. */
export class NoticeWriter {
  constructor(
    private readonly vault: Vault,
    private readonly webhooks: Webhooks,
  ) {}

  /**
   * What is to be sent at `now` (epoch ms), or a code for why nothing can be; `read` when the member has ticked the notice off
   * meanwhile.
   */
  async prepare(
    tx: Tx,
    { id, notificationId, webhookId }: NoticeDelivery,
    now: number,
  ): Promise<Prepared | 'read' | 'member_inactive' | 'no_address' | 'webhook_inactive'> {
    const notice = await tx.one<Notice>(NOTICE, [tx.tenantId, notificationId]);
    if (notice.wasRead) return 'read';
    if (!notice.active) return 'member_inactive';
    if (webhookId === null) return mailOf(await this.vault.unlock(tx), id, notice);
    const target = await this.webhooks.target(tx, webhookId, now);
    return target === null ? 'webhook_inactive' : { by: 'webhook', id, target, body: bodyOf(notificationId, notice) };
  }
}

function mailOf(keys: Keys, id: string, notice: Notice): Prepared | 'no_address' {
  const to = keys.open(emailPlace(notice.memberId), notice.email);
  if (to === null) return 'no_address';
  const { kind, urgent, inquiry, shop, deadline, data } = notice;
  const obligation = typeof data['obligation'] === 'string' ? data['obligation'] : null;
  const origin = data['rule'] ?? data['step'] ?? null;
  const { subject, text } = noticeLetter(notice.languages, {
    ...{ kind, urgent, inquiry, shop, obligation, deadline },
    origin: origin === null ? null : String(origin),
    migration: migrationOf(data),
  });
  return { by: 'email', mail: { id, to, subject, text, urgent } };
}

function migrationOf(data: Notice['data']): LetterMigration | null {
  const { definition, to, migrated, blocked } = data;
  if (typeof definition !== 'string') return null;
  return { definition, to: Number(to), migrated: Number(migrated), blocked: Number(blocked) };
}

function bodyOf(notificationId: string, notice: Notice): string {
  const { kind, memberId, inquiryId, taskId, urgent, data, createdAt } = notice;
  const at = new Date(createdAt).toISOString();
  const told = { notificationId, kind, memberId, inquiryId, taskId, urgent, data, createdAt: at };
  return JSON.stringify({ type: 'notification.created', timestamp: at, data: told });
}
