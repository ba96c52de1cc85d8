// The service worker: keeps the shell of one build of the interface, so that it opens at once and without a network.
// It knows nothing of people and answers nothing of the API and no media: what a person saw is kept by the page, in lib/kept.ts.
// A new build is a new worker with a new name: it takes its whole shell from the server or is not installed at all, and the
// shell before it is thrown away when it takes over. So no page is ever made of two builds.

const build = __BUILD__;
/** The script that the page of this build begins with. */
const entry = __ENTRY__;
/** Everything else that the first paint needs. */
const files = __FILES__;

const family = 'mozi-shell-';
const name = family + build;

async function install() {
  const cache = await caches.open(name);
  const page = await fetch('/', { cache: 'no-cache' });
  // Between two answers the server may have been replaced: then this worker is of a build that is gone.
  if (!page.ok || !(await page.clone().text()).includes(entry)) throw new Error('the server has another build');
  await cache.put('/', page);
  await cache.addAll([entry, ...files]);
  await self.skipWaiting();
}

async function takeOver() {
  for (const other of await caches.keys()) if (other.startsWith(family) && other !== name) await caches.delete(other);
  await self.clients.claim();
}

async function pageOf(request) {
  return (await (await caches.open(name)).match('/')) ?? fetch(request);
}

/** Parts have their content in their name: one that is kept is never asked for again. */
async function part(request) {
  const cache = await caches.open(name);
  const kept = await cache.match(request, { ignoreVary: true });
  if (kept) return kept;
  const answer = await fetch(request);
  // A full disk keeps nothing, and that is all.
  if (answer.ok && answer.type === 'basic') await cache.put(request, answer.clone()).catch(() => undefined);
  return answer;
}

/** As the server decides it: a name without an ending is a page of the interface. */
const isPage = (path) => !/^\/(api|media\/|health|metrics|openapi|graphql)/.test(path) && !path.slice(path.lastIndexOf('/')).includes('.');

self.addEventListener('install', (event) => {
  // Films and answers go past the worker where the browser can be told so.
  for (const pathname of ['/media/*', '/api/*']) event.addRoutes?.({ condition: { urlPattern: pathname }, source: 'network' });
  event.waitUntil(install());
});
self.addEventListener('activate', (event) => event.waitUntil(takeOver()));
self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== self.location.origin) return;
  if (request.mode === 'navigate') {
    if (isPage(pathname)) event.respondWith(pageOf(request));
  } else if (pathname.startsWith('/assets/') || files.includes(pathname)) event.respondWith(part(request));
});
