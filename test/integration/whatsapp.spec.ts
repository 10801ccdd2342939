import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { PATIENT_MS } from '../support/channel-shop.js';
import { publish } from '../support/definitions.js';
import { eventually } from '../support/eventually.js';
import { answerPatiently } from '../support/people.js';
import { exif, jpeg, png, segment, uprightOnly } from '../support/pictures.js';
import { smallDefinition } from '../support/small-definition.js';
import { WhatsAppShop } from '../support/whatsapp-shop.js';

const SEED = Number(process.env['ATENDE_FAULTS_SEED'] ?? 20_261_122);
const SCHEDULES = Number(process.env['ATENDE_PLATFORM_SCHEDULES'] ?? 12);

describe('a shop on WhatsApp', () => {
  let folder: string;
  let shop: WhatsAppShop;
  let phones = 5_511_910_000_000;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'atende-wa-files-'));
    shop = await WhatsAppShop.start({ ATENDE_FILES: folder });
  }, 60_000);

  afterAll(async () => {
    await shop.stop();
    await rm(folder, { recursive: true });
  }, 30_000);

  const newPhone = (): string => String((phones += 1));

  /** A buyer has written, and the inquiry is there. */
  const asked = async (text: string): Promise<{ readonly id: string; readonly phone: string }> => {
    const phone = newPhone();
    await shop.write(phone, text);
    return { id: (await shop.inquiryWith(text)).id, phone };
  };

  const failNext = (phone: string, plan: Readonly<Record<string, unknown>>): Promise<unknown> =>
    shop.sim.act('faults', { call: 'send', about: phone, ...plan });

  const tasksOf = async (inquiryId: string): Promise<string[]> => {
    const { rows } = await shop.stack.superuser.query<{ kind: string }>(
      'select kind from task where inquiry_id = $1 and ended_at is null',
      [inquiryId],
    );
    return rows.map(({ kind }) => kind);
  };

  it('is red until its administrator has given credentials that the platform takes', async () => {
    expect(await shop.health()).toMatchObject({ state: 'down', trouble: { code: 'credentials_missing' } });
    const refused = await shop.connect('EAAG-of-nobody');
    expect([refused.status, refused.body.code]).toEqual([422, 'credentials_refused']);
    expect((await shop.connect('EAAG-sim-system-user', { businessAccountId: '1' })).status).toBe(422);
    expect((await shop.connect()).status).toBe(204);
    expect(await shop.health()).toMatchObject({ state: 'ok', trouble: null, channel: 'whatsapp' });
    const { rows } = await shop.stack.superuser.query<{ text: string }>(
      `select encode(credentials, 'escape') || encode(account, 'escape') as text from channel_account`,
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]?.text).not.toMatch(/EAAG|106540352242922/);
  });

  it('tells the platform that the address of notices is the right one, and nobody else', async () => {
    expect(await shop.sim.act('subscribe')).toEqual({ status: 200, confirmed: true });
    const { noticesUrl } = await shop.sim.act<{ noticesUrl: string }>('settings');
    const ask = async (url: string): Promise<number> => (await fetch(url)).status;
    const query = '?hub.mode=subscribe&hub.challenge=1&hub.verify_token=';
    expect(await ask(`${noticesUrl}${query}wrong`)).toBe(401);
    expect(await ask(`${noticesUrl.replace(/.$/, 'x')}${query}sim-verify-token`)).toBe(401);
  });

  it('listens to what is signed, and to nothing else', async () => {
    const { noticesUrl } = await shop.sim.act<{ noticesUrl: string }>('settings');
    const post = async (body: string, signature: string): Promise<number> => {
      const headers = { 'content-type': 'application/json', 'x-hub-signature-256': signature };
      return (await fetch(noticesUrl, { method: 'POST', body, headers })).status;
    };
    type Made = { readonly body: string; readonly signature: string };
    const made = await shop.sim.act<Made>('notices', { field: 'messages', value: { statuses: [] } });
    expect(await post(made.body, made.signature)).toBe(200);
    expect(await post(`${made.body} `, made.signature)).toBe(401);
    expect(await post(made.body, '')).toBe(401);
    // Of a number nobody here has: answered all the same, or it would come for days.
    const metadata = { phone_number_id: '4242' };
    const other = await shop.sim.act<Made>('notices', { field: 'messages', value: { metadata, statuses: [] } });
    expect(await post(other.body, other.signature)).toBe(200);
  });

  it('takes a message and answers it, once, however often it is told', async () => {
    await shop.sim.act('settings', { duplicates: 2, shuffle: true });
    const { id, phone } = await asked('Tem na cor azul? 💙');
    await answerPatiently(shop.stack, id, 'Temos sim!');
    await shop.settles(id, ['available']);
    await shop.sim.act('settings', { duplicates: 0, shuffle: false });
    expect(await shop.taken(phone)).toMatchObject([{ text: 'Temos sim!', type: 'text' }]);
    expect((await shop.inquiryWith('Tem na cor azul? 💙')).messages).toEqual([
      'in: Tem na cor azul? 💙',
      'out: Temos sim!',
    ]);
    const { budget } = await shop.health();
    expect(budget.map(({ group, of }: { group: string; of: number }) => [group, of])).toEqual([
      ['messages', 12],
      ['media', 12],
      ['management', 12],
    ]);
  }, 120_000);

  it('holds up nobody but the buyer who is written to too often', async () => {
    const [often, other] = [await asked('Primeira pergunta'), await asked('Outra pergunta')];
    await failNext(often.phone, { fault: 'busy', code: 131_056, retryAfter: 20 });
    await answerPatiently(shop.stack, often.id, 'Já respondo.');
    const reasons = async (): Promise<readonly (string | null)[]> => {
      const sql = 'select reason from delivery where inquiry_id = $1';
      const { rows } = await shop.stack.superuser.query<{ reason: string | null }>(sql, [often.id]);
      return rows.map(({ reason }) => reason);
    };
    await eventually(reasons, (told) => told.includes('whatsapp_131056'), PATIENT_MS);
    await answerPatiently(shop.stack, other.id, 'Respondido.');
    await shop.settles(other.id, ['available']);
    // The other answer has arrived, and the shop's messages are not paused, while this one still waits.
    expect(await shop.taken(often.phone)).toEqual([]);
    const { budget } = await shop.health();
    expect(budget.map(({ pausedUntil }: { pausedUntil: unknown }) => pausedUntil)).toEqual([null, null, null]);
    await shop.settles(often.id, ['available']);
    expect(await shop.taken(often.phone)).toHaveLength(1);
  }, 120_000);

  it('shows in its health how long a number has to wait, and its id in no metric', async () => {
    const { id, phone } = await asked('Cheio hoje?');
    await failNext(phone, { fault: 'busy', code: 130_429, retryAfter: 4 });
    await answerPatiently(shop.stack, id, 'Um pouco.');
    const { budget } = await eventually(
      () => shop.health(),
      (health) => health['budget'][0].pausedUntil !== null,
      PATIENT_MS,
      100,
    );
    expect(budget[0]).toMatchObject({ group: 'messages', left: 0 });
    const metrics = (await shop.stack.as('admin').get('/metrics')).body as string;
    expect(metrics).toContain('atende_channel_call_duration_seconds');
    expect(metrics).not.toMatch(/106540352242922|atende_channel_budget_requests\{channel="whatsapp"/);
    await shop.settles(id, ['available']);
    expect(await shop.taken(phone)).toHaveLength(1);
  }, 120_000);

  it('expects an answer while the window is open, by its own rule', async () => {
    const obligations = 'obligations: { platform_response: { within: platform } }';
    await publish(shop.stack, smallDefinition('ruled', `channels: [whatsapp]\n${obligations}`));
    const { id } = await asked('Vocês entregam no sábado?');
    type Clock = {
      readonly name: string;
      readonly startedAt: string;
      readonly deadline: string;
      readonly clock: string;
    };
    const clocks = await eventually(
      async () => (await shop.stack.as('supervisor').get(`/v1/inquiries/${id}`)).body.obligations as Clock[],
      (list) => list.length > 0,
    );
    const platform = clocks.find(({ name }) => name === 'platform_response');
    expect(platform?.clock).toBe('wall');
    expect(Date.parse(platform?.deadline ?? '') - Date.parse(platform?.startedAt ?? '')).toBe(86_400_000);
  }, 60_000);

  it('sends a file with its answer, and says beforehand what the platform would not take', async () => {
    const [first, second] = [await asked('Manda uma foto?'), await asked('E a nota?')];
    const supervisor = shop.stack.as('supervisor');
    const upload = async (inquiryId: string, bytes: Uint8Array, name: string): Promise<{ readonly id: string }> => {
      const headers = { 'content-type': 'text/plain', 'file-name': name };
      const given = { idempotencyKey: randomUUID(), headers };
      const answer = await supervisor.post(`/v1/inquiries/${inquiryId}/attachments`, bytes, given);
      expect(answer.status).toBe(201);
      return { id: answer.body.id };
    };
    const [photo, spare] = [await upload(first.id, png(), 'a.png'), await upload(first.id, png(), 'b.png')];
    const note = await upload(second.id, Buffer.from('Nota 1'), 'nota.txt');
    const refused = async (text: string, ...attachments: { readonly id: string }[]): Promise<unknown> => {
      const answer = await supervisor.post(`/v1/inquiries/${first.id}/replies`, { text, attachments });
      return [answer.status, answer.body.code];
    };
    expect(await refused('Seguem.', photo, spare)).toEqual([422, 'not_offered_by_channel']);
    expect(await refused('x'.repeat(1_025), photo)).toEqual([422, 'not_offered_by_channel']);
    await shop.sim.act('faults', { call: 'upload', fault: 'error_after' });
    await answerPatiently(shop.stack, first.id, 'Segue a foto.', [photo]);
    await shop.settles(first.id, ['available']);
    await answerPatiently(shop.stack, second.id, 'Segue a nota.', [note]);
    await shop.settles(second.id, ['available']);
    expect(await shop.taken(first.phone)).toMatchObject([
      { type: 'image', text: 'Segue a foto.', file: { mime: 'image/png', base64: png().toString('base64') } },
    ]);
    expect(await shop.taken(second.phone)).toMatchObject([
      { type: 'document', text: 'Segue a nota.', file: { name: 'nota.txt', mime: 'text/plain' } },
    ]);
  }, 120_000);

  it('knows a buyer by any of their ids, and writes to the one that is shown', async () => {
    const [phone, user] = [newPhone(), 'BR.1f2e3d4c'];
    await shop.write(phone, 'Sou eu.');
    await shop.inquiryWith('Sou eu.');
    await shop.write(phone, 'Agora com nome de usuário.', { user });
    await shop.inquiryWith('Agora com nome de usuário.');
    await shop.write(phone, 'E agora sem número.', { user, hidePhone: true });
    const { id, messages } = await shop.inquiryWith('E agora sem número.');
    expect(messages).toEqual(['in: Sou eu.', 'in: Agora com nome de usuário.', 'in: E agora sem número.']);
    await answerPatiently(shop.stack, id, 'Oi de novo!');
    await shop.settles(id, ['available']);
    expect(await shop.taken(user)).toHaveLength(1);
  }, 120_000);

  it('shows what is more than words, and bothers nobody with a reaction', async () => {
    const reaction = { type: 'reaction', reaction: { message_id: 'wamid.x', emoji: '👍' } };
    const phone = newPhone();
    const picture = jpeg(segment(0xe1, exif(6, 'GPS 23.5505S')));
    const kept = { base64: picture.toString('base64'), mime: 'image/jpeg' };
    const { id: mediaId } = await shop.sim.act<{ id: string }>('media', kept);
    const image = { id: mediaId, mime_type: 'image/jpeg', caption: 'Veio quebrado' };
    await shop.sim.act('batch', {
      messages: [
        { phone: newPhone(), ...reaction },
        { phone, type: 'image', image },
      ],
    });
    const { id } = await shop.inquiryWith('Veio quebrado');
    const supervisor = shop.stack.as('supervisor');
    const { body } = await eventually(
      () => supervisor.get(`/v1/inquiries/${id}/messages`),
      (answer) => answer.body.items[0].attachments[0]?.state === 'stored',
      PATIENT_MS,
      200,
    );
    const link = await supervisor.get(`/v1/attachments/${body.items[0].attachments[0].id}`);
    const file = await fetch(link.body.url);
    expect(Buffer.from(await file.arrayBuffer())).toEqual(jpeg(uprightOnly(6)));
    const count = (await shop.inquiries()).length;
    await shop.sim.act('batch', { messages: [{ phone: newPhone(), type: 'unsupported' }] });
    await eventually(
      () => shop.inquiries(),
      (inquiries) => inquiries.length === count + 1,
      PATIENT_MS,
    );
  }, 120_000);

  it('takes a notice that is larger than any request, and keeps apart what it does not understand', async () => {
    // Letters beyond ASCII come as escapes of six bytes.
    const many = Array.from({ length: 12 }, (_, index) => ({
      phone: newPhone(),
      text: `${index} ${'á'.repeat(4_000)}`,
    }));
    await shop.sim.act('batch', { messages: [...many.slice(0, 6), { raw: { id: 7 } }, ...many.slice(6)] });
    for (const { text } of many) await shop.inquiryWith(text);
    const admin = shop.stack.as('admin');
    const { body } = await eventually(
      () => admin.get('/v1/quarantine?replayed=false'),
      (answer) => answer.body.items.length > 0,
      PATIENT_MS,
    );
    expect(await shop.health()).toMatchObject({ state: 'attention', trouble: { code: 'answer_unreadable' } });
    const { id } = body.items[0];
    expect((await admin.post(`/v1/quarantine/${id}/replay`)).status).toBe(422);
    // What a fix on either side would make of it.
    const place = { owner: 'tenant', table: 'quarantine', column: 'body', row: id as string } as const;
    const message = {
      from: newPhone(),
      id: 'wamid.fixed',
      timestamp: '1763812800',
      type: 'text',
      text: { body: 'Consertado.' },
    };
    const change = {
      field: 'messages',
      value: { metadata: { phone_number_id: '106540352242922' }, messages: [message] },
    };
    const fixed = JSON.stringify({ object: 'whatsapp_business_account', entry: [{ changes: [change] }] });
    const keys = await shop.stack.database.tenant(shop.stack.demo.tenantId, (tx) =>
      shop.stack.runtime.vault.unlock(tx),
    );
    await shop.stack.superuser.query('update quarantine set body = $2 where id = $1', [id, keys.seal(place, fixed)]);
    expect((await admin.post(`/v1/quarantine/${id}/replay`)).status).toBe(202);
    // Three hundred inquiries are of no use to the tests that follow.
    await shop.stack.superuser.query(
      `delete from work_queue where kind = 'ring' and due_at > now() + interval '1 hour'`,
    );
    expect(await shop.health()).toMatchObject({ quarantined: 0 });
  }, 180_000);

  it('learns from what it is told what became of a message whose answer got lost', async () => {
    const { id, phone } = await asked('Chega hoje?');
    await failNext(phone, { fault: 'cut_after' });
    await answerPatiently(shop.stack, id, 'Chega até as 18h.');
    await shop.settles(id, ['available']);
    expect(await shop.taken(phone)).toHaveLength(1);
  }, 120_000);

  it('asks a person about a message nobody tells of, never sends it again, and believes what comes late', async () => {
    const { id, phone } = await asked('E amanhã?');
    await shop.sim.act('settings', { statuses: [] });
    await failNext(phone, { fault: 'cut_after' });
    await answerPatiently(shop.stack, id, 'Amanhã cedo.');
    await shop.settles(id, ['uncertain']);
    await eventually(
      () => tasksOf(id),
      (kinds) => kinds.includes('confirm_delivery'),
      PATIENT_MS,
    );
    const [message] = await shop.taken(phone);
    await shop.sim.act('settings', { statuses: ['delivered'] });
    await shop.sim.act('statuses', { id: message?.id, intent: message?.intent, to: phone });
    await shop.settles(id, ['available']);
    expect(await shop.taken(phone)).toHaveLength(1);
    await shop.sim.act('settings', { statuses: ['sent', 'delivered', 'read'] });
  }, 120_000);

  it('lets a message be written again that failed after it was taken, whatever is told before', async () => {
    const { id, phone } = await asked('Aceita troca?');
    await answerPatiently(shop.stack, id, 'Aceitamos.');
    await shop.settles(id, ['available']);
    const [message] = await shop.taken(phone);
    await shop.sim.act('statuses', { id: message?.id, intent: message?.intent, to: phone, failing: 131_026 });
    await shop.settles(id, ['rejected']);
    await shop.sim.act('statuses', { id: message?.id, intent: message?.intent, to: phone });
    const next = await asked('Depois disso.');
    expect(next.id).not.toBe(id);
    await shop.settles(id, ['rejected']);
  }, 120_000);

  it('shows what was answered on the phone of the shop', async () => {
    const { id, phone } = await asked('Tem alguém aí?');
    await shop.sim.act('echoes', { to: phone, text: 'Tem sim, pelo celular.' });
    await eventually(
      async () => (await shop.inquiries()).find((inquiry) => inquiry.id === id)?.messages,
      (messages) => messages?.includes('out: Tem sim, pelo celular.') === true,
      PATIENT_MS,
    );
  }, 120_000);

  it('shows a picture that was sent from the phone of the shop', async () => {
    const { id, phone } = await asked('Como fica montado?');
    const kept = { base64: png().toString('base64'), mime: 'image/png' };
    const { id: mediaId } = await shop.sim.act<{ id: string }>('media', kept);
    await shop.sim.act('echoes', { to: phone, text: 'Assim.', image: { id: mediaId, mime_type: 'image/png' } });
    const supervisor = shop.stack.as('supervisor');
    type Shown = { readonly text: string; readonly attachments: readonly { readonly state: string }[] };
    const find = async (): Promise<Shown | undefined> =>
      ((await supervisor.get(`/v1/inquiries/${id}/messages`)).body.items as Shown[]).find(
        ({ text }) => text === 'Assim.',
      );
    await eventually(find, (shown) => shown?.attachments[0]?.state === 'stored', PATIENT_MS, 200);
  }, 120_000);

  it('takes no free text a day after the buyer wrote last, but what the platform has approved', async () => {
    const components = [{ type: 'BODY', text: 'Oi, {{1}}! Seu pedido saiu.' }];
    const template = { language: 'pt_BR', category: 'UTILITY', components };
    await shop.sim.act('templates', { name: 'pedido_saiu', status: 'APPROVED', ...template });
    await shop.sim.act('templates', { name: 'pedido_atrasou', status: 'PENDING', ...template });
    const listed = await shop.stack.as('admin').get(`/v1/shops/${shop.shopId}/channel-templates`);
    expect(listed.body.items).toMatchObject([
      { name: 'pedido_saiu', state: 'approved', usable: true },
      { name: 'pedido_atrasou', state: 'pending', usable: false },
    ]);
    const { id, phone } = await asked('Ainda dá tempo?');
    await shop.stack.superuser.query(
      `update conversation set window_until = now() - interval '1 minute'
        where id = (select conversation_id from inquiry where id = $1)`,
      [id],
    );
    const answers = await eventually(
      () =>
        Promise.all(
          (['agent', 'agent2'] as const).map((key) =>
            shop.stack.as(key).post(`/v1/inquiries/${id}/replies`, { text: 'Dá sim.' }),
          ),
        ),
      (given) => given.some(({ body }) => body.code === 'window_closed'),
      PATIENT_MS,
      500,
    );
    expect(answers.filter(({ status }) => status < 400)).toEqual([]);
    const tooLate = answers.findIndex(({ body }) => body.code === 'window_closed');
    expect(answers[tooLate]?.body.templates).toMatchObject([{ name: 'pedido_saiu' }]);
    // Only what the platform has approved goes out, with everything filled in.
    const answering = shop.stack.as(tooLate === 0 ? 'agent' : 'agent2');
    const send = (template: object) => answering.post(`/v1/inquiries/${id}/replies`, { template });
    expect((await send({ key: 'pedido_atrasou', variables: {} })).body).toMatchObject({
      ...{ status: 422, code: 'template_unusable', errors: [{ pointer: '/template/key' }] },
      templates: [{ name: 'pedido_saiu', variables: ['1'] }],
    });
    expect((await send({ key: 'nenhum' })).body).toMatchObject({ code: 'reference_unknown' });
    expect((await send({ key: 'pedido_saiu' })).body.errors).toMatchObject([{ pointer: '/template/variables/1' }]);
    expect(await shop.taken(phone)).toEqual([]);
    expect((await send({ key: 'pedido_saiu', variables: { 1: 'Marina' } })).status).toBe(202);
    await shop.settles(id, ['available']);
    expect(await shop.taken(phone)).toMatchObject([{ type: 'template', text: 'Oi, Marina! Seu pedido saiu.' }]);
    expect((await shop.inquiryWith('Ainda dá tempo?')).messages).toContain('out: Oi, Marina! Seu pedido saiu.');
    await shop.write(phone, 'Escrevi de novo.');
    const again = await shop.inquiryWith('Escrevi de novo.');
    await answerPatiently(shop.stack, again.id, 'Agora dá.');
    await eventually(
      () => shop.taken(phone),
      (taken) => taken.some(({ text, type }) => type === 'text' && text === 'Agora dá.'),
      PATIENT_MS,
    );
  }, 120_000);

  it('loses nothing when the platform fails in every way, and sends nothing twice', async () => {
    const faults = ['hang_after', 'cut_after', 'error_after', 'cut_before', 'error_before', 'busy'] as const;
    const schedule = fc.array(fc.constantFrom(...faults), { maxLength: 2 });
    await shop.sim.act('settings', { duplicates: 1, loss: 0.3, shuffle: true });
    const all = await Promise.all(
      fc.sample(schedule, { numRuns: SCHEDULES, seed: SEED }).map(async (sends, index) => {
        const [phone, text] = [newPhone(), `Pergunta sob faltas ${index}?`];
        for (const fault of sends) await failNext(phone, { fault });
        await shop.write(phone, text);
        return { phone, text, sends, answer: `Resposta ${index} sob faltas.` };
      }),
    );
    for (const { text, answer } of all) await answerPatiently(shop.stack, (await shop.inquiryWith(text)).id, answer);
    const ends = await Promise.all(
      all.map(async ({ phone, text, answer, sends }) => {
        const { id } = await shop.inquiryWith(text);
        // What the platform has it tells of, sooner or later; what it has not, a person looks at.
        const end = await eventually(
          async () => {
            const { rows } = await shop.stack.superuser.query<{ state: string }>(
              'select state from delivery where inquiry_id = $1',
              [id],
            );
            const texts = (await shop.taken(phone)).map((one) => one.text);
            return { state: rows.map((row) => row.state).join(), texts };
          },
          ({ state, texts }) => state === 'available' || (state === 'uncertain' && texts.length === 0),
          180_000,
          500,
        );
        const { messages } = await shop.inquiryWith(text);
        const isTrue = end.state === 'uncertain' || end.texts.join() === answer;
        const isShown = JSON.stringify(messages) === JSON.stringify([`in: ${text}`, `out: ${answer}`]);
        return isTrue && isShown ? [] : [{ sends, end, messages }];
      }),
    );
    expect(ends.flat()).toEqual([]);
    await shop.sim.act('settings', { duplicates: 0, loss: 0, shuffle: false });
  }, 400_000);

  it('says that the platform tells nothing any more once it took messages of which it never told that they were sent', async () => {
    const { superuser } = shop.stack;
    const asked3 = [await asked('Um?'), await asked('Dois?'), await asked('Três?')];
    // A telephone that is switched off: it was sent, and no more is told.
    await shop.sim.act('settings', { statuses: ['sent'] });
    const off = await asked('Quatro?');
    await answerPatiently(shop.stack, off.id, 'Desligado?');
    await shop.settles(off.id, ['available']);
    await shop.sim.act('settings', { statuses: [] });
    for (const { id } of asked3) await answerPatiently(shop.stack, id, 'Respondido.');
    for (const { id } of asked3) await shop.settles(id, ['accepted']);
    // What was taken a moment ago may still be told of.
    expect(await shop.health()).toMatchObject({ notices: { state: 'receiving' }, trouble: null });
    const hoursLater = async (): Promise<void> => {
      for (const [table, column] of [
        ['raw_delivery', 'received_at'],
        ['channel_account', 'authorised_at'],
        ['delivery', 'started_at'],
      ])
        await superuser.query(`update ${table} set ${column} = ${column} - interval '3 hours'`);
    };
    await hoursLater();
    expect(await shop.health()).toMatchObject({
      ...{ state: 'attention', notices: { state: 'off' }, trouble: { code: 'statuses_stopped' } },
    });
    await shop.sim.act('settings', { statuses: ['sent', 'delivered', 'read'] });
    await asked('E agora?');
    expect(await shop.health()).toMatchObject({ state: 'ok', notices: { state: 'receiving' }, trouble: null });
  }, 120_000);

  it('says so when its token is taken back, keeps everything, and goes on with another', async () => {
    const { id, phone } = await asked('Alguém me ouve?');
    await shop.sim.act('expire', { token: 'EAAG-another' });
    await answerPatiently(shop.stack, id, 'Ouvimos sim.');
    await eventually(
      () => shop.health(),
      (health) => health.state === 'down',
      PATIENT_MS,
      200,
    );
    expect(await shop.health()).toMatchObject({
      trouble: { code: 'credentials_lost' },
      authorisation: { state: 'lost' },
    });
    const { body } = await shop.stack.as('admin').get('/v1/notifications');
    expect(body.items.filter((item: { kind: string }) => item.kind === 'credentials_lost')).toHaveLength(1);
    // What is signed is taken all the same: only writing waits.
    await shop.write(newPhone(), 'Enquanto isso.');
    await shop.inquiryWith('Enquanto isso.');
    expect((await shop.connect('EAAG-another')).status).toBe(204);
    await shop.settles(id, ['available']);
    expect(await shop.taken(phone)).toHaveLength(1);
    expect(await shop.health()).toMatchObject({ state: 'ok' });
  }, 180_000);
});
