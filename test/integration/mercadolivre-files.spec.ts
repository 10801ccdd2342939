import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ApiAnswer } from '../support/api.js';
import { eventually } from '../support/eventually.js';
import { answerPatiently } from '../support/people.js';
import { exif, jpeg, png, segment, uprightOnly } from '../support/pictures.js';
import { PlatformShop } from '../support/platform-shop.js';

type Shown = { readonly id: string; readonly state: string; readonly name: string; readonly url: string | null };

describe('files of messages on Mercado Livre', () => {
  let folder: string;
  let shop: PlatformShop;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'atende-ml-files-'));
    shop = await PlatformShop.start('mercadolivre', { ATENDE_FILES: folder });
    expect((await shop.connect()).status).toBe(200);
  }, 60_000);

  afterAll(async () => {
    await shop.stop();
    await rm(folder, { recursive: true });
  });

  const attachments = async (of?: readonly { readonly id: string }[]): Promise<Shown[]> => {
    const lists = (of ?? (await shop.inquiries())).map(async ({ id }) => {
      const { body } = await shop.stack.as('supervisor').get(`/v1/inquiries/${id}/messages`);
      return (body as { items: { attachments: Shown[] }[] }).items.flatMap((item) => item.attachments);
    });
    return (await Promise.all(lists)).flat();
  };

  const upload = (inquiryId: string, bytes: Uint8Array, name: string): Promise<ApiAnswer> =>
    shop.stack.as('supervisor').post(`/v1/inquiries/${inquiryId}/attachments`, bytes, {
      idempotencyKey: randomUUID(),
      headers: { 'content-type': name.endsWith('.txt') ? 'text/plain' : 'image/png', 'file-name': name },
    });

  it('do not go with a reply to a question, and nobody is left to believe that they do', async () => {
    await shop.sim.act('questions', { buyerId: 5_001, text: 'Serve M?' });
    const [inquiry] = await eventually(
      () => shop.inquiries(),
      (all) => all.length > 0,
    );
    const answer = await shop.stack.as('supervisor').post(`/v1/inquiries/${inquiry?.id}/replies`, {
      text: 'Segue o manual.',
      attachments: [{ url: 'https://files.example/manual.pdf', mediaType: 'application/pdf' }],
    });
    expect(answer).toMatchObject({ status: 422, body: { code: 'not_offered_by_channel' } });
    const uploaded = await upload(inquiry?.id ?? '', png(), 'medidas.png');
    expect(uploaded).toMatchObject({ status: 422, body: { code: 'not_offered_by_channel' } });
    const named = await shop.stack.as('supervisor').post(`/v1/inquiries/${inquiry?.id}/replies`, {
      ...{ text: 'Segue o manual.', attachments: [{ id: randomUUID() }] },
    });
    expect(named).toMatchObject({ status: 422, body: { code: 'not_offered_by_channel' } });
  });

  it('come with the message, also with one that says nothing else, and are read when the platform lets us', async () => {
    const pack = await shop.sim.act<{ id: number }>('packs', { buyerId: 5_001 });
    const picture = jpeg(segment(0xe1, exif(6, 'GPS 23.5505S')));
    await shop.sim.act('faults', { call: 'file', fault: 'busy', retryAfter: 1 });
    await shop.sim.act('faults', { call: 'file', fault: 'error_before' });
    await shop.sim.act('messages', {
      packId: pack.id,
      text: '',
      files: [
        { name: 'defeito.jpg', type: 'image/jpeg', base64: picture.toString('base64') },
        { name: 'leia.txt', type: 'text/plain', base64: Buffer.from('Chegou quebrado').toString('base64') },
        { name: 'vírus.exe', type: 'application/pdf', base64: Buffer.from('MZ\x90').toString('base64') },
      ],
    });
    const shown = await eventually(
      () => attachments(),
      (list) => list.length === 3 && list.every(({ state }) => state !== 'pending'),
      30_000,
    );
    expect(shown.map(({ name, state, url }) => [name, state, url])).toEqual([
      ['defeito.jpg', 'stored', null],
      ['leia.txt', 'stored', null],
      ['vírus.exe', 'refused', null],
    ]);
    const { body } = await shop.stack.as('supervisor').get(`/v1/attachments/${shown[0]?.id}`);
    const file = await fetch((body as { url: string }).url);
    expect(Buffer.from(await file.arrayBuffer())).toEqual(jpeg(uprightOnly(6)));
  }, 45_000);

  it('come with what the seller wrote on the platform itself', async () => {
    const pack = await shop.sim.act<{ id: number }>('packs', { buyerId: 5_003 });
    await shop.sim.act('messages', { packId: pack.id, text: 'Tem manual?' });
    const { id } = await shop.inquiryWith('Tem manual?');
    const note = { name: 'manual.txt', type: 'text/plain', base64: Buffer.from('Ligue na tomada').toString('base64') };
    await shop.sim.act('messages', { packId: pack.id, text: 'Segue.', from: 'seller', files: [note] });
    const shown = await eventually(
      () => attachments([{ id }]),
      (list) => list.length === 1 && list.every(({ state }) => state !== 'pending'),
      30_000,
    );
    expect(shown).toMatchObject([{ name: 'manual.txt', state: 'stored' }]);
    const { body } = await shop.stack.as('supervisor').get(`/v1/attachments/${shown[0]?.id}`);
    expect(await (await fetch((body as { url: string }).url)).text()).toBe('Ligue na tomada');
  }, 45_000);

  it('go with an answer after a sale, once, however often their upload fails', async () => {
    const pack = await shop.sim.act<{ id: number }>('packs', { buyerId: 5_002 });
    await shop.sim.act('messages', { packId: pack.id, text: 'Tem nota fiscal?' });
    const { id } = await shop.inquiryWith('Tem nota fiscal?');
    const video = await upload(id, Buffer.from('GIF89a'), 'riso.gif');
    expect(video.status).toBe(422);
    const [photo, note] = [await upload(id, png(), 'caixa.png'), await upload(id, Buffer.from('Nota 1'), 'nota.txt')];
    expect([photo.status, note.status]).toEqual([201, 201]);
    await shop.sim.act('faults', { call: 'upload', fault: 'error_after' });
    await shop.sim.act('faults', { call: 'upload', fault: 'cut_before' });
    await answerPatiently(shop.stack, id, 'Segue.', [{ id: photo.body.id }, { id: note.body.id }]);
    await shop.settles(id, ['available']);
    type Taken = { readonly about: string; readonly files: readonly { name: string; type: string; base64: string }[] };
    const { taken } = await shop.state<{ taken: readonly Taken[] }>();
    const [answer, ...others] = taken.filter(({ about }) => about === String(pack.id));
    expect(others).toEqual([]);
    expect(answer?.files.map(({ name, type }) => [name, type])).toEqual([
      ['caixa.png', 'image/png'],
      ['nota.txt', 'text/plain'],
    ]);
    expect(Buffer.from(answer?.files[1]?.base64 ?? '', 'base64').toString()).toBe('Nota 1');
  }, 120_000);
});
