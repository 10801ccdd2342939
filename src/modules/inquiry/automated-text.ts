import type { Plan } from '../../domain/definition/plan.js';
import type { SendEffect } from '../../domain/inquiry/effects.js';
import { sameLanguage } from '../../domain/inquiry/sending.js';
import type { Tx } from '../../platform/database/index.js';
import type { Keys, Vault } from '../../platform/crypto/index.js';
import type { CalendarStore } from '../calendar/index.js';
import { formatInstant, renderTemplate } from '../template/index.js';
import type { TemplateStore } from '../template/index.js';
import type { Locked } from './locked.js';

/** Whom and what a text is about. */
export type Subject = Pick<Locked, 'id' | 'number' | 'shopName' | 'buyerId' | 'buyerName'>;

type TemplateSource = Extract<SendEffect['source'], { kind: 'template' }>;

/** A template could not be put into words: a defect of definition and check together, the same at every attempt. */
export class UnwritableText extends Error {
  readonly code: string;

  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

/** Writes the texts a definition sends or starts drafts with. */
export class AutomatedText {
  constructor(
    private readonly templates: TemplateStore,
    private readonly calendars: CalendarStore,
    private readonly vault: Vault,
  ) {}

  /**
   * The text of one automated message.
   *
   * @throws UnwritableText when the template does not fit its values although publishing checked it
   */
  async render(tx: Tx, locked: Locked, plan: Plan, source: TemplateSource): Promise<string> {
    const text = await this.templates.source(tx, source);
    const zone = await this.#zone(tx, locked, plan);
    const given = Object.fromEntries(
      Object.entries(source.values)
        .filter(([, value]) => value !== null)
        .map(([name, value]) => [name, print(value, source.locale, zone)]),
    );
    const rendered = renderTemplate(text, { ...(await this.variables(tx, locked)), ...given });
    if (!rendered.ok) throw new UnwritableText(rendered.code);
    return rendered.text;
  }

  /** The first text of a draft, in the buyer's language or the shop's; null when the template is missing or does not fit. */
  async draft(tx: Tx, locked: Locked, key: string): Promise<{ text: string; language: string } | null> {
    const live = await this.templates.live(tx, key);
    const language = locked.state?.language ?? locked.shop.language;
    const version =
      live.find((candidate) => sameLanguage(candidate.locale, language) && candidate.form === locked.shop.form) ??
      live.find((candidate) => sameLanguage(candidate.locale, language)) ??
      live[0];
    if (!version) return null;
    const source = await this.templates.source(tx, { key, ...version });
    const rendered = renderTemplate(source, await this.variables(tx, locked));
    return rendered.ok ? { text: rendered.text, language: version.locale } : null;
  }

  /** Values of the variables every template may use; what is unknown is absent. */
  async variables(tx: Tx, locked: Subject): Promise<Record<string, string>> {
    const { id, buyerId } = locked;
    const keys = await this.vault.unlock(tx, { cases: [id], subjects: [buyerId] });
    const namePlace = { owner: { subject: buyerId }, table: 'buyer', column: 'name', row: buyerId };
    const buyerName = keys.open(namePlace, locked.buyerName);
    const about = await this.#about(tx, keys, id);
    const values: Record<string, string | null | undefined> = {
      'buyer.name': buyerName,
      'shop.name': locked.shopName,
      'inquiry.number': String(locked.number),
      'order.number': about?.kind === 'order' ? about.id : null,
      'product.title': about?.kind === 'product' ? about.title : null,
    };
    return Object.fromEntries(
      Object.entries(values).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    );
  }

  async #about(tx: Tx, keys: Keys, inquiryId: string): Promise<{ kind?: string; id?: string; title?: string } | null> {
    const row = await tx.first<{ id: string; about: Buffer }>(
      `select id, about from message where tenant_id = $1 and inquiry_id = $2 and about is not null
        order by position desc limit 1`,
      [tx.tenantId, inquiryId],
    );
    if (!row) return null;
    const place = { owner: { case: inquiryId }, table: 'message', column: 'about', row: row.id };
    return keys.openJson(place, row.about);
  }

  /** Local time is told in the zone of the calendar that decided it. */
  async #zone(tx: Tx, locked: Locked, plan: Plan): Promise<string> {
    const key = locked.shop.calendar ?? plan.calendar;
    const calendar = key === null ? null : await this.calendars.latest(tx, key);
    return calendar?.spec.zone ?? 'America/Sao_Paulo';
  }
}

function print(value: TemplateSource['values'][string], locale: string, zone: string): string {
  return typeof value === 'object' && value !== null ? formatInstant(value.instant, locale, zone) : String(value);
}
