import { randomUUID } from 'node:crypto';
import { Sim } from '../channels/sim.js';
import type { ApiAnswer } from './api.js';
import { ChannelShop } from './channel-shop.js';
import { startStack } from './stack.js';

export const MAIL_ADDRESS = 'loja@loja.example';
const PASSWORD = 'sim-mailbox-password';

/** What a provider's only mailbox is reached with. */
export async function mailCredentials(sim: Sim): Promise<Readonly<Record<string, string | number>>> {
  const { imap, smtp } = await sim.state<{ imap: number; smtp: number }>();
  return {
    ...{ address: MAIL_ADDRESS, name: 'Loja Exemplo', password: PASSWORD, sentCopies: 'server' },
    ...{ imapHost: '127.0.0.1', imapPort: imap, imapSecurity: 'none' },
    ...{ smtpHost: '127.0.0.1', smtpPort: smtp, smtpSecurity: 'none' },
  };
}

const MAIL_SHOP = {
  ...{ key: 'mail', name: 'Loja', channel: 'email' },
  settings: { requestTimeout: '5s', settleTime: '0s', verdictTimeout: '5s' },
};

function startMailStack(
  watched: 'watched' | 'unwatched',
  environment: Readonly<Record<string, string>>,
): ReturnType<typeof startStack> {
  const mailboxes = watched === 'watched' ? '10' : '0';
  return startStack({
    environment: { ATENDE_SWEEP_EVERY_MS: '3600000', ATENDE_MAILBOXES_WATCHED: mailboxes, ...environment },
  });
}

/** A mail the provider has passed on. */
export type PassedOn = { readonly to: string; readonly messageId: string; readonly raw: string };

/** The product with a shop that is written to by e-mail, and the provider of its mailbox. */
export class MailShop extends ChannelShop {
  /**
   * Starts both; nobody has given the password yet. The definition that ships answers mails.
   *
   * @param watched whether the mailbox is watched; otherwise mail is found by looks alone
   */
  static async start(
    watched: 'watched' | 'unwatched' = 'unwatched',
    environment: Readonly<Record<string, string>> = {},
  ): Promise<MailShop> {
    const sim = await Sim.start('email');
    const shop = new MailShop(await startMailStack(watched, environment), sim);
    await shop.create(MAIL_SHOP);
    return shop;
  }

  /** Gives what the mailbox is reached with; the answer of the API. */
  async give(changed: Readonly<Record<string, string | number>> = {}): Promise<{ status: number; body: unknown }> {
    const credentials = { ...(await mailCredentials(this.sim)), ...changed };
    return this.stack.as('admin').put(`/v1/shops/${this.shopId}/credentials`, credentials);
  }

  /** A mail arrives; its Message-ID. Unless the mailbox is watched nobody here hears of it until it is looked at. */
  async arrive(from: string, text: string, head: readonly string[] = []): Promise<string> {
    const id = `<${randomUUID()}@buyers.example>`;
    const lines = [`From: ${from}`, `To: ${MAIL_ADDRESS}`, `Message-ID: ${id}`, ...head, '', text];
    await this.sim.act('mails', { raw: lines.join('\n') });
    return id;
  }

  /** What the provider has passed on to somebody. */
  async passedOn(to: string): Promise<readonly PassedOn[]> {
    return this.sim.act<PassedOn[]>('taken', { to });
  }

  /** The inquiry in which a text stands now, with its messages as they are shown. */
  async shownWith(
    text: string,
  ): Promise<
    | { readonly id: string; readonly messages: readonly { text: string; from: string; state: string | null }[] }
    | undefined
  > {
    const { rows } = await this.stack.superuser.query<{ id: string }>('select id from inquiry where shop_id = $1', [
      this.shopId,
    ]);
    for (const { id } of rows) {
      const { body } = await this.stack.as('supervisor').get(`/v1/inquiries/${id}/messages`);
      type Item = { text: string; author: { kind: string }; delivery: { state: string } | null };
      const messages = (body as { items: Item[] }).items.map((item) => ({
        ...{ text: item.text, from: item.author.kind, state: item.delivery?.state ?? null },
      }));
      if (messages.some((message) => message.text === text)) return { id, messages };
    }
    return undefined;
  }
}

/** The same where the mailbox is opened by a consent. */
export class ConsentedMailShop extends MailShop {
  static override async start(watched: 'watched' | 'unwatched' = 'unwatched'): Promise<ConsentedMailShop> {
    const sim = await Sim.start('email');
    const stack = await startMailStack(watched, {
      ATENDE_EMAIL_MICROSOFT_CLIENT_ID: 'sim-mail-client',
      ATENDE_EMAIL_MICROSOFT_CLIENT_SECRET: 'sim-mail-secret',
      ATENDE_EMAIL_MICROSOFT_URL: sim.url,
      ATENDE_PUBLIC_URL: 'https://atende.example',
    });
    const shop = new ConsentedMailShop(stack, sim);
    await shop.create(MAIL_SHOP);
    return shop;
  }

  /** Gives where the mailbox is; who may open it has to be asked for. */
  override async give(
    changed: Readonly<Record<string, string | number>> = {},
  ): Promise<{ readonly status: number; readonly body: unknown }> {
    const { password: _password, ...credentials } = await mailCredentials(this.sim);
    const given = { ...credentials, signIn: 'microsoft', ...changed };
    return this.stack.as('admin').put(`/v1/shops/${this.shopId}/credentials`, given);
  }

  authorize(): Promise<ApiAnswer> {
    return this.stack.as('admin').post(`/v1/shops/${this.shopId}/authorize`);
  }

  /** Somebody follows the link and comes back; what they see then. */
  async consent(): Promise<{ readonly status: number; readonly body: unknown }> {
    const asked = await this.authorize();
    if (asked.status !== 201) throw new Error(JSON.stringify(asked.body));
    const agreed = await fetch((asked.body as { url: string }).url, { redirect: 'manual' });
    const back = new URL(agreed.headers.get('location') ?? '');
    const response = await fetch(`${this.stack.baseUrl}${back.pathname}${back.search}`);
    const text = await response.text();
    return { status: response.status, body: response.ok ? text : (JSON.parse(text) as unknown) };
  }
}
