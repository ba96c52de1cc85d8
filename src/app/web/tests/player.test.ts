// The player's phase.
import { expect, test } from 'vitest';
import { moving, nothing, phaseOf, type Facts } from '../src/player/phase';

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
