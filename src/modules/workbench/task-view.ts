import type { FileLimits, MessageLimits } from '../../domain/channel/capabilities.js';
import type { FormPlan } from '../../domain/definition/plan.js';
import type { Reach } from '../../domain/identity/permissions.js';
import { actionsOf } from '../../domain/task/actions.js';
import type { TaskAction } from '../../domain/task/actions.js';
import type { Keys } from '../../platform/crypto/index.js';
import type { BuyerView } from '../buyer/index.js';
import type { MessageView, StatedAttachment } from '../conversation/index.js';
import type { Content } from '../inquiry/index.js';
import type { InquiryRow } from './inquiry-list.js';
import type { TaskState } from './task-list-sql.js';
import type { StoredTask } from './task-rows-sql.js';

type Person = { readonly id: string; readonly name: string };

/** One row of the list of tasks (api.md, `GET /v1/tasks`). */
export type TaskRow = {
  readonly id: string;
  readonly kind: string;
  readonly state: TaskState;
  readonly queue: string;
  readonly step: string | null;
  /** Why the engine opened it, as a code. */
  readonly reason: string | null;
  /** The message a rewrite or a confirmation is about. */
  readonly aboutMessageId: string | null;
  /** Whom it is offered to. */
  readonly assignee: Person | null;
  readonly offerUntil: string | null;
  readonly holder: Person | null;
  readonly leaseUntil: string | null;
  readonly snoozedUntil: string | null;
  /** The earliest open deadline of the inquiry on any clock. */
  readonly nextDue: string | null;
  readonly openedAt: string;
  readonly endedAt: string | null;
  readonly outcome: string | null;
  readonly inquiry: InquiryRow;
};

/** A link or a file that goes with what is to be approved. */
export type ApprovalFile = {
  /** The uploaded file; null of a link. */
  readonly id: string | null;
  readonly mediaType: string;
  /** null where the reader sees no texts. */
  readonly name: string | null;
  /** Bytes. */
  readonly size: number | null;
  /** Where it can be looked at; null where the reader sees no texts, and of a file that is gone. */
  readonly url: string | null;
  /** Until when; null of a link somewhere else. */
  readonly expiresAt: string | null;
};

/** Makes the address under which whoever asked may have a file, and until when it works (epoch ms). */
export type FileLinker = (attachmentId: string) => { readonly url: string; readonly expiresAt: number };

/** Who looks at a task. */
export type TaskReader = { readonly memberId: string; readonly reach: Reach; readonly link: FileLinker };

/** What a person handed in, word for word, and the hash that approving it must name. */
export type ApprovalView = {
  /** null of a form, and where the reader sees no texts. */
  readonly text: string | null;
  /** What goes with a text; the hash covers it too. */
  readonly attachments: readonly ApprovalFile[];
  /** What a form was filled in with; null of a text. */
  readonly fields: Readonly<Record<string, unknown>> | null;
  /** Outcome of a form. */
  readonly outcome: string | null;
  readonly textHash: string;
  readonly author: Person | null;
};

/** A task with everything needed to answer (api.md, `GET /v1/tasks/{id}`). */
export type TaskView = TaskRow & {
  /** The fencing token; for the holder only. */
  readonly token: number | null;
  /** What the caller is to approve; null for every other kind, and once it is decided. */
  readonly approval: ApprovalView | null;
  /** What a form asks for; null for every other kind. */
  readonly form: { readonly fields: FormPlan['fields'] } | null;
  readonly actions: readonly TaskAction[];
  readonly draft: {
    readonly text: string | null;
    readonly language: string | null;
    readonly by: Person | null;
    readonly at: string | null;
  } | null;
  readonly handover: { readonly from: Person | null; readonly note: string | null; readonly at: string | null } | null;
  readonly limits: {
    readonly maxLength: number;
    readonly charset: string;
    readonly links: boolean;
    /** null where the channel takes no files. */
    readonly files: FileLimits | null;
    readonly windowUntil: string | null;
    readonly public: boolean;
  };
  /** The newest 20, oldest first. */
  readonly messages: readonly MessageView[];
  readonly buyer: BuyerView;
  readonly orders: readonly unknown[];
  readonly suggestions: readonly unknown[];
};

