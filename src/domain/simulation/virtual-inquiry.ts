import { addWorking } from '../calendar/working-time.js';
import { respondWithin } from '../channel/respond-rules.js';
import { decide } from '../inquiry/decide.js';
import type { Decision } from '../inquiry/decide.js';
import { nextDue, nextSweep, nextWake } from '../inquiry/due.js';
import type { Effect, Entry, OpenTaskEffect, RequeueTaskEffect, SendEffect } from '../inquiry/effects.js';
import type { Actor, InquiryEvent } from '../inquiry/events.js';
import { emptyState, isOurs } from '../inquiry/state.js';
import type { InquiryState, TaskState } from '../inquiry/state.js';
import { aimed, SIMULATED_CONTENT, targetOf } from './aim.js';
import { Answers, eventOf } from './answers.js';
import { Fates } from './fates.js';
import type { Fate, Happening, SimulatedInquiry, SimulatedMessage } from './happening.js';
import type { Scene, SimulatedRun, TimelineEntry } from './run.js';
import { absentFact } from './surroundings.js';

/** A definition that never rests would otherwise be simulated for ever. */
const MAX_DECISIONS = 2_000;

/** A decision asks for one missing fact at a time; no plan needs more than this. */
const MAX_FACTS = 500;

/** One inquiry on a virtual clock: it keeps what the database would, and decides with the very `decide` of the engine. */
export class VirtualInquiry {
  readonly #scene: Scene;
  readonly #subject: SimulatedInquiry;
  readonly #facts: Record<string, unknown>;
  readonly #texts: Record<string, string> = {};
  readonly #pending: Happening[];
  readonly #fates: Fates;
  readonly #answers: Answers;
  readonly #timeline: TimelineEntry[] = [];
  readonly #written = new Set<string>();
  #state: InquiryState;
  #now: number;
  #opened = false;
  #position = 0;
  #made = 0;
  #decisions = 0;
  #afterClose = 0;
  #withoutTask = 0;
  #failed: SimulatedRun['failed'] = null;
  #nextAt: number | null;

  constructor(scene: Scene, subject: SimulatedInquiry) {
    this.#scene = scene;
    this.#subject = subject;
    this.#fates = new Fates(subject, scene.assume);
    this.#answers = new Answers(subject.answers, scene.assume);
    this.#pending = [...subject.happenings];
    this.#nextAt = this.#pending[0]?.at ?? null;
    this.#now = this.#nextAt ?? 0;
    this.#state = emptyState(this.#now);
    const { shop, buyer, conversation } = subject;
    this.#facts = Object.assign(Object.create(scene.lasting) as Record<string, unknown>, { shop, buyer, conversation });
  }

  /** When something happens next (epoch ms), or null when nothing will. */
  get nextAt(): number | null {
    return this.#nextAt;
  }

  /** Brings the inquiry to an instant: what happens by then, in order, and after that what time has made due. */
  advanceTo(now: number): void {
    this.#now = Math.max(now, this.#now);
    try {
      this.#catchUp();
    } catch {
      // What it failed on may hold texts; that it failed is what the operator has to know.
      this.#failed = 'decision_failed';
    }
    this.#nextAt = this.#failed === null ? this.#following() : null;
  }

  /** What has become of it. */
  run(): SimulatedRun {
    return {
      inquiryId: this.#subject.id,
      timeline: this.#timeline,
      obligations: this.#state.obligations,
      closedAt: this.#state.closedAt,
      afterClose: this.#afterClose,
      withoutTask: this.#withoutTask,
      failed: this.#failed,
    };
  }

