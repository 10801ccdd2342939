import type { InquiryData } from '../definition/plan.js';
import type { Course, Texts } from './course.js';
import type { InquiryState } from './state.js';

type Part = Readonly<Record<string, unknown>>;

/**
 * The names expressions of a definition may use, on one state of a decision. Each is made, and the facts behind it are asked
 * for, when it is read: a decision rests on no fact that nobody looked at.
 */
export class Scope {
  readonly state: InquiryState;
  readonly #course: Course;
  readonly #texts: Texts;
  #inquiry: Part | undefined;
  #conversation: Part | undefined;

  /** @param before the scope on the state before; what looks the same is not made, and converted for expressions, again */
  constructor(course: Course, texts: Texts, before: Scope | null = null) {
    this.state = course.state;
    this.#course = course;
    this.#texts = texts;
    if (before === null) return;
    if (looksAlike(before.state, this.state)) this.#inquiry = before.#inquiry;
    if (isSameTalk(before.state, this.state)) this.#conversation = before.#conversation;
  }

  get inquiry(): Part {
    const { state } = this;
    return (this.#inquiry ??= defined({
      intent: state.intent,
      urgency: state.urgency,
      sensitive: state.sensitive,
      language: state.language,
      confidence: state.confidence,
      tags: state.tags,
      messageCount: state.messageCount,
      openedAt: state.openedAt,
      reopened: state.linked?.cause === 'reopened',
    }));
  }

  get message(): Part | undefined {
    const id = this.state.newestMessageId;
    if (id === null) return undefined;
    return this.#course.once(`message:${id}`, () => this.#messageOf(id));
  }

  get conversation(): Part {
    return (this.#conversation ??= this.#conversationNow());
  }

  get buyer(): Part {
    return this.#course.facts.get('buyer');
  }

  get shop(): Part {
    return this.#course.facts.get('shop');
  }

  get calendar(): Part {
    return this.#course.day;
  }

  get now(): number {
    return this.#course.now;
  }

  get data(): Part {
    return this.state.data;
  }

  #messageOf(id: string): Part {
    const message = this.#course.facts.get('message', id);
    const known = message.classification;
    return defined({
      text: this.#texts[id] ?? null,
      language: known?.language ?? null,
      intent: known?.intent ?? null,
      urgency: known?.urgency ?? null,
      sensitive: known?.sensitive ?? null,
      confidence: known?.confidence ?? null,
      attachments: message.attachments.map(defined),
      sentAt: message.sentAt,
    });
  }

  #conversationNow(): Part {
    const conversation = this.#course.facts.get('conversation');
    const newest = this.state.newestMessageId;
    const isPublic = newest !== null && this.#course.facts.get('message', newest).public === true;
    return defined({
      windowUntil: conversation.windowUntil,
      thread: { answers: conversation.oneAnswer ? 'one' : 'many', public: isPublic },
      humanAnswered: this.state.humanAnswered || conversation.humanAnswered,
    });
  }
}

/** Whether `conversation` is the same on two states of one inquiry. */
function isSameTalk(left: InquiryState, right: InquiryState): boolean {
  return left.humanAnswered === right.humanAnswered && left.newestMessageId === right.newestMessageId;
}

/** Whether `inquiry` is the same on two states of one inquiry. */
function looksAlike(left: InquiryState, right: InquiryState): boolean {
  return (
    left.intent === right.intent &&
    left.urgency === right.urgency &&
    left.sensitive === right.sensitive &&
    left.language === right.language &&
    left.confidence === right.confidence &&
    left.tags === right.tags &&
    left.messageCount === right.messageCount &&
    left.openedAt === right.openedAt &&
    left.linked === right.linked
  );
}

/** What a rule of approval sees beside the inquiry. */
export type About = {
  /** Absent for a form. */
  readonly reply?: {
    readonly language: string | null;
    readonly translated: boolean;
    readonly attachments: readonly { readonly mediaType: string; readonly size: number | null }[];
  };
  readonly author: { readonly role: string; readonly tags: readonly string[]; readonly languages: readonly string[] };
  /** Data as it would be. */
  readonly data?: InquiryData;
  /** Command whose text is `reply.text`. */
  readonly textOf: string;
};

/** The names a rule of approval may use: those of every expression, what was handed in, and its author. */
export class ApprovalScope extends Scope {
  readonly #about: About;
  readonly #text: string | null;

  constructor(course: Course, texts: Texts, about: About) {
    super(course, texts);
    this.#about = about;
    this.#text = texts[about.textOf] ?? null;
  }

  get author(): Part {
    return this.#about.author;
  }

  get reply(): Part {
    const { reply } = this.#about;
    if (reply === undefined) return {};
    return defined({ ...reply, attachments: reply.attachments.map(defined), text: this.#text });
  }

  override get data(): Part {
    return this.#about.data ?? this.state.data;
  }
}

/** The object without its null values: what is absent is an absent field. */
export function defined(object: Part): Part {
  const present: Record<string, unknown> = {};
  for (const name in object) {
    const value = object[name];
    if (value !== null && value !== undefined) present[name] = value;
  }
  return present;
}
