/**
 * A memo of at most `limit` values: when half of that is new, what was not asked for since the last time is dropped. It changes
 * no result, for every value is a pure function of its key.
 */
export class BoundedCache<Value> {
  readonly #limit: number;
  #recent = new Map<string, Value>();
  #earlier = new Map<string, Value>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The value of `key`, computed when it is not there. An error thrown by `compute` is passed on, nothing is kept. */
  get(key: string, compute: () => Value): Value {
    const known = this.#recent.get(key);
    if (known !== undefined) return known;
    const value = this.#earlier.get(key) ?? compute();
    if (this.#recent.size >= this.#limit / 2) {
      this.#earlier = this.#recent;
      this.#recent = new Map();
    }
    this.#recent.set(key, value);
    return value;
  }
}
