import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import type { ApiAnswer } from '../support/api.js';
import { auditOf } from '../support/audit-log.js';
import { eventually } from '../support/eventually.js';
import { obligation, setShop } from '../support/people.js';
import { startStack } from '../support/stack.js';
import type { Stack } from '../support/stack.js';

const DAY_MS = 86_400_000;
const ALL_DAY = [{ from: '00:00', to: '24:00' }];
const EVERY_DAY = Object.fromEntries(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].map((day) => [day, ALL_DAY]));
const CONSCIENCIA = { date: '2027-11-20', name: 'Consciência Negra', intervals: [] };
const LAYER = { kind: 'national', name: 'Feriados nacionais', source: 'Lei 14.759/2023', exceptions: [CONSCIENCIA] };

/** Dates around now in UTC, the zone of the calendars here. */
const day = (offset: number): string => new Date(Date.now() + offset * DAY_MS).toISOString().slice(0, 10);

type Moved = { inquiryId: string; obligation: string; instance: number; from: string; to: string };

/** What waits for drains and timers may take longer than usual on a busy machine. */
jest.setTimeout(60_000);

describe('changes of calendars', () => {
  let stack: Stack;

  beforeAll(async () => {
    stack = await startStack();
  }, 60_000);

  afterAll(() => stack.stop());

  const post = (path: string, body: unknown, version?: number): Promise<ApiAnswer> =>
    stack
      .as('ops')
      .post(`/v1/calendars${path}`, body, version === undefined ? {} : { headers: { 'if-match': `"${version}"` } });
  const create = async (key: string, more: object = {}): Promise<string> => {
    const answer = await post('', { key, zone: 'UTC', week: EVERY_DAY, ...more });
    expect([answer.status, answer.body.code]).toEqual([201, undefined]);
    return key;
  };

  describe('layers', () => {
    it('are kept with their source, and replace each other by precedence', async () => {
      const half = { ...CONSCIENCIA, name: 'Ponto facultativo', intervals: [{ from: '09:00', to: '13:00' }] };
      const optional = {
        kind: 'optional',
        name: 'Facultativos',
        from: '2027-01-01',
        source: 'Portaria',
        exceptions: [half],
      };
      await create('layered', { layers: [optional, LAYER] });
      const { body } = await stack.as('ops').get('/v1/calendars/layered');
      expect(body.layers).toEqual([optional, LAYER]);
      const { rows } = await stack.superuser.query(
        `select v.spec from calendar c join calendar_version v on v.calendar_id = c.id where c.key = 'layered'`,
      );
      expect(rows[0].spec.layers).toHaveLength(2);
    });

    it('are refused at their place when they say nothing of where they come from', async () => {
      const answer = await post('', { key: 'mute', zone: 'UTC', week: EVERY_DAY, layers: [{ ...LAYER, source: ' ' }] });
      expect(answer.body).toMatchObject({
        status: 422,
        code: 'calendar_invalid',
        problems: [{ code: 'missing_source', pointer: '/layers/0/source' }],
      });
      const unknown = await post('', {
        key: 'mute',
        zone: 'UTC',
        week: EVERY_DAY,
        layers: [{ ...LAYER, kind: 'world' }],
      });
      expect([unknown.status, unknown.body.errors?.[0]?.pointer]).toEqual([400, '/layers/0/kind']);
    });

    it('ship with calendars for offices in Brazil and China', async () => {
      for (const key of ['br-office', 'br-national', 'cn-office']) {
        const { body } = await stack.as('ops').get(`/v1/calendars/${key}`);
        expect([key, body.layers.length > 1]).toEqual([key, true]);
      }
    });
  });

  describe('an iCalendar text', () => {
    const ical = [
      'BEGIN:VCALENDAR',
      'VERSION:2.0',
      'PRODID:-//x//x//PT',
      'BEGIN:VEVENT',
      'UID:1',
      'DTSTART;VALUE=DATE:20200125',
      'RRULE:FREQ=YEARLY',
      'SUMMARY:Aniversário da cidade',
      'END:VEVENT',
      'BEGIN:VEVENT',
      'UID:2',
      'DTSTART:20270125T120000Z',
      'SUMMARY:Almoço',
      'END:VEVENT',
      'END:VCALENDAR',
    ].join('\r\n');
    const layer = {
      kind: 'municipal',
      name: 'Cidade',
      source: 'https://example.com/feriados.ics',
      ical,
      window: { from: '2027-01-01', until: '2028-12-31' },
    };

    it('becomes a layer of a new version; events that are no days are told', async () => {
      await create('imported', { layers: [LAYER] });
      const answer = await post('/imported/import', layer, 1);
      expect([answer.status, answer.body.days]).toEqual([200, 2]);
      expect(answer.body.skipped).toEqual([{ uid: '2', name: 'Almoço', reason: 'not_whole_days' }]);
      expect(answer.body.calendar).toMatchObject({
        version: 2,
        layers: [LAYER, { kind: 'municipal', name: 'Cidade' }],
      });
      expect(answer.body.calendar.layers[1].exceptions.map(({ date }: { date: string }) => date)).toEqual([
        '2027-01-25',
        '2028-01-25',
      ]);
    });

    it('takes the place of an earlier one of the same name', async () => {
      const again = await post(
        '/imported/import',
        { ...layer, window: { from: '2028-01-01', until: '2028-12-31' } },
        2,
      );
      expect([again.status, again.body.calendar.version, again.body.calendar.layers.length]).toEqual([200, 3, 2]);
      expect(again.body.calendar.layers[1].exceptions).toHaveLength(1);
    });

    it.each<[string, object, number | undefined, number, string]>([
      ['that is none', { ical: '<html></html>' }, 3, 422, 'ical_invalid'],
      ['for a version that is not current', {}, 1, 412, 'version_stale'],
      ['without a version', {}, undefined, 428, 'if_match_missing'],
      ['with a window that is none', { window: { from: 'soon', until: '2027-01-01' } }, 3, 400, 'request_invalid'],
    ])('is refused %s', async (_case, more, version, status, code) => {
      const answer = await post('/imported/import', { ...layer, ...more }, version);
      expect([answer.status, answer.body.code]).toEqual([status, code]);
    });
  });

  describe('open deadlines', () => {
    const closedTomorrow = {
      exceptions: [0, 1].map((offset) => ({ date: day(offset), name: 'Fechado', intervals: [] })),
    };
    let [first, second] = ['', ''];
    let moved: Moved[] = [];

    /** Delivered again until it is taken, as a channel does: the first message of a process takes longest. */
    const open = async (buyer: string): Promise<string> => {
      const accepted = await eventually(
        () => stack.send({ buyer, messageId: `m-${buyer}` }).catch(() => null),
        (answer) => answer !== null,
      );
      const inquiryId = accepted?.inquiryId ?? '';
      await eventually(
        () => obligation(stack, inquiryId, 'first_response'),
        (row) => row !== undefined,
      );
      return inquiryId;
    };
    const deadline = async (inquiryId: string, name = 'first_response'): Promise<string> => {
      const { body } = await stack.as('ops').get(`/v1/inquiries/${inquiryId}`);
      return body.obligations.find((one: { name: string }) => one.name === name).deadline as string;
    };
    const preview = async (body: object): Promise<{ version: number; total: number; moved: Moved[] }> => {
      const answer = await stack.as('ops').post('/v1/calendars/shifting/preview', body, { idempotencyKey: null });
      expect([answer.status, answer.body.code]).toEqual([200, undefined]);
      return answer.body as { version: number; total: number; moved: Moved[] };
    };

    it('are shown with where a change would move them; nothing is saved', async () => {
      await create('shifting');
      await setShop(stack, { calendar: 'shifting' });
      first = await open('shift-1');
      second = await open('shift-2');
      const shown = await preview(closedTomorrow);
      expect(shown).toMatchObject({ version: 2, total: 4 });
      moved = shown.moved;
      const own = moved.find(({ inquiryId, obligation: name }) => inquiryId === first && name === 'first_response');
      expect(own?.from).toBe(await deadline(first));
      expect(Date.parse(own?.to ?? '')).toBeGreaterThan(Date.parse(`${day(2)}T00:00:00Z`));
      expect(moved.map(({ to }) => to)).toEqual(moved.map(({ to }) => to).sort());
      expect((await preview({})).total).toBe(0);
      expect((await stack.as('ops').get('/v1/calendars/shifting')).body.version).toBe(1);
    });

    it('stay where they are when the change is saved; only what opens later follows it', async () => {
      const before = await deadline(first);
      const headers = { 'if-match': '"1"' };
      expect((await stack.as('ops').patch('/v1/calendars/shifting', closedTomorrow, { headers })).body.version).toBe(2);
      expect(await deadline(first)).toBe(before);
      const later = await open('shift-3');
      expect(Date.parse(await deadline(later))).toBeGreaterThan(Date.parse(`${day(2)}T00:00:00Z`));
      expect((await preview({})).moved).toEqual(moved);
    });

    it('are moved as the preview showed them, and only those that were asked for', async () => {
      const chosen = moved.filter(
        ({ inquiryId, obligation: name }) => inquiryId === first && name === 'first_response',
      );
      const answer = await post('/shifting/reapply', { version: 2, moved: chosen });
      expect([answer.status, answer.body]).toEqual([200, { applied: 1, skipped: [] }]);
      await eventually(
        () => deadline(first),
        (at) => at === chosen[0]?.to,
      );
      expect(await deadline(first, 'resolution')).toBe(
        moved.find(({ inquiryId, obligation: name }) => inquiryId === first && name === 'resolution')?.from,
      );
      expect((await preview({})).total).toBe(3);
      const { body } = await stack.as('auditor').get(`/v1/inquiries/${first}/history?limit=200`);
      const entry = body.items.find(({ kind }: { kind: string }) => kind === 'obligation.policy_applied');
      expect(entry).toMatchObject({ because: { calendar: { key: 'shifting', version: 2 } } });
      const ledger = await stack.as('auditor').get(`/v1/inquiries/${first}/obligations/first_response/1/ledger`);
      expect(ledger.body).toMatchObject({ calendar: { key: 'shifting', version: 2 }, version: 2, replacedAt: null });
      expect(ledger.body.deadline).toBe(chosen[0]?.to);
      const path = `/v1/inquiries/${first}/obligations/first_response/1/ledger?version=`;
      const earlier = (await stack.as('auditor').get(`${path}1`)).body;
      expect(earlier).toMatchObject({
        calendar: { key: 'shifting', version: 1 },
        version: 1,
        deadline: chosen[0]?.from,
        replacedAt: entry.at,
      });
      const segments = earlier.segments as { from: string; to: string; calendarVersion: number }[];
      expect([segments[0]?.from, new Set(segments.map(({ calendarVersion }) => calendarVersion))]).toEqual([
        earlier.startedAt,
        new Set([1]),
      ]);
      for (const [index, { from }] of segments.slice(1).entries()) expect(from).toBe(segments[index]?.to);
      expect((await stack.as('auditor').get(`${path}2`)).body.version).toBe(2);
      expect((await stack.as('auditor').get(`${path}3`)).status).toBe(404);
      const replayed = await stack.as('auditor').post(`/v1/inquiries/${first}/replay`);
      expect(replayed.body).toMatchObject({ same: true });
      const [event] = await auditOf(stack, 'calendar.reapply');
      expect(event).toMatchObject({ result: 'ok', after: { key: 'shifting', version: 2, applied: 1, skipped: 0 } });
    });

    it('are left alone when they have ended or would end elsewhere by now', async () => {
      const [own] = moved.filter(
        ({ inquiryId, obligation: name }) => inquiryId === second && name === 'first_response',
      );
      const asked = [
        { ...own, to: new Date(Date.parse(own?.to ?? '') + 60_000).toISOString() },
        { ...own, inquiryId: first },
        { ...own, inquiryId: randomUUID() },
      ];
      const answer = await post('/shifting/reapply', { version: 2, moved: asked });
      expect(answer.body.applied).toBe(0);
      expect(answer.body.skipped.map(({ code }: { code: string }) => code)).toEqual(['changed', 'ended', 'ended']);
      expect(await deadline(second)).toBe(own?.from);
    });

    it('are not moved by a version that is not the newest, nor by whoever may only read', async () => {
      expect((await post('/shifting/reapply', { version: 1, moved })).body).toMatchObject({
        status: 412,
        code: 'version_stale',
      });
      expect((await stack.as('supervisor').post('/v1/calendars/shifting/reapply', { version: 2, moved })).status).toBe(
        403,
      );
      expect((await stack.as('agent').post('/v1/calendars/shifting/preview', {})).status).toBe(403);
      expect((await stack.as('supervisor').post('/v1/calendars/shifting/preview', {})).status).toBe(200);
    });

    it('cannot be moved to a calendar that never opens', async () => {
      const answer = await stack.as('ops').post('/v1/calendars/shifting/preview', { week: {}, exceptions: [] });
      expect(answer.body).toMatchObject({ status: 422, problems: [{ code: 'calendar_never_opens' }] });
    });

    it('cannot come to depend on a calendar whose openings come to an end', async () => {
      const fair = { date: day(3), name: 'Feirão', intervals: [{ from: '09:00', to: '18:00' }] };
      const answer = await post('', { key: 'fair', zone: 'UTC', week: {}, exceptions: [fair] });
      expect(answer.body).toMatchObject({
        status: 422,
        problems: [{ code: 'calendar_never_opens', pointer: '/week' }],
      });
      expect(answer.body.problems[0].message).toContain(day(0));
    });

    it('count every hour on a calendar that has run dry all the same, until it is corrected', async () => {
      await create('dried');
      const past = { date: day(-3), name: 'Feirão', intervals: [{ from: '09:00', to: '18:00' }] };
      await stack.superuser.query(
        `update calendar_version v set spec = v.spec || $1::jsonb from calendar c where c.id = v.calendar_id and c.key = 'dried'`,
        [JSON.stringify({ week: {}, exceptions: [past] })],
      );
      await setShop(stack, { calendar: 'dried' });
      const inquiryId = await open('dried-1');
      const { body } = await stack.as('ops').get(`/v1/inquiries/${inquiryId}`);
      const response = body.obligations.find(({ name }: { name: string }) => name === 'first_response');
      expect(response).toMatchObject({ state: 'running', calendar: { key: 'dried', version: 1 } });
      expect(Date.parse(response.deadline) - Date.parse(response.startedAt)).toBe(3_600_000);
      const failed = await stack.superuser.query(
        `select 1 from event where inquiry_id = $1 and entries @> '[{"kind":"event.failed"}]'`,
        [inquiryId],
      );
      expect(failed.rows).toEqual([]);

      const fixed = { week: EVERY_DAY, ...closedTomorrow };
      const headers = { 'if-match': '"1"' };
      expect((await stack.as('ops').patch('/v1/calendars/dried', fixed, { headers })).status).toBe(200);
      const shown = await stack.as('ops').post('/v1/calendars/dried/preview', {}, { idempotencyKey: null });
      const resolution = shown.body.moved.filter(({ obligation: name }: Moved) => name === 'resolution');
      const answer = await post('/dried/reapply', { version: 2, moved: resolution });
      expect(answer.body).toEqual({ applied: 1, skipped: [] });
      await eventually(
        () => deadline(inquiryId, 'resolution'),
        (at) => at === resolution[0]?.to,
      );
    });
  });
});
