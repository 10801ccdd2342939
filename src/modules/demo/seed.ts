import { parse as uuidBytes } from 'uuid';
import type { Database, Tx } from '../../platform/database/index.js';
import type { Vault } from '../../platform/crypto/index.js';
import { derivedId } from '../../platform/ids/index.js';
import { checkDefinition, KNOWN_CHANNELS } from '../definition/index.js';
import type { Authenticator } from '../identity/index.js';
import { DEMO_MEMBERS } from './credentials.js';
import type { DemoCredentials } from './credentials.js';
import type { DemoFiles } from './files.js';

/** Who works where: agents sell, the supervisor is everywhere. */
const QUEUES = {
  'sales-br': { name: 'Vendas Brasil', members: ['agent', 'agent2', 'supervisor'] },
  'night-sz': { name: '深圳夜班', members: ['supervisor'] },
  supervisors: { name: 'Supervisão', members: ['supervisor'] },
} as const;

/** Retention classes A–D (privacy reference, 1.8), in days; every period is a default to be confirmed by counsel. */
const RETENTION = [
  ['presale', 'Pre-sale question', 183],
  ['order', 'Order service', 730],
  ['dispute', 'Dispute', 1826],
  ['authority', 'Authority', 1826],
] as const;

/** Creates one demo tenant, once. */
export class DemoSeed {
  constructor(
    private readonly database: Database,
    private readonly vault: Vault,
    private readonly authenticator: Authenticator,
  ) {}

  /** Creates the tenant if it does not exist yet; a second call changes nothing. */
  async seed(name: string, credentials: DemoCredentials, files: DemoFiles): Promise<void> {
    await this.database.tenant(
      credentials.tenantId,
      async (tx) => {
        const fresh = await tx.run(
          'insert into tenant (tenant_id, key, name) values ($1, $2, $3) on conflict (tenant_id) do nothing',
          [tx.tenantId, name, name === 'demo' ? 'Loja Aurora' : 'Loja Vizinha'],
        );
        if (fresh === 0) return;
        await this.#members(tx, credentials);
        await this.#shop(tx, name, credentials);
        await seedCalendars(tx, files);
        await seedQueues(tx);
        await seedTemplates(tx, files);
        await seedDefinition(tx, files);
        await seedRetention(tx);
      },
      { timeoutMs: 30_000 },
    );
  }

  async #members(tx: Tx, credentials: DemoCredentials): Promise<void> {
    for (const [key, member] of Object.entries(DEMO_MEMBERS)) {
      const id = derivedId(tx.tenantId, 'member', key);
      const keyId = derivedId(tx.tenantId, 'key', key);
      const secret = credentials.keys[key as keyof typeof credentials.keys];
      const hash = this.authenticator.hashOf(secret);
      await tx.run(
        'insert into member (tenant_id, id, key, name, role, languages, country) values ($1, $2, $3, $4, $5, $6, $7)',
        [tx.tenantId, id, key.toLowerCase(), member.name, member.role, member.languages, 'BR'],
      );
      await tx.run(
        `insert into member_key (tenant_id, id, member_id, label, prefix, hash) values ($1, $2, $3, 'demo', $4, $5)`,
        [tx.tenantId, keyId, id, secret.slice(0, 8), hash],
      );
      await tx.run(`insert into auth_lookup (kind, hash, tenant_id, subject_id) values ('key', $1, $2, $3)`, [hash, tx.tenantId, keyId]);
    }
  }

  async #shop(tx: Tx, name: string, { shopId, webhookSecret }: DemoCredentials): Promise<void> {
    await tx.run(`insert into shop (tenant_id, id, key, name, channel, settings) values ($1, $2, $3, $4, 'webhook', $5::jsonb)`, [
      tx.tenantId,
      shopId,
      name,
      name === 'demo' ? 'Loja Aurora' : 'Loja Vizinha',
      JSON.stringify({ calendar: 'always' }),
    ]);
    const id = derivedId(shopId, 'secret');
    const place = { tenantId: tx.tenantId, table: 'shop_secret', column: 'secret', row: id };
    await tx.run('insert into shop_secret (tenant_id, id, shop_id, secret) values ($1, $2, $3, $4)', [
      tx.tenantId,
      id,
      shopId,
      this.vault.seal(place, webhookSecret),
    ]);
    await tx.run(`insert into auth_lookup (kind, hash, tenant_id, subject_id) values ('shop', $1, $2, $3)`, [
      Buffer.from(uuidBytes(shopId)),
      tx.tenantId,
      shopId,
    ]);
  }
}

