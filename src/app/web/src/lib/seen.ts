// Whether there is anybody to show something to: the page is in front, and the server answers.
import { untrack } from 'svelte';
import { net, whenBack } from './net.svelte';

const waits = new Set<() => void>();

/** Asked in passing: an effect that asks does not run again for it. */
export const seen = () => !document.hidden && untrack(() => net.up);

/** Runs `work` now, else once when somebody looks again; the same work waits once. Answers how to call it off. */
export function whenSeen(work: () => void): () => void {
  if (seen()) work();
  else waits.add(work);
  return () => void waits.delete(work);
}

function look() {
  if (!seen()) return;
  const all = [...waits];
  waits.clear();
  for (const work of all) work();
}

document.addEventListener('visibilitychange', look);
whenBack(async () => {
  look();
  return null;
});
