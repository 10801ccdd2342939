import { eventually } from './eventually.js';
import type { Api } from './api.js';
import { messageEvent } from './stack.js';
import type { Accepted, MessageInput, Stack } from './stack.js';

/** The demo agent a new inquiry's task was offered to, as a client of the API; `withinMs` = how long to wait for the offer. */
export async function offeredTo(stack: Stack, inquiryId: string, withinMs?: number): Promise<Api> {
  const { rows } = await eventually(
    () =>
      stack.superuser.query<{ key: string }>(
        `select m.key from task t join member m on m.tenant_id = t.tenant_id and m.id = t.offered_to
          where t.inquiry_id = $1 and t.ended_at is null`,
        [inquiryId],
      ),
    (result) => result.rows.length > 0,
    withinMs,
  );
  return stack.as(rows[0]?.key === 'agent2' ? 'agent2' : 'agent');
}

/** Changes settings of the demo shop past the API. */
export async function setShop(stack: Stack, settings: Readonly<Record<string, unknown>>): Promise<void> {
  await stack.superuser.query('update shop set settings = settings || $2::jsonb where id = $1', [
    stack.demo.shopId,
    JSON.stringify(settings),
  ]);
}

/** State and times of the newest instance of an obligation, as stored. */
export async function obligation(
  stack: Stack,
  inquiryId: string,
  name: string,
): Promise<{ state: string; startedAt: number; metAt: number | null; breachedAt: number | null } | undefined> {
  return stack.database.tenant(stack.demo.tenantId, (tx) =>
    tx.first(
      `select state, started_at as "startedAt", met_at as "metAt", breached_at as "breachedAt" from obligation
        where tenant_id = $1 and inquiry_id = $2 and name = $3 order by instance desc limit 1`,
      [tx.tenantId, inquiryId, name],
    ),
  );
}

/** Delivers a message as a channel does: the same one again until it is taken, however busy the product is. */
export async function deliverPatiently(stack: Stack, message: MessageInput = {}): Promise<Accepted> {
  const event = messageEvent(message);
  const answer = await eventually(
    async () => {
      const response = await stack.deliver(event);
      return { status: response.status, body: (await response.json()) as Accepted };
    },
    ({ status }) => status === 202,
    60_000,
    250,
  );
  return answer.body;
}

/** Answers an inquiry as whichever demo agent may, as soon as one may. */
export async function answerPatiently(
  stack: Stack,
  inquiryId: string,
  text = 'Chega amanhã.',
  attachments: readonly ({ readonly id: string } | { readonly card: object })[] = [],
): Promise<void> {
  const body = { text, ...(attachments.length === 0 ? {} : { attachments }) };
  const answer = async (key: 'agent' | 'agent2'): Promise<boolean> =>
    (await stack.as(key).post(`/v1/inquiries/${inquiryId}/replies`, body)).status === 202;
  await eventually(
    async () => (await answer('agent')) || (await answer('agent2')),
    (answered) => answered,
    120_000,
    500,
  );
}
