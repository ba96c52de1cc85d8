// Speed of a transfer over its last seconds: steady enough to read, quick enough to be true. Pure.

const window = 6000;

export class Pace {
  #samples: [time: number, bytes: number][] = [];

  /** Takes the bytes sent so far at `time` (ms); answers bytes per second, 0 while too little is known. */
  add(time: number, bytes: number): number {
    const last = this.#samples[this.#samples.length - 1];
    if (last && bytes < last[1]) this.reset();
    this.#samples.push([time, bytes]);
    while (this.#samples.length > 2 && time - this.#samples[1]![0] > window) this.#samples.shift();
    const [t0, b0] = this.#samples[0]!;
    return time - t0 < 250 ? 0 : ((bytes - b0) / (time - t0)) * 1000;
  }

  reset() {
    this.#samples = [];
  }
}
