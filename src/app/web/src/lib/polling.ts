// Asking the server again about what is on its way: one request for each thing however many show it, quick while it moves, rarer the
// longer it does not, none while nobody looks or nothing answers. What is shown stays until there is something newer.
import { Problem, toProblem } from './api/problem';
import { era } from './cache';
import { net } from './net.svelte';
import { on, tell, type News } from './news';
import { seen, whenSeen } from './seen';

type Kind = 'movie' | 'media';
type Value<K extends Kind> = NonNullable<News<K>['value']>;

export interface Subject<T> {
  ask: (signal: AbortSignal) => Promise<T>;
  /** Nothing more happens to it, so it is not asked for again. */
  final: (value: T) => boolean;
  /** What others want to hear of when it changes; how far it is they see for themselves. */
  state: (value: T) => string;
  /** What is known already: then the first question waits. */
  known?: T | null;
  /** The shortest pause in milliseconds. */
  every?: number;
}

export interface Viewer<T> {
  /** Called with every answer; one that says nothing new is the same object as `before`. */
  show: (value: T, before: T | null) => void;
  /** The server has it no longer, or not for this person. */
  gone?: (problem: Problem) => void;
}

/** The pause after a change, and how long one grows; between them it is a tenth of the time since then. */
const quick = 1000;
const slow = 15_000;

const polls = new Map<string, Poll<unknown>>();

class Poll<T> {
  readonly viewers = new Set<Viewer<T>>();
  #value: T | null;
  #moved = performance.now();
  #failures = 0;
  #asking: AbortController | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #over = false;
  readonly #born = era();
  #quiet: (() => void)[] = [];

  constructor(
    private readonly name: string,
    private readonly kind: Kind,
    private readonly id: string,
    private readonly subject: Subject<T>,
  ) {
    this.#value = subject.known ?? null;
    this.#quiet.push(
      on(kind, id, ({ value }) => {
        if (value === undefined) this.#hurry();
        else if (value === null) this.#gone(new Problem(404));
        else if (value !== this.#value) this.#take(value as T);
      }),
    );
    if (this.#value === null) this.#ask();
    else this.#plan();
  }

  add(viewer: Viewer<T>): () => void {
    if (this.viewers.size && this.#value !== null) viewer.show(this.#value, null);
    this.viewers.add(viewer);
    return () => {
      this.viewers.delete(viewer);
      if (!this.viewers.size) this.end();
    };
  }

  end() {
    this.#over = true;
    clearTimeout(this.#timer);
    this.#asking?.abort();
    for (const stop of this.#quiet.splice(0)) stop();
    if (polls.get(this.name) === (this as Poll<unknown>)) polls.delete(this.name);
  }

  #plan() {
    clearTimeout(this.#timer);
    const every = this.subject.every ?? quick;
    const pause = Math.min(Math.max(every, (performance.now() - this.#moved) / 10), Math.max(every, slow));
    this.#timer = setTimeout(this.#ask, pause * Math.min(2 ** this.#failures, 8));
  }

  #hurry() {
    this.#moved = performance.now();
    this.#ask();
  }

  #ask = () => {
    if (this.#over || this.#asking) return;
    clearTimeout(this.#timer);
    if (!seen()) this.#quiet[1] = whenSeen(this.#ask);
    else void this.#run();
  };

  async #run() {
    const { signal } = (this.#asking = new AbortController());
    try {
      const value = await this.subject.ask(signal);
      if (this.#over) return;
      if (this.#born !== era()) return this.end(); // its people have left
      this.#asking = null;
      this.#failures = 0;
      // Without a network the answer is the one that was kept.
      if (net.up) this.#take(value);
      else this.#plan();
    } catch (thrown) {
      if (this.#over) return;
      this.#asking = null;
      this.#failures++;
      const problem = toProblem(thrown);
      if ([403, 404, 410].includes(problem.status)) this.#gone(problem);
      else this.#plan();
    }
  }

  #gone(problem: Problem) {
    const left = [...this.viewers];
    this.end();
    for (const viewer of left) viewer.gone?.(problem);
  }

  #take(value: T) {
    const before = this.#value;
    const same = before !== null && JSON.stringify(before) === JSON.stringify(value);
    const now = same ? before : value;
    this.#value = now;
    if (!same) this.#moved = performance.now();
    const left = [...this.viewers];
    if (this.subject.final(now)) this.end();
    else this.#plan();
    for (const viewer of left) viewer.show(now, before);
    if (before !== null && this.subject.state(before) !== this.subject.state(now)) this.#tell(now);
  }

  #tell(value: T) {
    tell({ what: this.kind, id: this.id, value: value as Value<Kind> } as News);
  }
}

/** Follows something until what it answers is called, or nothing more happens to it. Who comes later shares the questions of the first. */
export function poll<K extends Kind>(kind: K, id: string, subject: Subject<Value<K>>, viewer: Viewer<Value<K>>): () => void {
  const name = `${era()}/${kind}/${id}`;
  const found = (polls.get(name) as Poll<Value<K>> | undefined) ?? new Poll<Value<K>>(name, kind, id, subject);
  polls.set(name, found as Poll<unknown>);
  return found.add(viewer);
}