/** The row of a task. */
export function taskRow(task: StoredTask, inquiry: InquiryRow): TaskRow {
  return {
    id: task.id,
    kind: task.kind,
    state: task.state,
    queue: task.queue,
    step: task.step,
    reason: task.reason,
    aboutMessageId: task.aboutMessageId,
    assignee: person(task.assigneeId, task.assigneeName),
    offerUntil: rfc3339(task.offerUntil),
    holder: person(task.holderId, task.holderName),
    leaseUntil: rfc3339(task.leaseUntil),
    snoozedUntil: rfc3339(task.snoozedUntil),
    nextDue: rfc3339(task.nextDue),
    openedAt: rfc3339(task.openedAt),
    endedAt: rfc3339(task.endedAt),
    outcome: task.outcome,
    inquiry,
  };
}

/** What stands around a task. */
export type TaskSurroundings = {
  readonly inquiry: InquiryRow;
  readonly messages: readonly MessageView[];
  readonly buyer: BuyerView;
  readonly form: FormPlan | null;
  /** What its channel takes in one message. */
  readonly limits: MessageLimits;
  /** What is to be approved. */
  readonly content: Content | null;
  /** Ids of the uploaded files in it that are still there. */
  readonly files: ReadonlySet<string>;
};

/** The whole of a task as one member sees it. */
export function taskView(keys: Keys, task: StoredTask, around: TaskSurroundings, reader: TaskReader): TaskView {
  const place = (column: string) => ({ owner: { case: task.inquiryId }, table: 'task', column, row: task.id });
  const shown = reader.reach !== 'no_text';
  const { maxLength, charset, links, files = null } = around.limits;
  return {
    ...taskRow(task, around.inquiry),
    token: task.state === 'claimed' && task.holderId === reader.memberId ? task.token : null,
    approval: approvalOf(task, around, shown ? reader.link : null),
    form: around.form === null ? null : { fields: around.form.fields },
    actions: task.endedAt === null ? actionsOf(task.kind, around.form) : [],
    draft: draftOf(task, shown ? keys.shown(place('draft'), task.draft) : null),
    handover: handoverOf(task, shown ? keys.shown(place('handover_note'), task.note) : null),
    limits: { maxLength, charset, links, files, windowUntil: rfc3339(task.windowUntil), public: task.public },
    messages: around.messages,
    buyer: around.buyer,
    orders: [],
    suggestions: [],
  };
}

function approvalOf(
  task: StoredTask,
  { content, files }: TaskSurroundings,
  link: FileLinker | null,
): ApprovalView | null {
  if (task.contentHash === null || task.endedAt !== null) return null;
  const shown = link !== null;
  return {
    text: shown ? (content?.text ?? null) : null,
    attachments: (content?.attachments ?? []).map((stated) => approvalFile(stated, files, link)),
    fields: shown ? (content?.fields ?? null) : null,
    outcome: task.formOutcome,
    textHash: task.contentHash,
    author: person(task.authorId, task.authorName),
  };
}

function approvalFile(
  { id, mediaType, name, size, url }: StatedAttachment,
  files: ReadonlySet<string>,
  link: FileLinker | null,
): ApprovalFile {
  const said = { id: id ?? null, mediaType, name: link === null ? null : (name ?? null), size: size ?? null };
  if (link === null) return { ...said, url: null, expiresAt: null };
  if (id === undefined || !files.has(id)) return { ...said, url: url ?? null, expiresAt: null };
  const { url: address, expiresAt } = link(id);
  return { ...said, url: address, expiresAt: rfc3339(expiresAt) };
}

function draftOf(task: StoredTask, text: string | null): TaskView['draft'] {
  if (task.draft === null) return null;
  return {
    text,
    language: task.draftLanguage,
    by: person(task.draftById, task.draftByName),
    at: rfc3339(task.draftAt),
  };
}

function handoverOf(task: StoredTask, note: string | null): TaskView['handover'] {
  if (task.note === null && task.noteAt === null) return null;
  return { from: person(task.noteFromId, task.noteFromName), note, at: rfc3339(task.noteAt) };
}

function person(id: string | null, name: string | null): Person | null {
  return id === null ? null : { id, name: name ?? id };
}

function rfc3339(ms: number): string;
function rfc3339(ms: number | null): string | null;
function rfc3339(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
