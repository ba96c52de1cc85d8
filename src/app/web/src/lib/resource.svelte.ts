// Something loaded from the server: its value, its refusal, and whether it is late enough to show a skeleton.
import { Problem, toProblem, unanswered } from './api/problem';
import { era, remember, remembered } from './cache';
import { net, whenBack } from './net.svelte';
import { on, type What } from './news';
import { whenSeen } from './seen';

type Work<T> = (signal: AbortSignal) => Promise<T>;

export class Resource<T> {
  value = $state.raw<T | null>(null);
  problem = $state.raw<Problem | null>(null);
  busy = $state(false);
  /** True 150 ms after the start of a load that has nothing to show yet. */
  late = $state(false);
  #turn = 0;
  #stop: AbortController | null = null;
  #waits: (() => void) | null = null;
  #work: Work<T> | null = null;
  #key: string | undefined;

  /**
   * Starts `work`; an older load still running is dropped. Keeps the old value until the new one is here.
   * With a `key` the last value under it is shown at once, and stays when the network is gone.
   */
  async load(work: Work<T>, key?: string): Promise<void> {
    const turn = ++this.#turn;
    const asked = era();
    this.#work = work;
    this.#key = key;
    const before = key === undefined ? undefined : remembered<T>(key);
    if (before !== undefined) {
      this.value = before;
      this.problem = null;
    }
    this.#stop?.abort();
    this.#stop = new AbortController();
    this.busy = true;
    const timer = setTimeout(() => {
      if (turn === this.#turn && before === undefined) this.late = true;
    }, 150);
    try {
      const value = await work(this.#stop.signal);
      if (turn !== this.#turn) return;
      this.put(value, asked);
    } catch (thrown) {
      if (turn !== this.#turn) return;
      const problem = toProblem(thrown);
      if (!unanswered(problem) || before === undefined) this.problem = problem;
    } finally {
      clearTimeout(timer);
      if (turn === this.#turn) {
        this.busy = false;
        this.late = false;
        this.#refresh();
      }
    }
  }

  /** What it is now, learnt in another way than by loading. */
  put(value: T, asked = era()) {
    if (this.#key !== undefined) remember(this.#key, value, asked);
    this.value = value;
    this.problem = null;
  }

  /** Asks again without a word: what is shown stays until the answer is here, and where none comes. */
  look = async () => {
    const turn = this.#turn;
    const asked = era();
    if (!this.#work || this.busy) return;
    try {
      const value = await this.#work(new AbortController().signal);
      if (turn === this.#turn) this.put(value, asked);
    } catch (thrown) {
      const problem = toProblem(thrown);
      if (turn === this.#turn && [403, 404, 410].includes(problem.status)) this.#end(problem);
    }
  };

  #end(problem: Problem) {
    this.#turn++;
    this.busy = this.late = false;
    this.value = null;
    this.problem = problem;
  }

  /** Keeps up with news of what is shown, or of what it is made from (`whole` false). Answers how to stop. */
  hears(what: What, id: string, whole = true): () => void {
    let later = () => undefined as void;
    const stop = on(what, id, ({ value }, elsewhere) => {
      if (value === null && whole) return elsewhere ? this.#end(new Problem(404)) : undefined; // who took it away here leads on
      if (whole && value !== undefined) this.put(value as T);
      else later = whenSeen(this.look);
    });
    return () => {
      stop();
      later();
    };
  }

  /** What was loaded while nothing answered is loaded again when something does. */
  #refresh() {
    this.#waits?.();
    this.#waits = net.up
      ? null
      : whenBack(async () => {
          this.#waits?.();
          if (this.#work) await this.load(this.#work, this.#key);
          return null;
        });
  }

  clear() {
    this.#turn++;
    this.#work = null;
    this.#waits?.();
    this.#stop?.abort();
    this.value = null;
    this.problem = null;
    this.busy = false;
    this.late = false;
  }
}
