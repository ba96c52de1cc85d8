// What the house says in passing: toasts for the eye, two live regions for the ear.

export interface Toast {
  id: number;
  text: string;
  act?: { name: string; run: () => void };
}

export const toasts = $state<Toast[]>([]);
export const regions = $state({ polite: '', assertive: '' });

let next = 0;

export function announce(text: string, how: 'polite' | 'assertive' = 'polite') {
  regions[how] = regions[how] === text ? `${text}\u00a0` : text;
  if (how === 'assertive') toast(text);
}

/** Shown bottom left for 8 s; stays while pointed at. At most three at once. */
export function toast(text: string, act?: Toast['act']) {
  toasts.push({ id: ++next, text, act });
  if (toasts.length > 3) toasts.shift();
  if (regions.assertive !== text) regions.polite = text;
}

export function dismiss(id: number) {
  const at = toasts.findIndex((t) => t.id === id);
  if (at >= 0) toasts.splice(at, 1);
}
