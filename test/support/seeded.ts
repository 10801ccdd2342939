/** Numbers that look like chance and come again with the same seed (mulberry32). */
export class Seeded {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** The next number in [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** A whole number from `least` to `most`. */
  between(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  /** True as often as `share` says, of 1. */
  chance(share: number): boolean {
    return this.next() < share;
  }

  /** The items in another order. */
  shuffled<T>(items: readonly T[]): T[] {
    const list = [...items];
    for (let left = list.length - 1; left > 0; left -= 1) {
      const other = this.between(0, left);
      [list[left], list[other]] = [list[other] as T, list[left] as T];
    }
    return list;
  }
}
