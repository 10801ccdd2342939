import { randomBytes, randomUUID } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { WebhookConnector } from '../../src/modules/channels/index.js';
import type { Access, Notice, OutgoingMessage } from '../../src/modules/channels/index.js';
import { Egress } from '../../src/platform/egress/index.js';
import { BuyerServer } from '../support/buyer-server.js';
import type { SendScript } from '../support/buyer-server.js';
import { conformance } from './kit.js';
import type { Rig, SendFault } from './rig.js';

const SCRIPTS: Readonly<Record<SendFault, SendScript>> = {
  none: { do: 'take' },
  hang_after: { do: 'take_and_hang' },
  cut_after: { do: 'take_and_cut' },
  error_after: { do: 'take_and_answer', http: 500 },
  cut_before: { do: 'cut' },
  error_before: { do: 'refuse', http: 500 },
  busy: { do: 'refuse', http: 429, headers: { 'retry-after': '1' } },
  refuse: { do: 'refuse', http: 422 },
};

const newSecret = (): string => `whsec_${randomBytes(32).toString('base64')}`;

describe('webhook', () => {
  conformance(async (): Promise<Rig> => {
    const secret = newSecret();
    const egress = new Egress(['127.0.0.1']);
    const server = await new BuyerServer(secret).start();
    const access: Access = { url: server.url, secrets: [secret], account: null, requestTimeoutMs: 20_000 };
    const planned = new Map<string, SendScript[]>();
    return {
      connector: new WebhookConnector(egress),
      access,
      stranger: { ...access, secrets: [newSecret()] },
      unreachable: 'http://127.0.0.1:1/',
      message: (text) => Promise.resolve(messageOf(text)),
      next: ({ buyerId }, fault) => {
        const sends = [...(planned.get(buyerId) ?? []), SCRIPTS[fault]];
        planned.set(buyerId, sends);
        server.scriptFor(buyerId, sends, []);
        return Promise.resolve();
      },
      taken: ({ intentId }) => Promise.resolve(server.taken.filter((message) => message.intentId === intentId).length),
      notices: () => notices(secret),
      stop: async () => {
        await server.stop();
        await egress.close();
      },
    };
  });
});

/** A message to a buyer of its own, so that what happens to it happens to no other. */
function messageOf(text: string): OutgoingMessage {
  const intentId = randomUUID();
  return {
    intentId,
    conversationId: `c-${intentId}`,
    buyerId: `b-${intentId}`,
    text,
    language: 'pt-BR',
    inReplyTo: null,
    author: 'human',
    attachments: [],
  };
}

function notices(secret: string): ReturnType<NonNullable<Rig['notices']>> {
  const body = JSON.stringify({
    type: 'message.received',
    data: {
      messageId: 'm-1',
      conversationId: 'c-1',
      sentAt: new Date().toISOString(),
      buyer: { id: 'b-1' },
      text: 'Oi',
    },
  });
  const good = signed(secret, body, new Date());
  const minutesAgo = (minutes: number): Date => new Date(Date.now() - minutes * 60_000);
  const forged = [
    signed(newSecret(), body, new Date()),
    signed(secret, body, minutesAgo(6)),
    signed(secret, body, minutesAgo(-6)),
    { ...good, headers: {} },
    { ...good, headers: { ...good.headers, 'webhook-id': 'another' } },
    { ...good, body: Buffer.from(body.replace('"Oi"', '"Oi!"')) },
  ];
  return { signed: true, secrets: [secret], good, forged };
}

function signed(secret: string, body: string, at: Date): Notice {
  const id = randomUUID();
  return {
    headers: {
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
      'webhook-signature': new Webhook(secret).sign(id, at, body),
    },
    body: Buffer.from(body),
    from: '127.0.0.1',
  };
}
