/** Nobody got a connection in time: everything that was asked for before still waits or runs. */
export class DatabaseBusy extends Error {
  constructor() {
    super('No connection became free in time');
    this.name = 'DatabaseBusy';
  }
}

export type Patience = {
  /** How long a transaction waits for its turn, in ms. */
  readonly waitMs: number;
  /** The same for urgent ones, which come before all others. */
  readonly urgentMs: number;
};

type Waiting = { readonly go: () => void; readonly timer: NodeJS.Timeout };

/**
 * Lets in as many transactions as the pool has connections; the others wait in line. The pool's own line knows one short
 * patience for all: there a crowd of requests makes those behind it fail, and the drains of workflows with them.
 */
export class Gate {
  #free: number;
  readonly #urgent: Waiting[] = [];
  readonly #others: Waiting[] = [];

  constructor(
    places: number,
    private readonly patience: Patience,
  ) {
    this.#free = places;
  }

  /** How many wait in line. */
  get waiting(): number {
    return this.#urgent.length + this.#others.length;
  }

  /**
   * Runs `work` when it is its turn.
   *
   * @throws DatabaseBusy when its turn does not come in time; then `work` has not begun
   */
  async run<T>(work: () => Promise<T>, urgent: boolean): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else await this.#turn(urgent);
    try {
      return await work();
    } finally {
      this.#leave();
    }
  }

  async #turn(urgent: boolean): Promise<void> {
    const line = urgent ? this.#urgent : this.#others;
    await new Promise<void>((resolve, reject) => {
      const waiting: Waiting = {
        go: resolve,
        timer: setTimeout(
          () => {
            line.splice(line.indexOf(waiting), 1);
            reject(new DatabaseBusy());
          },
          urgent ? this.patience.urgentMs : this.patience.waitMs,
        ),
      };
      line.push(waiting);
    });
  }

  /** Passes the place on to whoever is next. */
  #leave(): void {
    const next = this.#urgent.shift() ?? this.#others.shift();
    if (next === undefined) {
      this.#free += 1;
      return;
    }
    clearTimeout(next.timer);
    next.go();
  }
}