  #catchUp(): void {
    for (;;) {
      const happening = this.#pending[0];
      if (happening !== undefined && happening.at <= this.#now) {
        this.#pending.shift();
        this.#happen(happening);
      } else if (nextDue(this.#state, this.#now) !== null) this.#apply({ kind: 'time' });
      else return;
      if (this.#failed !== null) return;
    }
  }

  #following(): number | null {
    const times = [nextWake(this.#state, this.#now), nextSweep(this.#state, this.#now)];
    const ahead = times.filter((at): at is number => at !== null && at > this.#now);
    const next = Math.min(this.#pending[0]?.at ?? Infinity, ...ahead);
    return Number.isFinite(next) ? next : null;
  }

  #happen(happening: Happening): void {
    if (this.#state.closedAt !== null && happening.kind !== 'receipt') {
      this.#afterClose += 1;
      return;
    }
    if (!this.#opened) this.#open(happening);
    else if (happening.kind === 'message')
      this.#apply({ kind: 'message.received', messageId: this.#arrive(happening.message) });
    if (happening.kind === 'message' || happening.kind === 'opening') return;
    if (happening.kind === 'act') return this.#act(happening);
    if (happening.kind !== 'receipt') return this.#apply(eventOf(happening, () => this.#id('external')));
    const send = happening.send ?? this.#state.sends.findLast(isOurs)?.key ?? null;
    if (send === null) return;
    this.#facts[`send:${send}`] = { handedOver: true };
    const { at, status, reason } = happening;
    this.#apply({ kind: 'delivery.receipt', send, status, at, reason });
  }

  #open(first: Happening): void {
    this.#opened = true;
    const { backfill, linked } = this.#subject;
    const messageId = first.kind === 'message' ? this.#arrive(first.message) : null;
    this.#apply({ kind: 'inquiry.opened', messageId, backfill, linked });
  }

  #arrive({ text, windowUntil, ...message }: SimulatedMessage): string {
    this.#position += 1;
    this.#facts[`message:${message.id}`] = { ...message, position: this.#position };
    if (text !== null) this.#texts[message.id] = text;
    if (windowUntil !== null) this.#changeConversation({ windowUntil });
    return message.id;
  }

  #act({ by, command, fates }: Extract<Happening, { kind: 'act' }>): void {
    const task = targetOf(command, this.#state);
    if (task === null) {
      this.#withoutTask += 1;
      return;
    }
    const known = task === undefined ? null : this.#scene.workload.task(this.#place(task.key));
    const actor = by ?? (task === undefined ? null : this.#whoever(task, known?.offeredTo ?? null));
    if (actor === null) {
      this.#withoutTask += 1;
      return;
    }
    const commandId = this.#id('command');
    this.#fates.given(commandId, fates);
    let claim = null;
    if (task !== undefined && known !== null) {
      claim = { key: task.key, token: known.token + 1 };
      this.#scene.workload.took(actor.memberId, this.#now);
      const held = { holderId: actor.memberId, leaseUntil: this.#now, offeredTo: null, offerUntil: null };
      this.#scene.workload.keep(this.#place(task.key), { ...known, ...held, token: claim.token });
    }
    this.#apply({ kind: 'command', commandId, actor, command: aimed(command, claim) });
  }

  /** Who does what is nobody's in particular: whom it is offered to, else the first of the queue. */
  #whoever({ queue, kind }: TaskState, offeredTo: string | null): Actor | null {
    const author = kind === 'approve' ? this.#state.approval?.authorId : undefined;
    const all = this.#scene.workload.queue(queue, this.#now)?.members ?? [];
    // Nobody approves their own work.
    const members = author === undefined ? all : all.filter(({ id }) => id !== author);
    const member = members.find(({ id }) => id === offeredTo) ?? members[0];
    return member === undefined ? null : { memberId: member.id, role: member.role };
  }

  #apply(event: InquiryEvent): void {
    this.#decisions += 1;
    if (this.#decisions > MAX_DECISIONS) {
      this.#failed = 'without_end';
      return;
    }
    const before = this.#state;
    const decision = this.#decide(event);
    this.#state = decision.state;
    for (const entry of decision.entries) this.#timeline.push({ ...entry, at: this.#now });
    for (const effect of decision.effects) this.#carryOut(effect, decision.entries);
    if (decision.state.wait !== null && decision.state.wait !== before.wait) this.#waiting(decision.state.step);
  }

  #decide(event: InquiryEvent): Decision {
    const { plan } = this.#scene;
    const facts = Object.create(this.#facts) as Record<string, unknown>;
    for (let asked = 0; asked < MAX_FACTS; asked += 1) {
      const decision = decide({ plan, state: this.#state, event, facts, texts: this.#texts, now: this.#now });
      if (!('missing' in decision)) return decision;
      facts[decision.missing] = this.#fact(decision.missing);
    }
    throw new Error('A decision that never has enough facts');
  }

  /** What changes while time passes; everything else was there from the start, or does not exist. */
  #fact(key: string): unknown {
    const colon = key.indexOf(':');
    const [word, name] = [key.slice(0, colon), key.slice(colon + 1)];
    if (word === 'queue') return this.#scene.workload.queue(name, this.#now);
    if (word === 'activity') return this.#scene.workload.activity(name, this.#now);
    if (word === 'task') return this.#scene.workload.task(this.#place(name));
    if (word === 'send') return { handedOver: false };
    if (word === 'content') return SIMULATED_CONTENT;
    if (word === 'call') return { asked: true };
    return absentFact(word);
  }

  #carryOut(effect: Effect, entries: readonly Entry[]): void {
    const { workload } = this.#scene;
    if (effect.do === 'send') return this.#sent(effect, entries);
    if (effect.do === 'release_send') return this.#meets(effect.send, this.#fates.released(effect.send));
    if (effect.do === 'await_approval') return this.#awaiting(effect.task);
    if (effect.do === 'call') return this.#schedule(this.#answers.to(effect, this.#now));
    if (effect.do === 'open_task') return this.#taskOpened(effect);
    if (effect.do === 'requeue_task') return this.#requeued(effect);
    if (effect.do === 'end_task') return workload.end(this.#place(effect.task));
    if (effect.do === 'rotate') return workload.rotate(effect.queue, effect.memberId);
    if (effect.do === 'mark_once') {
      const { onceMarks } = this.#conversation();
      return this.#changeConversation({ onceMarks: { ...onceMarks, [effect.id]: effect.until } });
    }
    if (effect.do === 'answered') {
      const { lastAgentId } = this.#conversation();
      this.#changeConversation({ humanAnswered: true, lastAgentId: effect.memberId ?? lastAgentId });
    }
  }

  #sent(effect: SendEffect, entries: readonly Entry[]): void {
    this.#position += 1;
    this.#meets(effect.send, this.#fates.of(effect, entries));
  }

  #meets(send: string, fates: readonly Fate[]): void {
    for (const { status, afterMs, reason } of fates) {
      this.#schedule({ at: this.#now + afterMs, kind: 'receipt', send, status, reason });
    }
  }

  /** Nobody holds a task while somebody else decides on what was handed in. */
  #awaiting(task: string): void {
    this.#requeued({ task, offer: null });
  }

  #taskOpened({ task, kind, step, queue, offer }: OpenTaskEffect): void {
    this.#waits(task, 0, offer);
    const assumed = step === null ? undefined : this.#scene.assume[kind === 'approve' ? `${step}.approve` : step];
    const command = assumed?.command ?? null;
    if (assumed === undefined || command === null) return;
    const calendar = this.#scene.workload.queue(queue, this.#now)?.calendar;
    const at = calendar === undefined ? this.#now + assumed.afterMs : addWorking(calendar, this.#now, assumed.afterMs);
    this.#schedule({ at, kind: 'act', by: null, command, fates: [] });
  }

