import type { Calendar } from '../../domain/calendar/types.js';
import type {
  ContentFacts,
  FactMap,
  MessageFacts,
  QueueFacts,
  TaskFacts,
  TemplateFacts,
} from '../../domain/inquiry/facts.js';
import { isForbiddenTemplate, isPoliced } from '../../domain/policy/outgoing.js';
import type { Place } from '../../platform/crypto/index.js';
import type { Tx } from '../../platform/database/index.js';
import type { Mailer } from '../../platform/mail/index.js';
import type { CalendarStore } from '../calendar/index.js';
import { isAsked } from '../call/index.js';
import type { PlanStore } from '../definition/index.js';
import { isHandedOver } from '../delivery/index.js';
import { memberReach } from '../notification/index.js';
import {
  calendarRef,
  defaultQueue,
  peopleOfRole,
  person,
  queueActivity,
  queueFacts,
  recordedQueue,
  takeChoiceTurn,
  wholeQueue,
} from '../queue/index.js';
import type { CalendarRef, HoursStores, RecordedQueue } from '../queue/index.js';
import type { RosterStore } from '../roster/index.js';
import type { TemplateStore } from '../template/index.js';
import { contentFacts, readContent } from './content.js';
import { callIdOf, intentIdOf, taskIdOf } from './keys.js';
import type { Locked } from './locked.js';

type MessageRow = {
  id: string;
  position: number;
  sentAt: number;
  attachments: Buffer | null;
  classification: MessageFacts['classification'];
  platform: { respondBy?: number | null; noResponseNeeded?: boolean; automated?: boolean; public?: boolean } | null;
  text: Buffer | null;
};

/** Looks up the facts a decision asks for, inside its transaction, and keeps them for the next decision of the drain. */
export class FactSource {
  readonly texts: Record<string, string> = {};
  readonly #facts: Record<string, unknown>;
  /** Queues among whose members nobody else chooses until the transaction ends. */
  readonly #reserved = new Set<string>();

  constructor(
    private readonly tx: Tx,
    private readonly locked: Locked,
    private readonly stores: {
      readonly calendars: CalendarStore;
      readonly rosters: RosterStore;
      readonly plans: PlanStore;
      readonly templates: TemplateStore;
      readonly mailer: Pick<Mailer, 'isSetUp'>;
    },
  ) {
    this.#facts = { shop: locked.shop, buyer: locked.buyer, conversation: locked.conversation };
  }

  get facts(): FactMap {
    return this.#facts;
  }

  /** Replaces a fact that a decision of this very drain has changed. */
  set(key: string, value: unknown): void {
    this.#facts[key] = value;
  }

