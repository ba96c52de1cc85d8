// What a person is writing: kept in this browser at every key, under that person, until it is sent or given up.
import { session } from './api/session.svelte';
import { guard } from './leave.svelte';
import { forget, keep, namesOf, personal, recall } from './storage';

interface Kept<T> {
  value: T;
  /** What stood there when writing began. */
  base: T;
  when: number;
}

const most = 100;
const text = (value: unknown) => JSON.stringify(value);

export class Draft<T> {
  value = $state() as T;
  /** It was begun earlier and has come back. */
  returned = $state(false);
  base: T;
  readonly #person = session.user?.id;
  readonly #name: string;
  #lost = $state(false);

  /** `start` is what stands there when nothing was begun. Visitors' words are not kept, so that the next one does not see them. */
  constructor(name: string, start: T) {
    this.#name = personal(`draft`, this.#person) + `.${name}`;
    const kept = this.#person ? recall<Kept<T>>(this.#name) : null;
    this.value = kept?.value ?? start;
    this.base = kept?.base ?? start;
    this.returned = kept !== null && this.changed;
  }

  get changed(): boolean {
    return text(this.value) !== text(this.base);
  }

  /** Written, and nowhere but on this page. */
  get unkept(): boolean {
    return this.#lost && this.changed;
  }

  /** Called at every change. */
  save() {
    if (!this.changed) return this.#drop();
    this.#lost = !this.#person || !keep(this.#name, { value: this.value, base: this.base, when: Date.now() } satisfies Kept<T>);
    if (!this.#lost) prune(this.#person!);
  }

  /** Sent or given up: from here on `start` stands there. */
  clear(start: T) {
    this.base = start;
    this.value = start;
    this.#drop();
  }

  /** Takes up what changed elsewhere as what stood there. */
  rebase(base: T, value: T) {
    this.base = base;
    this.value = value;
    this.save();
  }

  #drop() {
    this.#lost = false;
    this.returned = false;
    forget(this.#name);
  }
}

/** Called while a component is made: a draft with the guard at the door. `what` ends "This would lose …". */
export function begin<T>(name: string, start: T, what: string): Draft<T> {
  const draft = new Draft(name, start);
  $effect(() => guard(() => (draft.unkept ? what : null)));
  return draft;
}

/** Whether something was begun under that name. */
export const begun = (name: string) => session.user !== null && recall(`${personal('draft', session.user.id)}.${name}`) !== null;

/** Writes down words for a place that is not on the page. */
export function leaveWords(name: string, value: string) {
  keep(`${personal('draft', session.user?.id)}.${name}`, { value, base: '', when: Date.now() } satisfies Kept<string>);
}

function prune(person: string) {
  const all = namesOf(personal('draft', person));
  if (all.length <= most) return;
  const age = (name: string) => recall<Kept<unknown>>(name)?.when ?? 0;
  for (const name of all.sort((a, b) => age(a) - age(b)).slice(0, all.length - most)) forget(name);
}
