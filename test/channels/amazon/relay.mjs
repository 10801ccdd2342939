import { randomBytes, randomUUID } from 'node:crypto';
import { World } from '../email/world.mjs';

const SHOP = 'loja@loja.example';

/** What may be written about an order, unless somebody says otherwise. */
const ALLOWED = ['confirmOrderDetails', 'unexpectedProblem', 'invoice'];

/** What the shop's provider calls itself where it says who sent a mail. */
const SERVER = 'mx.provider.example';

/** A provider with the mailbox of a shop, and the platform's relay, which hides buyers behind addresses of its own. */
export class RelayWorld extends World {
  /** Buyers by their address at the relay. */
  buyers = new Map();

  /** What buyers have got by mail, the oldest first. */
  delivered = [];

  /** Orders by their number, with the kinds of messages that may be sent about them. */
  orders = new Map();

  /** Messages of fixed kinds that were taken. */
  typed = [];

  constructor(settings = {}) {
    super({
      relayDomain: 'marketplace.amazon.com.br',
      /** From which addresses the seller may write. */
      approved: [SHOP],
      /** Largest mail that is passed on, in bytes. */
      relaySize: 10 * 1024 * 1024,
      /** Whether what the relay does not pass on comes back; otherwise nobody hears of it. */
      bounces: true,
      /** Whether mails stand in the platform's frame. */
      frames: true,
      /** The application and the seller; `redirectUri` is registered with the platform. */
      applicationId: 'amzn1.sp.solution.sim',
      clientId: 'amzn1.application-oa2-client.sim',
      clientSecret: 'sim-client-secret',
      isDraft: false,
      redirectUri: 'http://127.0.0.1:3000/oauth/amazon/callback',
      sellerId: 'A3SIMSELLER01',
      marketplaceId: 'A2Q3Y263D00KWC',
      expiresIn: 3_600,
      /** Requests for each call. */
      perSecond: 1,
      burst: 5,
      ...settings,
    });
  }

  /** Somebody buys something; their address at the relay. */
  meet({ name = 'Marina Teles', wantsMail = true, orders = [], allowed = ALLOWED }) {
    const alias = `${randomBytes(7).toString('hex')}@${this.settings.relayDomain}`;
    this.buyers.set(alias, { name, wantsMail });
    for (const id of orders) this.orders.set(id, { allowed });
    return alias;
  }

  /** A buyer writes; the number the mail has in the mailbox of the shop, and its Message-ID. */
  write({ alias, orderId = null, text, head = [], parts = [], proof = 'pass', hiddenFor = 0 }) {
    const { name } = this.buyers.get(alias);
    const id = `<${randomUUID()}@email.amazonses.com>`;
    const subject = `Pergunta de ${name}${orderId === null ? '' : ` (Pedido: ${orderId})`}`;
    const framed = this.settings.frames
      ? [
          'Você recebeu uma mensagem.',
          '',
          '---------- Begin message ----------',
          text,
          '---------- End message ----------',
        ]
      : [text];
    const raw = [
      ...[`Return-Path: <bounces+${randomUUID()}@marketplace.amazon.com.br>`, ...this.#proofOf(proof)],
      ...['Received: from a1.smtp-out.amazonses.com by mx.provider.example; Mon, 2 Nov 2026 10:00:00 +0000'],
      ...[`From: "${name} - Amazon Marketplace" <${alias}>`, `To: ${SHOP}`, `Subject: ${subject}`, `Message-ID: ${id}`],
      `Date: ${dateOf(this.now())}`,
      ...['Feedback-ID: 1.us-east-1.x:AmazonSES', 'MIME-Version: 1.0', ...head, ''],
      ...(parts.length === 0 ? framed : parts),
    ];
    const bytes = Buffer.from(raw.join('\r\n').replace(/\r?\n/g, '\r\n'), 'utf8');
    return { id, uid: this.put(SHOP, 'INBOX', bytes, { hiddenFor }) };
  }

  /** What the provider says of who sent a mail: before it whatever the sender has put there is taken away. */
  #proofOf(proof) {
    const { relayDomain: domain } = this.settings;
    const checks = (result) => [
      `dkim=${result} (2048-bit key; "Amazon") header.d=${domain} header.i=@${domain}`,
      `spf=${result} smtp.mailfrom=bounces@${domain}; dmarc=${result} header.from=${domain}`,
    ];
    if (proof === 'none') return [];
    return [`Authentication-Results: ${SERVER};`, `\t${checks(proof).join(';\r\n\t')}`];
  }

  take(user, mail) {
    super.take(user, mail);
    for (const alias of mail.to.filter((to) => to.endsWith(`@${this.settings.relayDomain}`))) this.#pass(alias, mail);
  }

  /** What the relay does with a mail for a buyer: passes it on, gives it back, or nothing. */
  #pass(alias, { from, raw }) {
    const why = this.#objection(alias, from, raw);
    if (why === null) return void this.delivered.push({ alias, raw: raw.toString('utf8') });
    if (this.settings.bounces) this.put(SHOP, 'INBOX', bounceOf(alias, raw, { status: why, at: this.now() }));
  }

  #objection(alias, from, raw) {
    const buyer = this.buyers.get(alias);
    const text = raw.toString('latin1');
    if (buyer === undefined) return '5.1.1';
    if (!this.settings.approved.includes(from)) return '5.7.1';
    if (raw.length > this.settings.relaySize) return '5.3.4';
    // Who wants no mail gets answers all the same, if they have what they answer to with them.
    if (!buyer.wantsMail && !(/^in-reply-to:/im.test(text) && /^> /m.test(text))) return '5.7.2';
    return null;
  }
}

/** An instant as mails have it. */
function dateOf(at) {
  return new Date(at).toUTCString().replace('GMT', '+0000');
}

/** What comes back of a mail that was not passed on (RFC 3464). */
function bounceOf(alias, raw, { status, at }) {
  const id = /^message-id:\s*(\S+)/im.exec(raw.toString('latin1'))?.[1] ?? '';
  const lines = [
    ...['From: Mail Delivery System <mailer-daemon@provider.example>', `To: ${SHOP}`, 'Subject: Undelivered mail'],
    `Date: ${dateOf(at)}`,
    ...[`Message-ID: <${randomUUID()}@provider.example>`, 'Auto-Submitted: auto-replied'],
    ...['Content-Type: multipart/report; report-type=delivery-status; boundary="r"', ''],
    ...['--r', 'Content-Type: text/plain', '', 'It could not be delivered.', ''],
    ...['--r', 'Content-Type: message/delivery-status', '', 'Reporting-MTA: dns; provider.example', ''],
    ...[`Final-Recipient: rfc822; ${alias}`, 'Action: failed', `Status: ${status}`, ''],
    ...['--r', 'Content-Type: text/rfc822-headers', '', `Message-ID: ${id}`, '', '--r--', ''],
  ];
  return Buffer.from(lines.join('\r\n'), 'utf8');
}
