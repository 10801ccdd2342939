import { Webhook } from 'standardwebhooks';
import { z } from 'zod';
import type { ReadOutcome, SendOutcome } from '../../domain/messaging/dispatch.js';
import { errorCode, nothingSent } from '../../platform/egress/index.js';
import type { Egress, EgressResponse } from '../../platform/egress/index.js';
import type { Channel, ChannelTarget, OutgoingMessage } from './channel.js';

const sent = z.object({
  externalId: z.string().max(256).nullish(),
  status: z.enum(['available', 'accepted', 'rejected']).default('available'),
  reason: z.string().max(1024).nullish(),
});
const found = z.object({
  externalId: z.string().max(256).nullish(),
  status: z.enum(['available', 'accepted', 'rejected', 'bounced']).default('available'),
  reason: z.string().max(1024).nullish(),
});

/** The generic channel: signed HTTP both ways (Standard Webhooks), read back by intent. */
export class WebhookChannel implements Channel {
  constructor(private readonly egress: Egress) {}

  async send(target: ChannelTarget, message: OutgoingMessage): Promise<SendOutcome> {
    const body = JSON.stringify({ type: 'message.send', data: message });
    try {
      const response = await this.egress.request({
        method: 'POST',
        url: target.url,
        headers: { 'content-type': 'application/json', ...signed(target.secrets, message.intentId, body) },
        body,
        timeoutMs: target.requestTimeoutMs,
      });
      return sendOutcome(response);
    } catch (error) {
      const code = errorCode(error);
      if (code === 'EGRESS_BLOCKED' || code === 'ERR_INVALID_URL') return { kind: 'refused', reason: 'egress_blocked' };
      if (nothingSent(error)) return { kind: 'not_taken', retryAfterMs: null, reason: reasonOf(code) };
      return { kind: 'unknown', reason: reasonOf(code) };
    }
  }

  async read(target: ChannelTarget, intentId: string): Promise<ReadOutcome> {
    const url = new URL(target.url);
    url.searchParams.set('intentId', intentId);
    try {
      const response = await this.egress.request({
        method: 'GET',
        url: url.href,
        headers: signed(target.secrets, `verify-${intentId}`, ''),
        timeoutMs: target.requestTimeoutMs,
      });
      return readOutcome(response);
    } catch (error) {
      return { kind: 'failed', reason: reasonOf(errorCode(error)) };
    }
  }
}

/** Signature headers, one signature per secret; the id stays the same over retries, the timestamp is this attempt's. */
function signed(secrets: readonly string[], id: string, body: string): Record<string, string> {
  const at = new Date();
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, at, body)).join(' '),
  };
}

function sendOutcome(response: EgressResponse): SendOutcome {
  const { status } = response;
  if (status >= 200 && status < 300) {
    const answer = sent.safeParse(parseJson(response.body));
    if (!answer.success) return { kind: 'taken', status: 'available', externalId: null };
    return {
      kind: 'taken',
      status: answer.data.status,
      externalId: answer.data.externalId ?? null,
      reason: answer.data.reason ?? null,
    };
  }
  if (status === 429) return { kind: 'not_taken', retryAfterMs: retryAfterMs(response), reason: 'http_429' };
  // A redirect is not followed: it could lead anywhere, and the request would be sent twice.
  if (status < 500 && status !== 408) return { kind: 'refused', reason: `http_${status}` };
  return { kind: 'unknown', reason: `http_${status}` };
}

function readOutcome(response: EgressResponse): ReadOutcome {
  if (response.status === 404) return { kind: 'absent' };
  if (response.status !== 200) return { kind: 'failed', reason: `http_${response.status}` };
  const answer = found.safeParse(parseJson(response.body));
  if (!answer.success) return { kind: 'failed', reason: 'answer_unreadable' };
  return {
    kind: 'found',
    status: answer.data.status,
    externalId: answer.data.externalId ?? null,
    reason: answer.data.reason ?? null,
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}

/** `Retry-After` in ms: seconds or an HTTP date (RFC 9110, 10.2.3). */
function retryAfterMs(response: EgressResponse): number | null {
  const value = response.headers['retry-after'];
  if (typeof value !== 'string') return null;
  const seconds = Number(value);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const at = Date.parse(value);
  return Number.isNaN(at) ? null : Math.max(0, at - Date.now());
}

function reasonOf(code: string): string {
  return code.toLowerCase().slice(0, 64);
}
