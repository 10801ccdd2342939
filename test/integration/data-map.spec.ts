import { DATA_MAP, SEALED, UNREADABLE } from '../../src/platform/crypto/data-map.js';
import type { Holding } from '../../src/platform/crypto/data-map.js';
import { eventually } from '../support/eventually.js';
import { offeredTo } from '../support/people.js';
import { startStack } from '../support/stack.js';
import type { Stack } from '../support/stack.js';

type Column = { readonly table: string; readonly column: string; readonly type: string };

/** Columns that can hold text, as the database has them. */
const COLUMNS = `
  select case table_schema when 'public' then table_name else table_schema || '.' || table_name end as table,
         column_name as column, case data_type when 'ARRAY' then udt_name else data_type end as type
    from information_schema.columns
   where table_schema in ('public', 'keyring')
     and (data_type in ('text', 'bytea', 'jsonb', 'json', 'character varying', 'character', 'USER-DEFINED', 'xml')
          or udt_name in ('_text', '_varchar', '_bytea', '_jsonb'))
   order by 1, 2`;

/** First bytes of sealed texts and of wrapped keys. */
const FORMATS = { sealed: [0xa1, 0xa2], key: [0xa0] };

const PERSON = {
  name: 'Zulmira Taquaruçu',
  cpf: '529.982.247-25',
  phone: '+55 11 98765-4321',
  email: 'zulmira@taquarucu.example',
};
const TRACES = ['Zulmira', 'Taquaru', '529.982', '98765-4321', 'taquarucu', 'zulmira'];

describe('the data map', () => {
  let stack: Stack;
  let columns: Column[];

  beforeAll(async () => {
    stack = await startStack();
    columns = (await stack.superuser.query<Column>(COLUMNS)).rows;
  }, 60_000);

  afterAll(() => stack.stop());

  const holding = ({ table, column }: Column): Holding | undefined => DATA_MAP[table]?.[column];

  it('has every column that can hold text, and none that is not there', () => {
    const name = ({ table, column }: { table: string; column: string }): string => `${table}.${column}`;
    const mapped = Object.entries(DATA_MAP).flatMap(([table, names]) =>
      Object.keys(names).map((column) => name({ table, column })),
    );
    expect(columns.length).toBeGreaterThan(150);
    expect(columns.map(name)).toEqual(mapped.sort((a, b) => (a < b ? -1 : 1)));
  });

  it('has bytes where nobody may read, and nowhere else but in the engine’s own history', () => {
    const wrong = columns.filter((column) => (column.type === 'bytea') !== UNREADABLE.has(holding(column) ?? 'code'));
    expect(wrong.map(({ table, column }) => `${table}.${column}`)).toEqual(['engine_history.history']);
  });

  it('is what a product that was used stores: every word sealed, no trace of a person in clear', async () => {
    await use(stack);
    for (const { table, column } of columns.filter(
      (one) => SEALED.has(holding(one) ?? 'code') || holding(one) === 'key',
    )) {
      const { rows } = await stack.superuser.query<{ first: number }>(
        `select distinct get_byte(${column}, 0) as first from ${table} where ${column} is not null`,
      );
      const allowed = DATA_MAP[table]?.[column] === 'key' ? FORMATS.key : FORMATS.sealed;
      expect([table, column, rows.filter(({ first }) => !allowed.includes(first))]).toEqual([table, column, []]);
    }
    const found: string[] = [];
    for (const table of new Set(columns.map((column) => column.table))) {
      const { rows } = await stack.superuser.query<Record<string, unknown>>(`select * from ${table}`);
      for (const row of rows) found.push(...traces(row).map((trace) => `${table}: ${trace}`));
    }
    expect(found).toEqual([]);
  }, 60_000);

  /** Puts a person's data wherever somebody can put text. */
  async function use(used: Stack): Promise<void> {
    const { name, cpf, phone, email } = PERSON;
    const words = `Sou ${name}, CPF ${cpf}, telefone ${phone}, e-mail ${email}.`;
    const { inquiryId } = await used.send({
      text: words,
      name,
      buyer: email,
      conversationId: `c-${email}`,
      attachments: [{ url: 'https://files.example/zulmira.jpg', mediaType: 'image/jpeg', name: `${name}.jpg` }],
      about: { kind: 'product', id: 'p-1', title: `Vestido de ${name}` },
    });
    await used.deliver({ type: 'message.received', data: { text: words } });
    const agent = await offeredTo(used, inquiryId);
    const steps = [
      await agent.post(`/v1/inquiries/${inquiryId}/notes`, { text: `Nota: ${words}` }),
      await agent.post(`/v1/inquiries/${inquiryId}/replies`, { text: `Resposta: ${words}` }),
      await used.as('privacyOfficer').post('/v1/holds', { scope: { inquiryId }, reason: words }),
    ];
    expect(steps.map(({ status }) => Math.floor(status / 100))).toEqual([2, 2, 2]);
    await eventually(
      () => used.as('supervisor').get('/demo/outbox'),
      ({ body }) => JSON.stringify(body).includes('Resposta'),
    );
    // The buyer server of the demo tells us what it was sent; what it knows is not ours.
    await used.deliver({
      type: 'message.status',
      data: { externalId: 'unknown-1', status: 'rejected', reason: words },
    });
  }
});

/** What gives the person away in a row, in any encoding a text could have. */
function traces(row: Readonly<Record<string, unknown>>): string[] {
  const values = Object.values(row).map((value) =>
    Buffer.isBuffer(value) ? value : Buffer.from(typeof value === 'string' ? value : (JSON.stringify(value) ?? '')),
  );
  return TRACES.filter((trace) =>
    values.some((value) => value.includes(Buffer.from(trace, 'utf8')) || value.includes(Buffer.from(trace, 'utf16le'))),
  );
}
