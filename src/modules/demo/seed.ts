import type { Outcome } from '../../domain/configuration/refusals.js';
import type { Database, Tx } from '../../platform/database/index.js';
import { derivedId } from '../../platform/ids/index.js';
import type { Calendars } from '../calendar/index.js';
import type { Author } from '../configuration/index.js';
import type { Publishing, RoutingTable } from '../definition/index.js';
import { createTenant } from '../identity/index.js';
import type { MemberKeys, Members } from '../identity/index.js';
import type { Queues } from '../queue/index.js';
import type { RetentionClasses } from '../retention/index.js';
import type { Shops } from '../shop/index.js';
import type { Templates } from '../template/index.js';
import { DEMO_MEMBERS } from './credentials.js';
import type { DemoCredentials } from './credentials.js';
import type { DemoFiles } from './files.js';

/** Who works where: agents sell, the supervisor is everywhere. */
const QUEUES = {
  'sales-br': { name: 'Vendas Brasil', members: ['agent', 'agent2', 'supervisor'] },
  'night-sz': { name: '深圳夜班', members: ['supervisor'] },
  supervisors: { name: 'Supervisão', members: ['supervisor'] },
} as const;

/** Retention classes A–D; every period is a default to be confirmed by counsel. */
const RETENTION = [
  { key: 'presale', title: 'Pre-sale question', days: 183 },
  { key: 'order', title: 'Order service', days: 730 },
  { key: 'dispute', title: 'Dispute', days: 1826 },
  { key: 'authority', title: 'Authority', days: 1826 },
] as const;

const DEFINITION = 'standard-br';

/** Long enough for the first start on a busy machine. */
const TIMEOUT_MS = 30_000;

/** What sets up a tenant, the same that operators use. */
export type SetUp = {
  readonly members: Members;
  readonly keys: MemberKeys;
  readonly shops: Shops;
  readonly queues: Queues;
  readonly calendars: Calendars;
  readonly templates: Templates;
  readonly publishing: Publishing;
  readonly routing: RoutingTable;
  readonly retention: RetentionClasses;
};

/** Creates demo tenants, once each. */
export class DemoSeed {
  constructor(
    private readonly database: Database,
    private readonly setUp: SetUp,
  ) {}

  /** Creates the tenant if it does not exist yet; a second call changes nothing. */
  async seed(name: string, credentials: DemoCredentials, files: DemoFiles): Promise<void> {
    const shop = { key: name, name: name === 'demo' ? 'Loja Aurora' : 'Loja Vizinha' };
    const work = async (tx: Tx): Promise<void> => {
      if (!(await createTenant(tx, { ...shop, at: Date.now() }))) return;
      await new Seeding(tx, this.setUp, credentials).everything(shop, files);
    };
    await this.database.tenant(credentials.tenantId, work, { timeoutMs: TIMEOUT_MS });
  }
}

/** One tenant being set up. Ids follow from the tenant's, so that tests and tours can name them. */
class Seeding {
  readonly #author: Author = { actor: { kind: 'system' }, at: Date.now(), requestId: null };

  constructor(
    private readonly tx: Tx,
    private readonly setUp: SetUp,
    private readonly credentials: DemoCredentials,
  ) {}

  /** Everything a tenant needs, what is named before what names it. */
  async everything(shop: { readonly key: string; readonly name: string }, files: DemoFiles): Promise<void> {
    await this.#members();
    for (const { key, ...spec } of files.calendars) {
      made(await this.setUp.calendars.create(this.tx, this.#author, { id: this.#id('calendar', key), key, spec }));
    }
    await this.#shop(shop);
    await this.#queues();
    for (const retention of RETENTION) {
      const id = this.#id('retention', retention.key);
      made(await this.setUp.retention.create(this.tx, this.#author, { id, ...retention }));
    }
    for (const template of files.templates) {
      const id = this.#id('template', template.key, template.locale, template.form);
      made(await this.setUp.templates.publish(this.tx, this.#author, { id, ...template }));
    }
    const text = { text: files.definition, contentType: 'application/yaml' };
    made(await this.setUp.publishing.publishText(this.tx, this.#author, DEFINITION, text));
    made(await this.setUp.routing.replace(this.tx, this.#author, [{ definition: DEFINITION }], 'any'));
  }

  async #members(): Promise<void> {
    const { members, keys } = this.setUp;
    for (const [word, { name, role, languages }] of Object.entries(DEMO_MEMBERS)) {
      const id = this.#id('member', word);
      const member = { id, key: word.toLowerCase(), name, role, languages, country: 'BR' };
      made(await members.create(this.tx, this.#author, member));
      const key = this.credentials.keys[word as keyof typeof DEMO_MEMBERS];
      made(await keys.issue(this.tx, this.#author, id, { id: this.#id('key', word), label: 'demo', key }));
    }
  }

  async #shop({ key, name }: { readonly key: string; readonly name: string }): Promise<void> {
    const { shopId, webhookSecret } = this.credentials;
    const settings = { calendar: 'always' };
    const shop = { id: shopId, key, name, channel: 'webhook', settings, webhookSecret } as const;
    made(await this.setUp.shops.create(this.tx, this.#author, shop));
  }

  async #queues(): Promise<void> {
    for (const [index, [key, { name, members }]] of Object.entries(QUEUES).entries()) {
      const ids = members.map((word) => this.#id('member', word));
      const queue = { id: this.#id('queue', key), key, name, calendar: 'always', members: ids };
      // The first queue is where work goes that nothing else places; they are told apart by their age.
      const author = { ...this.#author, at: this.#author.at + index };
      made(await this.setUp.queues.create(this.tx, author, queue));
    }
  }

  #id(...parts: readonly string[]): string {
    return derivedId(this.tx.tenantId, ...parts);
  }
}

/** What ships with the product must be accepted by it. */
function made<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(`The demo was refused: ${JSON.stringify(outcome.refusal)}`);
  return outcome.value;
}
