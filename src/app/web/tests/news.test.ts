// News within a tab and between tabs: who hears, and what is believed.
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Channel, frame } from './page';
import { newsFor, newsIn, on, tell, type News } from '../src/lib/news';

const channel = Channel.all[0]!;
let heard: [News, boolean][] = [];
const hear = (news: News, elsewhere: boolean) => void heard.push([news, elsewhere]);

beforeEach(() => {
  heard = [];
  channel.said = [];
  newsFor(() => '7');
});

describe('news in this tab', () => {
  it('reaches who shows that very thing, and who shows its kind', () => {
    const stops = [on('movie', '1', hear), on('movie', undefined, hear), on('movie', '2', hear), on('media', '1', hear)];
    tell({ what: 'movie', id: '1' });
    expect(heard).toEqual([
      [{ what: 'movie', id: '1' }, false],
      [{ what: 'movie', id: '1' }, false],
    ]);
    for (const stop of stops) stop();
    tell({ what: 'movie', id: '1' });
    expect(heard).toHaveLength(2);
  });
  it('reaches who stops hearing while it is told, and does not lose the next', () => {
    const stop = on('media', '1', () => stop());
    const other = on('media', '1', hear);
    tell({ what: 'media', id: '1' });
    expect(heard).toHaveLength(1);
    other();
  });
  it('keeps the value to itself: other tabs are told what it is about and by whom', () => {
    const stop = on('comments', '1', hear);
    tell({ what: 'comments', id: '1', part: '5', value: null });
    expect(heard[0]![0].value).toBeNull();
    expect(channel.said).toEqual([{ what: 'comments', id: '1', part: '5', gone: true, person: '7' }]);
    stop();
  });
});

describe('news from another tab', () => {
  it('is heard as such', () => {
    const stop = on('movie', '1', hear);
    channel.arrive({ what: 'movie', id: '1', person: '7', value: { title: 'not believed' } });
    expect(heard).toEqual([[{ what: 'movie', id: '1' }, true]]);
    stop();
  });
  it('says the end of something, and nothing else of what it is', () => {
    const message = { what: 'movie', id: '1', person: '7' };
    expect(newsIn({ ...message, gone: true })).toEqual({ what: 'movie', id: '1', value: null });
    for (const gone of [false, null, 'true', 1]) expect(newsIn({ ...message, gone })).toBeNull();
  });
  it('is not told on', () => {
    channel.arrive({ what: 'movie', id: '1', person: '7' });
    expect(channel.said).toEqual([]);
  });
  it('is believed of the same person only, and of a visitor only by visitors', () => {
    const message = { what: 'movie', id: '1', person: '7' };
    expect(newsIn(message)).toEqual({ what: 'movie', id: '1' });
    expect(newsIn({ ...message, person: '8' })).toBeNull();
    expect(newsIn({ ...message, person: null })).toBeNull();
    newsFor(() => null);
    expect(newsIn(message)).toBeNull();
    expect(newsIn({ ...message, person: null })).not.toBeNull();
  });
  it('has its shape', () => {
    const good = { what: 'comments', id: '1', part: '5', person: '7' };
    expect(newsIn(good)).toEqual({ what: 'comments', id: '1', part: '5' });
    const bad = [
      null,
      undefined,
      'movie/1',
      1,
      [],
      {},
      { ...good, what: 'toString' },
      { ...good, what: '__proto__' },
      { ...good, what: 'films' },
      { ...good, what: ['movie'] },
      { ...good, id: 1 },
      { ...good, id: '' },
      { ...good, id: '0' },
      { ...good, id: '../5' },
      { ...good, id: '1'.repeat(20) },
      { ...good, part: 5 },
      { ...good, part: '5/like' },
      { ...good, part: null },
    ];
    for (const message of bad) expect(newsIn(message), JSON.stringify(message)).toBeNull();
  });
  it('tells of the box of unsent comments when it can be read, to its owner', () => {
    const stop = on('unsent', undefined, hear);
    const kept = (key: string | null) => frame.dispatchEvent(Object.assign(new Event('storage'), { key }));
    for (const key of ['mozi.unsent.8', 'mozi.unsent.guest', 'mozi.places.7', null]) kept(key);
    expect(heard).toEqual([]);
    kept('mozi.unsent.7');
    expect(heard).toEqual([[{ what: 'unsent', id: '7' }, true]]);
    stop();
  });
});

describe('what is remembered', () => {
  it('is not what was asked for in the time of somebody who has left', async () => {
    const { era, forgetAll, remember, remembered } = await import('../src/lib/cache');
    const asked = era();
    remember('movie/1', 'mine', asked);
    expect(remembered('movie/1')).toBe('mine');
    forgetAll();
    remember('movie/1', 'mine', asked);
    expect(remembered('movie/1')).toBeUndefined();
  });
});

describe('a resource', () => {
  it('takes what is told with its value, asks quietly where it is not, and says where it is gone', async () => {
    const { Resource } = await import('../src/lib/resource.svelte');
    const { Problem } = await import('../src/lib/api/problem');
    const work = vi.fn(async () => 'loaded');
    const film = new Resource<string>();
    await film.load(work);
    const stop = film.hears('movie', '1');
    tell({ what: 'movie', id: '1', value: 'told' as never });
    expect([film.value, work.mock.calls.length]).toEqual(['told', 1]);
    work.mockResolvedValueOnce('asked');
    channel.arrive({ what: 'movie', id: '1', person: '7' });
    await vi.waitFor(() => expect(film.value).toBe('asked'));
    work.mockRejectedValueOnce(new Problem(503));
    channel.arrive({ what: 'movie', id: '1', person: '7' });
    await vi.waitFor(() => expect(work).toHaveBeenCalledTimes(3));
    expect([film.value, film.problem]).toEqual(['asked', null]);
    work.mockRejectedValueOnce(new Problem(404));
    channel.arrive({ what: 'movie', id: '1', person: '7' });
    await vi.waitFor(() => expect(film.problem?.status).toBe(404));
    expect(film.value).toBeNull();
    await film.load(work);
    channel.arrive({ what: 'movie', id: '1', gone: true, person: '7' });
    expect([film.value, film.problem?.status, work.mock.calls.length]).toEqual([null, 404, 5]);
    stop();
    channel.arrive({ what: 'movie', id: '1', person: '7' });
    expect(work).toHaveBeenCalledTimes(5);
  });
});
