import { Injectable } from '@nestjs/common';
import { chooseTemplate, fillTemplate, isUsable } from '../../domain/channel/platform-template.js';
import type { FilledTemplate, PlatformTemplate } from '../../domain/channel/platform-template.js';
import { ShopTemplates } from '../../modules/account/index.js';
import type { Principal } from '../../modules/identity/index.js';
import { ReplyWriter } from '../../modules/inquiry/index.js';
import { ShopDirectory } from '../../modules/shop/index.js';
import { Problem } from '../problems/problem.js';
import type { ReplySource } from './command-schemas.js';
import type { CommandTarget } from './command.service.js';

/** What a person answers, in words. */
export type Written = {
  readonly text: string;
  readonly language: string | null;
  readonly template: { readonly key: string; readonly version: number; readonly approved?: true } | null;
  /** The platform's own template behind the words, where it is one. */
  readonly channelTemplate?: FilledTemplate;
};

type Template = NonNullable<ReplySource['template']>;

/** A template as somebody who may answer with it sees it. */
export type UsableTemplate = Pick<PlatformTemplate, 'name' | 'language' | 'text' | 'maxLength'> & {
  readonly variables: string[];
};

/** Where the words of an answer come from: written, a template of ours, or one that the platform has approved. */
@Injectable()
export class ReplyTexts {
  constructor(
    private readonly writer: ReplyWriter,
    private readonly templates: ShopTemplates,
    private readonly shops: ShopDirectory,
  ) {}

  /** The words of an answer. @throws Problem 422 naming the template or what is missing in it; 503 */
  async write(principal: Principal, target: CommandTarget, source: ReplySource): Promise<Written> {
    const { text, template, language = null } = source;
    if (text !== undefined) return { text, language, template: null };
    if (template === undefined) throw new Problem('request_invalid');
    const approved = isWindowOver(target) ? await this.#approved(target, template, language) : null;
    if (approved !== null) return approved;
    const given = { template, language, agentName: principal.name };
    const written = await this.writer.write(principal.tenantId, target.id, given);
    if (!('missing' in written)) return written;
    if (written.missing !== 'template') throw missing(written.name ?? '');
    // None of ours has this name; the platform may have one.
    const theirs = await this.#approved(target, template, language);
    if (theirs === null) throw unknown(template.key);
    return theirs;
  }

  /** Templates that the platform would take for an inquiry now; none where it has none, or cannot be asked. */
  async usable(target: CommandTarget): Promise<UsableTemplate[]> {
    const read = await this.#read(target);
    return read.kind === 'read' ? shown(read.templates) : [];
  }

  /** When the platform takes no free text any more, only what it has approved will do; null where it approves nothing. */
  async #approved(
    target: CommandTarget,
    { key, variables }: Template,
    language: string | null,
  ): Promise<Written | null> {
    const read = await this.#read(target);
    if (read.kind === 'none') return null;
    if (read.kind === 'later')
      throw new Problem('platform_unavailable', { detail: `It could not be asked (${read.code}).` });
    const shop = await this.shops.find(target.shopId);
    const chosen = chooseTemplate(read.templates, key, [language, target.language, shop?.language ?? null]);
    if (chosen === null) throw unknown(key, read.templates);
    if (!isUsable(chosen)) throw unusable(chosen, read.templates);
    const filled = fillTemplate(chosen, variables);
    if ('missing' in filled) throw missing(filled.missing);
    if (filled.text.length > (chosen.maxLength ?? Infinity)) throw tooLong(chosen);
    const template = { key, version: 0, approved: true } as const;
    return { text: filled.text, language: chosen.language.replace('_', '-'), template, channelTemplate: filled.filled };
  }

  async #read(target: CommandTarget): ReturnType<ShopTemplates['read']> {
    const shop = await this.shops.find(target.shopId);
    return shop === null ? { kind: 'none' } : this.templates.read(shop, target);
  }
}

function isWindowOver({ windowUntil }: CommandTarget): boolean {
  return windowUntil !== null && windowUntil <= Date.now();
}

function shown(templates: readonly PlatformTemplate[]): UsableTemplate[] {
  return templates.filter(isUsable).map(({ name, language, text, variables, maxLength }) => ({
    ...{ name, language, text, variables: [...variables] },
    ...(maxLength === undefined ? {} : { maxLength }),
  }));
}

function unknown(key: string, templates: readonly PlatformTemplate[] | null = null): Problem {
  return new Problem('reference_unknown', {
    errors: [{ pointer: '/template/key', detail: `There is no template "${key}"` }],
    ...(templates === null ? {} : { extra: { templates: shown(templates) } }),
  });
}

function missing(name: string): Problem {
  return new Problem('reference_unknown', {
    errors: [{ pointer: `/template/variables/${name}`, detail: 'The template needs this variable' }],
  });
}

function tooLong({ name, maxLength }: PlatformTemplate): Problem {
  const detail = `"${name}" may have ${maxLength ?? 0} characters with everything filled in`;
  return new Problem('meaning_invalid', { detail, errors: [{ pointer: '/template/variables', detail }] });
}

function unusable({ name, state, fillable }: PlatformTemplate, templates: readonly PlatformTemplate[]): Problem {
  const why =
    fillable || state !== 'approved'
      ? `Its state is "${state}": take one of those that are approved, or have it approved on the platform.`
      : 'It has a picture, an address or a code in it, which nothing is filled in for here: take another.';
  return new Problem('template_unusable', {
    detail: why,
    errors: [{ pointer: '/template/key', detail: `"${name}" cannot be sent now` }],
    extra: { templates: shown(templates) },
  });
}
