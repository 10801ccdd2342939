import { randomBytes } from 'node:crypto';
import { jest } from '@jest/globals';
import pg from 'pg';
import { listKeys, rotateKeys } from '../../src/cli/keys-command.js';
import { Session } from '../../src/cli/session.js';
import { Erased, KeyHeld, KeyMissing, RootKeys, Vault } from '../../src/platform/crypto/index.js';
import type { Keys, Place, RotationStep } from '../../src/platform/crypto/index.js';
import { Tx } from '../../src/platform/database/index.js';
import { eventually } from '../support/eventually.js';
import { printed } from '../support/printed.js';
import { startStack, testServers } from '../support/stack.js';
import type { Accepted, Stack } from '../support/stack.js';

const NOT_RECORDED = { record: () => Promise.resolve() };

describe('the keyring', () => {
  let stack: Stack;
  let root: Buffer;
  let tenantId: string;

  beforeAll(async () => {
    root = randomBytes(32);
    stack = await startStack({ rootKey: root });
    tenantId = stack.demo.tenantId;
  }, 60_000);

  afterAll(() => stack.stop());

  afterEach(() => {
    jest.restoreAllMocks();
  });

  const vault = (): Vault => stack.runtime.vault;
  /** What another process would have. */
  const another = (roots = new RootKeys(root)): Promise<Vault> => Vault.open({ database: stack.database, roots });
  const inTenant = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => stack.database.tenant(tenantId, work);
  const count = async (table: string, where = 'true'): Promise<number> =>
    (await stack.superuser.query(`select 1 from keyring.${table} where tenant_id = $1 and ${where}`, [tenantId]))
      .rowCount ?? 0;
  const buyerOf = async ({ inquiryId }: Accepted): Promise<string> =>
    (await stack.superuser.query<{ id: string }>('select buyer_id as id from inquiry where id = $1', [inquiryId]))
      .rows[0]?.id ?? '';
  const textPlace = ({ inquiryId, messageId }: Accepted): Place => ({
    owner: { case: inquiryId },
    table: 'message',
    column: 'text',
    row: messageId,
  });
  const sealedText = async ({ messageId }: Accepted): Promise<Buffer> =>
    (await stack.superuser.query<{ text: Buffer }>('select text from message where id = $1', [messageId])).rows[0]
      ?.text ?? Buffer.alloc(0);
  const unlocked = (by: Vault, { inquiryId }: Accepted): Promise<Keys> =>
    inTenant((tx) => by.unlock(tx, { cases: [inquiryId] }));
  const textBy = async (by: Vault, message: Accepted): Promise<string | null> =>
    (await unlocked(by, message)).open(textPlace(message), await sealedText(message));

  it('has a key for each buyer and each inquiry, made with them or not at all', async () => {
    const [subjects, cases] = [await count('subject_key'), await count('case_key')];
    const first = await stack.send({ buyer: 'k-1', text: 'um' });
    await stack.send({ buyer: 'k-1', text: 'dois', thread: { id: 'q-1', answers: 'one' } });
    expect([await count('subject_key'), await count('case_key')]).toEqual([subjects + 1, cases + 2]);
    expect(await textBy(await another(), first)).toBe('um');
    const failed = inTenant(async (tx) => {
      await vault().newSubject(tx, '01990000-0000-7000-8000-000000000001');
      throw new Error('rolled back');
    });
    await expect(failed).rejects.toThrow('rolled back');
    const lost = inTenant((tx) => vault().newCase(tx, tenantId, '01990000-0000-7000-8000-000000000001'));
    await expect(lost).rejects.toThrow(KeyMissing);
    expect(await count('subject_key')).toBe(subjects + 1);
  });

  it('costs one statement per new inquiry, none while its keys are remembered, one for whoever has forgotten them', async () => {
    const asked: string[] = [];
    for (const method of ['query', 'run'] as const) {
      const real = Reflect.get(Tx.prototype, method) as (sql: string, params?: readonly unknown[]) => Promise<never>;
      jest.spyOn(Tx.prototype, method).mockImplementation(function (this: Tx, sql, params) {
        if (sql.includes('keyring.')) asked.push(sql);
        return real.call(this, sql, params);
      });
    }
    const acknowledged = async ({ inquiryId }: Accepted): Promise<unknown> =>
      eventually(
        () => stack.superuser.query('select state from delivery where inquiry_id = $1', [inquiryId]),
        ({ rows }) => rows.length > 0 && rows.every(({ state }) => state === 'available'),
        20_000,
      );
    await acknowledged(await stack.send({ buyer: 'k-cost', name: 'Rui Sá' }));
    expect(asked).toHaveLength(1);
    const again = await stack.send({ buyer: 'k-cost', name: 'Rui Sá' });
    await stack.as('supervisor').get(`/v1/inquiries/${again.inquiryId}/messages`);
    expect(asked).toHaveLength(1);
    vault().forget();
    await stack.as('supervisor').get(`/v1/inquiries/${again.inquiryId}/messages`);
    expect(asked.length).toBeGreaterThan(1);
    expect(asked.length).toBeLessThanOrEqual(3);
  }, 30_000);

  it('shows each tenant its own keys, nobody those of others, and lets no key of a person be deleted', async () => {
    const { appUrl, loopsUrl } = testServers();
    const { pathname } = new URL(stack.runtime.database.orm.config.get('clientUrl') ?? '');
    const as = async (url: string, sql: string): Promise<pg.QueryResult> => {
      const client = new pg.Client(Object.assign(new URL(url), { pathname }).href);
      await client.connect();
      return client.query(sql).finally(() => client.end());
    };
    const tables = ['tenant_key', 'tenant_data_key', 'subject_key', 'case_key'];
    for (const table of tables) {
      expect((await as(appUrl, `select 1 from keyring.${table}`)).rowCount).toBe(0);
      await expect(as(loopsUrl, `select 1 from keyring.${table}`)).rejects.toMatchObject({ code: '42501' });
    }
    const { rows } = await stack.superuser.query<{ name: string; good: boolean }>(
      `select c.relname as name, c.relrowsecurity and c.relforcerowsecurity
              and (select count(*) from pg_policy p where p.polrelid = c.oid) = 1 as good
         from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'keyring' and c.relkind = 'r'`,
    );
    expect(
      rows
        .filter(({ good }) => good)
        .map(({ name }) => name)
        .sort(),
    ).toEqual([...tables].sort());
    for (const table of ['tenant_data_key', 'subject_key', 'case_key']) {
      await expect(inTenant((tx) => tx.run(`delete from keyring.${table}`))).rejects.toThrow(/permission denied/);
    }
  });

  it('opens nothing for a tenant that got hold of another’s row', async () => {
    const message = await stack.send({ buyer: 'k-2' });
    const { rows } = await stack.superuser.query('select * from keyring.case_key where case_id = $1', [
      message.inquiryId,
    ]);
    const other = stack.other.tenantId;
    const subject = await buyerOf(message);
    await stack.superuser.query(
      `insert into keyring.subject_key (tenant_id, subject_id, tenant_key_version, wrapped)
       select $1, subject_id, tenant_key_version, wrapped from keyring.subject_key where subject_id = $2`,
      [other, subject],
    );
    await stack.superuser.query(
      'insert into keyring.case_key (tenant_id, case_id, subject_id, wrapped) values ($1, $2, $3, $4)',
      [other, message.inquiryId, subject, rows[0].wrapped],
    );
    const stolen = stack.database.tenant(other, (tx) => vault().unlock(tx, { cases: [message.inquiryId] }));
    await expect(stolen).rejects.toThrow('does not open');
    await stack.superuser.query('delete from keyring.case_key where tenant_id = $1', [other]);
    await stack.superuser.query('delete from keyring.subject_key where tenant_id = $1 and subject_id = $2', [
      other,
      subject,
    ]);
  });

  describe('a destroyed key', () => {
    it('is Erased: to whoever asks, also where the text itself was left behind', async () => {
      const message = await stack.send({ buyer: 'k-3', text: 'Apague isto' });
      const sealed = await sealedText(message);
      expect(await vault().caseKey(tenantId, message.inquiryId, 'temporal')).toHaveLength(32);
      expect(await inTenant((tx) => vault().destroy(tx, { cases: [message.inquiryId] }))).toEqual({
        cases: 1,
        subjects: 0,
      });
      expect(await inTenant((tx) => vault().destroy(tx, { cases: [message.inquiryId] }))).toEqual({
        cases: 0,
        subjects: 0,
      });
      for (const by of [vault(), await another()]) {
        const keys = await unlocked(by, message);
        expect(() => keys.open(textPlace(message), sealed)).toThrow(Erased);
        expect(keys.shown(textPlace(message), sealed)).toBeNull();
        await expect(by.caseKey(tenantId, message.inquiryId, 'temporal')).rejects.toThrow(Erased);
      }
      const { status, body } = await stack.as('supervisor').get(`/v1/inquiries/${message.inquiryId}/messages`);
      expect([status, body.items[0].text]).toEqual([200, null]);
    });

    it('comes back when the transaction does not commit', async () => {
      const message = await stack.send({ buyer: 'k-4', text: 'Bleibt' });
      const undone = inTenant(async (tx) => {
        await vault().destroy(tx, { cases: [message.inquiryId] });
        throw new Error('undone');
      });
      await expect(undone).rejects.toThrow('undone');
      expect(await textBy(vault(), message)).toBe('Bleibt');
    });

    it('gets no new key below it, not even from a process that still remembers it', async () => {
      const message = await stack.send({ buyer: 'k-5' });
      const subject = await buyerOf(message);
      const remembering = await another();
      await inTenant((tx) => remembering.unlock(tx, { subjects: [subject] }));
      await inTenant((tx) => vault().destroy(tx, { cases: [message.inquiryId], subjects: [subject] }));
      const id = '01990000-0000-7000-8000-000000000002';
      await expect(inTenant((tx) => remembering.newCase(tx, id, subject))).rejects.toThrow(Erased);
      await expect(inTenant((tx) => vault().newCase(tx, id, subject))).rejects.toThrow(Erased);
    });

    it.each(['inquiry', 'buyer', 'tenant'] as const)(
      'cannot be made of one under a legal hold on the %s',
      async (scope) => {
        const message = await stack.send({ buyer: `k-hold-${scope}` });
        const subject = await buyerOf(message);
        const of = { inquiry: message.inquiryId, buyer: subject, tenant: null }[scope];
        const hold = '01990000-0000-7000-8000-000000000003';
        await stack.superuser.query(
          `insert into hold (tenant_id, id, scope_kind, scope_id, reason, created_by, created_at)
         values ($1, $2, $3, $4, '', $2, now())`,
          [tenantId, hold, scope, of],
        );
        const destroy = (of: { cases?: string[]; subjects?: string[] }) => inTenant((tx) => vault().destroy(tx, of));
        await expect(destroy({ cases: [message.inquiryId] })).rejects.toThrow(KeyHeld);
        await expect(destroy({ subjects: [subject] })).rejects.toThrow(KeyHeld);
        await stack.superuser.query('update hold set released_at = now() where id = $1', [hold]);
        expect(await destroy({ cases: [message.inquiryId], subjects: [subject] })).toEqual({ cases: 1, subjects: 1 });
        await stack.superuser.query('delete from hold where id = $1', [hold]);
      },
    );
  });

  describe('a rotation', () => {
    it('broken off half-way loses nothing, and goes on where it stopped', async () => {
      const messages: Accepted[] = [];
      for (let n = 0; n < 7; n += 1) messages.push(await stack.send({ buyer: `r-${n}`, text: `texto ${n}` }));
      const steps: RotationStep['do'][] = [];
      const record = (_tx: Tx, step: RotationStep): Promise<void> => Promise.resolve(void steps.push(step.do));
      let batches = 0;
      const killed = vault()
        .rotation()
        .tenant(tenantId, {
          batch: 3,
          record,
          onBatch: () => {
            batches += 1;
            if (batches === 2) throw new Error('killed');
          },
        });
      await expect(killed).rejects.toThrow('killed');
      expect(await count('tenant_key')).toBe(2);
      expect(await count('subject_key', 'tenant_key_version = 2')).toBe(3);
      // While it lies half done everything can be read, and new people can come.
      for (const by of [vault(), await another()])
        for (const [n, message] of messages.entries()) expect(await textBy(by, message)).toBe(`texto ${n}`);
      messages.push(await stack.send({ buyer: 'r-7', text: 'texto 7' }));

      const { version, retired } = await vault().rotation().tenant(tenantId, { batch: 3, record });
      expect([version, retired, steps]).toEqual([2, [1], ['begin', 'retire']]);
      expect(await count('tenant_key')).toBe(1);
      expect(await count('subject_key', 'tenant_key_version < 2')).toBe(0);
      for (const by of [vault(), await another()])
        for (const [n, message] of messages.entries()) expect(await textBy(by, message)).toBe(`texto ${n}`);
    }, 30_000);

    it('is taken over by processes that still remember the old key', async () => {
      const remembering = await another();
      await inTenant((tx) => remembering.unlock(tx));
      const before = await vault().rotation().figures(tenantId);
      await vault().rotation().tenant(tenantId, NOT_RECORDED);
      const id = '01990000-0000-7000-8000-000000000004';
      await inTenant((tx) => remembering.newSubject(tx, id));
      expect(await count('subject_key', `subject_id = '${id}'`)).toBe(1);
      const after = await vault().rotation().figures(tenantId);
      expect(after.versions.map(({ version }) => version)).toEqual([(before.versions.at(-1)?.version ?? 0) + 1]);
      expect(after.subjects.kept).toBe(before.subjects.kept + 1);
    });

    it('finds equal values as before: buyers are known again', async () => {
      const before = await stack.send({ buyer: 'r-0' });
      await vault().rotation().tenant(tenantId, NOT_RECORDED);
      vault().forget();
      expect((await stack.send({ buyer: 'r-0' })).conversationId).toBe(before.conversationId);
    });

    it('by command is proven by audit events, and listed, without a key in either', async () => {
      const lines = printed();
      const session = new Session(stack.application.nest);
      expect(await rotateKeys(session, { tenant: 'demo', json: true })).toBe(0);
      expect(await listKeys(session, { tenant: 'demo' })).toBe(0);
      await expect(rotateKeys(session, {})).rejects.toThrow('name a tenant');
      const said = lines.join('\n');
      expect(said).toMatch(/demo {2}version \d+ .* people below/);
      const { rows } = await stack.superuser.query<{ action: string; text: string }>(
        `select action, row_to_json(a)::text as text from audit_event a where tenant_id = $1 and action like 'key.%' order by at`,
        [tenantId],
      );
      expect(rows.map(({ action }) => action)).toEqual(['key.create', 'key.rotate', 'key.retire']);
      const keys = await stack.superuser.query<{ wrapped: Buffer }>('select wrapped from keyring.tenant_key');
      for (const { wrapped } of keys.rows) {
        for (const form of ['hex', 'base64'] as const) {
          expect(said + rows.map(({ text }) => text).join('')).not.toContain(wrapped.toString(form));
        }
      }
    });
  });

  it('lies under another root key after a rotation of the root, and only then', async () => {
    const message = await stack.send({ buyer: 'root-1', text: 'Raiz' });
    const fresh = randomBytes(32);
    const both = await another(new RootKeys(fresh, [root]));
    expect(both.fingerprint('api-key', 'x')).toEqual(vault().fingerprint('api-key', 'x'));
    await expect(another(new RootKeys(fresh))).rejects.toThrow(KeyMissing);
    const tenants = ['00000000-0000-0000-0000-000000000000', tenantId, stack.other.tenantId];
    for (const id of tenants) expect(await both.rotation().root(id, NOT_RECORDED)).toHaveLength(1);
    for (const id of tenants) expect(await both.rotation().root(id, NOT_RECORDED)).toHaveLength(0);
    const alone = await another(new RootKeys(fresh));
    expect(await textBy(alone, message)).toBe('Raiz');
    expect(alone.fingerprint('api-key', 'x')).toEqual(vault().fingerprint('api-key', 'x'));
    await expect(another(new RootKeys(root))).rejects.toThrow(KeyMissing);
    const back = await another(new RootKeys(root, [fresh]));
    for (const id of tenants) await back.rotation().root(id, NOT_RECORDED);
  });
});
