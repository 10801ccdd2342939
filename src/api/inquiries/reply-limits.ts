import { Injectable } from '@nestjs/common';
import { checkFiles } from '../../domain/attachment/outgoing.js';
import type { FileProblem, MeasuredFile } from '../../domain/attachment/outgoing.js';
import type { MessageLimits, ShownCard } from '../../domain/channel/capabilities.js';
import { Connectors } from '../../modules/channels/index.js';
import { readUploads } from '../../modules/conversation/index.js';
import type { StatedAttachment } from '../../modules/conversation/index.js';
import { readHandedIn } from '../../modules/inquiry/index.js';
import { Vault } from '../../platform/crypto/index.js';
import { Database } from '../../platform/database/index.js';
import { Problem } from '../problems/problem.js';
import type { ReplySource } from './command-schemas.js';
import type { CommandTarget } from './command.service.js';

/** What a card counts as where files are told apart by their types. */
const CARD_TYPE = 'application/vnd.atende.card';

type Given = NonNullable<ReplySource['attachments']>[number];

/** The text that files go with, as far as they depend on it. */
type Beside = { readonly text: string; readonly channelTemplate?: unknown };

/** What replies may carry. */
@Injectable()
export class ReplyLimits {
  constructor(
    private readonly database: Database,
    private readonly vault: Vault,
    private readonly connectors: Connectors,
  ) {}

  /** What the channel of an inquiry takes in one message. */
  of({ channel, oneAnswer }: CommandTarget): MessageLimits {
    return this.connectors.limitsOf(channel, oneAnswer);
  }

  /**
   * What is kept of a reply's attachments.
   *
   * @throws {Problem} 422 for what the channel would not take, and for files that nobody uploaded to this inquiry: left out in
   * silence, the buyer would look for them
   */
  async stated(
    tenantId: string,
    target: CommandTarget,
    given: readonly Given[],
    beside: Beside,
  ): Promise<readonly StatedAttachment[]> {
    const cards = given.flatMap((one) => ('card' in one ? one.card : []));
    if (cards.length > 0) return this.#shown(target, cards, given, beside);
    const links = given.flatMap((one) => ('url' in one ? linkOf(one) : []));
    const { attachments } = this.connectors.capabilitiesOf(target.channel);
    if (links.length > 0 && attachments !== 'links') throw notTaken(null, 'This channel takes no links to files.');
    const ids = given.flatMap((one) => ('id' in one ? one.id : []));
    if (ids.length === 0) return links;
    if (this.of(target).files === undefined) throw notTaken(null, 'The channel takes no files here.');
    if (beside.channelTemplate !== undefined)
      throw notTaken(null, 'Files do not go with a template of the platform, and nothing else may be sent now.');
    return this.#uploaded(tenantId, target, ids, beside.text.length);
  }

  /** @throws {Problem} 422 where the channel would not take a file like this one, alone */
  requireTaken(target: CommandTarget, file: MeasuredFile): void {
    const problem = checkFiles([file], this.of(target).files);
    if (problem !== null) throw notTaken(null, problem.detail);
  }

  /** @throws {Problem} 422 where a text cannot take the place of what a task is to approve, because of the files that stay with it */
  async requireBeside(tenantId: string, target: CommandTarget, taskKey: string, text: string): Promise<void> {
    const { id: inquiryId } = target;
    const files = await this.database.tenant(tenantId, async (tx) => {
      const keys = await this.vault.unlock(tx, { cases: [inquiryId] });
      const content = await readHandedIn(tx, keys, inquiryId, taskKey);
      const ids = (content?.attachments ?? []).flatMap(({ id }) => id ?? []);
      return ids.length === 0 ? [] : readUploads(tx, keys, inquiryId, ids);
    });
    const problem = checkFiles(files, this.of(target).files, text.length);
    if (problem === null) return;
    throw new Problem('meaning_invalid', {
      detail: problem.detail,
      errors: [{ pointer: '/text', detail: problem.detail }],
    });
  }

  /** A card is a message of the platform's own kind: words beside it would be a second one, and one of them alone could arrive. */
  #shown(
    target: CommandTarget,
    cards: readonly ShownCard[],
    given: readonly Given[],
    beside: Beside,
  ): readonly StatedAttachment[] {
    const unknown = cards.findIndex(({ kind }) => !(this.of(target).cards ?? []).includes(kind));
    if (unknown >= 0) throw notTaken(unknown, 'The channel shows no such card.');
    if (given.length > 1 || beside.text !== '' || beside.channelTemplate !== undefined)
      throw notTaken(null, 'A card goes alone, without words; send those as a reply of their own.');
    return cards.map((card) => ({ card, mediaType: CARD_TYPE, name: `${card.kind} ${card.id}` }));
  }

  async #uploaded(
    tenantId: string,
    target: CommandTarget,
    ids: readonly string[],
    textLength: number,
  ): Promise<readonly StatedAttachment[]> {
    const { id: inquiryId } = target;
    const found = await this.database.tenant(tenantId, async (tx) =>
      readUploads(tx, await this.vault.unlock(tx, { cases: [inquiryId] }), inquiryId, ids),
    );
    const missing = ids.findIndex((id) => !found.some((file) => file.id === id));
    if (missing >= 0 || new Set(ids).size < ids.length) {
      throw new Problem('reference_unknown', {
        detail: 'Upload the file to this inquiry first, and name it once.',
        errors: [{ pointer: missing < 0 ? '/attachments' : `/attachments/${missing}/id`, detail: 'No such file' }],
      });
    }
    const problem = checkFiles(found, this.of(target).files, textLength);
    if (problem !== null) throw notTaken(problem.index, problem.detail);
    return found.map(({ id, mediaType, name, size }) => ({ id, mediaType, size, ...(name === null ? {} : { name }) }));
  }
}

function linkOf({ url, mediaType, name, size }: Extract<Given, { url: string }>): StatedAttachment {
  return { url, mediaType, ...(name === undefined ? {} : { name }), ...(size === undefined ? {} : { size }) };
}

function notTaken(index: FileProblem['index'], detail: string): Problem {
  const pointer = index === null ? '/attachments' : `/attachments/${index}`;
  return new Problem('not_offered_by_channel', { detail, errors: [{ pointer, detail: 'Not taken' }] });
}
