// Times, sizes and speeds as the interface writes them.
import { describe, expect, it } from 'vitest';
import { ago, clock, day, left, percent, size, span, spokenClock, stepOf, waited } from '../src/lib/format';

describe('a clock', () => {
  it('shows hours, minutes and seconds', () => expect(clock(5234)).toBe('01:27:14'));
  it('leaves the hours out only when asked and not needed', () => {
    expect(clock(1634, false)).toBe('27:14');
    expect(clock(3600, false)).toBe('01:00:00');
  });
  it('shows zero for what is not a time', () =>
    expect([clock(NaN), clock(-4), clock(Infinity)]).toEqual(['00:00:00', '00:00:00', '00:00:00']));
  it('is spoken with the right number', () => {
    expect(spokenClock(1634)).toBe('27 minutes 14 seconds');
    expect(spokenClock(3661)).toBe('1 hour 1 minute 1 second');
    expect(spokenClock(0)).toBe('0 seconds');
  });
});

describe('a span', () => {
  it('rounds to minutes', () => expect([span(38), span(2940), span(6720), span(7200)]).toEqual(['38 s', '49 min', '1 h 52 min', '2 h']));
  it('never says 60 min', () => expect(span(3599)).toBe('1 h'));
  it('counts down with seconds', () =>
    expect([left(37.2), left(461), left(7500), left(Infinity)]).toEqual(['38 s', '7 min 41 s', '2 h 05 min', '']));
});

describe('a size', () => {
  it('keeps three digits in decimal units', () =>
    expect([size(0), size(999), size(8.74e9), size(14e9), size(412e6)]).toEqual(['0 B', '999 B', '8.74 GB', '14.0 GB', '412 MB']));
  it('moves to the next unit before four digits', () => expect(size(999_600)).toBe('1.00 MB'));
  it('never rounds a part up to whole', () =>
    expect([percent(0.999), percent(1), percent(1.4), percent(-1)]).toEqual(['99 %', '100 %', '100 %', '0 %']));
});

it('sets long titles smaller', () => expect([60, 61, 161].map((n) => stepOf('a'.repeat(n)))).toEqual(['', 'long', 'longest']));

describe('a date', () => {
  it('is not moved by the time zone', () => expect(day('2024-03-14')).toBe('14 Mar 2024'));
  it('is empty for nothing', () => expect([day(null), day('')]).toEqual(['', '']));
  it('says how long ago', () => {
    const now = Date.parse('2026-11-24T18:00:00Z');
    const before = (s: number) => ago(new Date(now - s * 1000).toISOString(), now);
    expect([before(10), before(720), before(3 * 3600), before(26 * 3600), before(4 * 86_400)]).toEqual([
      'now',
      '12 min ago',
      '3 h ago',
      'yesterday',
      '4 days ago',
    ]);
    expect(waited(new Date(now - 41 * 60_000).toISOString(), now)).toBe('41 min');
  });
});