async function seedCalendars(tx: Tx, files: DemoFiles): Promise<void> {
  for (const { key, ...spec } of files.calendars) {
    const id = derivedId(tx.tenantId, 'calendar', key);
    await tx.run('insert into calendar (tenant_id, id, key, version) values ($1, $2, $3, 1)', [tx.tenantId, id, key]);
    await tx.run('insert into calendar_version (tenant_id, calendar_id, version, spec) values ($1, $2, 1, $3::jsonb)', [
      tx.tenantId,
      id,
      JSON.stringify(spec),
    ]);
  }
}

async function seedQueues(tx: Tx): Promise<void> {
  for (const [index, [key, queue]] of Object.entries(QUEUES).entries()) {
    const id = derivedId(tx.tenantId, 'queue', key);
    await tx.run(
      `insert into queue (tenant_id, id, key, name, calendar_key, created_at)
       values ($1, $2, $3, $4, 'always', now() + $5 * interval '1 millisecond')`,
      [tx.tenantId, id, key, queue.name, index],
    );
    for (const [position, member] of queue.members.entries()) {
      await tx.run('insert into queue_member (tenant_id, queue_id, member_id, position) values ($1, $2, $3, $4)', [
        tx.tenantId,
        id,
        derivedId(tx.tenantId, 'member', member),
        position,
      ]);
    }
  }
}

async function seedTemplates(tx: Tx, files: DemoFiles): Promise<void> {
  for (const template of files.templates) {
    const id = derivedId(tx.tenantId, 'template', template.key, template.locale, template.form);
    await tx.run('insert into template (tenant_id, id, key, locale, form, version) values ($1, $2, $3, $4, $5, 1)', [
      tx.tenantId,
      id,
      template.key,
      template.locale,
      template.form,
    ]);
    await tx.run(
      `insert into template_version (tenant_id, template_id, version, source, content_hash)
       values ($1, $2, 1, $3, encode(sha256(convert_to($3, 'UTF8')), 'hex'))`,
      [tx.tenantId, id, template.source],
    );
  }
}

async function seedDefinition(tx: Tx, files: DemoFiles): Promise<void> {
  const languages = ['pt-BR', 'es', 'en', 'zh-CN'];
  const check = checkDefinition(files.definition, 'application/yaml', {
    now: Date.now(),
    queues: Object.keys(QUEUES).map((key) => ({ key, calendar: 'always', hasMembers: true })),
    templates: ['ack', 'away'].map((key) => ({ key, locales: languages, forms: ['letter', 'chat'], variables: [] })),
    calendars: files.calendars.map(({ key, ...spec }) => ({ key, spec })),
    retentionClasses: RETENTION.map(([key]) => key),
    locales: languages,
    channels: KNOWN_CHANNELS,
    shopsChannels: ['webhook'],
  });
  if (!check.plan || !check.checksum) throw new Error(`The shipped definition has errors: ${JSON.stringify(check.problems)}`);
  const id = derivedId(tx.tenantId, 'definition', check.plan.key);
  await tx.run('insert into definition (tenant_id, id, key, version) values ($1, $2, $3, 1)', [tx.tenantId, id, check.plan.key]);
  await tx.run(
    `insert into definition_version (tenant_id, definition_id, version, source, content_type, checksum, plan)
     values ($1, $2, 1, $3, 'application/yaml', $4, $5::jsonb)`,
    [tx.tenantId, id, files.definition, check.checksum, JSON.stringify({ ...check.plan, version: 1 })],
  );
  await tx.run('insert into routing (tenant_id, rules) values ($1, $2::jsonb)', [
    tx.tenantId,
    JSON.stringify([{ definition: check.plan.key }]),
  ]);
}

async function seedRetention(tx: Tx): Promise<void> {
  for (const [key, title, days] of RETENTION) {
    await tx.run('insert into retention_class (tenant_id, id, key, title, content_days) values ($1, $2, $3, $4, $5)', [
      tx.tenantId,
      derivedId(tx.tenantId, 'retention', key),
      key,
      title,
      days,
    ]);
  }
}
