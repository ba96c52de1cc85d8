// What was loaded a moment ago, so that going back shows it at once, also without a network.

const held = new Map<string, unknown>();
const limit = 80;
let time = 0;

/** Whose time it is: another one with every person who comes or goes. */
export const era = () => time;

/** What was asked for in the time of somebody who has left is not remembered. */
export function remember(key: string, value: unknown, asked = time) {
  if (asked !== time) return;
  held.delete(key);
  held.set(key, value);
  if (held.size > limit) held.delete(held.keys().next().value!);
}

export const remembered = <T>(key: string): T | undefined => held.get(key) as T | undefined;

/** Called when another person comes or goes: nothing of the one before may be shown. */
export function forgetAll() {
  held.clear();
  time++;
}
