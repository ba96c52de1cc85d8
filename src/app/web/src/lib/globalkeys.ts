// Single keys that work on every page. Returns whether the key was used.
import { takesText } from './keys';
import { settings } from './settings.svelte';

interface Acts {
  sheet: () => void;
  go: (to: string) => void;
}

let afterG = 0;
const places: Record<string, string> = { h: '/', b: '/browse', u: '/upload', y: '/you', d: '/desk' };

/** Moves the focus along the items of the page ([data-item]). */
function along(by: number): boolean {
  const items = Array.from(document.querySelectorAll<HTMLElement>('[data-item]')).filter((i) => i.offsetParent !== null);
  if (!items.length) return false;
  const at = items.indexOf(document.activeElement as HTMLElement);
  const to = at < 0 ? (by > 0 ? 0 : items.length - 1) : Math.min(items.length - 1, Math.max(0, at + by));
  items[to]?.focus();
  return true;
}

export function globalKey(event: KeyboardEvent, acts: Acts): boolean {
  if (!settings.keys || event.ctrlKey || event.metaKey || event.altKey || takesText(event.target)) return false;
  if (document.querySelector('dialog[open]')) return false;
  const key = event.key;
  if (Date.now() - afterG < 1200) {
    afterG = 0;
    const to = places[key];
    if (to) acts.go(to);
    return to !== undefined;
  }
  switch (key) {
    case 'g':
      afterG = Date.now();
      return true;
    case '?':
      acts.sheet();
      return true;
    case '/': {
      const box = document.querySelector<HTMLInputElement>('[data-search]:not([hidden])');
      if (box && box.offsetParent !== null) {
        box.focus();
        box.select();
      } else acts.go('/browse?find=1');
      return true;
    }
    case 'j':
    case 'k': {
      // A film that plays has these two keys, unless the focus is already in a list.
      const inList = event.target instanceof Element && event.target.closest('[data-item]') !== null;
      if (!inList && document.querySelector('[data-player]')) return false;
      return along(key === 'j' ? 1 : -1);
    }
    default:
      return false;
  }
}
