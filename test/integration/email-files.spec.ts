import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { simpleParser } from 'mailparser';
import { RetentionSweep } from '../../src/modules/retention/index.js';
import type { ApiAnswer } from '../support/api.js';
import { PATIENT_MS } from '../support/channel-shop.js';
import { eventually } from '../support/eventually.js';
import { MailShop } from '../support/mail-shop.js';
import { answerPatiently } from '../support/people.js';
import { exif, jpeg, png, segment, uprightOnly } from '../support/pictures.js';

const PLACE = 'GPS 23.5505S 46.6333W';
const PHOTO = jpeg(segment(0xe1, exif(6, PLACE)));
const MAX_BYTES = 20_000;
const DAY_MS = 86_400_000;

describe('files that go with an answer by e-mail', () => {
  let folder: string;
  let shop: MailShop;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'atende-email-files-'));
    shop = await MailShop.start('unwatched', { ATENDE_FILES: folder, ATENDE_FILES_MAX_BYTES: String(MAX_BYTES) });
    expect((await shop.give()).status).toBe(204);
  }, 60_000);

  afterAll(async () => {
    await shop.stop();
    await rm(folder, { recursive: true });
  }, 30_000);

  /** A buyer has written; the id of the inquiry. */
  const asked = async (from: string): Promise<string> => {
    const text = `Pergunta de ${from}`;
    await shop.arrive(`${from}@buyers.example`, text);
    await shop.sweep();
    return (await shop.inquiryWith(text)).id;
  };

  const upload = (
    inquiryId: string,
    bytes: Uint8Array,
    { type = 'image/jpeg', name = 'foto.jpg', key = randomUUID() }: { type?: string; name?: string; key?: string } = {},
  ): Promise<ApiAnswer> =>
    shop.stack.as('supervisor').post(`/v1/inquiries/${inquiryId}/attachments`, bytes, {
      idempotencyKey: key,
      headers: { 'content-type': type, 'file-name': encodeURIComponent(name) },
    });

  const stored = async (): Promise<readonly string[]> => {
    const [tenant] = (await readdir(folder)).filter((name) => name !== 'drafts');
    return tenant === undefined ? [] : readdir(join(folder, tenant));
  };

  const ended = (text: string, state: string): Promise<unknown> =>
    eventually(
      () => shop.shownWith(text),
      (inquiry) => inquiry?.messages.some((one) => one.text === text && one.state === state) === true,
      PATIENT_MS,
      200,
    );

  it('reach the buyer with it, without where they were taken, and are shown beside it', async () => {
    const inquiryId = await asked('marina');
    const key = randomUUID();
    const photo = await upload(inquiryId, PHOTO, { name: '../defeito "1".exe', type: 'application/json', key });
    expect(photo).toMatchObject({
      status: 201,
      body: { mediaType: 'image/jpeg', size: jpeg(uprightOnly(6)).length },
    });
    // The same request again is the same file; another file under its key is refused and kept by nobody.
    const again = await upload(inquiryId, PHOTO, { key, type: 'application/json' });
    expect(again.body).toEqual(photo.body);
    expect((await upload(inquiryId, png(), { key })).body).toMatchObject({ code: 'idempotency_key_reused' });
    const note = await upload(inquiryId, Buffer.from('Segue a nota.'), {
      type: 'text/plain',
      name: 'nota fiscal ção.txt',
    });

    await answerPatiently(shop.stack, inquiryId, 'Segue em anexo.', [{ id: photo.body.id }, { id: note.body.id }]);
    await ended('Segue em anexo.', 'available');
    const passed = await shop.passedOn('marina@buyers.example');
    const mails = await Promise.all(passed.map(({ raw }) => simpleParser(raw)));
    const [answer, ...others] = mails.filter(({ attachments }) => attachments.length > 0);
    expect(others).toEqual([]);
    expect(answer?.text?.trim()).toBe('Segue em anexo.');
    expect(answer?.attachments.map(({ filename, contentType }) => [filename, contentType])).toEqual([
      ['defeito _1_.exe.jpg', 'image/jpeg'],
      ['nota fiscal ção.txt', 'text/plain'],
    ]);
    expect(answer?.attachments[0]?.content).toEqual(jpeg(uprightOnly(6)));
    expect(answer?.attachments[1]?.content.toString()).toBe('Segue a nota.');

    const { body } = await shop.stack.as('supervisor').get(`/v1/inquiries/${inquiryId}/messages`);
    type Item = { attachments: { id: string; state: string; mediaType: string; name: string; url: string | null }[] };
    const shown = (body as { items: Item[] }).items.flatMap(({ attachments }) => attachments);
    expect(shown).toMatchObject([
      { state: 'stored', mediaType: 'image/jpeg', name: '../defeito "1".exe', url: null },
      { state: 'stored', mediaType: 'text/plain', name: 'nota fiscal ção.txt', url: null },
    ]);
    const link = await shop.stack.as('supervisor').get(`/v1/attachments/${shown[0]?.id}`);
    const file = await fetch(String(link.body.url));
    expect(Buffer.from(await file.arrayBuffer())).toEqual(jpeg(uprightOnly(6)));
    const { rows } = await shop.stack.superuser.query(
      `select after from audit_event where action = 'attachment.upload' and object_id = $1`,
      [photo.body.id],
    );
    expect(rows).toEqual([{ after: { mediaType: 'image/jpeg', size: jpeg(uprightOnly(6)).length } }]);
  }, 120_000);

  it('are shown when they were sent from the mailbox itself', async () => {
    const id = await shop.arrive('duda@buyers.example', 'Tem manual?');
    await shop.sweep();
    const { id: inquiryId } = await shop.inquiryWith('Tem manual?');
    const raw = [
      ...['From: loja@loja.example', 'To: duda@buyers.example', 'Message-ID: <manual@loja.example>'],
      ...[`In-Reply-To: ${id}`, 'MIME-Version: 1.0', 'Content-Type: multipart/mixed; boundary="b"', ''],
      ...['--b', 'Content-Type: text/plain', '', 'Segue o manual.'],
      ...['--b', 'Content-Type: text/plain', 'Content-Disposition: attachment; filename="manual.txt"', '', 'Ligue.'],
      ...['--b--', ''],
    ].join('\n');
    await shop.sim.act('mails', { raw, box: 'Sent' });
    await shop.sweep();
    const supervisor = shop.stack.as('supervisor');
    type Item = { readonly text: string; readonly attachments: readonly { id: string; state: string; name: string }[] };
    const shown = await eventually(
      async () =>
        ((await supervisor.get(`/v1/inquiries/${inquiryId}/messages`)).body as { items: Item[] }).items.flatMap(
          ({ attachments }) => attachments,
        ),
      ([file]) => file?.state === 'stored',
      PATIENT_MS,
      200,
    );
    expect(shown).toMatchObject([{ name: 'manual.txt' }]);
    const link = await supervisor.get(`/v1/attachments/${shown[0]?.id}`);
    expect((await (await fetch(String(link.body.url))).text()).trim()).toBe('Ligue.');
  }, 120_000);

  it('are refused before anything is sent, for a reason that people can read', async () => {
    const [inquiryId, other] = [await asked('rui'), await asked('lia')];
    const refusals = [
      [Buffer.from('MZ\x90\0\x03', 'latin1'), 'kind_not_allowed'],
      [Buffer.from('{"a":1}'), 'kind_not_allowed'],
      [png().subarray(0, 50), 'damaged'],
      [Buffer.alloc(0), 'empty'],
    ] as const;
    for (const [bytes, code] of refusals) {
      const { status, body } = await upload(inquiryId, bytes, { type: 'application/json' });
      expect([status, body.code, body.reason?.code]).toEqual([422, 'file_refused', code]);
    }
    expect(await upload(inquiryId, Buffer.alloc(MAX_BYTES + 1))).toMatchObject({
      ...{ status: 413, body: { code: 'body_too_large', detail: 'Send 20000 bytes at most.' } },
    });
    expect(await upload(inquiryId, png(), { name: 'a\0b' })).toMatchObject({ status: 400 });

    const theirs = await upload(other, png());
    for (const id of [theirs.body.id, randomUUID()]) {
      const answer = await shop.stack
        .as('supervisor')
        .post(`/v1/inquiries/${inquiryId}/replies`, { text: 'Segue.', attachments: [{ id }] });
      expect(answer).toMatchObject({
        ...{ status: 422, body: { code: 'reference_unknown', errors: [{ pointer: '/attachments/0/id' }] } },
      });
    }
    const { inquiryId: elsewhere } = await shop.stack.send({ buyer: 'b-none', conversationId: 'c-none' });
    expect(await upload(elsewhere, png())).toMatchObject({ status: 422, body: { code: 'not_offered_by_channel' } });
  }, 60_000);

  it('that are gone when the answer leaves hold it back, and its author is told', async () => {
    const inquiryId = await asked('ana');
    const { body } = await upload(inquiryId, png());
    const [tenant = ''] = (await readdir(folder)).filter((name) => name !== 'drafts');
    await rm(join(folder, tenant, body.id));
    await answerPatiently(shop.stack, inquiryId, 'Sem o anexo não.', [{ id: body.id }]);
    await ended('Sem o anexo não.', 'failed');
    const passed = await shop.passedOn('ana@buyers.example');
    expect(passed.filter(({ raw }) => raw.includes('Sem o anexo'))).toEqual([]);
  }, 60_000);

  it('that no answer carried in time are deleted, and the others with their inquiry', async () => {
    const inquiryId = await asked('caio');
    const [used, unused] = [await upload(inquiryId, png()), await upload(inquiryId, png(Buffer.alloc(0), 'x'))];
    await answerPatiently(shop.stack, inquiryId, 'Com anexo.', [{ id: used.body.id }]);
    await ended('Com anexo.', 'available');
    await shop.stack.superuser.query('update attachment set expires_at = now() where expires_at is not null');
    await shop.stack.superuser.query(`update work_queue set due_at = now() where kind = 'attachment'`);
    const left = await eventually(stored, (names) => !names.includes(unused.body.id), PATIENT_MS);
    expect(left).toContain(used.body.id);
    const late = await shop.stack
      .as('supervisor')
      .post(`/v1/inquiries/${inquiryId}/replies`, { text: 'E este.', attachments: [{ id: unused.body.id }] });
    expect(late).toMatchObject({ status: 422, body: { code: 'reference_unknown' } });

    await shop.stack.as('supervisor').post(`/v1/inquiries/${inquiryId}/close`, { reason: 'resolved' });
    await eventually(
      () => shop.stack.as('supervisor').get(`/v1/inquiries/${inquiryId}`),
      ({ body }) => body.state === 'closed',
      PATIENT_MS,
    );
    expect(await upload(inquiryId, png())).toMatchObject({ status: 409, body: { code: 'inquiry_closed' } });
    await shop.stack.application.nest
      .get(RetentionSweep, { strict: false })
      .run({ now: Date.now() + 8_000 * DAY_MS, dryRun: false, onProgress: () => undefined });
    await eventually(stored, (names) => !names.includes(used.body.id), PATIENT_MS);
  }, 120_000);
});