  /** Forgets what may have changed through the effects of the last decision. */
  forgetVolatile(): void {
    for (const key of Object.keys(this.#facts))
      if (/^(task|queue|activity|send|call):/.test(key)) delete this.#facts[key];
  }

  /**
   * Keeps others from choosing among the members of queues, and forgets what was known of them before.
   *
   * @returns false when all of them were kept already, so that what is known still holds
   */
  async reserve(queues: readonly string[]): Promise<boolean> {
    const wanted = queues.filter((key) => !this.#reserved.has(key));
    if (wanted.length === 0) return false;
    await takeChoiceTurn(this.tx, wanted);
    for (const key of wanted) {
      this.#reserved.add(key);
      delete this.#facts[`queue:${key}`];
      delete this.#facts[`activity:${key}`];
    }
    return true;
  }

  /** Loads messages with their texts; a text is for expressions only and is not part of the facts. */
  async messages(ids: readonly string[]): Promise<void> {
    const wanted = [...new Set(ids)].filter((id) => !(`message:${id}` in this.#facts));
    if (wanted.length === 0) return;
    const rows = await this.tx.query<MessageRow>(
      `select id, position, sent_at as "sentAt", attachments, classification, platform, text
         from message where tenant_id = $1 and id = any($2)`,
      [this.tx.tenantId, wanted],
    );
    for (const row of rows) {
      this.#facts[`message:${row.id}`] = {
        id: row.id,
        position: row.position,
        sentAt: row.sentAt,
        attachments: this.#attachments(row),
        classification: row.classification,
        respondBy: row.platform?.respondBy ?? null,
        noResponseNeeded: row.platform?.noResponseNeeded ?? false,
        ...(row.platform?.automated === true ? { automated: true } : {}),
        ...(row.platform?.public === true ? { public: true } : {}),
      } satisfies MessageFacts;
      const text = this.locked.keys.shown(this.#place(row, 'text'), row.text);
      if (text !== null) this.texts[row.id] = text;
    }
  }

  /** Kind and size of what is attached; names and addresses stay sealed. */
  #attachments(row: MessageRow): MessageFacts['attachments'] {
    const place = this.#place(row, 'attachments');
    const list = this.locked.keys.shownJson<{ mediaType: string; size?: number }[]>(place, row.attachments) ?? [];
    return list.map(({ mediaType, size }) => ({ mediaType, size: size ?? null }));
  }

  #place({ id }: MessageRow, column: string): Place {
    return { owner: { case: this.locked.id }, table: 'message', column, row: id };
  }

  /** Supplies the fact a decision said it lacks; one that cannot exist becomes null. */
  async load(key: string, now: number): Promise<void> {
    const colon = key.indexOf(':');
    const word = colon === -1 ? key : key.slice(0, colon);
    const name = colon === -1 ? '' : key.slice(colon + 1);
    if (word === 'message') return this.messages([name]);
    this.#facts[key] = await this.#value(word, name, now);
  }

  async #value(word: string, name: string, now: number): Promise<unknown> {
    switch (word) {
      case 'calendar':
        return this.#calendar(name);
      case 'plan':
        return this.stores.plans.plan(this.tx, ...placed(name));
      case 'queue':
        return queueFacts(this.tx, this.stores, name, now);
      case 'activity':
        return queueActivity(this.tx, this.#facts[`queue:${name}`] as QueueFacts, now);
      case 'defaultQueue':
        return defaultQueue(this.tx);
      case 'template':
        return this.#template(name);
      case 'role':
        return peopleOfRole(this.tx, name);
      case 'member':
        return person(this.tx, name);
      case 'reach':
        return memberReach(this.tx, name, this.stores.mailer.isSetUp);
      case 'task':
        return this.#task(name);
      case 'content':
        return this.#content(name);
      case 'send': {
        const handedOver = await isHandedOver(this.tx, intentIdOf(this.locked.id, name));
        return handedOver === null ? null : { handedOver };
      }
      case 'call': {
        const asked = await isAsked(this.tx, callIdOf(this.locked.id, name));
        return asked === null ? null : { asked };
      }
      default:
        throw new Error(`A decision asked for an unknown fact: ${word}`);
    }
  }

  /** What a command carries; its text is for expressions only, like those of messages. */
  async #content(commandId: string): Promise<ContentFacts | null> {
    const { keys, id } = this.locked;
    const content = await readContent(this.tx, keys, id, commandId);
    if (content === null) return null;
    if (content.text !== null) this.texts[commandId] = content.text;
    return contentFacts(keys, content);
  }

  /** Live versions; on a channel with rules each says whether its text may be sent there at all. */
  async #template(key: string): Promise<TemplateFacts> {
    const versions = await this.stores.templates.live(this.tx, key);
    const where = { channel: this.locked.shop.channel, oneAnswer: false };
    if (!isPoliced(where)) return versions;
    const sources = await Promise.all(
      versions.map((version) => this.stores.templates.source(this.tx, { key, ...version })),
    );
    return versions.map((version, index) =>
      isForbiddenTemplate(sources[index] ?? '', where) ? { ...version, forbidden: true } : version,
    );
  }

  /** `key` = the newest version, `key@version` = that one. */
  #calendar(name: string): Promise<Calendar | null> {
    if (!name.includes('@')) return this.stores.calendars.latest(this.tx, name);
    return this.stores.calendars.version(this.tx, ...placed(name));
  }

  async #task(key: string): Promise<TaskFacts | null> {
    const row = await this.tx.first<Omit<TaskFacts, 'key'>>(
      // Whose lease was ended may still complete while nobody else has got the task (engine.md 7).
      `select coalesce(holder_id, lapsed_holder_id) as "holderId", lease_until as "leaseUntil", token, offered_to as "offeredTo",
              offer_until as "offerUntil"
         from task where tenant_id = $1 and id = $2 and ended_at is null`,
      [this.tx.tenantId, taskIdOf(this.locked.id, key)],
    );
    return row === undefined ? null : { key, ...row };
  }
}

/** `key@version` */
function placed(name: string): [key: string, version: number] {
  const at = name.lastIndexOf('@');
  return [name.slice(0, at), Number(name.slice(at + 1))];
}

function isCalendar(value: unknown): value is Calendar {
  return typeof value === 'object' && value !== null && 'spec' in value && 'version' in value;
}

/** What is recorded of a plan, which is named by its fact's key. */
const PLAN_REF = 'published';

/** Facts as recorded: calendars, rosters and plans become references, because their versions are kept anyway. */
export function slimFacts(facts: FactMap): FactMap {
  return Object.fromEntries(
    Object.entries(facts).map(([key, value]) => {
      if (key.startsWith('plan:')) return [key, PLAN_REF];
      if (isCalendar(value)) return [key, calendarRef(value)];
      if (key.startsWith('queue:') && value !== null) return [key, recordedQueue(value as QueueFacts)];
      return [key, value];
    }),
  );
}

/** Recorded facts made whole again, to take a decision a second time. */
export async function wholeFacts(
  tx: Tx,
  { plans, ...hours }: HoursStores & { readonly plans: PlanStore },
  facts: FactMap,
): Promise<FactMap> {
  const whole: Record<string, unknown> = {};
  const calendar = async ({ calendarRef }: CalendarRef): Promise<Calendar | null> =>
    hours.calendars.version(tx, calendarRef.key, calendarRef.version);
  for (const [key, value] of Object.entries(facts)) {
    const fact = value as Partial<CalendarRef> | null;
    if (key.startsWith('plan:')) whole[key] = await plans.plan(tx, ...placed(key.slice('plan:'.length)));
    else if (fact?.calendarRef !== undefined) whole[key] = await calendar(fact as CalendarRef);
    else if (key.startsWith('queue:') && value !== null) {
      whole[key] = await wholeQueue(tx, hours, value as RecordedQueue);
    } else whole[key] = value;
  }
  return whole;
}
