import type { Plan } from '../../domain/definition/plan.js';
import type { AwaitApprovalEffect, Effect, OpenTaskEffect, SendEffect } from '../../domain/inquiry/effects.js';
import type { Place } from '../../platform/crypto/index.js';
import type { Tx } from '../../platform/database/index.js';
import type { Mailer } from '../../platform/mail/index.js';
import { derivedId } from '../../platform/ids/index.js';
import { cancelCall } from '../call/index.js';
import { insertOutbound, showKept } from '../conversation/index.js';
import type { StatedAttachment } from '../conversation/index.js';
import { queueDelivery } from '../delivery/index.js';
import { rotateQueue } from '../queue/index.js';
import { indexText } from '../search/index.js';
import type { StreamEvent } from '../stream/index.js';
import {
  awaitApproval,
  endTask,
  openTask,
  renameStep,
  requeueTask,
  snoozeTasks,
  startDraft,
  taskWords,
} from '../task/index.js';
import type { InheritedWords } from '../task/index.js';
import type { AutomatedText } from './automated-text.js';
import type { CommandPayload, CommandStore } from './command-store.js';
import { readContent } from './content.js';
import type { Written } from './content.js';
import { makeCall } from './call-writer.js';
import { callIdOf, intentIdOf, messageIdOf, taskIdOf } from './keys.js';
import type { Locked } from './locked.js';
import { tellMembers } from './notice-writer.js';
import { takeBack } from './take-back.js';

/** What a drain has changed outside the inquiry row, gathered for one write at its end. */
export type Collected = {
  position: number;
  onceMarks: Readonly<Record<string, number>> | null;
  humanAnswered: boolean;
  lastAgentId: string | null;
  readonly stream: StreamEvent[];
};

type Tools = {
  readonly texts: AutomatedText;
  readonly commands: CommandStore;
  readonly mailer: Pick<Mailer, 'isSetUp'>;
};

/** Executes the effects of decisions, in order, in the drain's transaction. */
export class EffectWriter {
  constructor(
    private readonly tx: Tx,
    private readonly locked: Locked,
    private readonly collected: Collected,
    private readonly tools: Tools,
  ) {}

  /** @param plan what the inquiry follows after the decision they come from */
  async write(effects: readonly Effect[], plan: Plan, now: number): Promise<void> {
    for (const effect of effects) await this.#one(effect, plan, now);
  }

