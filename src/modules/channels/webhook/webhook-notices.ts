import { Webhook } from 'standardwebhooks';
import { channelEventSchema, payloadErrors } from '../events.js';
import type { Notice, Notices, ParsedNotice } from '../connector.js';

/** Deliveries of the generic channel: signed over the raw bytes, so that what they say is true. */
export const webhookNotices: Notices = {
  verify: isSigned,
  parse,
};

/** True when any of the shop's valid secrets signed these bytes within ± 5 minutes. */
function isSigned(secrets: readonly string[], { headers, body }: Notice): boolean {
  return secrets.some((secret) => {
    try {
      new Webhook(secret).verify(body.toString('utf8'), { ...headers }, { jsonParse: false });
      return true;
    } catch {
      return false;
    }
  });
}

function parse(body: Buffer): ParsedNotice {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    return { kind: 'unreadable', errors: [{ pointer: '', detail: 'The body is not JSON' }] };
  }
  const result = channelEventSchema.safeParse(value);
  return result.success
    ? { kind: 'event', event: result.data }
    : { kind: 'unreadable', errors: payloadErrors(result.error) };
}
