// Pages kept for a time without a network: whose they are, what is never among them.
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { forgetPages, keepPage, keptPage } from '../src/lib/kept';

class Box {
  held = new Map<string, Response>();
  match = async (address: string) => this.held.get(address)?.clone();
  put = async (address: string, answer: Response) => void this.held.set(address, answer);
  delete = async (key: string | { url: string }) => this.held.delete(typeof key === 'string' ? key : key.url);
  keys = async () => [...this.held.keys()].map((url) => ({ url }));
}

const boxes = new Map<string, Box>();

beforeEach(async () => {
  boxes.clear();
  vi.stubGlobal('caches', {
    open: async (name: string) => boxes.get(name) ?? boxes.set(name, new Box()).get(name),
    has: async (name: string) => boxes.has(name),
    delete: async (name: string) => boxes.delete(name),
    keys: async () => [...boxes.keys()],
  });
  await forgetPages();
});

describe('a kept page', () => {
  it('is found by the person who saw it and by nobody else', async () => {
    await keepPage('7', '/api/movies/1', { title: 'A' });
    expect(await keptPage('7', '/api/movies/1')).toEqual({ title: 'A' });
    expect(await keptPage('8', '/api/movies/1')).toBeUndefined();
    expect(await keptPage(null, '/api/movies/1')).toBeUndefined();
    expect(await keptPage('7', '/api/movies/2')).toBeUndefined();
  });
  it('is the newest of its address', async () => {
    for (const title of ['A', 'B', 'B']) await keepPage('7', '/api/movies/1', { title });
    expect(await keptPage('7', '/api/movies/1')).toEqual({ title: 'B' });
  });
  it('goes with everything else when its person leaves, and when another comes', async () => {
    await keepPage('7', '/api/movies/1', { title: 'A' });
    await forgetPages();
    expect(await keptPage('7', '/api/movies/1')).toBeUndefined();
    await keepPage('7', '/api/movies/1', { title: 'A' });
    await keepPage('8', '/api/movies/1', { title: 'A' });
    await forgetPages('8');
    expect(await keptPage('7', '/api/movies/1')).toBeUndefined();
    expect(await keptPage('8', '/api/movies/1')).toEqual({ title: 'A' });
  });
  it('holds no key to a film, no session, nothing of the desk', async () => {
    await keepPage('7', '/api/movies/1', { video: { hlsUrl: '/media/5/sv9-1-mac/master.m3u8', posterUrl: '/media/5/open/r1/poster.jpg' } });
    expect(await keptPage('7', '/api/movies/1')).toEqual({ video: { hlsUrl: null, posterUrl: '/media/5/open/r1/poster.jpg' } });
    for (const address of ['/api/auth/sessions', '/api/reports?limit=1', '/api/moderation-queue']) {
      await keepPage('7', address, { secret: 1 });
      expect(await keptPage('7', address)).toBeUndefined();
    }
  });
  it('is one of the last eighty, and none is huge', async () => {
    for (let i = 0; i < 90; i++) await keepPage('7', `/api/movies/${i}`, { i });
    expect([await keptPage('7', '/api/movies/9'), await keptPage('7', '/api/movies/10')]).toEqual([undefined, { i: 10 }]);
    await keepPage('7', '/api/movies/huge', { text: 'x'.repeat(500_000) });
    expect(await keptPage('7', '/api/movies/huge')).toBeUndefined();
  });
  it('is nothing where the browser keeps nothing', async () => {
    vi.stubGlobal('caches', undefined);
    await keepPage('7', '/api/movies/1', { title: 'A' });
    expect(await keptPage('7', '/api/movies/1')).toBeUndefined();
    await forgetPages();
  });
});
