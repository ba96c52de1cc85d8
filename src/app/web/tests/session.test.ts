// Staying signed in and signing out where the server answers badly, or not at all.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import './page';

const ada = { id: '7', username: 'ada', role: 'USER' };
const tokens = { accessToken: 'a.b.c', expiresIn: 900 };

let store: Map<string, string>;
let asked: string[];
/** What each address answers; what is not here does not answer at all. */
let answers: Record<string, () => Response>;

const says = (status: number, body: unknown = {}, headers = {}) => Response.json(body, { status, headers });
const well = () => {
  answers['POST /api/auth/refresh'] = () => says(200, { tokens });
  answers['GET /api/users/me'] = () => says(200, ada);
  answers['POST /api/auth/logout'] = () => new Response(null, { status: 204 });
};

beforeEach(() => {
  vi.useFakeTimers();
  vi.resetModules();
  store = new Map();
  asked = [];
  answers = {};
  vi.stubGlobal('localStorage', {
    getItem: (name: string) => store.get(name) ?? null,
    setItem: (name: string, value: string) => void store.set(name, value),
    removeItem: (name: string) => void store.delete(name),
  });
  vi.stubGlobal('navigator', {});
  vi.stubGlobal('fetch', async (address: string, { method }: { method: string }) => {
    asked.push(`${method} ${address}`);
    const answer = answers[`${method} ${address}`];
    if (!answer) throw new TypeError('no network');
    return answer();
  });
});
afterEach(() => vi.useRealTimers());

const open = () => import('../src/lib/api/session.svelte');
async function signedIn() {
  well();
  store.set('mozi.signed', '"USER"');
  const page = await open();
  await page.resume();
  expect(page.session.user?.id).toBe('7');
  return page;
}

describe('a reload', () => {
  const bad: [string, (() => Response) | undefined][] = [
    ['a proxy whose server starts again', () => new Response('<h1>502</h1>', { status: 502 })],
    ['a server that is busy', () => says(503, { id: 'server.busy' })],
    ['too many requests at this address', () => says(429, { id: 'request.rate' }, { 'Retry-After': '3' })],
    ['a page of somebody else’s network', () => new Response('<h1>Accept our terms</h1>', { status: 200 })],
    ['no network', undefined],
  ];
  for (const [what, answer] of bad)
    it(`signs nobody out for ${what}, and they are back when it answers`, async () => {
      store.set('mozi.signed', '"USER"');
      if (answer) answers['POST /api/auth/refresh'] = answer;
      const page = await open();
      await page.resume();
      expect(store.has('mozi.signed')).toBe(true);
      expect(page.session.settled).toBe(true);
      well();
      await vi.advanceTimersByTimeAsync(10_000);
      expect(page.session.user?.id).toBe('7');
    });
  it('asks as late as it was told, and rarer the longer it is in vain', async () => {
    store.set('mozi.signed', '"USER"');
    answers['POST /api/auth/refresh'] = () => says(429, {}, { 'Retry-After': '30' });
    await (await open()).resume();
    await vi.advanceTimersByTimeAsync(29_000);
    expect(asked).toHaveLength(1);
    answers['POST /api/auth/refresh'] = () => says(503);
    await vi.advanceTimersByTimeAsync(20 * 60_000);
    expect(asked.length).toBeLessThan(30);
  });
  it('ends with a session that the server has ended', async () => {
    store.set('mozi.signed', '"USER"');
    answers['POST /api/auth/refresh'] = () => says(401, { id: 'auth.refresh_token' });
    const page = await open();
    await page.resume();
    expect([page.session.user, store.has('mozi.signed')]).toEqual([null, false]);
  });
});

describe('signing out', () => {
  for (const [what, answer] of [
    ['429', () => says(429)],
    ['502', () => new Response('', { status: 502 })],
    ['nothing', undefined],
  ] as const)
    it(`is not said to be done where the server answers ${what}, and is done when it can be`, async () => {
      const page = await signedIn();
      if (answer) answers['POST /api/auth/logout'] = answer;
      else delete answers['POST /api/auth/logout'];
      expect(await page.signOut()).toBe(false);
      expect(page.session.user).toBeNull();
      well();
      await vi.advanceTimersByTimeAsync(5000);
      expect(asked.at(-1)).toBe('POST /api/auth/logout');
      expect(page.session.user).toBeNull();
    });
  it('is done at the next start of the page, before anybody is taken back in', async () => {
    const page = await signedIn();
    delete answers['POST /api/auth/logout'];
    await page.signOut();
    store.set('mozi.signed', '"USER"'); // by whoever sits here next
    vi.resetModules();
    vi.clearAllTimers();
    asked = [];
    const later = await open();
    await later.resume();
    expect(later.session.user).toBeNull();
    expect(asked).toEqual(['POST /api/auth/logout']);
  });
  it('of one is nothing to the next who signs in', async () => {
    const page = await signedIn();
    delete answers['POST /api/auth/logout'];
    await page.signOut();
    answers['POST /api/auth/login'] = () => says(200, { user: { ...ada, id: '8' }, tokens });
    await page.signIn('ben', 'secret', 'k');
    well();
    asked = [];
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked).not.toContain('POST /api/auth/logout');
    expect(page.session.user?.id).toBe('8');
  });
});
