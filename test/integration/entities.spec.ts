import { defineEntity, p } from '@mikro-orm/core';
import { entities } from '../../src/entities.js';
import { Database } from '../../src/platform/database/index.js';
import { testServers } from '../support/stack.js';

/** What the schema has beyond the entities, because the ORM is not told of it: it is never written through them. */
const BEYOND = [
  /^drop policy "tenant_only"/,
  / (?:no force|disable) row level security$/,
  / drop constraint "\w+_(?:fkey|check)"$/,
  /^alter table "member" drop column "presence_until", drop column "substitute_id"$/,
  /^alter table "queue" drop column "round_robin_last"$/,
];

type Entities = NonNullable<Parameters<typeof Database.connect>[0]['entities']>;

/** Statements that would make the migrated tables what the entities say, less what is known to be beyond them. */
async function differences(of: Entities): Promise<string[]> {
  const database = await Database.connect({ url: testServers().ownerUrl, poolSize: 2, entities: of });
  try {
    const sql = await database.orm.schema.getUpdateSchemaSQL({ dropTables: false });
    const statements = sql.split(/;\s*/).map((statement) => statement.trim());
    return statements.filter(
      (statement) =>
        statement !== '' && !/^set names/.test(statement) && !BEYOND.some((pattern) => pattern.test(statement)),
    );
  } finally {
    await database.close();
  }
}

it('every entity agrees with the migrated schema', async () => {
  expect(await differences(entities)).toEqual([]);
});

it('a column of another type, one too many and a missing unique key are noticed', async () => {
  const wrong = defineEntity({
    name: 'RetentionClass',
    tableName: 'retention_class',
    properties: {
      tenantId: p.uuid().primary(),
      id: p.uuid().primary(),
      key: p.integer(),
      colour: p.text(),
    },
  });
  const found = (await differences([wrong])).join('\n');
  expect(found).toMatch(/"colour"/);
  expect(found).toMatch(/alter column "key" type int/);
  expect(found).toMatch(/drop constraint "retention_class_tenant_id_key_key"/);
});
