// Whether the server has the beginning of this file and of no other. Pure.
import { pieces } from './digests';

/** The server has bytes that are not this file's. */
export class Different extends Error {
  override name = 'Different';
}

/** SHA-256 of a part, here and on the server. */
export interface Sides {
  mine(from: number, to: number): Promise<string>;
  theirs(from: number, to: number): Promise<string>;
}

const block = 16 << 20; // the most the server reads for one answer

/**
 * What this page has not sent itself is a gap until it has been compared. A few spots are compared before a byte is added, the rest
 * while the upload goes on, and its last bytes wait for that: an upload that is complete is this file from the first byte to the last.
 */
export class Comparison {
  #gaps: [number, number][] = [];
  #end = 0; // what is before it is ours or in a gap
  #running: Promise<void> | null = null;
  #different: Different | null = null;
  #stopped = false;
  #done = 0;
  #sides: Sides;
  #onprogress: (part: number) => void;

  /** `onprogress` hears which part of what has to be compared has been. */
  constructor(sides: Sides, onprogress: (part: number) => void = () => undefined) {
    this.#sides = sides;
    this.#onprogress = onprogress;
  }

  /** The server has `offset` bytes. Returns when they may be gone on from; throws Different. */
  async reach(offset: number): Promise<void> {
    if (this.#different) throw this.#different;
    if (offset < this.#end) this.#gaps = this.#gaps.filter(([from]) => from < offset).map(([from, to]) => [from, Math.min(to, offset)]);
    if (offset > this.#end) {
      for (const [from, to] of pieces(this.#end, offset, 8, 1 << 16)) await this.#same(from, to);
      if (offset - this.#end > 8 << 16) this.#gaps.push([this.#end, offset]);
    }
    this.#end = offset;
    this.#go().catch(() => undefined); // whole() hears of it
  }

  /** This page has sent everything from the last reached place to here. */
  own(offset: number) {
    this.#end = Math.max(this.#end, offset);
  }

  /** Returns when nothing is left to compare; throws Different, or what kept it from comparing. */
  async whole(): Promise<void> {
    while (this.#gaps.length && !this.#stopped) await this.#go();
    if (this.#different) throw this.#different;
  }

  stop() {
    this.#stopped = true;
  }

  #go(): Promise<void> {
    this.#running ??= this.#work().finally(() => (this.#running = null));
    return this.#running;
  }

  async #work() {
    while (this.#gaps.length && !this.#stopped) {
      const gap = this.#gaps[0]!;
      const next = Math.min(gap[0] + block, gap[1]);
      await this.#same(gap[0], next);
      if (this.#gaps[0] !== gap) continue; // the server has lost some of it meanwhile
      this.#done += next - gap[0];
      gap[0] = next;
      if (next === gap[1]) this.#gaps.shift();
      const left = this.#gaps.reduce((sum, gap) => sum + gap[1] - gap[0], 0);
      this.#onprogress(this.#done / (this.#done + left));
    }
  }

  async #same(from: number, to: number) {
    const [mine, theirs] = await Promise.all([this.#sides.mine(from, to), this.#sides.theirs(from, to)]);
    if (mine === theirs) return;
    this.#different = new Different('The server has another file.');
    throw this.#different;
  }
}