  #requeued({ task, offer }: Pick<RequeueTaskEffect, 'task' | 'offer'>): void {
    this.#waits(task, (this.#scene.workload.task(this.#place(task))?.token ?? 0) + 1, offer);
  }

  /** A task nobody holds, offered to somebody or not. */
  #waits(task: string, token: number, offer: OpenTaskEffect['offer']): void {
    const offered = { offeredTo: offer?.memberId ?? null, offerUntil: offer?.until ?? null };
    this.#scene.workload.keep(this.#place(task), { key: task, holderId: null, leaseUntil: null, token, ...offered });
  }

  /** A wait that is supposed to end with a word of the buyer: once, or two steps would go round for ever. */
  #waiting(step: string | null): void {
    const assumed = step === null ? undefined : this.#scene.assume[step];
    const message = assumed?.message ?? null;
    if (step === null || assumed === undefined || message === null || this.#written.has(step)) return;
    this.#written.add(step);
    const { text, classification } = message;
    const at = this.#now + assumed.afterMs;
    const within = respondWithin(this.#subject.shop.channel);
    const respondBy = within === null ? null : at + within;
    const plain = { attachments: [], respondBy, noResponseNeeded: false, windowUntil: null };
    this.#schedule({
      at,
      kind: 'message',
      message: { id: this.#id('message'), sentAt: at, text, classification, ...plain },
    });
  }

  #schedule(happening: Happening): void {
    const index = this.#pending.findIndex(({ at }) => at > happening.at);
    this.#pending.splice(index === -1 ? this.#pending.length : index, 0, happening);
  }

  #conversation(): SimulatedInquiry['conversation'] {
    return this.#facts['conversation'] as SimulatedInquiry['conversation'];
  }

  #changeConversation(part: Partial<SimulatedInquiry['conversation']>): void {
    this.#facts['conversation'] = { ...this.#conversation(), ...part };
  }

  #place(task: string): string {
    return `${this.#subject.id}|${task}`;
  }

  #id(word: string): string {
    this.#made += 1;
    return `simulated-${word}-${this.#made}`;
  }
}
