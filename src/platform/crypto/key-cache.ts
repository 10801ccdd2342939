type Entry<T> = { readonly value: T; readonly until: number };

/** A bounded memory of unwrapped keys: the longest unused goes first, and nothing stays longer than `keptMs`. */
export class KeyCache<T> {
  readonly #entries = new Map<string, Entry<T>>();

  constructor(
    private readonly size: number,
    private readonly keptMs: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  get(name: string): T | undefined {
    const entry = this.#entries.get(name);
    if (!entry) return undefined;
    this.#entries.delete(name);
    if (entry.until <= this.now()) return undefined;
    this.#entries.set(name, entry);
    return entry.value;
  }

  set(name: string, value: T): void {
    this.#entries.delete(name);
    this.#entries.set(name, { value, until: this.now() + this.keptMs });
    if (this.#entries.size <= this.size) return;
    for (const oldest of this.#entries.keys()) {
      this.#entries.delete(oldest);
      return;
    }
  }

  delete(name: string): void {
    this.#entries.delete(name);
  }

  clear(): void {
    this.#entries.clear();
  }
}
