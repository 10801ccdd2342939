import type { Entry, SendEffect } from '../inquiry/effects.js';
import { fateOf } from './happening.js';
import type { Assumptions, Fate, SimulatedInquiry } from './happening.js';

/** What becomes of the messages of one simulated inquiry: as it was recorded or is supposed, else available at once. */
export class Fates {
  readonly #ofCommands = new Map<string, readonly Fate[]>();
  /** Of messages that await approval, from when they go out on. */
  readonly #kept = new Map<string, readonly Fate[]>();
  #automated = 0;

  constructor(
    private readonly subject: Pick<SimulatedInquiry, 'shop' | 'automatedFates'>,
    private readonly assume: Assumptions,
  ) {}

  /** Remembers the fates of the message a command sends. */
  given(commandId: string, fates: readonly Fate[]): void {
    this.#ofCommands.set(commandId, fates);
  }

  /** The fates of a message as it is sent; none while it awaits approval. */
  of(effect: SendEffect, entries: readonly Entry[]): readonly Fate[] {
    const fates = this.#find(effect, entries);
    if (effect.awaitsApproval !== true) return fates;
    this.#kept.set(effect.send, fates);
    return [];
  }

  /** The fates of a message that was approved. */
  released(send: string): readonly Fate[] {
    return this.#kept.get(send) ?? [];
  }

  #find({ send, source }: SendEffect, entries: readonly Entry[]): readonly Fate[] {
    const available = (afterMs: number): Fate => ({ status: 'available', afterMs, reason: null });
    if (source.kind === 'command') {
      const fates = this.#ofCommands.get(source.commandId) ?? [];
      return fates.length > 0 ? fates : [available(this.subject.shop.holdMs)];
    }
    const step = entries.find(({ kind, data }) => kind === 'message.queued' && data['send'] === send)?.step ?? '';
    const recorded = this.subject.automatedFates[this.#automated];
    this.#automated += 1;
    const assumed = this.assume[step];
    return assumed === undefined ? (recorded ?? [available(0)]) : [fateOf(assumed)];
  }
}