  async #one(effect: Effect, plan: Plan, now: number): Promise<void> {
    const { tx, locked, collected } = this;
    switch (effect.do) {
      case 'send':
        return this.#send(effect, plan, now);
      case 'open_task':
        return this.#openTask(effect, now);
      case 'end_task': {
        const id = taskIdOf(locked.id, effect.task);
        await endTask(tx, id, { state: effect.as, outcome: effect.outcome, memberId: effect.memberId, at: now });
        collected.stream.push({ kind: 'task.completed', data: { taskId: id, inquiryId: locked.id } });
        return;
      }
      case 'requeue_task': {
        const id = taskIdOf(locked.id, effect.task);
        const handed = effect.commandId === null ? null : await this.#words(effect.commandId);
        const note = handed?.[effect.cause === 'returned' ? 'reason' : 'note'];
        await requeueTask(tx, id, {
          queue: effect.queue,
          offer: effect.offer,
          note: typeof note === 'string' ? this.#seal('task', 'handover_note', id, note) : null,
          from: effect.cause === 'escalation' || effect.cause === 'supervisor' ? null : (handed?.memberId ?? null),
          at: now,
        });
        this.#taskAvailable(id, effect.queue, effect.offer?.memberId ?? null);
        return;
      }
      case 'rename_step':
        return renameStep(tx, taskIdOf(locked.id, effect.task), effect.step);
      case 'snooze_tasks':
        return snoozeTasks(tx, locked.id, effect.until);
      case 'notify':
        return tellMembers(tx, locked.id, effect, { mailer: this.tools.mailer, now });
      case 'add_note':
        return this.#note(effect.commandId, effect.memberId, now);
      case 'mark_once':
        collected.onceMarks = { ...(collected.onceMarks ?? locked.onceMarks), [effect.id]: effect.until };
        return;
      case 'rotate':
        return rotateQueue(tx, effect.queue, effect.memberId);
      case 'answered':
        collected.humanAnswered = true;
        collected.lastAgentId = effect.memberId ?? collected.lastAgentId;
        return;
      case 'await_approval':
        return this.#awaitApproval(effect, now);
      case 'release_send':
        return this.#release(effect.send, now);
      case 'withdraw_send':
        await showKept(tx, messageIdOf(locked.id, effect.send), 'cancelled', now);
        return;
      case 'cancel_send':
        return takeBack(tx, locked.id, effect.send, now);
      case 'call':
        return makeCall(tx, locked, effect, now);
      case 'cancel_call':
        return cancelCall(tx, callIdOf(locked.id, effect.call), now);
      case 'answer_command':
        return this.tools.commands.answer(tx, locked.id, effect.commandId, effect.outcome, now);
    }
  }

  async #send(effect: SendEffect, plan: Plan, now: number): Promise<void> {
    const { tx, locked, collected } = this;
    const id = messageIdOf(locked.id, effect.send);
    const intentId = intentIdOf(locked.id, effect.send);
    const { text, attachments, channelTemplate = null } = await this.#content(effect, plan);
    collected.position += 1;
    await insertOutbound(tx, {
      id,
      conversationId: locked.conversationId,
      inquiryId: locked.id,
      shopId: locked.shopId,
      position: collected.position,
      direction: 'out',
      author: effect.author,
      memberId: effect.memberId,
      text: this.#seal('message', 'text', id, text),
      language: effect.language,
      template: templateOf(effect),
      intentId,
      sendKey: effect.send,
      attachments: attachments.length === 0 ? null : this.#sealJson('attachments', id, attachments),
      attachmentCount: attachments.length,
      uploads: attachments.flatMap(({ id: upload }) => upload ?? []),
      channelTemplate: channelTemplate === null ? null : this.#sealJson('channel_template', id, channelTemplate),
      inReplyTo: effect.inReplyTo,
      at: now,
      deliveryState: effect.awaitsApproval === true ? 'awaiting_approval' : this.#firstState(effect.author),
    });
    // What is sent automatically is the same everywhere, so nothing is found by it.
    if (effect.author === 'human') await indexText(tx, locked.keys, locked.id, text);
    if (effect.awaitsApproval !== true) await this.#queue(effect.send, collected.position, effect.author, now);
    collected.stream.push({ kind: 'message.updated', data: { messageId: id, inquiryId: locked.id } });
  }

  async #queue(send: string, position: number, author: SendEffect['author'], now: number): Promise<void> {
    const { tx, locked } = this;
    await queueDelivery(tx, {
      intentId: intentIdOf(locked.id, send),
      messageId: messageIdOf(locked.id, send),
      inquiryId: locked.id,
      conversationId: locked.conversationId,
      shopId: locked.shopId,
      position,
      automated: author === 'automated',
      at: now,
      holdMs: author === 'human' ? locked.shop.holdMs : 0,
    });
  }

  /** Only what people write may be taken back. */
  #firstState(author: SendEffect['author']): 'held' | 'queued' {
    return author === 'human' && this.locked.shop.holdMs > 0 ? 'held' : 'queued';
  }

  /** Hands a message that was kept for approval to the outbox, at the place it was written at. */
  async #release(send: string, now: number): Promise<void> {
    const { tx, locked, collected } = this;
    const id = messageIdOf(locked.id, send);
    const position = await showKept(tx, id, this.#firstState('human'), now);
    await this.#queue(send, position, 'human', now);
    collected.stream.push({ kind: 'message.updated', data: { messageId: id, inquiryId: locked.id } });
  }

  /** The task keeps what was handed in as its draft, for when it comes back. */
  async #awaitApproval({ task, commandId, memberId }: AwaitApprovalEffect, now: number): Promise<void> {
    const { tx, locked } = this;
    const id = taskIdOf(locked.id, task);
    const content = await readContent(tx, locked.keys, locked.id, commandId);
    const draft = content?.text ?? JSON.stringify(content?.fields ?? {});
    await awaitApproval(tx, id, { draft: this.#seal('task', 'draft', id, draft), memberId, at: now });
  }

  async #content(effect: SendEffect, plan: Plan): Promise<Written> {
    const { source } = effect;
    if (source.kind === 'template') {
      return { text: await this.tools.texts.render(this.tx, this.locked, plan, source), attachments: [] };
    }
    const payload = await this.#words(source.commandId);
    const text = payload?.['text'];
    const { attachmentsOf = source.commandId } = source;
    const carrier = attachmentsOf === source.commandId ? payload : await this.#words(attachmentsOf);
    const attachments: unknown = carrier?.['attachments'];
    return {
      text: typeof text === 'string' ? text : '',
      attachments: Array.isArray(attachments) ? (attachments as StatedAttachment[]) : [],
      channelTemplate: payload?.['channelTemplate'],
    };
  }

  async #openTask(effect: OpenTaskEffect, now: number): Promise<void> {
    const { tx, locked } = this;
    const id = taskIdOf(locked.id, effect.task);
    await openTask(tx, {
      id,
      key: effect.task,
      inquiryId: locked.id,
      kind: effect.kind,
      queue: effect.queue,
      step: effect.step,
      leaseMs: effect.leaseMs,
      offer: effect.offer,
      aboutMessageId: effect.messageId ?? (effect.send === null ? null : messageIdOf(locked.id, effect.send)),
      reason: effect.reason,
      inherit: effect.inherit === null ? null : await this.#inherited(taskIdOf(locked.id, effect.inherit), id),
      openedAt: now,
      snoozedUntil: null,
      approval: effect.approval ?? null,
    });
    if (effect.draft !== null) {
      const draft = await this.tools.texts.draft(tx, locked, effect.draft);
      if (draft) await startDraft(tx, id, this.#seal('task', 'draft', id, draft.text), draft.language);
    }
    this.#taskAvailable(id, effect.queue, effect.offer?.memberId ?? null);
  }

  /** Draft and note of an ended task, opened and sealed again: what is sealed opens in its own place only. */
  async #inherited(from: string, to: string): Promise<InheritedWords> {
    const words = await taskWords(this.tx, from);
    const moved = (column: string, sealed: Buffer | null): Buffer | null => {
      const text = this.locked.keys.open(this.#place('task', column, from), sealed);
      return text === null ? null : this.#seal('task', column, to, text);
    };
    return { id: from, draft: moved('draft', words.draft), note: moved('handover_note', words.note) };
  }

  #taskAvailable(taskId: string, queue: string, offeredTo: string | null): void {
    this.collected.stream.push({
      kind: offeredTo === null ? 'task.ready' : 'task.offered',
      data: { taskId, inquiryId: this.locked.id, memberId: offeredTo },
      queue,
    });
  }

  async #note(commandId: string, memberId: string, now: number): Promise<void> {
    const { tx, locked, collected } = this;
    const payload = await this.#words(commandId);
    const text = typeof payload?.['text'] === 'string' ? payload['text'] : '';
    const id = derivedId(locked.id, 'note', commandId);
    collected.position += 1;
    await insertOutbound(tx, {
      id,
      conversationId: locked.conversationId,
      inquiryId: locked.id,
      shopId: locked.shopId,
      position: collected.position,
      direction: 'note',
      author: 'human',
      memberId,
      text: this.#seal('message', 'text', id, text),
      language: null,
      template: null,
      intentId: null,
      sendKey: null,
      attachments: null,
      attachmentCount: 0,
      inReplyTo: null,
      at: now,
      deliveryState: null,
    });
    await indexText(tx, locked.keys, locked.id, text);
  }

  #words(commandId: string): Promise<CommandPayload | null> {
    return this.tools.commands.payload(this.tx, this.locked.keys, this.locked.id, commandId);
  }

  #seal(table: string, column: string, row: string, text: string): Buffer {
    return this.locked.keys.seal(this.#place(table, column, row), text);
  }

  #sealJson(column: string, messageId: string, value: unknown): Buffer {
    return this.#seal('message', column, messageId, JSON.stringify(value));
  }

  #place(table: string, column: string, row: string): Place {
    return { owner: { case: this.locked.id }, table, column, row };
  }
}

function templateOf(effect: SendEffect): unknown {
  const { source } = effect;
  if (source.kind === 'command') return source.template;
  return { key: source.key, locale: source.locale, form: source.form, version: source.version };
}
