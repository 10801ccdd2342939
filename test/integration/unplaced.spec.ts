import { jest } from '@jest/globals';
import { listUnplaced, replayUnplaced } from '../../src/cli/quarantine-command.js';
import { Session } from '../../src/cli/session.js';
import { Unplaced } from '../../src/modules/ingest/index.js';
import { RetentionSweep } from '../../src/modules/retention/index.js';
import { INSTALLATION } from '../../src/platform/crypto/index.js';
import { printed } from '../support/printed.js';
import { WhatsAppShop } from '../support/whatsapp-shop.js';

const DAY = 86_400_000;
const PHONE = '5511955501234';
const TEXT = 'Escrevi a quem?';

describe('a notice that names no shop', () => {
  let shop: WhatsAppShop;
  let session: Session;
  let lines: string[];

  beforeAll(async () => {
    shop = await WhatsAppShop.start({});
    expect((await shop.connect()).status).toBe(204);
    session = new Session(shop.stack.application.nest);
  }, 60_000);

  afterAll(async () => {
    await shop.stop();
  }, 30_000);

  beforeEach(() => {
    lines = printed();
  });

  afterEach(() => {
    jest.restoreAllMocks();
  });

  const tell = async (value: object): Promise<number> => {
    const { noticesUrl } = await shop.sim.act<{ noticesUrl: string }>('settings');
    type Made = { readonly body: string; readonly signature: string };
    const { body, signature } = await shop.sim.act<Made>('notices', { field: 'messages', value });
    const headers = { 'content-type': 'application/json', 'x-hub-signature-256': signature };
    return (await fetch(noticesUrl, { method: 'POST', body, headers })).status;
  };

  const written = () => {
    const timestamp = String(Math.floor(Date.now() / 1_000));
    return { messages: [{ from: PHONE, id: 'wamid.unplaced', timestamp, type: 'text', text: { body: TEXT } }] };
  };

  /** Ids of what is in quarantine, and where each is wrong. */
  const kept = async (): Promise<{ id: string; errors: { pointer: string }[] }[]> => {
    lines.length = 0;
    expect(await listUnplaced(session, { json: true })).toBe(0);
    expect(lines.join('')).not.toContain(TEXT);
    return (JSON.parse(lines.join('')) as { items: { id: string; errors: { pointer: string }[] }[] }).items;
  };

  /** What a fix on this side makes of a kept notice. */
  const mend = async (id: string): Promise<void> => {
    const metadata = { display_phone_number: '0', phone_number_id: '106540352242922' };
    const changes = [{ field: 'messages', value: { ...written(), metadata } }];
    const body = JSON.stringify({ object: 'whatsapp_business_account', entry: [{ id: '0', changes }] });
    const keys = await shop.stack.database.tenant(INSTALLATION, (tx) => shop.stack.runtime.vault.unlock(tx));
    const place = { owner: 'tenant', table: 'quarantine', column: 'body', row: id } as const;
    await shop.stack.superuser.query('update quarantine set body = $2 where id = $1', [id, keys.seal(place, body)]);
  };

  it('is taken, kept once, and shown to no tenant', async () => {
    const value = { ...written(), metadata: null };
    // Taken: it would only come again, and a platform that is refused for long switches off.
    expect([await tell(value), await tell(value)]).toEqual([200, 200]);
    expect(await kept()).toMatchObject([{ channel: 'whatsapp', errors: [{ pointer: '/metadata' }] }]);
    expect((await shop.stack.as('admin').get('/v1/quarantine')).body.items).toEqual([]);
    const { rows } = await shop.stack.superuser.query<{ body: Buffer }>('select body from quarantine');
    expect(rows.filter(({ body }) => body.toString('latin1').includes('Escrevi'))).toEqual([]);
    const { body: metrics } = await shop.stack.as('admin').get('/metrics');
    expect(metrics).toMatch(
      /^atende_accept_duration_seconds_count\{channel="whatsapp",outcome="payload_invalid"\} [1-9]/m,
    );
  });

  it('is read again by whoever runs the installation, once it can be', async () => {
    const [{ id } = { id: '' }] = await kept();
    lines.length = 0;
    expect(await replayUnplaced(session)).toBe(1);
    expect(lines).toEqual([`${id}  still cannot be read`]);
    expect(await kept()).toHaveLength(1);
    await mend(id);
    lines.length = 0;
    expect([await replayUnplaced(session, id), await replayUnplaced(session, id)]).toEqual([0, 0]);
    expect(lines).toEqual([`${id}  accepted`, `${id}  accepted`]);
    expect((await shop.inquiryWith(TEXT)).messages).toEqual([`in: ${TEXT}`]);
    expect(await kept()).toEqual([]);
    await expect(replayUnplaced(session, 'x')).rejects.toThrow('"x" is not the id of a notice');
    await expect(replayUnplaced(session, INSTALLATION)).rejects.toThrow(/there is no notice/);
  }, 60_000);

  it('is refused when as many are kept as may be, and goes when its time is over', async () => {
    const few = new Unplaced(shop.stack.database, shop.stack.runtime.vault, 1);
    const keep = (body: string): Promise<boolean> => few.keep('whatsapp', Buffer.from(body), []);
    expect([await keep('one'), await keep('two')]).toEqual([true, false]);
    lines.length = 0;
    expect(await listUnplaced(session, {})).toBe(0);
    expect(lines.at(-1)).toBe('1 in quarantine');
    const sweep = (now: number) =>
      shop.stack.application.nest
        .get(RetentionSweep, { strict: false })
        .run({ now, dryRun: false, onProgress: () => undefined });
    await sweep(Date.now() + 13 * DAY);
    expect(await kept()).toHaveLength(1);
    const swept = await sweep(Date.now() + 15 * DAY);
    expect(swept.find(({ tenantId }) => tenantId === INSTALLATION)).toMatchObject({ records: { quarantined: 2 } });
    expect(await kept()).toEqual([]);
  }, 60_000);
});
