// A list that comes page by page and remembers itself: going back shows the same rows at once, and what is new waits for a button.
import { sentence, toProblem } from './api/problem';
import type { Page } from './api/types';
import { era, remember, remembered } from './cache';
import { on, type What } from './news';
import { Resource } from './resource.svelte';
import { announce, toast } from './say.svelte';
import { whenSeen } from './seen';

export type Fetch<T> = (after: string | null, signal?: AbortSignal) => Promise<Page<T>>;

/** What stays of a list while its page is away. `heights` are those of its blocks on the screen, in pixels. */
interface Memory<T> {
  items: T[];
  total: number;
  cursor: string | null;
  heights: number[];
  kept: Map<string, unknown>;
}

/** How many pages come by themselves before a person is asked. */
const alone = 3;

const empty = <T>(): Memory<T> => ({ items: [], total: 0, cursor: null, heights: [], kept: new Map() });

export class PagedList<T extends { id: string }> {
  readonly first = new Resource<Page<T>>();
  items = $state.raw<T[]>([]);
  total = $state(0);
  cursor = $state<string | null>(null);
  adding = $state(false);
  /** The rows of the address are here; until then those of the address before may still be shown. */
  ready = $state(false);
  /** The first page as it is now, when it begins with rows that are not shown yet. */
  newer = $state.raw<Page<T> | null>(null);
  /** What belongs to single rows and should outlive them, by a name of the row's choice. */
  kept = new Map<string, unknown>();
  heights: number[] = [];
  #memory: Memory<T> = empty();
  #fetch: Fetch<T> = () => Promise.reject(new Error('no list yet'));
  #turn = 0;
  #left = alone;

  /** Shows the list of `key`: the remembered rows at once, else the first page when it is here. */
  async open(key: string, fetch: Fetch<T>): Promise<void> {
    this.#fetch = fetch;
    this.#turn++;
    this.#left = alone;
    this.adding = false;
    this.newer = null;
    const before = remembered<Memory<T>>(key);
    if (before) {
      this.first.clear();
      this.#show(before);
      void this.look();
      return;
    }
    this.ready = false;
    const turn = this.#turn;
    const asked = era();
    await this.first.load((signal) => fetch(null, signal));
    if (turn !== this.#turn || asked !== era() || !this.first.value || this.first.problem) return;
    this.#begin(this.first.value, key);
  }

  #begin(page: Page<T>, key?: string) {
    const memory = key === undefined ? this.#memory : empty<T>();
    memory.heights = [];
    memory.items = page.data;
    memory.total = page.pagination.total;
    memory.cursor = page.pagination.nextCursor;
    if (key !== undefined) remember(key, memory);
    this.#show(memory);
  }

  #show(memory: Memory<T>) {
    this.#memory = memory;
    this.heights = memory.heights;
    this.kept = memory.kept;
    this.items = memory.items;
    this.total = memory.total;
    this.cursor = memory.cursor;
    this.ready = true;
  }

  #put(items: T[], total = this.total) {
    this.#memory.items = this.items = items;
    this.#memory.total = this.total = Math.max(total, 0);
  }

  /** Called near the end of what is shown. */
  near() {
    if (this.cursor !== null && !this.adding && this.#left > 0) {
      this.#left--;
      void this.more();
    }
  }

  /** Brings the next page; by a person's wish, so that some more may follow by themselves. Answers the first new row. */
  async ask(): Promise<T | undefined> {
    this.#left = alone;
    return this.more();
  }

  async more(): Promise<T | undefined> {
    if (this.adding || this.cursor === null) return undefined;
    const turn = this.#turn;
    this.adding = true;
    try {
      const page = await this.#fetch(this.cursor);
      if (turn !== this.#turn) return undefined;
      const known = new Set(this.items.map((item) => item.id));
      const fresh = page.data.filter((item) => !known.has(item.id));
      this.#put([...this.items, ...fresh], page.pagination.total);
      this.#memory.cursor = this.cursor = page.pagination.nextCursor;
      announce(`${fresh.length} more, ${this.items.length} of ${this.total}.`);
      return fresh[0];
    } catch (thrown) {
      if (turn !== this.#turn) return undefined;
      this.#left = 0;
      toast(sentence(toProblem(thrown)));
      return undefined;
    } finally {
      if (turn === this.#turn) this.adding = false;
    }
  }

  /** Asks quietly for the first page: known rows become what they are now, new ones wait; where there are none they are shown at once. */
  look = async (): Promise<void> => {
    const turn = this.#turn;
    try {
      const page = await this.#fetch(null);
      if (turn !== this.#turn) return;
      if (!this.items.length) return this.#begin(page);
      const now = new Map(page.data.map((item) => [item.id, item]));
      const known = new Set(this.items.map((item) => item.id));
      this.#put(
        this.items.map((item) => now.get(item.id) ?? item),
        page.pagination.total,
      );
      this.newer = page.data.some((item) => !known.has(item.id)) ? page : null;
    } catch {
      // What is shown stays; the next act says what is wrong.
    }
  };

  /** Keeps up with news of its kind: a row that is here becomes what it is now or goes, for others the first page is asked for. */
  hears(what: What): () => void {
    let later = () => undefined as void;
    const stop = on(what, undefined, ({ id, value }) => {
      if (value === null) this.remove(id);
      else if (value === undefined) later = whenSeen(this.look);
      else this.change(id, () => value as unknown as T);
    });
    return () => {
      stop();
      later();
    };
  }

  /** Begins again with the rows that waited. */
  renew() {
    if (!this.newer) return;
    this.#turn++;
    this.#left = alone;
    this.adding = false;
    this.#begin(this.newer);
    this.newer = null;
  }

  /** The first page as it is now takes the place of what is shown. Throws Problem. */
  async reload(): Promise<void> {
    const turn = ++this.#turn;
    this.adding = false;
    const page = await this.#fetch(null);
    if (turn !== this.#turn) return;
    this.newer = null;
    this.#left = alone;
    this.#begin(page);
  }

  change(id: string, how: (item: T) => T) {
    this.#put(this.items.map((item) => (item.id === id ? how(item) : item)));
  }

  remove(id: string) {
    const rest = this.items.filter((item) => item.id !== id);
    if (rest.length < this.items.length) this.#put(rest, this.total - 1);
  }

  add(item: T, where: 'first' | 'last') {
    if (this.items.some((known) => known.id === item.id)) return;
    this.#put(where === 'first' ? [item, ...this.items] : [...this.items, item], this.total + 1);
  }
}
