// Addresses and history. Links are plain <a href>; this turns those of our own pages into steps without a reload.

export const route = $state({ path: location.pathname, query: new URLSearchParams(location.search), hash: location.hash, step: 0 });

const depths = new Map<number, number>();
let index = (history.state as { index?: number } | null)?.index ?? 0;
history.scrollRestoration = 'manual';
history.replaceState({ index }, '');

function read() {
  route.path = location.pathname;
  route.query = new URLSearchParams(location.search);
  route.hash = location.hash;
}

export interface Step {
  replace?: boolean;
  /** Keeps the scroll position and focus: for filters that change the query of the same page. */
  stay?: boolean;
}

export function go(to: string, step: Step = {}) {
  depths.set(index, scrollY);
  if (step.replace) history.replaceState({ index }, '', to);
  else history.pushState({ index: ++index }, '', to);
  read();
  if (step.stay) return;
  route.step++;
  scrollTo(0, 0);
}

/** Where the page was scrolled to when the person left it, for the way back. */
export let restore: number | null = null;

addEventListener('popstate', (event) => {
  depths.set(index, scrollY);
  index = (event.state as { index?: number } | null)?.index ?? 0;
  restore = depths.get(index) ?? 0;
  read();
  route.step++;
  let tries = 30;
  const settle = () => {
    if (restore === null) return;
    scrollTo(0, restore);
    if (Math.abs(scrollY - restore) > 2 && --tries > 0) requestAnimationFrame(settle);
    else restore = null;
  };
  requestAnimationFrame(settle);
});

document.addEventListener('click', (event) => {
  if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = (event.target as Element | null)?.closest?.('a');
  if (!link || link.target || link.hasAttribute('download') || link.origin !== location.origin) return;
  if (/^\/(api|media|health|metrics|openapi|graphql)/.test(link.pathname)) return;
  event.preventDefault();
  if (link.pathname === location.pathname && link.search === location.search && link.hash) {
    document.getElementById(link.hash.slice(1))?.focus();
    return;
  }
  go(link.pathname + link.search + link.hash);
});

/** Changes one or more query values of this page; empty ones disappear. */
export function narrow(changes: Record<string, string | null>) {
  const query = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(changes)) {
    if (value) query.set(name, value);
    else query.delete(name);
  }
  const text = query.toString();
  go(location.pathname + (text ? `?${text}` : ''), { stay: true, replace: true });
}
