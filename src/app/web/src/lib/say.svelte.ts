// What the house says in passing: toasts for the eye, two live regions for the ear.

export interface Said {
  text: string;
  act?: { name: string; run: () => void };
}

export interface Toast extends Said {
  id: number;
  /** Whether it is about the page that is shown and goes with it. */
  life: 'own' | 'page';
}

export const toasts = $state<Toast[]>([]);
export const regions = $state({ polite: '', assertive: '' });

let next = 0;

export function announce(text: string, how: 'polite' | 'assertive' = 'polite') {
  regions[how] = regions[how] === text ? `${text}\u00a0` : text;
  if (how === 'assertive') toast(text);
}

/** Shown bottom left for 8 s; stays while pointed at. At most three at once. Answers what `dismiss` takes it away by. */
export function toast(text: string, act?: Toast['act'], life: Toast['life'] = 'own'): number {
  toasts.push({ id: ++next, text, act, life });
  if (toasts.length > 3) toasts.shift();
  if (regions.assertive !== text) regions.polite = text;
  return next;
}

export function dismiss(id: number) {
  const at = toasts.findIndex((t) => t.id === id);
  if (at >= 0) toasts.splice(at, 1);
}

/** Another page is shown: what was said about the one before goes. */
export function turnPage() {
  for (const { id } of toasts.filter((t) => t.life === 'page')) dismiss(id);
}

/** To the clipboard, or to the eye where the browser has none to give. */
export async function copy(text: string, said = 'Copied.') {
  try {
    await navigator.clipboard.writeText(text);
    toast(said);
  } catch {
    toast(text);
  }
}
