// Something loaded from the server: its value, its refusal, and whether it is late enough to show a skeleton.
import { Problem, toProblem } from './api/problem';
import { remember, remembered } from './cache';
import { net, whenBack } from './net.svelte';

export class Resource<T> {
  value = $state.raw<T | null>(null);
  problem = $state.raw<Problem | null>(null);
  busy = $state(false);
  /** True 150 ms after the start of a load that has nothing to show yet. */
  late = $state(false);
  #turn = 0;
  #stop: AbortController | null = null;
  #waits: (() => void) | null = null;

  /**
   * Starts `work`; an older load still running is dropped. Keeps the old value until the new one is here.
   * With a `key` the last value under it is shown at once, and stays when the network is gone.
   */
  async load(work: (signal: AbortSignal) => Promise<T>, key?: string): Promise<void> {
    const turn = ++this.#turn;
    const before = key === undefined ? undefined : remembered<T>(key);
    if (before !== undefined) {
      this.value = before;
      this.problem = null;
    }
    this.#stop?.abort();
    this.#stop = new AbortController();
    this.busy = true;
    const timer = setTimeout(() => { if (turn === this.#turn && before === undefined) this.late = true; }, 150);
    try {
      const value = await work(this.#stop.signal);
      if (turn !== this.#turn) return;
      if (key !== undefined) remember(key, value);
      this.value = value;
      this.problem = null;
    } catch (thrown) {
      if (turn !== this.#turn) return;
      const problem = toProblem(thrown);
      if (problem.status !== 0 || before === undefined) this.problem = problem;
    } finally {
      clearTimeout(timer);
      if (turn === this.#turn) {
        this.busy = false;
        this.late = false;
        this.#refresh(work, key);
      }
    }
  }

  /** What was loaded while nothing answered is loaded again when something does. */
  #refresh(work: (signal: AbortSignal) => Promise<T>, key?: string) {
    this.#waits?.();
    this.#waits = net.up ? null : whenBack(async () => {
      this.#waits?.();
      await this.load(work, key);
      return null;
    });
  }

  clear() {
    this.#turn++;
    this.#waits?.();
    this.#stop?.abort();
    this.value = null;
    this.problem = null;
    this.busy = false;
    this.late = false;
  }
}
