import type { Calendar } from '../calendar/types.js';
import type { Plan } from '../definition/plan.js';
import type { Classification } from '../classification/classification.js';
import type { MemberReach } from '../notice/means.js';
import type { Roster } from '../roster/types.js';

/**
 * What a decision may know about the world outside the inquiry's own state. A decision asks for the facts it needs; what
 * it asked for is recorded with it, so that it can be taken again. Texts take part in expressions but are never recorded.
 */

export type MessageFacts = {
  readonly id: string;
  readonly position: number;
  readonly sentAt: number;
  readonly attachments: readonly { readonly mediaType: string; readonly size: number | null }[];
  readonly classification: Classification | null;
  /** The channel's own rule for answering this message (epoch ms). */
  readonly respondBy: number | null;
  readonly noResponseNeeded: boolean;
  /** No person wrote it, or whoever did asks for no automatic answer; left out where it is not so. */
  readonly automated?: boolean;
  /** Everybody can read its thread; left out where not. */
  readonly public?: boolean;
};

export type ShopFacts = {
  readonly id: string;
  readonly key: string;
  readonly channel: string;
  readonly country: string;
  readonly language: string;
  /** Calendar key of the shop, overriding the definition's. */
  readonly calendar: string | null;
  readonly holdMs: number;
  readonly verdictTimeoutMs: number;
  readonly form: 'letter' | 'chat';
  readonly automatedSends: boolean;
};

export type BuyerFacts = {
  readonly id: string;
  readonly returning: boolean;
  readonly blocked: boolean;
  readonly tags: readonly string[];
  readonly value: number;
  readonly language: string | null;
};

export type ConversationFacts = {
  readonly windowUntil: number | null;
  /** The thread takes one answer, as a marketplace question does. */
  readonly oneAnswer: boolean;
  readonly humanAnswered: boolean;
  readonly lastAgentId: string | null;
  /** Sends made once per closed period: id → not again before (epoch ms). */
  readonly onceMarks: Readonly<Record<string, number>>;
};

export type MemberFacts = {
  readonly id: string;
  readonly role: string;
  readonly languages: readonly string[];
  /** Those of the form `shop:<key>` and `channel:<name>` narrow down what the member is offered. */
  readonly skills: readonly string[];
  readonly away: boolean;
  /** Who stands in while the member is away. */
  readonly substituteId: string | null;
  /** Open tasks held or offered, quiet ones included. */
  readonly openTasks: number;
  readonly capacity: number;
};

export type QueueFacts = {
  readonly key: string;
  readonly calendar: Calendar;
  /** Who works when; null = the members work while the calendar is open. */
  readonly roster: Roster | null;
  readonly members: readonly MemberFacts[];
  /** Member the round robin chose last. */
  readonly lastChosen: string | null;
  /** How many tasks a member may get within so many ms, those they took themselves included; null = any number. */
  readonly cap: { readonly tasks: number; readonly withinMs: number } | null;
};

/** What a member did lately. */
export type MemberActivity = {
  /** When the last task of theirs ended (epoch ms); null = none ever did. */
  readonly idleSince: number | null;
  /** Tasks they took within the queue's window, and those they are offered. */
  readonly taken: number;
};

/** Activity of the members of a queue, by id. */
export type ActivityFacts = Readonly<Record<string, MemberActivity>>;

/** The versions of one template, by locale and form. */
export type TemplateFacts = readonly {
  readonly locale: string;
  readonly form: 'letter' | 'chat';
  readonly version: number;
  /** Its text has something that the shop's channel does not allow; left out where it has not. */
  readonly forbidden?: true;
}[];

export type TaskFacts = {
  readonly key: string;
  readonly holderId: string | null;
  readonly leaseUntil: number | null;
  readonly token: number;
  readonly offeredTo: string | null;
  readonly offerUntil: number | null;
};

export type PersonFacts = {
  readonly id: string;
  readonly role: string;
  readonly queues: readonly string[];
  readonly languages: readonly string[];
  /** What they are good at, as `author.tags`. */
  readonly skills: readonly string[];
};

/** What a command carries, as far as it may be written down. */
export type ContentFacts = {
  /** Keyed hash of every word and field of it. */
  readonly hash: string;
  readonly translated: boolean;
  readonly attachments: readonly { readonly mediaType: string; readonly size: number | null }[];
};

/** Facts by request key (`queue:sales-br`); the value's type follows from the key's word. */
export type FactMap = Readonly<Record<string, unknown>>;

type FactTypes = {
  message: MessageFacts;
  shop: ShopFacts;
  buyer: BuyerFacts;
  conversation: ConversationFacts;
  calendar: Calendar | null;
  /** A published version, by `key@version`. */
  plan: Plan;
  queue: QueueFacts | null;
  activity: ActivityFacts;
  defaultQueue: string;
  template: TemplateFacts;
  task: TaskFacts | null;
  role: readonly PersonFacts[];
  member: PersonFacts | null;
  /** By which means a member can be told; null = no such member. */
  reach: MemberReach | null;
  send: { readonly handedOver: boolean } | null;
  content: ContentFacts;
  /** Whether an outside system may have been asked already. */
  call: { readonly asked: boolean } | null;
  /** A buyer message that is accepted but not applied yet; closing yields to it. */
  pending: string | null;
  /** A buyer message applied just now, which nobody can have seen when they acted. */
  unseen: string | null;
};
export type FactWord = keyof FactTypes;

/**
 * Thrown inside a decision that lacks a fact; `decide` turns it into its answer. Part of every decision's course and no
 * error: to note down the stack each time would take longer than the decision.
 */
export class MissingFact {
  constructor(readonly key: string) {}
}

/** The facts given to one decision and the note of which were used. */
export class FactBook {
  readonly #given: FactMap;
  readonly #used: Record<string, unknown> = {};
  /** What was asked for already, found again without putting its key together. */
  readonly #known = new Map<FactWord, Map<string | undefined, unknown>>();

  constructor(given: FactMap) {
    this.#given = given;
  }

  /** The fact `word` or `word:name`; throws `MissingFact` when it was not given. */
  get<W extends FactWord>(word: W, name?: string): FactTypes[W] {
    const known = this.#known.get(word)?.get(name);
    return (known === undefined ? this.#first(word, name) : known) as FactTypes[W];
  }

  #first(word: FactWord, name: string | undefined): unknown {
    const key = name === undefined ? word : `${word}:${name}`;
    const value = this.#given[key];
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- see MissingFact
    if (value === undefined && !(key in this.#given)) throw new MissingFact(key);
    this.#used[key] = value;
    const named = this.#known.get(word);
    if (named === undefined) this.#known.set(word, new Map([[name, value]]));
    else named.set(name, value);
    return value;
  }

  /** Everything that was asked for. */
  used(): FactMap {
    return this.#used;
  }
}
