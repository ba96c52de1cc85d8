// Choices of a person in this browser: theme and single-key shortcuts. Who chose nothing has what visitors chose here.
import { session } from './api/session.svelte';
import { keep, personal, recall } from './storage';

export type Theme = 'dark' | 'light' | 'auto';

interface Choices {
  theme?: Theme;
  keys?: boolean;
}

/** Whose theme the next start shows before it is known who is there; null for the visitors'. */
const shownFor = 'mozi.theme-of';

function startTheme(): Theme {
  const set = document.documentElement.dataset.theme;
  return set === 'light' || set === 'auto' ? set : 'dark';
}

export const settings = $state({ theme: startTheme(), keys: true });

const choicesOf = (person: string | undefined) => recall<Choices>(personal('choices', person)) ?? {};

/** Called when another person comes or goes. */
export function takeChoices() {
  const person = session.user?.id;
  const all = { ...choicesOf(undefined), ...choicesOf(person) };
  const before = recall<string>(shownFor);
  const shown = before && before !== person ? 'dark' : settings.theme;
  settings.keys = all.keys ?? true;
  show(all.theme ?? shown, choicesOf(person).theme ? person : undefined);
}

function show(theme: Theme, person: string | undefined) {
  settings.theme = theme;
  document.documentElement.dataset.theme = theme;
  keep(shownFor, person ?? null);
  try {
    localStorage.setItem('mozi.theme', theme);
  } catch {
    // The theme lasts until the page is closed.
  }
}

function choose(choice: Choices) {
  const name = personal('choices', session.user?.id);
  keep(name, { ...recall<Choices>(name), ...choice });
}

export function setTheme(theme: Theme) {
  choose({ theme });
  show(theme, session.user?.id);
}

export function setKeys(on: boolean) {
  choose({ keys: on });
  settings.keys = on;
}
