// Following what is on its way: how often it is asked for, for whom, and when no more. The clock is made up.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Channel, frame, page } from './page';
import { Problem } from '../src/lib/api/problem';
import type { Media } from '../src/lib/api/types';
import { forgetAll } from '../src/lib/cache';
import { net } from '../src/lib/net.svelte';
import { newsFor, on, tell } from '../src/lib/news';
import { poll, type Viewer } from '../src/lib/polling';

type State = Pick<Media, 'status' | 'progress'>;
const media = (state: Partial<State>) => ({ id: '1', status: 'PROCESSING', progress: 0, playable: false, ...state }) as Media;

let now = media({});
let asked: number[] = [];
let answer: () => Promise<Media> = async () => structuredClone(now);
let stops: (() => void)[] = [];

const subject = (more: object = {}) => ({
  ask: () => {
    asked.push(Math.round(performance.now()));
    return answer();
  },
  final: ({ status }: Media) => status === 'READY' || status === 'FAILED',
  state: ({ status }: Media) => status,
  ...more,
});

function follow(viewer: Partial<Viewer<Media>> = {}, more: object = {}) {
  const stop = poll('media', '1', subject(more), { show: () => undefined, ...viewer });
  stops.push(stop);
  return stop;
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

beforeEach(() => {
  vi.useFakeTimers();
  now = media({});
  asked = [];
  answer = async () => structuredClone(now);
  newsFor(() => '7');
});

afterEach(() => {
  for (const stop of stops.splice(0)) stop();
  page.turn(false);
  net.up = true;
  vi.useRealTimers();
});

describe('what is on its way', () => {
  it('is asked for at once, then every second while it moves', async () => {
    follow();
    for (let i = 0; i < 10; i++) {
      now = media({ progress: i / 10 });
      await pass(1000);
    }
    expect(asked).toHaveLength(11);
  });
  it('waits its pause where something is known already', async () => {
    follow({}, { known: now, every: 3000 });
    await pass(2900);
    expect(asked).toHaveLength(0);
    await pass(100);
    expect(asked).toHaveLength(1);
  });
  it('is asked for more rarely the longer it stands still, never less than every quarter of a minute', async () => {
    follow();
    await pass(10_000);
    expect(asked.length).toBeGreaterThanOrEqual(10);
    await pass(590_000);
    const pauses = asked.map((at, i) => at - (asked[i - 1] ?? at));
    expect(asked.length).toBeLessThan(85);
    expect(Math.max(...pauses)).toBe(15_000);
    now = media({ progress: 0.5 });
    await pass(15_000);
    const before = asked.length;
    await pass(5000);
    expect(asked.length - before).toBeGreaterThanOrEqual(4);
  });
  it('is asked for by one question at a time', async () => {
    let finish = () => undefined as void;
    answer = () => new Promise((done) => (finish = () => done(media({ progress: 0.1 }))));
    follow();
    await pass(20_000);
    expect(asked).toHaveLength(1);
    finish();
    await pass(1000);
    expect(asked).toHaveLength(2);
  });
  it('is no more asked for when it is done', async () => {
    const show = vi.fn();
    follow({ show });
    now = media({ status: 'READY', progress: 1 });
    await pass(60_000);
    expect(asked).toHaveLength(2);
    expect(show).toHaveBeenCalledTimes(2);
  });
  it('is no more asked for when it is gone, and its viewers hear of that', async () => {
    const gone = vi.fn();
    follow({ gone });
    answer = async () => Promise.reject(new Problem(404));
    await pass(60_000);
    expect(asked).toHaveLength(2);
    expect(gone).toHaveBeenCalledOnce();
    follow({ gone });
    tell({ what: 'media', id: '1', value: null });
    await pass(60_000);
    expect(asked).toHaveLength(3);
    expect(gone).toHaveBeenCalledTimes(2);
  });
});

describe('several who show it', () => {
  it('share one question, and each has what is known', async () => {
    const first = vi.fn();
    const second = vi.fn();
    const stop = follow({ show: first });
    await pass(0);
    follow({ show: second });
    expect(second).toHaveBeenCalledWith(now, null);
    await pass(1000);
    expect(asked).toHaveLength(2);
    expect([first.mock.calls.length, second.mock.calls.length]).toEqual([2, 2]);
    stop();
    await pass(1000);
    expect([first.mock.calls.length, second.mock.calls.length]).toEqual([2, 3]);
  });
  it('end it when the last one leaves, also in the middle of a question', async () => {
    const show = vi.fn();
    const leave = [follow({ show }), follow({ show })];
    leave[0]!();
    leave[1]!();
    await pass(60_000);
    expect(asked).toHaveLength(1);
    expect(show).not.toHaveBeenCalled();
  });
  it('do not share across people', async () => {
    const before = vi.fn();
    follow({ show: before });
    await pass(0);
    forgetAll();
    const after = vi.fn();
    follow({ show: after });
    expect(after).not.toHaveBeenCalled();
    expect(asked).toHaveLength(2);
    await pass(1000);
    expect(before).toHaveBeenCalledOnce();
  });
  it('see the same object while nothing changes', async () => {
    const show = vi.fn();
    follow({ show });
    await pass(1000);
    expect(show.mock.calls[1]![0]).toBe(show.mock.calls[0]![0]);
    expect(show.mock.calls[1]![1]).toBe(show.mock.calls[0]![0]);
  });
});

describe('nobody who looks', () => {
  it('means no question, and one at once when somebody is back', async () => {
    follow();
    await pass(0);
    page.turn(true);
    await pass(600_000);
    expect(asked).toHaveLength(1);
    page.turn(false);
    await pass(0);
    expect(asked).toHaveLength(2);
    page.turn(true);
    page.turn(false);
    await pass(0);
    expect(asked).toHaveLength(2);
  });
  it('holds for a server that does not answer, too; what was shown stays', async () => {
    vi.stubGlobal('fetch', async () => new Response('{}'));
    const show = vi.fn();
    follow({ show });
    await pass(0);
    frame.dispatchEvent(new Event('offline'));
    await pass(0);
    expect(net.up).toBe(false);
    await pass(2900);
    expect(asked).toHaveLength(1);
    frame.dispatchEvent(new Event('online'));
    await pass(0);
    expect(net.up).toBe(true);
    expect(asked).toHaveLength(2);
    expect(show).toHaveBeenCalledTimes(2);
  });
  it('what was kept for such times does not count as an answer', async () => {
    const show = vi.fn();
    follow({ show });
    await pass(0);
    answer = async () => {
      net.up = false;
      return media({ progress: 0 });
    };
    now = media({ progress: 0.9 });
    await pass(1000);
    expect(show).toHaveBeenCalledTimes(1);
  });
  it('slows down while it fails, and forgets that at the first answer', async () => {
    answer = async () => Promise.reject(new Problem(503));
    follow();
    await pass(16_000);
    expect(asked.map((at) => at - asked[0]!)).toEqual([0, 2000, 6000, 14_000]);
    answer = async () => media({ progress: Math.random() });
    await pass(20_000);
    expect(asked.length).toBeGreaterThan(10);
  });
});

describe('news', () => {
  it('is told when the state changes, not how far it is', async () => {
    const hear = vi.fn();
    stops.push(on('media', '1', hear));
    follow();
    await pass(0);
    now = media({ progress: 0.5 });
    await pass(1000);
    expect(hear).not.toHaveBeenCalled();
    now = media({ status: 'READY' });
    await pass(1000);
    expect(hear).toHaveBeenCalledOnce();
    expect(hear.mock.calls[0]![0]).toEqual({ what: 'media', id: '1', value: now });
  });
  it('with its value is an answer; without one it is a reason to ask', async () => {
    const show = vi.fn();
    follow({ show });
    await pass(900);
    const told = media({ progress: 0.7 });
    tell({ what: 'media', id: '1', value: told });
    expect(show).toHaveBeenLastCalledWith(told, media({}));
    await pass(900);
    expect(asked).toHaveLength(1);
    Channel.all[0]!.arrive({ what: 'media', id: '1', person: '7' });
    expect(asked).toHaveLength(2);
  });
});
