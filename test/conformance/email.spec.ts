import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { EmailConnector } from '../../src/modules/channels/index.js';
import type { Access, OutgoingMessage } from '../../src/modules/channels/index.js';
import type { EmailConfig } from '../../src/platform/config/index.js';
import { Egress } from '../../src/platform/egress/index.js';
import { Sim } from '../channels/sim.js';
import { eventually } from '../support/eventually.js';
import { allOf, deliver } from './delivery.js';
import { conformance } from './kit.js';
import type { Rig } from './rig.js';

const ADDRESS = 'loja@loja.example';
const PASSWORD = 'sim-mailbox-password';

/** How long one wait for news lasts, in ms: short, so that tests see the next one. */
const WAIT_MS = 300;

type Taken = { readonly to: string; readonly messageId: string; readonly raw: string };
type State = { readonly imap: number; readonly smtp: number; readonly waits: number };

/** An application with each provider, at the local one. */
const appsAt = (url: string): EmailConfig => {
  const app = { clientId: 'sim-mail-client', clientSecret: 'sim-mail-secret' };
  return { microsoft: { ...app, tenant: 'sim-tenant', url }, google: { ...app, consentUrl: url, tokenUrl: url } };
};

describe('email', () => {
  let sim: Sim;
  let egress: Egress;
  let connector: EmailConnector;
  let access: Access;
  let buyers = 0;

  const settingsOf = ({ imap, smtp }: Pick<State, 'imap' | 'smtp'>, more: Readonly<Record<string, string>> = {}) => ({
    ...{ address: ADDRESS, name: 'Loja Exemplo', imapHost: '127.0.0.1', imapPort: imap, imapSecurity: 'none' },
    ...{ smtpHost: '127.0.0.1', smtpPort: smtp, smtpSecurity: 'none', sentCopies: 'server', ...more },
  });

  /** A buyer writes; the Message-ID. */
  const arrive = async (text: string, head: readonly string[] = [], from?: string) => {
    const buyer = from ?? `b${(buyers += 1)}@buyers.example`;
    const id = `<${randomUUID()}@buyers.example>`;
    const lines = [`From: Marina Teles <${buyer}>`, `To: ${ADDRESS}`, `Message-ID: ${id}`, ...head];
    const { uid } = await sim.act<{ uid: number }>('mails', { raw: [...lines, '', text].join('\n') });
    return { id, uid, buyer };
  };

  const answerTo = (id: string, buyerId: string, text: string): OutgoingMessage => ({
    ...{ intentId: randomUUID(), conversationId: id, buyerId, text, language: 'pt-BR' },
    ...{ inReplyTo: id, author: 'human', attachments: [] },
  });

  const taken = async ({ buyerId, intentId }: OutgoingMessage): Promise<Taken[]> =>
    (await sim.act<Taken[]>('taken', { to: buyerId })).filter(({ messageId }) => messageId.includes(intentId));

  const plan = (call: string, fault: string, about?: string): Promise<void> =>
    sim.act('faults', { call, fault, ...(about === undefined ? {} : { about }) }).then(() => undefined);

  const message = async (text: string): Promise<OutgoingMessage> => {
    const { id, buyer } = await arrive('Chega quando?', ['Subject: Pedido']);
    return answerTo(id, buyer, text);
  };

  conformance(async (): Promise<Rig> => {
    sim = await Sim.start('email');
    const state = await sim.state<State>();
    egress = new Egress(['127.0.0.1']);
    connector = new EmailConnector(appsAt(sim.url), egress, WAIT_MS);
    const settings = settingsOf(state);
    access = { url: '', secrets: [PASSWORD, ''], settings, account: ADDRESS, requestTimeoutMs: 20_000 };
    return {
      connector,
      access,
      stranger: { ...access, secrets: ['somebody-elses-password', ''] },
      unreachable: '',
      nowhere: { ...access, settings: settingsOf({ imap: 1, smtp: 1 }) },
      hastyMs: 1_000,
      message,
      next: ({ buyerId }, fault) => plan('send', fault, buyerId),
      taken: async (one) => (await taken(one)).length,
      reading: {
        arrive: async (text) => {
          const { id, uid } = await arrive(text);
          return { hint: { kind: 'inbox', resource: `1005.${uid}` }, messageId: id, conversationId: id };
        },
        next: (fault) => plan('read', fault),
        unknown: { kind: 'inbox', resource: '1005.999999' },
      },
      credentials: { account: ADDRESS },
      stop: async () => {
        await sim.stop();
        await egress.close();
      },
    };
  });

  it('answers in the thread of what it answers to', async () => {
    const { id, buyer } = await arrive('E agora?', [
      'Subject: Pedido 42',
      'References: <a@x> <b@x>',
      'In-Reply-To: <b@x>',
    ]);
    const answer = answerTo(id, buyer, 'Chega amanhã.');
    expect(await connector.send(access, answer)).toMatchObject({ kind: 'taken', status: 'available' });
    const [{ raw } = { raw: '' }] = await taken(answer);
    const unfolded = raw.replace(/\r\n[ \t]+/g, ' ');
    expect(unfolded).toContain('Subject: Re: Pedido 42\r\n');
    expect(unfolded).toContain(`In-Reply-To: ${id}\r\n`);
    expect(unfolded).toContain(`References: <a@x> <b@x> ${id}\r\n`);
    expect(unfolded).not.toContain('Auto-Submitted');
  });

  it('says of what no person wrote that no person wrote it', async () => {
    const answer = { ...(await message('Recebemos a sua mensagem.')), author: 'automated' as const };
    await connector.send(access, answer);
    expect((await taken(answer))[0]?.raw).toContain('Auto-Submitted: auto-replied\r\n');
  });

  it('does not take a missing copy for a proof where it makes the copies itself', async () => {
    await sim.act('settings', { savesSent: false });
    const ours = { ...access, settings: settingsOf(await sim.state<State>(), { sentCopies: 'ours' }) };
    const [there, lost] = [await message('Com cópia.'), await message('Sem cópia.')];
    expect(await connector.send(ours, there)).toMatchObject({ kind: 'taken' });
    const since = Date.now() - 60_000;
    expect(await connector.find(ours, { intentId: there.intentId, since, message: null })).toMatchObject({
      kind: 'found',
    });
    await plan('send', 'cut_after', lost.buyerId);
    expect(await deliver({ connector }, ours, lost)).toBe('uncertain');
    expect(await taken(lost)).toHaveLength(1);
    await sim.act('settings', { savesSent: true });
  });

  it('does not take a missing copy for a proof where the mailbox for copies has gone', async () => {
    const one = await message('Sem caixa de enviados.');
    await sim.act('boxes', { box: 'Sent', name: 'Arquivo' });
    await plan('send', 'cut_after', one.buyerId);
    expect(await deliver({ connector }, access, one)).toBe('uncertain');
    expect(await taken(one)).toHaveLength(1);
    await sim.act('boxes', { box: 'Arquivo', name: 'Sent', use: '\\Sent' });
  });

  it('takes a mail that was announced and cannot be had yet for absent, and reads it a little later', async () => {
    const raw = ['From: marina@buyers.example', `To: ${ADDRESS}`, 'Message-ID: <late@buyers.example>', '', 'Já vai.'];
    const { keep } = await everything(null);
    const { uid } = await sim.act<{ uid: number }>('mails', { raw: raw.join('\n'), hiddenFor: 2 });
    const { hints } = await everything(keep);
    const hint = { kind: 'inbox', resource: `1005.${uid}` };
    expect(hints).toEqual([hint]);
    expect(await connector.reading.read(access, hint)).toEqual({ kind: 'absent' });
    expect(await connector.reading.conversation(access, '<late@buyers.example>')).toEqual({ kind: 'absent' });
    expect(await connector.reading.read(access, hint)).toMatchObject({ value: [{ data: { text: 'Já vai.' } }] });
  });

  it('gives the files of a mail, and no more of them than is asked for', async () => {
    const parts = ['--b', 'Content-Type: text/plain', '', 'Veja.', '--b', 'Content-Type: image/png; name=foto.png'];
    const file = ['Content-Disposition: attachment', 'Content-Transfer-Encoding: base64', '', 'AAECAwQF', '--b--', ''];
    const { id, uid } = await arrive([...parts, ...file].join('\n'), ['Content-Type: multipart/mixed; boundary=b']);
    const answer = await connector.reading.read(access, { kind: 'inbox', resource: `1005.${uid}` });
    const ref = expect.stringContaining(`0 ${id} `) as string;
    expect(answer).toMatchObject({
      value: [{ data: { text: 'Veja.', attachments: [{ ref, mediaType: 'image/png', name: 'foto.png', size: 6 }] } }],
    });
    const bytes = Buffer.from([0, 1, 2, 3, 4, 5]);
    const kept = refOf(answer);
    // A place that was kept before mails had prints still leads there.
    expect(await connector.files.fetch(access, `0 ${id}`, 100)).toMatchObject({ kind: 'read' });
    expect(await connector.files.fetch(access, kept, 100)).toEqual({ kind: 'read', value: { bytes, complete: true } });
    expect(await connector.files.fetch(access, kept, 2)).toMatchObject({ value: { complete: false } });
    expect(await connector.files.fetch(access, `1 ${id}`, 100)).toEqual({ kind: 'absent' });
    expect(await connector.files.fetch(access, 'nonsense', 100)).toEqual({ kind: 'absent' });
  });

  it('keeps mails of one Message-ID apart that say something else, their files too, and answers who wrote', async () => {
    const same = '<form@sender.example>';
    const parts = (bytes: string): string[] => [
      ...['--b', 'Content-Type: text/plain', '', 'Veja.', '--b', 'Content-Type: image/png'],
      ...['Content-Disposition: attachment', 'Content-Transfer-Encoding: base64', '', bytes, '--b--', ''],
    ];
    const put = async (from: string, head: readonly string[], body: readonly string[]): Promise<string> => {
      const lines = [
        ...head,
        `From: ${from}`,
        `To: ${ADDRESS}`,
        `Message-ID: ${same}`,
        'Subject: Formulário',
        '',
        ...body,
      ];
      const { uid } = await sim.act<{ uid: number }>('mails', { raw: lines.join('\n') });
      return `1005.${uid}`;
    };
    const mixed = 'Content-Type: multipart/mixed; boundary=b';
    const ana = await put('ana@buyers.example', [mixed], parts('QU5B'));
    const rui = await put('rui@buyers.example', [mixed], parts('UlVJ'));
    const copy = await put('ana@buyers.example', ['Received: from a list', mixed], parts('QU5B'));
    const said = [];
    for (const resource of [ana, rui, copy])
      said.push(await connector.reading.read(access, { kind: 'inbox', resource }));
    const prints = said.map((answer) => eventIn(answer).print);
    expect(prints[1]).not.toBe(prints[0]);
    expect(prints[2]).toBe(prints[0]);
    const files = [];
    for (const answer of said) files.push(await connector.files.fetch(access, refOf(answer), 100));
    expect(files.map((file) => (file.kind === 'read' ? file.value.bytes.toString('latin1') : file.kind))).toEqual([
      ...['ANA', 'RUI', 'ANA'],
    ]);
    expect(await connector.reading.conversation(access, same)).toMatchObject({
      value: [{ data: { buyer: { id: 'ana@buyers.example' } } }, { data: { buyer: { id: 'rui@buyers.example' } } }],
    });
    const answer = answerTo(same, 'rui@buyers.example', 'Olá, Rui.');
    expect(await connector.send(access, answer)).toMatchObject({ kind: 'taken' });
    expect(await taken(answer)).toHaveLength(1);
    const { hints } = await everything(null);
    const [sent] = hints.filter(({ kind }) => kind === 'sent').slice(-1);
    expect(sent === undefined ? null : await connector.reading.read(access, sent)).toMatchObject({
      value: [{ type: 'reply.external', data: { conversationId: 'rui@buyers.example', text: 'Olá, Rui.' } }],
    });
  });

  const eventIn = (answer: Awaited<ReturnType<EmailConnector['reading']['read']>>) => {
    const [event] = answer.kind === 'read' ? answer.value : [];
    if (event?.type !== 'message.received') throw new Error(answer.kind);
    return event.data;
  };

  const refOf = (answer: Parameters<typeof eventIn>[0]): string => {
    const [file] = eventIn(answer).attachments ?? [];
    return file !== undefined && 'ref' in file ? file.ref : '';
  };

  it.each([
    ['waits again and again', true],
    ['asks again and again, where the server tells nobody', false],
  ])('%s for mail', async (_name, offersIdle) => {
    await sim.act('settings', { offersIdle });
    const { waits: before } = await sim.state<State>();
    const [stop, hints] = [new AbortController(), [] as string[]];
    const connected = Promise.withResolvers<void>();
    const ended = connector.reading.watch(access, {
      signal: stop.signal,
      connected: () => Promise.resolve(connected.resolve()),
      told: (some) => Promise.resolve(void hints.push(...some.map(({ resource }) => resource))),
    });
    await connected.promise;
    const waited = async (): Promise<number> => (await sim.state<State>()).waits - before;
    await (offersIdle ? eventually(waited, (times) => times >= 3) : pause(2 * WAIT_MS));
    const { uid } = await arrive('Ainda?');
    await eventually(
      () => Promise.resolve(hints),
      (told) => told.includes(`1005.${uid}`),
      20_000,
    );
    if (!offersIdle) expect(await waited()).toBe(0);
    stop.abort();
    expect(await ended).toEqual({ kind: 'read', value: null });
    await sim.act('settings', { offersIdle: true });
  });

  it('finds each mail once, whatever numbers the mails get', async () => {
    const first = await everything(null);
    const { id } = await arrive('Uma nova.');
    const second = await everything(first.keep);
    expect(second.hints).toHaveLength(1);
    expect((await everything(second.keep)).hints).toEqual([]);
    await sim.act('renumber');
    const again = await everything(second.keep);
    const reads = await allOf(again.hints.slice(-3), 3, (hint) => connector.reading.read(access, hint));
    expect(JSON.stringify(reads)).toContain(id);
    // What was hinted at before stands under another number now.
    const [stale] = second.hints;
    expect(stale === undefined ? null : await connector.reading.read(access, stale)).toEqual({ kind: 'absent' });
  });

  it.each([
    ['behind', -4],
    ['ahead', 4],
  ])('loses, doubles and mixes up nothing while the provider’s clock is four minutes %s', async (_word, minutes) => {
    const { keep } = await everything(null);
    const skewMs = minutes * 60_000;
    await sim.act('settings', { skewMs });
    const arrived = [];
    for (const text of ['Primeira?', 'Segunda?', 'Terceira?']) arrived.push(await arrive(text));
    const swept = await everything(keep);
    const sent: [id: string, sentAt: number][] = [];
    for (const hint of swept.hints) {
      const answer = await connector.reading.read(access, hint);
      for (const { type, data } of answer.kind === 'read' ? answer.value : [])
        if (type === 'message.received') sent.push([data.messageId, Date.parse(data.sentAt)]);
    }
    expect(sent.map(([id]) => id)).toEqual(arrived.map(({ id }) => id));
    for (const [, at] of sent) expect(Math.abs(at - Date.now() - skewMs)).toBeLessThan(60_000);
    expect((await everything(swept.keep)).hints).toEqual([]);
    const [, , last = { id: '', buyer: '' }] = arrived;
    const answer = answerTo(last.id, last.buyer, 'Todas respondidas.');
    await plan('send', 'cut_after', last.buyer);
    expect(await deliver({ connector }, access, answer)).toBe('available');
    expect(await taken(answer)).toHaveLength(1);
    await sim.act('settings', { skewMs: 0 });
  });

  const everything = async (cursor: string | null) => {
    const hints = [];
    for (let at = cursor; ;) {
      const answer = await connector.reading.changes(access, at);
      if (answer.kind !== 'read') throw new Error(answer.kind);
      hints.push(...answer.value.hints);
      if (answer.value.next === null) return { hints, keep: answer.value.keep ?? null };
      at = answer.value.next;
    }
  };
});
