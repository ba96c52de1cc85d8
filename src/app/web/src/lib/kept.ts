// The last pages a person saw, kept in this browser for when nothing answers. Each person has their own; another never sees them.
// Where the browser keeps no pages (a plain http address, a private window) everything here does nothing.

const family = 'mozi-pages-';
const limit = 80;
const largest = 400_000;

/** What is nobody's to keep: secrets, and what moderators look into. */
const never = /^\/api\/(auth|reports|moderation)\b/;

const store = () => (typeof caches === 'undefined' ? null : caches);
const nameOf = (person: string | null) => family + (person ?? 'guest');

/** The addresses of films are keys; those made for one session stay out of what is kept. */
const withoutKeys = (_name: string, value: unknown) =>
  typeof value === 'string' && value.startsWith('/media/') && !/^\/media\/\d+\/open\//.test(value) ? null : value;

const last = new Map<string, string>();

/** Keeps what was answered at an address. Silent: a full disk keeps nothing. */
export async function keepPage(person: string | null, address: string, body: unknown): Promise<void> {
  if (never.test(address)) return;
  const text = JSON.stringify(body, withoutKeys);
  const id = `${nameOf(person)} ${address}`;
  if (text.length > largest || last.get(id) === text) return;
  last.set(id, text);
  try {
    const cache = await store()?.open(nameOf(person));
    if (!cache) return;
    await cache.put(address, new Response(text, { headers: { 'Content-Type': 'application/json' } }));
    const keys = await cache.keys();
    for (const old of keys.slice(0, Math.max(0, keys.length - limit))) await cache.delete(old);
  } catch {
    last.delete(id);
  }
}

/** What was answered there the last time, or undefined. */
export async function keptPage(person: string | null, address: string): Promise<unknown> {
  try {
    if (!(await store()?.has(nameOf(person)))) return undefined;
    const found = await (await store()!.open(nameOf(person))).match(address);
    return found ? ((await found.json()) as unknown) : undefined;
  } catch {
    return undefined;
  }
}

/** Throws away everything that was kept, except what belongs to `but`. */
export async function forgetPages(but?: string): Promise<void> {
  last.clear();
  try {
    for (const name of (await store()?.keys()) ?? []) {
      if (name.startsWith(family) && (but === undefined || name !== nameOf(but))) await store()!.delete(name);
    }
  } catch {
    // Nothing can be read either.
  }
}
