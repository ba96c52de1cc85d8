// Addresses and history. Links are plain <a href>; this turns those of our own pages into steps without a reload. Each entry of the
// history knows where its page was scrolled to and what had the focus, also after a reload.
import { focusMark, markFocus, type Mark } from './focus';
import { mayLeave } from './leave.svelte';

export const route = $state({ path: location.pathname, query: new URLSearchParams(location.search), hash: location.hash, step: 0 });

interface Entry {
  url: string;
  y: number;
  focus: Mark | null;
}

interface State {
  index: number;
  layer?: true;
}

const store = 'mozi.history';
const stateOf = (value: unknown) => value as State | null;

const entries = new Map(recallEntries());
/** A page that was opened anew stands apart from what this tab held before: how far that is, only the browser knows. */
let index = stateOf(history.state)?.index ?? Math.max(-2, ...entries.keys()) + 2;
let url = here();
/** The entry that a way back or a reload led to, until the page has its place and focus again. */
let wanted = stateOf(history.state) ? (entries.get(index) ?? null) : null;

history.scrollRestoration = 'manual';

function here() {
  return location.pathname + location.search + location.hash;
}

function recallEntries(): [number, Entry][] {
  try {
    return JSON.parse(sessionStorage.getItem(store) ?? '[]') as [number, Entry][];
  } catch {
    return [];
  }
}

addEventListener('pagehide', () => {
  note();
  try {
    sessionStorage.setItem(store, JSON.stringify([...entries].slice(-100)));
  } catch {
    // The way back begins at the top then.
  }
});

function note() {
  entries.set(index, { url, y: scrollY, focus: markFocus() });
}

function read() {
  url = here();
  route.path = location.pathname;
  route.query = new URLSearchParams(location.search);
  route.hash = location.hash;
}

export interface Step {
  replace?: boolean;
  /** Keeps the scroll position and focus: for filters that change the query of the same page. */
  stay?: boolean;
}

export function go(to: string, step: Step = {}) {
  if (afterwards) {
    afterwards.push(() => go(to, step));
    return;
  }
  if (step.stay && step.replace && (layers.length > 0 || closing !== null)) {
    // What lies on top stays; the entry beneath learns of it when it shows again.
    history.replaceState({ index, layer: true } satisfies State, '', to);
    read();
    return;
  }
  if (!step.stay && !mayLeave(() => go(to, step))) return;
  const above = layers.length + Number(closing !== null);
  stopClosing();
  for (const open of layers.splice(0).reverse()) open.close();
  if (above === 0) put(to, step.replace === true, step.stay);
  else if (step.replace || above > 1) back(step.replace ? above : above - 1, () => put(to, true, step.stay));
  else put(to, true, step.stay);
}

function put(to: string, replace: boolean, stay = false) {
  if (!replace) {
    note();
    for (const later of [...entries.keys()]) if (later > index) entries.delete(later);
    index++;
  }
  const state: State = { index };
  if (replace) history.replaceState(state, '', to);
  else history.pushState(state, '', to);
  wanted = null;
  read();
  if (stay) return;
  route.step++;
  scrollTo(0, 0);
}

/** The address of this page with other values in its query; empty ones disappear. */
export function addressWith(changes: Record<string, string | null>): string {
  const query = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(changes)) {
    if (value) query.set(name, value);
    else query.delete(name);
  }
  const text = query.toString();
  return location.pathname + (text ? `?${text}` : '');
}

/** Goes there and stays where one is. A choice is a step of the history, a letter of a search is not. */
export function narrow(changes: Record<string, string | null>, how: 'step' | 'same' = 'step') {
  const to = addressWith(changes);
  if (to !== location.pathname + location.search) go(to, { stay: true, replace: how === 'same' });
}

/** Where to sign in and come back to this very place, or to another of this page. */
export const signInHere = (hash = route.hash) =>
  `/in?next=${encodeURIComponent(route.path + (route.query.size ? `?${route.query}` : '') + hash)}`;

const door = /^\/(in|join|setup)\b/;

/** A step back to the page that led here; on to `otherwise` where that was a door, another tab or nothing. */
export function stepBack(otherwise: string) {
  const behind = entries.get(index - 1)?.url;
  if (behind && !door.test(behind) && new URL(behind, location.origin).pathname !== route.path) history.back();
  else go(otherwise, { replace: true });
}

/** A step back to the page at `to`, with its place, where it lies behind (doors between do not count); on to it where it does not. */
export function comeBack(to: string) {
  for (let at = index - 1; entries.has(at); at--) {
    const { url: behind } = entries.get(at)!;
    if (behind === to) {
      history.go(at - index);
      return;
    }
    if (!door.test(behind)) break;
  }
  go(to, { replace: true });
}

