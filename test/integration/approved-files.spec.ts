import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ApiAnswer } from '../support/api.js';
import { PATIENT_MS } from '../support/channel-shop.js';
import { publish } from '../support/definitions.js';
import { eventually } from '../support/eventually.js';
import { WhatsAppShop } from '../support/whatsapp-shop.js';

const FOUR_EYES = `
atende: 1
key: four-eyes
title: Four eyes
channels: [whatsapp]
steps:
  - { id: person, assign: { queue: sales-br, strategy: manual } }
  - id: reply
    task: { kind: reply, approve: { when: 'reply.attachments.size() > 0', by: supervisor, edit: true } }
    on: { sent: close, not_needed: close }
  - { id: close, close: {} }
`;

type Who = 'agent' | 'supervisor';
type Shown = { readonly token: number; readonly approval: { readonly textHash: string; readonly attachments: Row[] } };
type Row = { readonly id: string; readonly url: string; readonly expiresAt: string };

describe('files that somebody else must approve', () => {
  let folder: string;
  let shop: WhatsAppShop;
  let phones = 5_511_930_000_000;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'atende-approved-files-'));
    shop = await WhatsAppShop.start({ ATENDE_FILES: folder });
    await publish(shop.stack, FOUR_EYES);
    expect((await shop.connect()).status).toBe(204);
  }, 60_000);

  afterAll(async () => {
    await shop.stop();
    await rm(folder, { recursive: true });
  }, 30_000);

  const upload = async (inquiryId: string, words: string): Promise<string> => {
    const headers = { 'content-type': 'text/plain', 'file-name': `${words}.txt` };
    const path = `/v1/inquiries/${inquiryId}/attachments`;
    const answer = await shop.stack.as('agent').post(path, Buffer.from(words), { headers });
    expect(answer.status).toBe(201);
    return (answer.body as { id: string }).id;
  };

  const open = async (inquiryId: string, kind: string): Promise<string> => {
    const { rows } = await eventually(
      () =>
        shop.stack.superuser.query<{ id: string }>(
          'select id from task where inquiry_id = $1 and kind = $2 and ended_at is null',
          [inquiryId, kind],
        ),
      (found) => found.rows.length === 1,
      PATIENT_MS,
    );
    return rows[0]?.id ?? '';
  };

  const claim = async (who: Who, id: string): Promise<Shown> =>
    (await shop.stack.as(who).post(`/v1/tasks/${id}/claim`)).body as Shown;

  const complete = (who: Who, id: string, body: object): Promise<ApiAnswer> =>
    shop.stack.as(who).post(`/v1/tasks/${id}/complete`, body);

  /** The agent hands an answer in with a file; what the approver sees of it once they have claimed the task. */
  const handIn = async (
    inquiryId: string,
    file: string,
  ): Promise<{ readonly asking: string; readonly shown: Shown }> => {
    const task = await open(inquiryId, 'reply');
    const { token } = await claim('agent', task);
    const said = { action: 'send', token, text: 'Segue.', attachments: [{ id: file }] };
    const { status, body } = await complete('agent', task, said);
    expect([status, body.state]).toEqual([200, 'awaiting_approval']);
    const asking = String(body.taskId);
    return { asking, shown: await claim('supervisor', asking) };
  };

  const asked = async (text: string): Promise<{ readonly id: string; readonly phone: string }> => {
    const phone = String((phones += 1));
    await shop.write(phone, text);
    return { id: (await shop.inquiryWith(text)).id, phone };
  };

  it('are shown to whoever decides, and the decision is about these and no others', async () => {
    const { id, phone } = await asked('Tem foto?');
    const [first, second] = [await upload(id, 'a'), await upload(id, 'b')];
    const { asking, shown } = await handIn(id, first);
    expect(shown.approval.attachments).toEqual([
      {
        ...{ id: first, mediaType: 'text/plain', name: 'a.txt', size: 1 },
        ...{ url: expect.stringContaining('/files/'), expiresAt: expect.stringMatching(/Z$/) },
      },
    ]);
    const file = await fetch(shown.approval.attachments[0]?.url ?? '');
    expect([file.status, await file.text()]).toEqual([200, 'a']);
    const read = await shop.stack.as('ops').get(`/v1/tasks/${asking}`);
    expect(read.body.approval.attachments).toMatchObject([{ id: first, name: null, url: null, expiresAt: null }]);

    const reason = 'A outra foto';
    expect((await complete('supervisor', asking, { action: 'return', token: shown.token, reason })).status).toBe(200);
    const again = await handIn(id, second);
    const { token } = again.shown;
    // The words are the same; what was agreed to was another file.
    const stale = { action: 'approve', token, textHash: shown.approval.textHash };
    expect((await complete('supervisor', again.asking, stale)).body).toMatchObject({ code: 'text_changed' });
    const right = { ...stale, textHash: again.shown.approval.textHash };
    expect((await complete('supervisor', again.asking, right)).status).toBe(200);
    const taken = await eventually(
      () => shop.taken(phone),
      (list) => list.length === 1,
      PATIENT_MS,
    );
    expect(taken).toMatchObject([{ type: 'document', text: 'Segue.', file: { name: 'b.txt' } }]);
  }, 120_000);

  it('stay with a correction, which has to fit beside them', async () => {
    const { id, phone } = await asked('E a etiqueta?');
    const { asking, shown } = await handIn(id, await upload(id, 'c'));
    const { token, approval } = shown;
    const corrected = (text: string): Promise<ApiAnswer> =>
      complete('supervisor', asking, { action: 'approve', token, textHash: approval.textHash, text });
    expect(await corrected('a'.repeat(1_025))).toMatchObject({
      ...{ status: 422, body: { code: 'meaning_invalid', errors: [{ pointer: '/text' }] } },
    });
    expect((await corrected('Segue a etiqueta.')).status).toBe(200);
    const taken = await eventually(
      () => shop.taken(phone),
      (list) => list.length === 1,
      PATIENT_MS,
    );
    expect(taken).toMatchObject([{ type: 'document', text: 'Segue a etiqueta.', file: { name: 'c.txt' } }]);
  }, 120_000);

  it('that have gone meanwhile are told to be gone, and nothing goes without them', async () => {
    const { id, phone } = await asked('Tem vídeo?');
    const { asking, shown } = await handIn(id, await upload(id, 'd'));
    const [tenant = ''] = (await readdir(folder)).filter((name) => name !== 'drafts');
    await rm(join(folder, tenant, shown.approval.attachments[0]?.id ?? ''));
    expect((await fetch(shown.approval.attachments[0]?.url ?? '')).status).toBe(404);
    const { token, approval } = shown;
    const body = { action: 'approve', token, textHash: approval.textHash };
    expect((await complete('supervisor', asking, body)).status).toBe(200);
    await open(id, 'rewrite');
    expect(await shop.taken(phone)).toEqual([]);
  }, 120_000);
});
