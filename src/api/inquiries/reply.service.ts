import { Injectable } from '@nestjs/common';
import type { Command } from '../../domain/inquiry/events.js';
import { checkText } from '../../domain/messaging/limits.js';
import type { MessageLimits } from '../../domain/channel/capabilities.js';
import type { TextProblem } from '../../domain/messaging/limits.js';
import { policyWarnings } from '../../domain/messaging/forbidden.js';
import type { PolicyWarning } from '../../domain/messaging/forbidden.js';
import type { PolicyFinding } from '../../domain/policy/outgoing.js';
import type { Principal } from '../../modules/identity/index.js';
import { PhrasePolicy, TextPolicy } from '../../modules/policy/index.js';
import { Database } from '../../platform/database/index.js';
import type { Act } from '../http/acting.js';
import { Problem } from '../problems/problem.js';
import type { ReplySource } from './command-schemas.js';
import { CommandService } from './command.service.js';
import type { CommandAnswer, CommandTarget } from './command.service.js';
import { ReplyLimits } from './reply-limits.js';
import { ReplyTexts } from './reply-texts.js';
import type { UsableTemplate } from './reply-texts.js';

/** What stands in a text; violations keep it from being sent, warnings may be gone on with. */
export type Judgement = { readonly violations: readonly PolicyWarning[]; readonly warnings: readonly PolicyWarning[] };

/** Which task a reply is for; without one whichever is open. */
export type ReplyTask = { readonly taskKey: string | null; readonly token: number | null };

/** Answers of people to buyers. */
@Injectable()
export class ReplyService {
  constructor(
    private readonly commands: CommandService,
    private readonly texts: ReplyTexts,
    private readonly taken: ReplyLimits,
    private readonly phrases: PhrasePolicy,
    private readonly policy: TextPolicy,
    private readonly database: Database,
  ) {}

  /** Hands in a reply; it is checked before, so that nothing is queued that no channel would take. */
  async reply(
    act: Act,
    target: CommandTarget,
    source: ReplySource & { close: boolean },
    task: ReplyTask,
  ): Promise<CommandAnswer> {
    const { principal } = act;
    const written = await this.texts.write(principal, target, source);
    this.requireSendable(target, written.text, (source.attachments ?? []).length > 0);
    const attachments = await this.taken.stated(principal.tenantId, target, source.attachments ?? [], written);
    const acceptedWarnings = await this.acceptedWarnings(principal, target, written.text, source.acceptWarnings);
    const command: Command = {
      kind: 'reply',
      ...task,
      language: written.language,
      inReplyTo: source.inReplyTo === undefined ? null : await this.#known(principal, target, source.inReplyTo),
      seenPosition:
        source.seenMessageId === undefined
          ? null
          : await this.commands.position(principal, target, source.seenMessageId),
      close: source.close,
      ...(acceptedWarnings.length === 0 ? {} : { acceptedWarnings }),
      template: written.template,
    };
    const words = {
      text: written.text,
      attachments,
      ...(source.source ? { source: source.source } : {}),
      ...(written.channelTemplate === undefined ? {} : { channelTemplate: written.channelTemplate }),
    };
    const answer = await this.commands.submit(act, target, command, words).catch(async (error: unknown) => {
      throw await this.#withTemplates(error, target);
    });
    return { ...answer, status: 202 };
  }

  /** What stands in the way of a text, without sending anything. */
  problems(target: CommandTarget, text: string): TextProblem[] {
    const { windowUntil, answered } = target;
    return checkText(text, { limits: this.taken.of(target), windowUntil, answered, now: Date.now() });
  }

  /** What a text has that its channel does not allow, and what should not be written to its buyers. */
  async judge({ tenantId }: Principal, target: CommandTarget, text: string): Promise<Judgement> {
    const { channel, oneAnswer, conversationId } = target;
    const outgoing = { channel, oneAnswer, conversationId, author: 'human', text } as const;
    return this.database.tenant(tenantId, async (tx) => {
      const [{ phrases }, findings] = [
        await this.phrases.read(tx),
        await this.policy.findings(tx, outgoing, Date.now()),
      ];
      const graded = (wanted: PolicyFinding['grade']): PolicyWarning[] =>
        findings.filter(({ grade }) => grade === wanted).map(({ id, why, start, end }) => ({ id, why, start, end }));
      return { violations: graded('block'), warnings: [...graded('warn'), ...policyWarnings(text, channel, phrases)] };
    });
  }

  /**
   * Ids of the warnings an author goes on with; throws 422 while they have not said that they want to, and always where the channel
   * does not allow the text.
   */
  async acceptedWarnings(
    principal: Principal,
    target: CommandTarget,
    text: string,
    accept: boolean | undefined,
  ): Promise<readonly string[]> {
    const { violations, warnings } = await this.judge(principal, target, text);
    if (violations.length > 0) {
      throw new Problem('policy_violation', {
        detail: 'Write it differently: the channel would hide the message or count it against the shop.',
        errors: violations.map(({ id }) => ({ pointer: '/text', detail: `Not allowed: ${id}` })),
        extra: { violations },
      });
    }
    if (warnings.length === 0 || accept === true) return warnings.map(({ id }) => id);
    throw new Problem('policy_warning', {
      detail: 'Write it differently, or send it again with acceptWarnings; that is recorded.',
      errors: warnings.map(({ id }) => ({ pointer: '/text', detail: `Forbidden: ${id}` })),
      extra: { warnings },
    });
  }

  /** What the platform of an inquiry's channel takes besides free text. */
  templates(target: CommandTarget): Promise<UsableTemplate[]> {
    return this.texts.usable(target);
  }

  /** What the channel of an inquiry takes. */
  limits(target: CommandTarget): MessageLimits & { windowUntil: string | null } {
    const { windowUntil } = target;
    return {
      ...this.taken.of(target),
      windowUntil: windowUntil === null ? null : new Date(windowUntil).toISOString(),
    };
  }

  /** Whoever comes too late for free text is told what the platform would still take. */
  async #withTemplates(error: unknown, target: CommandTarget): Promise<unknown> {
    if (!(error instanceof Problem) || error.code !== 'window_closed') return error;
    const templates = await this.texts.usable(target);
    return new Problem('window_closed', { ...error.details, extra: { ...error.details.extra, templates } });
  }

  /**
   * Throws 422 where the channel would not take a text whatever happens; what may change is decided later. Beside files it may be empty
   * where they go without words.
   */
  requireSendable(target: CommandTarget, text: string, withFiles = false): void {
    const isWordless = withFiles && this.taken.of(target).files?.maxTextLength === 0;
    const problems = this.problems(target, text).filter(({ code }) => !(isWordless && code === 'text_empty'));
    const [first] = problems;
    if (first === undefined) return;
    const errors = problems.map(({ detail }) => ({ pointer: '/text', detail }));
    if (first.code === 'window_closed' || first.code === 'thread_answered') return;
    throw new Problem('meaning_invalid', { detail: first.detail, errors });
  }

  async #known(principal: Principal, target: CommandTarget, messageId: string): Promise<string> {
    await this.commands.position(principal, target, messageId);
    return messageId;
  }
}
