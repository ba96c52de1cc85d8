// What was loaded a moment ago, so that going back shows it at once, also without a network.

const held = new Map<string, unknown>();
const limit = 80;

export function remember(key: string, value: unknown) {
  held.delete(key);
  held.set(key, value);
  if (held.size > limit) held.delete(held.keys().next().value!);
}

export const remembered = <T>(key: string): T | undefined => held.get(key) as T | undefined;

/** Called when another person comes or goes: nothing of the one before may be shown. */
export function forgetAll() {
  held.clear();
}
