// The one guard at every way out: what cannot be kept is asked about before it goes.

/** Answers what would be lost, as the end of "This would lose …", or null while nothing would. */
type Loses = () => string | null;

const here = new Set<Loses>();
const tab = new Set<Loses>();

export const leaving = $state<{ asked: { what: string; go: () => void } | null }>({ asked: null });

/** Watches over something until what it answers is called: lost with the page, or only with the whole tab. */
export function guard(loses: Loses, what: 'page' | 'tab' = 'page'): () => void {
  const set = what === 'page' ? here : tab;
  set.add(loses);
  return () => void set.delete(loses);
}

function lost(set: Set<Loses>): string | null {
  for (const loses of set) {
    const what = loses();
    if (what) return what;
  }
  return null;
}

/** Whether the page may be left now. If not, a person is asked, and `go` runs when they say so. */
export function mayLeave(go: () => void): boolean {
  const what = lost(here);
  if (what) leaving.asked = { what, go };
  return what === null;
}

export function leaveAnyway() {
  const asked = leaving.asked;
  leaving.asked = null;
  here.clear();
  asked?.go();
}

addEventListener('beforeunload', (event) => {
  if (lost(here) ?? lost(tab)) event.preventDefault();
});
