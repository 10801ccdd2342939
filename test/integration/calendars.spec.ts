import { auditOf } from '../support/audit-log.js';
import type { ApiAnswer } from '../support/api.js';
import { eventually } from '../support/eventually.js';
import { startStack } from '../support/stack.js';
import type { Stack } from '../support/stack.js';

const day = [
  { from: '09:00', to: '12:00' },
  { from: '13:00', to: '18:00' },
];
const OFFICE = {
  key: 'sp-office',
  zone: 'America/Sao_Paulo',
  week: { mon: day, tue: day, wed: day, thu: day, fri: day },
  exceptions: [{ date: '2026-12-25', name: 'Natal', intervals: [] }],
};

describe('calendars and templates', () => {
  let stack: Stack;

  beforeAll(async () => {
    stack = await startStack();
  }, 60_000);

  afterAll(async () => {
    await stack.stop();
  });

  const ops = () => stack.as('ops');
  const createCalendar = (body: object): Promise<ApiAnswer> => ops().post('/v1/calendars', { ...OFFICE, ...body });

  describe('calendars', () => {
    it('are created, and read by id and by key', async () => {
      const created = await createCalendar({});
      expect(created.status).toBe(201);
      const { id } = created.body;
      expect(created.body).toMatchObject({
        id,
        key: 'sp-office',
        version: 1,
        zone: 'America/Sao_Paulo',
        createdBy: { name: 'Otávio Lins' },
      });
      const byKey = await stack.as('auditor').get('/v1/calendars/sp-office');
      const byId = await stack.as('auditor').get(`/v1/calendars/${id}`);
      expect(byKey.body).toEqual(byId.body);
      expect(byKey.body).toMatchObject({ week: OFFICE.week, exceptions: OFFICE.exceptions });
    });

    it('change in versions: the past stays as it was', async () => {
      await createCalendar({ key: 'changing' });
      const exceptions = [...OFFICE.exceptions, { date: '2026-11-20', name: 'Consciência Negra', intervals: [] }];
      const changed = await ops().patch('/v1/calendars/changing', { exceptions }, { headers: { 'if-match': '"1"' } });
      expect(changed.status).toBe(200);
      expect(changed.headers.get('etag')).toBe('"2"');
      expect(changed.body).toMatchObject({ version: 2, week: OFFICE.week, exceptions });
      const first = await ops().get('/v1/calendars/changing/versions/1');
      expect(first.body.exceptions).toEqual(OFFICE.exceptions);
      const versions = await ops().get('/v1/calendars/changing/versions');
      expect(versions.body.items.map(({ version }: { version: number }) => version)).toEqual([2, 1]);
      expect((await ops().get('/v1/calendars/changing/versions/3')).status).toBe(404);
      const again = await ops().patch('/v1/calendars/changing', { exceptions }, { headers: { 'if-match': '"2"' } });
      expect(again.body.version).toBe(2);
      expect((await auditOf(stack, 'calendar.change')).at(-1)).toMatchObject({
        before: { version: 1 },
        after: { version: 2 },
      });
    });

    it.each([
      ['an unknown zone', { zone: 'Brazil/Atlantis' }, 'unknown_zone', '/zone'],
      ['an impossible time', { week: { mon: [{ from: '09:00', to: '25:00' }] } }, 'invalid_time', '/week/mon/0/to'],
      [
        'hours that overlap',
        { week: { mon: [...day, { from: '11:00', to: '14:00' }] } },
        'overlapping_intervals',
        undefined,
      ],
      [
        'a date that is none',
        { exceptions: [{ date: '2026-02-30', name: 'x', intervals: [] }] },
        'invalid_date',
        '/exceptions/0/date',
      ],
      [
        'an exception without a name',
        { exceptions: [{ date: '2026-02-03', name: '', intervals: [] }] },
        'missing_name',
        '/exceptions/0/name',
      ],
      ['a calendar that never opens', { week: {}, exceptions: [] }, 'calendar_never_opens', '/week'],
    ])('refuse %s', async (_, change, code, pointer) => {
      const answer = await createCalendar({ key: 'faulty', ...change });
      expect([answer.status, answer.body.code]).toEqual([422, 'calendar_invalid']);
      const problem = (answer.body.problems as { code: string; pointer: string; remedy: string }[]).find(
        (each) => each.code === code,
      );
      expect(problem?.remedy).not.toBe('');
      if (pointer !== undefined) expect(problem?.pointer).toBe(pointer);
      expect((await ops().get('/v1/calendars/faulty')).status).toBe(404);
    });

    it('refuse another shape with a pointer', async () => {
      const answer = await createCalendar({ key: 'shape', week: { mon: day, someday: [] } });
      expect([answer.status, answer.body.code]).toEqual([400, 'request_invalid']);
      expect(answer.body.errors[0].pointer).toBe('/week');
    });
  });

  describe('templates', () => {
    const publish = (body: object): Promise<ApiAnswer> =>
      ops().post('/v1/templates', { key: 'ack', locale: 'pt-BR', form: 'chat', source: 'Olá! {{shop.name}}', ...body });

    it('are live at once, in versions', async () => {
      const before = await stack.as('agent').get('/v1/templates?key=ack');
      const old = (before.body.items as { locale: string; form: string; id: string; version: number }[]).find(
        ({ locale, form }) => locale === 'pt-BR' && form === 'chat',
      );
      const published = await publish({});
      expect(published.status).toBe(201);
      expect(published.body).toMatchObject({
        id: old?.id,
        key: 'ack',
        version: 2,
        variables: ['shop.name'],
        createdBy: { name: 'Otávio Lins' },
      });
      expect(published.body.contentHash).toMatch(/^[0-9a-f]{64}$/);
      const first = await ops().get(`/v1/templates/${old?.id}/versions/1`);
      expect(first.body.source).not.toBe(published.body.source);
      expect((await ops().get(`/v1/templates/${old?.id}/versions`)).body.items).toHaveLength(2);
      await stack.send({ text: 'Boa tarde, quando chega o meu pedido?' });
      const outbox = await eventually(
        () => stack.as(null).get('/demo/outbox'),
        ({ body }) => body.items.length > 0,
      );
      expect(outbox.body.items[0].data.text).toBe('Olá! Loja Aurora');
    });

    it.each([
      ['a variable no step gives', { source: 'Oi {{discount}}' }, 'variable_unknown', 1, 6],
      ['a variable only one of the branches has', { source: 'Oi\n{{buyer.name}}' }, 'variable_may_be_missing', 2, 3],
      ['a triple brace', { source: '{{{shop.name}}}' }, 'template_forbidden', 1, 1],
      ['a block left open', { source: '{{#if buyer.name}}x' }, 'template_syntax', 1, undefined],
      ['too long a text', { source: 'x'.repeat(9_000) }, 'template_too_large', 1, 1],
    ])('refuse %s', async (_, body, code, line, column) => {
      const answer = await publish(body);
      expect([answer.status, answer.body.code]).toEqual([422, 'template_invalid']);
      expect(answer.body.problems[0]).toMatchObject({ code, line, ...(column === undefined ? {} : { column }) });
      expect(answer.body.problems[0].message).not.toBe('');
    });

    it('may name what every sending step gives, and nothing else', async () => {
      expect((await publish({ key: 'away', source: 'Voltamos {{back}}' })).status).toBe(201);
      expect((await publish({ key: 'ack', source: 'Voltamos {{back}}' })).body.problems[0].code).toBe(
        'variable_unknown',
      );
      // No step sends it yet, so a step to come may give the name.
      expect((await publish({ key: 'coming-soon', source: 'Voltamos {{back}}' })).status).toBe(201);
    });

    it.each([
      ['a form there is not', { form: 'poem' }],
      ['a locale in another spelling', { locale: 'pt-br' }],
      ['nothing but blanks', { source: ' \n ' }],
      ['a NUL character', { source: 'a\u0000b' }],
      ['half a character', { source: 'a\ud800b' }],
    ])('refuse %s as malformed', async (_, body) => {
      expect((await publish(body)).status).toBe(400);
    });

    it('get distinct versions when published at the same time', async () => {
      const answers = await Promise.all(
        Array.from({ length: 6 }, (_, index) => publish({ key: 'crowd', source: `Oi ${index}` })),
      );
      expect(answers.map(({ body }) => body.version).sort()).toEqual([1, 2, 3, 4, 5, 6]);
    });

    it('are previewed, given or live, without being saved', async () => {
      const preview = (body: object): Promise<ApiAnswer> =>
        stack.as('agent').post('/v1/templates/preview', body, { idempotencyKey: null });
      const source = 'Olá{{#if buyer.name}}, {{buyer.name}}{{/if}}! Voltamos {{back}}.';
      const given = await preview({ source, variables: { 'buyer.name': 'Marina', back: 'amanhã' } });
      expect(given.body).toMatchObject({ text: 'Olá, Marina! Voltamos amanhã.', length: 29 });
      const missing = await preview({ source: 'Oi\n{{back}}', variables: {} });
      expect([missing.status, missing.body.code]).toEqual([422, 'template_invalid']);
      expect(missing.body.problems).toMatchObject([{ code: 'variable_missing', line: 2, column: 3 }]);
      const live = await preview({
        key: 'away',
        locale: 'en',
        form: 'chat',
        variables: { 'inquiry.number': '7', back: 'on Monday' },
      });
      expect(live.body.text).toContain('on Monday');
      const unknown = await preview({ key: 'nowhere', locale: 'en', form: 'chat' });
      expect([unknown.status, unknown.body.code]).toEqual([422, 'reference_unknown']);
      const hostile = await preview({ source: '{{constructor}}', variables: {} });
      expect(hostile.body.problems[0].code).toBe('template_forbidden');
    });
  });
});
