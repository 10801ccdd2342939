import { Writable } from 'node:stream';
import { createLog } from '../../src/platform/log/index.js';
import { offeredTo } from '../support/people.js';
import { startStack } from '../support/stack.js';
import type { Stack } from '../support/stack.js';

describe('the search of texts', () => {
  let stack: Stack;
  const lines: string[] = [];

  beforeAll(async () => {
    const stream = new Writable({
      write(chunk: Buffer, _encoding, done) {
        lines.push(chunk.toString('utf8'));
        done();
      },
    });
    stack = await startStack({ adjust: (runtime) => ({ ...runtime, log: createLog({ level: 'trace', stream }) }) });
  }, 60_000);

  afterAll(async () => {
    await stack.stop();
  });

  const search = async (q: string, more = ''): Promise<string[]> => {
    const answer = await stack.as('supervisor').get(`/v1/inquiries?q=${encodeURIComponent(q)}${more}`);
    expect(answer.status).toBe(200);
    return (answer.body.items as { id: string }[]).map(({ id }) => id);
  };

  it('finds what buyers wrote, in any of their languages, by all of the words', async () => {
    const pt = await stack.send({ text: 'Cadê a minha geladeira azul-petróleo? Pedido 702-5551234-7654321.' });
    const es = await stack.send({ text: '¿Dónde está mi refrigerador? Compré el paraguas también.' });
    const zh = await stack.send({ text: '请问我的雨伞什么时候可以发货' });
    const en = await stack.send({ text: 'My UMBRELLA arrived broken and the refrigerator is missing' });
    expect(await search('geladeira petroleo')).toEqual([pt.inquiryId]);
    expect(await search('GELADEIRA umbrella')).toEqual([]);
    expect(await search('paragüas')).toEqual([es.inquiryId]);
    expect(await search('雨伞')).toEqual([zh.inquiryId]);
    expect(await search('umbrella refrigerator')).toEqual([en.inquiryId]);
    expect(await search('70255512347654321')).toEqual([pt.inquiryId]);
    expect(await search('702-5551234-7654321', '&sort=due')).toEqual([pt.inquiryId]);
    expect(await search('geladeira', '&state=closed')).toEqual([]);
  }, 30_000);

  it('finds what was answered and noted, and pages as every list does', async () => {
    const first = await stack.send({ text: 'Preciso de um girassol' });
    const second = await stack.send({ text: 'Tem girassol amarelo?' });
    const agent = await offeredTo(stack, first.inquiryId);
    await agent.post(`/v1/inquiries/${first.inquiryId}/replies`, { text: 'Mandamos ainda hoje a trepadeira.' });
    await agent.post(`/v1/inquiries/${first.inquiryId}/notes`, { text: 'Conferir com o almoxarifado.' });
    expect(await search('trepadeira girassol')).toEqual([first.inquiryId]);
    expect(await search('almoxarifado')).toEqual([first.inquiryId]);
    const page = await stack.as('supervisor').get('/v1/inquiries?q=girassol&limit=1');
    expect(page.body.items.map(({ id }: { id: string }) => id)).toEqual([second.inquiryId]);
    const next = await stack.as('supervisor').get(`/v1/inquiries?q=girassol&limit=1&cursor=${page.body.nextCursor}`);
    expect(next.body.items.map(({ id }: { id: string }) => id)).toEqual([first.inquiryId]);
  }, 30_000);

  it('is not for those who may not read texts, and says nothing of other tenants', async () => {
    await stack.send({ text: 'Um segredo chamado lamparina' });
    for (const role of ['ops', 'admin'] as const) {
      const answer = await stack.as(role).get('/v1/inquiries?q=lamparina');
      expect([answer.status, answer.body.code]).toEqual([403, 'forbidden']);
    }
    const foreign = await stack.as({ key: stack.other.keys.agent }).get('/v1/inquiries?q=lamparina');
    expect(foreign.body.items).toEqual([]);
    expect(await search('lamparina')).toHaveLength(1);
  });

  it('says when there is nothing in a query to look for', async () => {
    const answer = await stack.as('supervisor').get('/v1/inquiries?q=a%20e');
    expect(answer.body).toMatchObject({ status: 400, code: 'request_invalid', errors: [{ pointer: '/q' }] });
  });

  it('keeps words as hashes of the tenant’s own key, and no query anywhere', async () => {
    const { inquiryId } = await stack.send({ text: 'palavraplantada' });
    await search('palavraplantada');
    const tokens = await stack.superuser.query<{ token: string }>(
      'select token from search_token where inquiry_id = $1',
      [inquiryId],
    );
    expect(tokens.rows.length).toBeGreaterThan(0);
    const audited = await stack.superuser.query(
      `select 1 from audit_event where audit_event::text ~ 'palavraplantada'`,
    );
    expect(audited.rowCount).toBe(0);
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.join('')).not.toContain('palavraplantada');
  });
});
