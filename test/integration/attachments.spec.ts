import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { RetentionSweep } from '../../src/modules/retention/index.js';
import { BuyerServer } from '../support/buyer-server.js';
import { eventually } from '../support/eventually.js';
import { FileServer } from '../support/file-server.js';
import { offeredTo, setShop } from '../support/people.js';
import { exif, jpeg, png, segment, uprightOnly } from '../support/pictures.js';
import { messageEvent, startStack } from '../support/stack.js';
import type { Accepted, Stack } from '../support/stack.js';

const PLACE = 'GPS 23.5505S 46.6333W';
const DAY_MS = 86_400_000;
const MAX_BYTES = 20_000;
const MANUAL = { url: 'https://files.example/f/manual.pdf', mediaType: 'application/pdf', name: 'manual.pdf' };

type Shown = {
  readonly id: string;
  readonly url: string | null;
  readonly mediaType: string;
  readonly name: string | null;
  readonly size: number | null;
  readonly state: string;
  readonly reason: { readonly code: string; readonly text: Readonly<Record<string, string>> } | null;
};

describe('attachments', () => {
  let folder: string;
  let files: FileServer;
  let stack: Stack;
  let buyer: BuyerServer;
  let accepted: Accepted;
  let photo: { readonly url: string; readonly mediaType: string; readonly name: string; readonly size: number };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'atende-attachments-'));
    files = await new FileServer().start();
    stack = await startStack({ environment: { ATENDE_FILES: folder, ATENDE_FILES_MAX_BYTES: String(MAX_BYTES) } });
    buyer = await new BuyerServer(stack.demo.webhookSecret).start();
    await setShop(stack, { replyUrl: buyer.url });
    const url = files.serve('/1.jpg', jpeg(segment(0xe1, exif(6, PLACE))));
    photo = { url, mediaType: 'image/png', name: '../defeito "1".html', size: 120_000 };
    accepted = await stack.send({ text: 'Chegou assim, olhem', attachments: [photo] });
  }, 60_000);

  afterAll(async () => {
    await stack.stop();
    await buyer.stop();
    await files.stop();
    await rm(folder, { recursive: true });
  });

  const received = async (role: 'agent' | 'ops' | 'supervisor', inquiryId = accepted.inquiryId): Promise<Shown[]> => {
    const { body } = await stack.as(role).get(`/v1/inquiries/${inquiryId}/messages`);
    const message = body.items.find(({ direction }: { direction: string }) => direction === 'in');
    return message.attachments as Shown[];
  };

  /** The attachments of a message once nothing more happens to them. */
  const settled = (inquiryId: string): Promise<Shown[]> =>
    eventually(
      () => received('supervisor', inquiryId),
      (shown) => shown.every(({ state }) => state !== 'pending'),
    );

  const link = async (id: string | undefined): Promise<string> =>
    String((await stack.as('supervisor').get(`/v1/attachments/${id}`)).body.url);

  it('are fetched, and shown as what they are', async () => {
    const [shown, ...more] = await settled(accepted.inquiryId);
    expect(more).toEqual([]);
    const size = jpeg(uprightOnly(6)).length;
    expect(shown).toMatchObject({ ...photo, state: 'stored', reason: null, mediaType: 'image/jpeg', size });
  });

  it('are given by a link that needs no key, to be saved and not shown, without where they were taken', async () => {
    const [shown] = await settled(accepted.inquiryId);
    const { body } = await stack.as('agent').get(`/v1/attachments/${shown?.id}`);
    expect(body).toMatchObject({ state: 'stored', reason: null });
    const lifeMs = Date.parse(body.expiresAt) - Date.now();
    expect(lifeMs).toBeGreaterThan(60_000);
    expect(lifeMs).toBeLessThanOrEqual(300_000);
    const response = await fetch(body.url);
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'image/jpeg',
      'content-disposition': "attachment; filename*=UTF-8''defeito%20_1_.html.jpg",
      'content-security-policy': "sandbox; default-src 'none'",
      'x-content-type-options': 'nosniff',
      'cache-control': 'private, no-store',
      'cross-origin-resource-policy': 'same-origin',
    });
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(bytes).toEqual(jpeg(uprightOnly(6)));
    expect(bytes.includes(PLACE)).toBe(false);
  });

  it('are not given by a link that was changed, or has expired', async () => {
    const [shown] = await settled(accepted.inquiryId);
    const url = await link(shown?.id);
    const token = url.split('/').at(-1) ?? '';
    for (const at of [0, 5, 20, 40, 45, 60, token.length - 2]) {
      const other = token[at] === 'A' ? 'B' : 'A';
      const response = await fetch(url.replace(token, `${token.slice(0, at)}${other}${token.slice(at + 1)}`));
      expect([at, response.status]).toEqual([at, 404]);
    }
    const clock = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 301_000);
    try {
      expect((await fetch(url)).status).toBe(404);
    } finally {
      clock.mockRestore();
    }
  });

  it('lie on the disk as bytes that nobody can read', async () => {
    await settled(accepted.inquiryId);
    const [tenant = ''] = (await readdir(folder)).filter((name) => name !== 'drafts');
    const names = await readdir(join(folder, tenant));
    expect(names).toHaveLength(1);
    const stored = await readFile(join(folder, tenant, names[0] ?? ''));
    expect(stored.includes(jpeg().subarray(0, 20))).toBe(false);
    expect(stored.includes('JFIF')).toBe(false);
  });

  it('show their kind, not their address, to roles that see no texts', async () => {
    await settled(accepted.inquiryId);
    const [shown] = await received('ops');
    expect(shown).toMatchObject({ mediaType: 'image/jpeg', url: null, name: null, state: 'stored' });
    const answer = await stack.as('ops').get(`/v1/attachments/${shown?.id}`);
    expect(answer).toMatchObject({ status: 200, body: { url: null, expiresAt: null, state: 'stored' } });
  });

  it('of another tenant, and unknown ones, are not found', async () => {
    const [shown] = await received('supervisor');
    for (const path of [`/v1/attachments/${shown?.id}`, `/v1/attachments/${accepted.inquiryId}`]) {
      expect(await stack.as({ key: stack.other.keys.supervisor }).get(path)).toMatchObject({
        status: 404,
        body: { code: 'not_found' },
      });
    }
  });

  it('are refused for a reason that people can read', async () => {
    const page = files.serve('/page', Buffer.from('<script>alert(1)</script>'));
    const program = files.serve('/program.png', Buffer.from('MZ\x90\0\x03', 'latin1'));
    const inner = files.serve('/inner.png', png());
    const wanted: readonly (readonly [url: string, mediaType: string, code: string])[] = [
      [page, 'text/html', 'kind_not_allowed'],
      [program, 'image/png', 'kind_not_allowed'],
      [files.serve('/large.png', Buffer.concat([png(), Buffer.alloc(MAX_BYTES)])), 'image/png', 'too_large'],
      [files.serve('/empty.png', Buffer.alloc(0)), 'image/png', 'empty'],
      [files.serve('/half.png', png().subarray(0, 50)), 'image/png', 'damaged'],
      [
        files.serve('/away', (response) => response.writeHead(302, { location: inner }).end()),
        'image/png',
        'redirected',
      ],
      [files.serve('/private', (response) => response.writeHead(403).end()), 'image/png', 'access_denied'],
      ['http://10.0.0.7/1.png', 'image/png', 'address_not_allowed'],
    ];
    const { inquiryId } = await stack.send({
      buyer: 'b-refused',
      conversationId: 'c-refused',
      text: '',
      attachments: wanted.map(([url, mediaType]) => ({ url, mediaType })),
    });
    const shown = await settled(inquiryId);
    expect(shown.map(({ state, reason }) => [state, reason?.code])).toEqual(
      wanted.map(([, , code]) => ['refused', code]),
    );
    expect(Object.keys(shown[0]?.reason?.text ?? {})).toEqual(['en', 'zh-CN', 'pt-BR']);
    expect(files.asked.get('/inner.png')).toBeUndefined();
    const answer = await stack.as('supervisor').get(`/v1/attachments/${shown[0]?.id}`);
    expect(answer.body).toMatchObject({ url: null, state: 'refused', reason: { code: 'kind_not_allowed' } });
  }, 30_000);

  it('come in the end, however often it takes', async () => {
    const answers = [503, 404, 429, 'cut'] as const;
    let asked = 0;
    const url = files.serve('/shy.png', (response) => {
      const answer = answers[asked];
      asked += 1;
      if (answer === undefined) response.end(png());
      else if (answer === 'cut')
        response.writeHead(200, { 'content-length': '500' }).write(png().subarray(0, 20), () => response.destroy());
      else response.writeHead(answer).end();
    });
    const { inquiryId } = await stack.send({
      buyer: 'b-shy',
      conversationId: 'c-shy',
      attachments: [{ url, mediaType: 'image/png' }],
    });
    const due = setInterval(() => {
      void stack.superuser.query(
        `update work_queue set due_at = now() where kind = 'attachment' and lease_until is null`,
      );
    }, 200);
    try {
      expect(await settled(inquiryId)).toMatchObject([{ state: 'stored', mediaType: 'image/png' }]);
    } finally {
      clearInterval(due);
    }
    expect(asked).toBe(answers.length + 1);
  }, 30_000);

  it('go with their inquiry: the file, the link, and any way to read it', async () => {
    const { inquiryId } = await stack.send({
      buyer: 'b-erased',
      conversationId: 'c-erased',
      attachments: [{ url: files.serve('/erased.png', png()), mediaType: 'image/png' }],
    });
    const [shown] = await settled(inquiryId);
    const url = await link(shown?.id);
    expect((await fetch(url)).status).toBe(200);
    const { rows } = await stack.superuser.query<{ tenantId: string }>(
      'select tenant_id as "tenantId" from inquiry where id = $1',
      [inquiryId],
    );
    const path = join(folder, rows[0]?.tenantId ?? '', shown?.id ?? '');
    expect((await readFile(path)).length).toBeGreaterThan(png().length);
    await stack.as('supervisor').post(`/v1/inquiries/${inquiryId}/close`, { reason: 'resolved' });
    await eventually(
      () => stack.as('supervisor').get(`/v1/inquiries/${inquiryId}`),
      ({ body }) => body.state === 'closed',
    );
    await stack.application.nest
      .get(RetentionSweep, { strict: false })
      .run({ now: Date.now() + 8_000 * DAY_MS, dryRun: false, onProgress: () => undefined });
    expect((await fetch(url)).status).toBe(404);
    await eventually(
      () =>
        readFile(path).then(
          () => 'there',
          () => 'gone',
        ),
      (state) => state === 'gone',
    );
    const answer = await stack.as('supervisor').get(`/v1/attachments/${shown?.id}`);
    expect(answer.body).toMatchObject({ url: null, state: 'gone', reason: { code: 'erased' } });
  }, 30_000);

  it.each([
    ['javascript:alert(1)', 400],
    ['data:text/html,<script>alert(1)</script>', 400],
    ['file:///etc/passwd', 400],
    ['ftp://files.example/1.png', 400],
    ['https://user:password@files.example/1.png', 400],
    ['http://files.example/1.png', 400],
    ['http://93.184.216.34/1.png', 400],
    ['http://10.0.0.7/1.png', 202],
    ['http://[::1]:8080/1.png', 202],
    ['https://files.example/1.png?signature=a', 202],
  ])('are links that people can open without harm: %s', async (url, status) => {
    const response = await stack.deliver(messageEvent({ attachments: [{ url, mediaType: 'image/png' }] }));
    expect(response.status).toBe(status);
  });

  it('of a reply reach the buyer with it, as the links they are', async () => {
    const { inquiryId } = await stack.send({ buyer: 'b-manual', conversationId: 'c-manual' });
    const agent = await offeredTo(stack, inquiryId);
    const answer = await agent.post(`/v1/inquiries/${inquiryId}/replies`, {
      text: 'Segue o manual.',
      attachments: [MANUAL],
    });
    expect(answer.status).toBe(202);
    const taken = await eventually(
      () => Promise.resolve(buyer.taken.find((message) => message.intentId === answer.body.intentId)),
      (message) => message !== undefined,
    );
    expect(taken?.data['attachments']).toEqual([MANUAL]);
    const { body } = await stack.as('supervisor').get(`/v1/inquiries/${inquiryId}/messages`);
    const [sent] = body.items.flatMap((one: { direction: string; attachments: Shown[] }) =>
      one.direction === 'out' ? one.attachments : [],
    );
    expect(sent).toMatchObject({ ...MANUAL, state: 'linked', reason: null });
    const given = await stack.as('agent').get(`/v1/attachments/${sent.id}`);
    expect(given.body).toMatchObject({ url: MANUAL.url, expiresAt: null, state: 'linked' });
  });
});
