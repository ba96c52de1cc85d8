// Keeps the focus on the page: when what has it goes away, the next best takes it. And finds it again after a way back.

const headings = '[data-heading], h1, h2, h3';
const rooms = 'dialog, section, aside, form, main';

const shown = (node: Element | null | undefined): node is HTMLElement =>
  node instanceof HTMLElement && node.isConnected && node.checkVisibility();

/** Gives the focus also to what takes none by itself, such as a heading; brings it into view unless the place on the page is to stay. */
export function focusOn(node: Element | null | undefined, view: 'bring' | 'stay' = 'bring'): boolean {
  if (!shown(node)) return false;
  node.focus({ preventScroll: true });
  if (document.activeElement !== node) {
    node.tabIndex = -1;
    node.focus({ preventScroll: true });
  }
  if (view === 'bring') node.scrollIntoView({ block: 'nearest' });
  return document.activeElement === node;
}

/** Calls `then` with the first of these inside as soon as it says something. Answers how to stop waiting. */
export function whenThere(room: Element, selector: string, then: (found: Element) => void): () => void {
  const watch = new MutationObserver(look);
  function look() {
    const found = room.querySelector(selector);
    if (!found?.textContent?.trim()) return;
    watch.disconnect();
    then(found);
  }
  watch.observe(room, { childList: true, subtree: true, characterData: true });
  look();
  return () => watch.disconnect();
}

/** The first field that was refused, with the sentence that says why. */
export function focusFault(form: Element | null | undefined): boolean {
  const field = form?.querySelector<HTMLElement>('[aria-invalid]');
  field?.focus({ preventScroll: true });
  (field?.closest('.field') ?? field)?.scrollIntoView({ block: 'nearest' });
  return !!field;
}

/** The item after (1) or before (-1) this one, children left out. */
export function beside(item: Element, by: 1 | -1): Element | undefined {
  const all = Array.from(document.querySelectorAll('[data-item]')).filter((other) => other === item || !item.contains(other));
  return all[all.indexOf(item) + by];
}

/** Who takes the focus when `from` is gone, best first: the button of its menu, its entry in a list, those beside it, headings. */
function heirs(from: Element): Element[] {
  const found: (Element | null | undefined)[] = [from.closest('.menu')?.querySelector('[aria-haspopup]')];
  for (let item = from.closest('[data-item]'); item; item = item.parentElement?.closest('[data-item]') ?? null) {
    if (item !== from) found.push(item);
    found.push(beside(item, 1), beside(item, -1));
  }
  for (let room = from.closest(rooms); room; room = room.parentElement?.closest(rooms) ?? null) found.push(room.querySelector(headings));
  return found.filter((heir) => heir instanceof Element && heir !== from) as Element[];
}

interface Holder {
  from: Element;
  heirs: Element[];
}

let last: Holder | null = null;
let asked = false;

const holder = (from: Element): Holder => ({ from, heirs: heirs(from) });

function pass(to: Holder) {
  if (focusOn(to.from)) return;
  if (!to.heirs.some((heir) => focusOn(heir))) focusOn(document.querySelector('main [data-heading]') ?? document.querySelector('main'));
}

function rescue() {
  asked = false;
  const now = document.activeElement;
  if (!last || (now && now !== document.body)) return;
  if (shown(last.from)) last = null;
  else pass(last);
}

function look() {
  if (!last || asked) return;
  asked = true;
  requestAnimationFrame(rescue);
}

addEventListener('focusin', (event) => {
  if (event.target instanceof Element && event.target !== document.body) last = holder(event.target);
});
addEventListener('focusout', (event) => {
  if (!event.relatedTarget && document.hasFocus()) look();
});
new MutationObserver(look).observe(document.documentElement, {
  childList: true,
  subtree: true,
  attributes: true,
  attributeFilter: ['class', 'hidden', 'disabled'],
});

/** Something opens on top of the page and takes the focus: answers how to give it back, to who has it now or to whoever is nearest then. */
export function lend(): () => void {
  const now = document.activeElement;
  const owner = now && now !== document.body ? holder(now) : last;
  return () => queueMicrotask(() => owner && pass(owner));
}

/** Where the focus is, in words that hold after the page was left and built again. */
export interface Mark {
  root: string;
  tag: string;
  name: string;
  nth: number;
}

const nameOf = (node: Element) => node.getAttribute('href') ?? node.getAttribute('aria-label') ?? node.textContent!.trim().slice(0, 80);
const alike = (mark: Mark) =>
  Array.from(document.querySelectorAll(`${mark.root} ${mark.tag}`)).filter((node) => nameOf(node) === mark.name);

export function markFocus(): Mark | null {
  const now = document.activeElement;
  if (!now || !now.closest('main') || now.id === 'main' || now.matches('[data-heading]')) return null;
  const own = now.closest('[id*="-"]:not([id^="svelte"])');
  const mark = {
    root: own && own !== now && /-\d+$/.test(own.id) ? `#${CSS.escape(own.id)}` : 'main',
    tag: now.localName,
    name: nameOf(now),
    nth: 0,
  };
  mark.nth = alike(mark).indexOf(now);
  return mark.nth < 0 ? null : mark;
}

/** Answers whether it was there again. */
export const focusMark = (mark: Mark | null): boolean => mark !== null && focusOn(alike(mark)[mark.nth], 'stay');
