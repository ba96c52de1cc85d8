// The way into the player and out again: leaving it gives the focus back to what opened it.
import { go, route } from './router.svelte';

const stops = 'a, button';
let opener: { path: string; anchor: string; index: number } | null = null;

/** Called while the page that opens the player still stands: keeps where on it the person was. Null for a page one does not go back to. */
export function entering(path: string | null) {
  opener = null;
  if (path === null) return;
  const element = document.activeElement?.closest(stops) ?? null;
  const anchor = element?.closest('[id]') ?? null;
  opener = { path, anchor: anchor?.id ?? '', index: element && anchor ? [...anchor.querySelectorAll(stops)].indexOf(element) : -1 };
}

/** Closes the player: back to the page that opened it, or to the title's own. */
export function leave(id: string) {
  if (opener) history.back();
  else go(`/film/${id}`, { replace: true });
}

/** On the page that opened the player: waits until its part is there and puts the focus on it. Answers whether this is that page. */
export function giveBack(): boolean {
  const from = opener;
  opener = null;
  if (!from || from.path !== route.path || from.index < 0) return false;
  const find = () => document.getElementById(from.anchor)?.querySelectorAll<HTMLElement>(stops)[from.index];
  const stop = new AbortController();
  const watch = new MutationObserver(() => settle());
  const settle = () => {
    const found = find();
    if (!found || stop.signal.aborted) return;
    stop.abort();
    found.focus({ preventScroll: true });
  };
  stop.signal.addEventListener('abort', () => watch.disconnect());
  // A person who has gone on meanwhile is not called back.
  for (const event of ['keydown', 'pointerdown', 'wheel']) addEventListener(event, () => stop.abort(), { signal: stop.signal });
  addEventListener('popstate', () => stop.abort(), { signal: stop.signal });
  watch.observe(document.body, { childList: true, subtree: true });
  settle();
  return true;
}
