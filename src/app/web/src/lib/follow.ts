// Asking the server again and again about something that is on its way. One place, so that all of it is polite.

/**
 * Calls `ask` every `every` milliseconds, one call at a time, not while nobody looks at the page, and less often while it fails.
 * The first call comes after `first`. Answers how to stop.
 */
export function follow(ask: (signal: AbortSignal) => Promise<unknown>, every: number, first = every): () => void {
  const stop = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;

  const plan = (wait = every * Math.min(2 ** failures, 8)) => {
    clearTimeout(timer);
    timer = setTimeout(() => void next(), wait);
  };

  async function next() {
    if (document.hidden) return;
    try {
      await ask(stop.signal);
      failures = 0;
    } catch {
      failures++;
    }
    if (!stop.signal.aborted) plan();
  }

  document.addEventListener('visibilitychange', () => { if (!document.hidden) plan(); }, { signal: stop.signal });
  plan(first);
  return () => {
    stop.abort();
    clearTimeout(timer);
  };
}
