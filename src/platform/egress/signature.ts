import { Webhook } from 'standardwebhooks';

/**
 * Headers that sign a request as Standard Webhooks has it, one signature per secret, so that a secret can be changed while both
 * hold. The id is the same over retries; the timestamp is this attempt's.
 *
 * @param secrets each `whsec_` and base64
 * @param body the bytes that are sent, as text; empty for a request without one
 */
export function signatureHeaders(secrets: readonly string[], id: string, body: string): Record<string, string> {
  const at = new Date();
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, at, body)).join(' '),
  };
}
