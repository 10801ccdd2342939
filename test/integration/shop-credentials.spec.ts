import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import { Accounts, ShopCredentials } from '../../src/modules/account/index.js';
import type { AccessResult } from '../../src/modules/account/index.js';
import { Connectors, WebhookConnector } from '../../src/modules/channels/index.js';
import type { Access, CheckOutcome, Connector } from '../../src/modules/channels/index.js';
import type { Author } from '../../src/modules/configuration/index.js';
import { ShopDirectory } from '../../src/modules/shop/index.js';
import type { Shop } from '../../src/modules/shop/index.js';
import { Vault } from '../../src/platform/crypto/index.js';
import { Egress } from '../../src/platform/egress/index.js';
import { startStack } from '../support/stack.js';
import type { Stack } from '../support/stack.js';

const BOX = { name: 'loja', password: 'the-password-of-the-box', token: 'the-other-secret' };

/** A platform that lets in whoever has the password; nobody answers on port 1. */
class Box {
  readonly #server = createServer(({ headers }, response) => {
    response.writeHead(headers.authorization === `Basic ${BOX.password}` ? 200 : 401).end();
  });

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', () => resolve()));
    return this;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  stop(): Promise<void> {
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}

/** The generic channel, but reached with what an administrator gives. */
class BoxConnector extends WebhookConnector implements Connector {
  constructor(private readonly out: Egress) {
    super(out);
  }

  readonly credentials = {
    shape: z.strictObject({
      port: z.number().int(),
      name: z.string(),
      password: z.string(),
      token: z.string().optional(),
    }),
    secret: ['password', 'token'],
    check: async ({ settings, secrets, requestTimeoutMs }: Access): Promise<CheckOutcome> => {
      try {
        const { status } = await this.out.request({
          method: 'GET',
          url: `http://127.0.0.1:${String(settings?.['port'])}/`,
          headers: { authorization: `Basic ${secrets[0] ?? ''}` },
          timeoutMs: requestTimeoutMs,
        });
        if (status !== 200) return { kind: 'refused', code: `http_${status}`, field: 'password' };
        return { kind: 'good', account: String(settings?.['name']) };
      } catch {
        return { kind: 'later', code: 'unreachable' };
      }
    },
  };
}

describe('credentials of a shop', () => {
  let stack: Stack;
  let box: Box;
  let egress: Egress;
  let connector: BoxConnector;
  let credentials: ShopCredentials;
  let accounts: Accounts;
  let shop: Shop;
  let author: Author;

  beforeAll(async () => {
    box = await new Box().start();
    stack = await startStack();
    egress = new Egress(['127.0.0.1']);
    connector = new BoxConnector(egress);
    const vault = stack.application.nest.get(Vault);
    credentials = new ShopCredentials(vault, new Connectors([connector]));
    accounts = new Accounts(stack.database, vault);
    const { tenantId, shopId } = stack.demo;
    const found = await stack.application.nest.get(ShopDirectory, { strict: false }).find(shopId);
    if (found === null) throw new Error('No shop');
    shop = found;
    const { rows } = await stack.superuser.query<{ id: string }>(
      `select id from member where tenant_id = $1 and role = 'admin'`,
      [tenantId],
    );
    author = { actor: { kind: 'member', id: rows[0]?.id ?? '', role: 'admin' }, at: Date.now(), requestId: null };
  }, 60_000);

  afterAll(async () => {
    await stack.stop();
    await egress.close();
    await box.stop();
  }, 30_000);

  const given = (changed: Readonly<Record<string, string | number>> = {}) => ({ port: box.port, ...BOX, ...changed });

  const give = async (values: Readonly<Record<string, string | number>> = given()): Promise<void> => {
    const checked = await credentials.check(shop, values);
    if (!checked.ok) throw new Error(checked.refusal.code);
    await stack.database.tenant(shop.tenantId, (tx) => credentials.keep(tx, author, shop, checked.value));
  };

  const access = (): Promise<AccessResult> => accounts.access(shop, connector);

  const opened = async (): Promise<Access> => {
    const result = await access();
    if (result.kind !== 'access') throw new Error(result.code);
    return result.access;
  };

  const notices = async (): Promise<number> => {
    const { body } = await stack.as('admin').get('/v1/notifications');
    return (body as { items: { kind: string }[] }).items.filter(({ kind }) => kind === 'credentials_lost').length;
  };

  it('are asked for while there are none, and kept only when the platform takes them', async () => {
    expect(await access()).toEqual({ kind: 'unauthorised', code: 'credentials_missing' });
    expect(await credentials.check(shop, given({ password: 'wrong' }))).toMatchObject({
      ...{
        ok: false,
        refusal: { code: 'credentials_refused', errors: [{ pointer: '/password', detail: 'http_401' }] },
      },
    });
    expect(await credentials.check(shop, given({ port: 1 }))).toMatchObject({
      ...{ ok: false, refusal: { code: 'platform_unavailable' } },
    });
    expect(await access()).toEqual({ kind: 'unauthorised', code: 'credentials_missing' });
    await give();
    expect(await opened()).toMatchObject({
      ...{ secrets: [BOX.password, BOX.token], settings: { port: box.port, name: BOX.name }, account: BOX.name },
    });
  });

  it('are sealed, and stand in no log of changes', async () => {
    const { rows } = await stack.superuser.query<{ text: string }>(
      `select encode(credentials, 'escape') || encode(account, 'escape')
              || (select string_agg(coalesce(after::text, ''), '') from audit_event where action = 'shop.credentials') as text
         from channel_account`,
    );
    expect(rows[0]?.text).toContain('"given"');
    expect(rows[0]?.text).not.toMatch(new RegExp([BOX.password, BOX.token, `"${BOX.name}"`].join('|')));
  });

  it('that the platform does not take any more are told of once, and everything waits for others', async () => {
    const used = await opened();
    await accounts.expire(shop, { ...used, secrets: ['an older one', ''] });
    expect((await access()).kind).toBe('access');
    await accounts.expire(shop, used);
    await accounts.expire(shop, used);
    expect(await access()).toEqual({ kind: 'unauthorised', code: 'credentials_lost' });
    expect(await notices()).toBe(1);
    await give(given({ token: 'a newer one' }));
    expect((await opened()).secrets).toEqual([BOX.password, 'a newer one']);
  });

  it('can be taken back, as often as one likes', async () => {
    for (let times = 0; times < 2; times += 1) {
      const forgotten = await stack.database.tenant(shop.tenantId, (tx) => credentials.forget(tx, author, shop));
      expect(forgotten.ok).toBe(true);
      expect(await access()).toEqual({ kind: 'unauthorised', code: 'credentials_missing' });
    }
    const { rowCount } = await stack.superuser.query(`select 1 from auth_lookup where kind = 'account'`);
    expect(rowCount).toBe(0);
  });

  it('are not taken for a channel that is opened otherwise', async () => {
    const admin = stack.as('admin');
    for (const answer of [
      await admin.put(`/v1/shops/${shop.id}/credentials`, { password: 'x' }),
      await admin.delete(`/v1/shops/${shop.id}/credentials`),
    ])
      expect(answer).toMatchObject({ status: 422, body: { code: 'channel_not_set_up' } });
  });
});
