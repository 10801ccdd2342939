import type { ActivityFacts, QueueFacts, TaskFacts } from '../inquiry/facts.js';
import type { Surroundings } from './surroundings.js';

/** Who works on what in a simulation: what is shared by all its inquiries. */
export class Workload {
  readonly #queues: ReadonlyMap<string, QueueFacts>;
  readonly #tasks = new Map<string, TaskFacts>();
  readonly #lastChosen = new Map<string, string>();
  /** When each member took tasks; in a simulation a task ends as it is taken. */
  readonly #taken = new Map<string, number[]>();

  constructor({ queues }: Surroundings) {
    this.#queues = new Map(queues.map((queue) => [queue.key, queue]));
  }

  /** The queue at an instant (epoch ms), members with the tasks they hold or are offered; null when there is none. */
  queue(key: string, now: number): QueueFacts | null {
    const queue = this.#queues.get(key);
    if (queue === undefined) return null;
    const open = new Map<string, number>();
    for (const { holderId, offeredTo, offerUntil } of this.#tasks.values()) {
      const member = holderId ?? ((offerUntil ?? 0) > now ? offeredTo : null);
      if (member !== null) open.set(member, (open.get(member) ?? 0) + 1);
    }
    const members = queue.members.map((member) => ({ ...member, openTasks: open.get(member.id) ?? 0 }));
    return { ...queue, members, lastChosen: this.#lastChosen.get(key) ?? queue.lastChosen };
  }

  /** What the members of a queue did until an instant (epoch ms). */
  activity(key: string, now: number): ActivityFacts {
    const { members = [], cap = null } = this.queue(key, now) ?? {};
    return Object.fromEntries(
      members.map(({ id, openTasks }) => {
        const taken = this.#taken.get(id) ?? [];
        const recently = taken.filter((at) => at > now - (cap?.withinMs ?? 0)).length;
        return [id, { idleSince: taken.at(-1) ?? null, taken: recently + openTasks }];
      }),
    );
  }

  /** Remembers whom the round robin chose. */
  rotate(queue: string, memberId: string): void {
    this.#lastChosen.set(queue, memberId);
  }

  /** Remembers that a member took a task (epoch ms). */
  took(memberId: string, at: number): void {
    this.#taken.set(memberId, [...(this.#taken.get(memberId) ?? []), at]);
  }

  /** An open task by the place it has in the simulation, or null. */
  task(place: string): TaskFacts | null {
    return this.#tasks.get(place) ?? null;
  }

  /** Writes an open task. */
  keep(place: string, task: TaskFacts): void {
    this.#tasks.set(place, task);
  }

  /** Forgets a task that has ended. */
  end(place: string): void {
    this.#tasks.delete(place);
  }
}
