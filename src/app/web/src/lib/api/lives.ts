// How long a token is good for, counted from when its answer came: the clock on the wall may be wrong, or be set. Pure.

export class Life {
  #until: number;
  #length: number;

  constructor(seconds: number, now = performance.now()) {
    this.#length = seconds * 1000;
    this.#until = now + this.#length;
  }

  /** Milliseconds until it is to be renewed: a minute before its end, of a short life a fifth. */
  ahead(now = performance.now()): number {
    return Math.max(1000, Math.min(this.#until - now - Math.min(60_000, this.#length / 5), 2 ** 31 - 1));
  }

  /** Good enough for a request that begins now. */
  fresh(now = performance.now()): boolean {
    return this.#until - now > Math.min(15_000, this.#length / 8);
  }
}
