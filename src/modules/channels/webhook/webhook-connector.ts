import { z } from 'zod';
import { CAPABILITIES } from '../../../domain/channel/capabilities.js';
import type { ReadOutcome, SendOutcome } from '../../../domain/messaging/dispatch.js';
import { errorCode, nothingSent, retryAfterMs, signatureHeaders } from '../../../platform/egress/index.js';
import type { Egress, EgressResponse } from '../../../platform/egress/index.js';
import type { Access, Connector, OutgoingMessage, Sought } from '../connector.js';
import { webhookNotices } from './webhook-notices.js';

/** The channel's own id of a message; an empty one would stand for every message without one. */
const externalId = z.string().min(1).max(256).nullish().catch(null);
const reason = z.string().max(1024).nullish().catch(null);
const SENT = z.enum(['available', 'accepted', 'rejected']);
const FOUND = z.enum(['available', 'accepted', 'rejected', 'bounced']);
const said = z.object({ externalId, reason, status: z.unknown().transform((value) => value ?? undefined) });

/** The generic channel: signed HTTP both ways (Standard Webhooks), read back by intent. */
export class WebhookConnector implements Connector {
  readonly name = 'webhook';
  readonly capabilities = CAPABILITIES.webhook;
  readonly notices = webhookNotices;

  constructor(private readonly egress: Egress) {}

  async send(access: Access, message: OutgoingMessage): Promise<SendOutcome> {
    const body = JSON.stringify({ type: 'message.send', data: message });
    try {
      const response = await this.egress.request({
        method: 'POST',
        url: access.url,
        headers: { 'content-type': 'application/json', ...signatureHeaders(access.secrets, message.intentId, body) },
        body,
        timeoutMs: access.requestTimeoutMs,
      });
      return sendOutcome(response);
    } catch (error) {
      const code = errorCode(error);
      if (code === 'EGRESS_BLOCKED') return { kind: 'refused', reason: 'egress_blocked' };
      if (nothingSent(error)) return { kind: 'not_taken', retryAfterMs: null, reason: reasonOf(code) };
      return { kind: 'unknown', reason: reasonOf(code) };
    }
  }

  readonly find = async (access: Access, { intentId }: Sought): Promise<ReadOutcome> => {
    try {
      const url = new URL(access.url);
      url.searchParams.set('intentId', intentId);
      const response = await this.egress.request({
        method: 'GET',
        url: url.href,
        headers: signatureHeaders(access.secrets, `verify-${intentId}`, ''),
        timeoutMs: access.requestTimeoutMs,
      });
      return readOutcome(response);
    } catch (error) {
      return { kind: 'failed', reason: reasonOf(errorCode(error)) };
    }
  };
}

function sendOutcome(response: EgressResponse): SendOutcome {
  const { status, complete } = response;
  if (status >= 200 && status < 300) {
    // The missing part may hold a rejection.
    return complete ? taken(response) : { kind: 'unknown', reason: 'answer_cut_off' };
  }
  if (status === 429) return { kind: 'not_taken', retryAfterMs: retryAfterMs(response), reason: 'http_429' };
  // A redirect is not followed: it could lead anywhere, and the request would be sent twice.
  if (status < 500 && status !== 408) return { kind: 'refused', reason: `http_${status}` };
  return { kind: 'unknown', reason: `http_${status}` };
}

/** A 2xx means taken; without a word about its fate the message is available, with one we do not know it is still open. */
function taken(response: EgressResponse): SendOutcome {
  const answer = answerOf(response);
  if (answer === null) return { kind: 'taken', status: 'available', externalId: null };
  const status = answer.status === undefined ? 'available' : (SENT.safeParse(answer.status).data ?? 'accepted');
  return { kind: 'taken', status, externalId: answer.externalId ?? null, reason: answer.reason ?? null };
}

function readOutcome(response: EgressResponse): ReadOutcome {
  if (response.status === 404) return { kind: 'absent' };
  if (response.status !== 200) return { kind: 'failed', reason: `http_${response.status}` };
  const answer = response.complete ? answerOf(response) : null;
  const status = answer?.status === undefined ? 'available' : FOUND.safeParse(answer.status).data;
  // A page that answers 200 to anything proves nothing; an answer about a message names it or its fate.
  if (answer === null || status === undefined || (answer.status === undefined && !answer.externalId)) {
    return { kind: 'failed', reason: 'answer_unreadable' };
  }
  return { kind: 'found', status, externalId: answer.externalId ?? null, reason: answer.reason ?? null };
}

/** What the channel said in JSON, or null when it said something else. */
function answerOf(response: EgressResponse): z.infer<typeof said> | null {
  try {
    return said.safeParse(JSON.parse(response.body)).data ?? null;
  } catch {
    return null;
  }
}

function reasonOf(code: string): string {
  return code.toLowerCase().slice(0, 64);
}