// --- what opened on top of the page: Back closes it, latest first ---

interface Layer {
  close: () => void;
  at: number;
}

const layers: Layer[] = [];
let closing: ReturnType<typeof setTimeout> | null = null;
/** While an entry is taken off the history: what comes after that. */
let afterwards: (() => void)[] | null = null;

/** Where people press Back to be rid of what lies on top. */
export const backCloses = () => matchMedia('(max-width: 767px), (max-height: 480px), (pointer: coarse)').matches;

/** `close` is called when Back is pressed. Answers what to call when it closed in another way. */
export function layer(close: () => void): () => void {
  const own: Layer = { close, at: -1 };
  const open = () => {
    if (closing === null) {
      note();
      history.pushState({ index: ++index, layer: true } satisfies State, '');
    }
    stopClosing();
    own.at = index;
    layers.push(own);
  };
  let gone = false;
  if (afterwards) afterwards.push(() => gone || open());
  else open();
  return () => {
    gone = true;
    const at = layers.indexOf(own);
    if (at < 0) return;
    layers.splice(at, 1);
    if (own.at === index) {
      closing = setTimeout(() => {
        closing = null;
        back(1, keepAddress);
      });
    }
  };
}

function stopClosing() {
  if (closing !== null) clearTimeout(closing);
  closing = null;
}

/** Gives the entry that shows again the address that was written while something lay on top of it. */
function keepAddress() {
  if (here() !== url) history.replaceState({ index, ...(layers.length ? { layer: true } : {}) } satisfies State, '', url);
}

/** Steps back without anybody noticing; `then` runs when the history is there. */
function back(by: number, then?: () => void) {
  afterwards = then ? [then] : [];
  history.go(-by);
}

addEventListener('popstate', (event) => {
  const to = stateOf(event.state);
  if (afterwards) {
    index = to?.index ?? index;
    const all = afterwards;
    afterwards = null;
    for (const then of all) then();
    return;
  }
  if (!to) {
    // Another "#" typed by hand, or by a link of the browser's own.
    note();
    history.replaceState({ index: ++index } satisfies State, '');
    read();
    return;
  }
  while (layers.length && layers.at(-1)!.at > to.index) {
    const last = layers.pop()!;
    index = last.at - 1;
    last.close();
  }
  const by = to.index - index;
  if (by === 0) return keepAddress();
  if (!mayLeave(() => history.go(by))) {
    back(by);
    return;
  }
  note();
  index = to.index;
  if (to.layer) {
    back(1);
    return;
  }
  wanted = entries.get(index) ?? null;
  read();
  route.step++;
});

if (stateOf(history.state)?.layer) {
  back(1, () => {
    keepAddress();
    wanted = entries.get(index) ?? null;
  });
} else history.replaceState({ index } satisfies State, '');

// --- the place of an entry ---

/** How far down the page that is being built will stand. */
export const placeAhead = () => wanted?.y ?? scrollY;

/** Called when the page of the address is there: brings it to the place and focus it had. Answers what it had. */
export function settle(): 'nothing' | 'place' | 'focus' {
  const entry = wanted;
  if (!entry) return 'nothing';
  const end = performance.now() + 5000;
  // The browser's own anchor would move the page away again, by what came above since it was last looked at.
  const anchor = document.documentElement.style;
  anchor.setProperty('overflow-anchor', 'none');
  const look = () => {
    if (wanted === entry) {
      scrollTo(0, entry.y);
      const there = Math.abs(scrollY - entry.y) <= 2 && (!entry.focus || focusMark(entry.focus));
      if (there || performance.now() > end) wanted = null;
      requestAnimationFrame(look);
    } else if (!wanted) anchor.removeProperty('overflow-anchor');
  };
  look();
  return entry.focus ? 'focus' : 'place';
}

for (const touched of ['wheel', 'touchstart', 'pointerdown', 'keydown']) {
  addEventListener(touched, () => (wanted = null), { capture: true, passive: true });
}

document.addEventListener('click', (event) => {
  if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = (event.target as Element | null)?.closest?.('a');
  if (!link || link.target || link.hasAttribute('download') || link.origin !== location.origin) return;
  if (/^\/(api|media|health|metrics|openapi|graphql)/.test(link.pathname)) return;
  event.preventDefault();
  if (link.pathname === location.pathname && link.search === location.search && link.hash) {
    document.getElementById(link.hash.slice(1))?.focus();
    return;
  }
  go(link.pathname + link.search + link.hash);
});
