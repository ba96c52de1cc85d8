// The player's phase, and asking politely.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { moving, nothing, phaseOf, type Facts } from '../src/player/phase';
import { follow } from '../src/lib/follow';

const plays: Facts = { ...nothing, begun: true, paused: false, ready: 4 };

test('the phase follows from the facts of the element', () => {
  const table: [Partial<Facts>, string][] = [
    [{}, 'playing'],
    [{ ready: 2 }, 'waiting'],
    [{ seeking: true }, 'waiting'],
    [{ paused: true }, 'paused'],
    [{ paused: true, ready: 1 }, 'paused'],
    [{ paused: true, ended: true, ready: 2 }, 'ended'],
    [{ begun: false }, 'opening'],
    [{ begun: false, paused: true, ready: 0 }, 'opening'],
    [{ begun: false, paused: true, ready: 2 }, 'ready'],
  ];
  for (const [facts, phase] of table) expect(phaseOf({ ...plays, ...facts }), JSON.stringify(facts)).toBe(phase);
});

test('the button says "Pause" while the film runs or waits, and never otherwise', () => {
  const phases = ['opening', 'ready', 'playing', 'waiting', 'paused', 'ended', 'stopped'] as const;
  expect(phases.filter(moving)).toEqual(['playing', 'waiting']);
});

test('trouble never stops what has arrived already', () => {
  for (const trouble of ['network', 'damaged', 'gone'] as const) {
    expect(phaseOf({ ...plays, trouble })).toBe('playing');
    expect(phaseOf({ ...plays, trouble, paused: true })).toBe('paused');
    expect(phaseOf({ ...plays, trouble, ready: 2 })).toBe('stopped');
    expect(phaseOf({ ...plays, trouble, seeking: true })).toBe('stopped');
    expect(phaseOf({ ...plays, trouble, ended: true, paused: true, ready: 2 })).toBe('ended');
  }
});

const seen = { hidden: false, listener: () => undefined as void };

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('document', {
    get hidden() { return seen.hidden; },
    addEventListener: (_name: string, listener: () => void) => { seen.listener = listener; },
  });
});
afterEach(() => {
  seen.hidden = false;
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('following asks one at a time, rests while nobody looks, and slows down while it fails', async () => {
  let calls = 0;
  let answer: () => Promise<void> = async () => undefined;
  const stop = follow(() => { calls++; return answer(); }, 1000);
  await vi.advanceTimersByTimeAsync(2500);
  expect(calls).toBe(2);

  let finish = () => undefined as void;
  answer = () => new Promise<void>((done) => { finish = done; });
  await vi.advanceTimersByTimeAsync(5000);
  expect(calls).toBe(3);
  answer = async () => undefined;
  finish();

  seen.hidden = true;
  await vi.advanceTimersByTimeAsync(5000);
  expect(calls).toBe(3);
  seen.hidden = false;
  seen.listener();
  await vi.advanceTimersByTimeAsync(1000);
  expect(calls).toBe(4);

  answer = () => Promise.reject(new Error('away'));
  await vi.advanceTimersByTimeAsync(1000 + 2000 + 4000);
  expect(calls).toBe(7);
  stop();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(calls).toBe(7);
});
