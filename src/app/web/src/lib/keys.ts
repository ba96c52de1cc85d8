// Single-key shortcuts: one table for the player, one for everywhere; the same tables fill the "?" sheet. Pure.

export interface Press {
  key: string;
  ctrlKey?: boolean;
  metaKey?: boolean;
  altKey?: boolean;
  shiftKey?: boolean;
}

export type PlayerAct =
  | { act: 'play' | 'mute' | 'captions' | 'fullscreen' | 'theatre' | 'picture' | 'comment' | 'details' | 'link' }
  | { act: 'seek'; by: number }
  | { act: 'tenth'; n: number }
  | { act: 'sound'; by: number }
  | { act: 'frame'; by: number }
  | { act: 'rate'; by: number }
  | { act: 'nextText' | 'nextSound' }
  | { act: 'offset'; by: number };

const simple: Record<string, PlayerAct> = {
  ' ': { act: 'play' },
  k: { act: 'play' },
  j: { act: 'seek', by: -10 },
  l: { act: 'seek', by: 10 },
  ArrowLeft: { act: 'seek', by: -5 },
  ArrowRight: { act: 'seek', by: 5 },
  ArrowUp: { act: 'sound', by: 0.05 },
  ArrowDown: { act: 'sound', by: -0.05 },
  m: { act: 'mute' },
  ',': { act: 'frame', by: -1 },
  '.': { act: 'frame', by: 1 },
  '<': { act: 'rate', by: -1 },
  '>': { act: 'rate', by: 1 },
  c: { act: 'captions' },
  f: { act: 'fullscreen' },
  t: { act: 'theatre' },
  i: { act: 'picture' },
  a: { act: 'comment' },
  d: { act: 'details' },
  v: { act: 'nextSound' },
  z: { act: 'offset', by: -0.1 },
  x: { act: 'offset', by: 0.1 },
};

const shifted: Record<string, PlayerAct> = { c: { act: 'nextText' }, z: { act: 'offset', by: -0.5 }, x: { act: 'offset', by: 0.5 } };

/** What the player does for a key, or null. Keys with Ctrl, Alt or Meta belong to the browser. */
export function playerAct(press: Press): PlayerAct | null {
  if (press.ctrlKey || press.metaKey || press.altKey) return null;
  if (/^[0-9]$/.test(press.key)) return { act: 'tenth', n: Number(press.key) };
  const key = press.key.length === 1 ? press.key.toLowerCase() : press.key;
  return (press.shiftKey && shifted[key]) || (simple[key] ?? null);
}

/** Whether a key pressed in this element writes text or works the control, so that no shortcut may act. */
export function takesText(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false;
  return target.closest('input:not([type=range],[type=checkbox],[type=radio]), textarea, select, [contenteditable]') !== null;
}

export const rates = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2];

/** The next speed in the direction of `by`; stays at the ends. */
export function nextRate(now: number, by: number): number {
  const at = rates.findIndex((r) => r >= now - 0.001);
  return rates[Math.min(rates.length - 1, Math.max(0, (at < 0 ? rates.length - 1 : at) + by))]!;
}

export const playerSheet: [string, string][] = [
  ['Space k', 'Play or pause'],
  ['j l', 'Back or on 10 s'],
  ['← →', 'Back or on 5 s'],
  ['↑ ↓', 'Louder, quieter'],
  ['m', 'Sound off'],
  ['0 – 9', 'To a tenth of the film'],
  [', .', 'One frame'],
  ['< >', 'Slower, faster'],
  ['c', 'Subtitles on and off'],
  ['Shift c', 'Next subtitles'],
  ['z x', 'Subtitles earlier, later'],
  ['v', 'Next sound'],
  ['f', 'Full screen'],
  ['t', 'Theatre'],
  ['i', 'Picture in picture'],
  ['a', 'Comment at this moment'],
  ['d', 'What people say, and about it'],
];

export const houseSheet: [string, string][] = [
  ['/', 'Search'],
  ['g h', 'Home'],
  ['g b', 'Browse'],
  ['g u', 'Upload'],
  ['g y', 'You'],
  ['j k', 'Next, previous in a list'],
  ['Enter', 'Open'],
  ['Esc', 'Close the top layer'],
  ['?', 'This sheet'],
];

export const deskSheet: [string, string][] = [
  ['j k', 'Next, previous report'],
  ['c', 'Claim, give back'],
  ['0 2', 'No breach, hide'],
  ['e', 'Evidence'],
  ['o', 'Resolution text'],
  ['Ctrl Enter', 'Decide'],
  ['u', 'Undo the last decision'],
];
