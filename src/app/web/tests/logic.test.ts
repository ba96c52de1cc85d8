// Keys, moments, drafts, pace, rungs: what decides without a screen.
import { describe, expect, it } from 'vitest';
import { browserName } from '../src/lib/browsers';
import { bodyOf, emptyDraft, faults, titleFromFile } from '../src/lib/draft';
import { nextRate, playerAct } from '../src/lib/keys';
import { finished, firstMoment, pieces } from '../src/lib/moments';
import { nextPlace } from '../src/lib/next';
import { face, scene, titleLines } from '../src/lib/art/art';
import { Pace } from '../src/upload/pace';
import { rungOf } from '../src/upload/rungs';

describe('the keys of the player', () => {
  it('play with space and k', () => expect([playerAct({ key: ' ' }), playerAct({ key: 'K' })]).toEqual([{ act: 'play' }, { act: 'play' }]));
  it('jump ten and five seconds', () => {
    expect(playerAct({ key: 'j' })).toEqual({ act: 'seek', by: -10 });
    expect(playerAct({ key: 'ArrowRight' })).toEqual({ act: 'seek', by: 5 });
  });
  it('go to a tenth', () => expect(playerAct({ key: '7' })).toEqual({ act: 'tenth', n: 7 }));
  it('leave chords to the browser', () => expect(playerAct({ key: 'f', ctrlKey: true })).toBeNull());
  it('leave other keys alone', () => expect([playerAct({ key: 'q' }), playerAct({ key: 'Tab' })]).toEqual([null, null]));
  it('change speed within the ends', () =>
    expect([nextRate(1, 1), nextRate(1, -1), nextRate(2, 1), nextRate(0.5, -1)]).toEqual([1.25, 0.75, 2, 0.5]));
});

describe('moments in a comment', () => {
  it('are found with and without hours', () => {
    expect(pieces('At 00:12:40 and 1:02.')).toEqual([
      { text: 'At ' },
      { text: '00:12:40', seconds: 760 },
      { text: ' and ' },
      { text: '1:02', seconds: 62 },
      { text: '.' },
    ]);
  });
  it('are not seen in longer numbers', () => expect(firstMoment('2026:11:24:18 or 12:75')).toBeNull());
  it('end a film in its last part', () => {
    const place = { id: '1', title: '', posterUrl: null, stillUrl: null, when: 0, duration: 6000 };
    expect([finished({ ...place, at: 5900 }), finished({ ...place, at: 3000 })]).toEqual([true, false]);
  });
});

describe('a draft', () => {
  it('takes its title from the file', () =>
    expect([titleFromFile('the_glass_tide_master_v3.mov'), titleFromFile('.mkv')]).toEqual(['The glass tide master v3', '']));
  it('leaves empty fields out and splits lists', () => {
    expect(bodyOf({ ...emptyDraft(' Ferry '), genres: 'Drama, , Drama,Short', duration: '98' })).toEqual({
      title: 'Ferry',
      duration: 98,
      genres: ['Drama', 'Short'],
      cast: [],
      isAdult: false,
    });
  });
  it('says what is missing', () => expect(Object.keys(faults({ ...emptyDraft(), duration: '1.5 h' }))).toEqual(['title', 'duration']));
});

describe('the pace of an upload', () => {
  it('is bytes per second over the last seconds', () => {
    const pace = new Pace();
    pace.add(0, 0);
    for (let s = 1; s <= 10; s++) pace.add(s * 1000, s * 2e6);
    expect(pace.add(11_000, 22e6)).toBeCloseTo(2e6);
  });
  it('is unknown at the start and after bytes went back', () => {
    const pace = new Pace();
    expect([pace.add(0, 0), pace.add(100, 500), pace.add(5000, 100)]).toEqual([0, 0, 0]);
  });
});

describe('a rung of the ladder', () => {
  it('runs or waits while the conversion goes on', () => {
    expect([
      rungOf({ status: 'READY' }, 'PROCESSING'),
      rungOf({ status: 'PROCESSING' }, 'PROCESSING'),
      rungOf({ status: 'WAITING' }, 'PROCESSING'),
    ]).toEqual(['done', 'runs', 'waits']);
  });
  it('has stopped or was never made after a failure', () => {
    expect([
      rungOf({ status: 'READY' }, 'FAILED'),
      rungOf({ status: 'PROCESSING' }, 'FAILED'),
      rungOf({ status: 'WAITING' }, 'FAILED'),
    ]).toEqual(['done', 'stopped', 'none']);
  });
});

describe('where one goes after signing in', () => {
  it('is a page of this house', () => {
    expect([
      nextPlace('/film/7'),
      nextPlace('//evil.example'),
      nextPlace('https://evil.example'),
      nextPlace('/\\evil'),
      nextPlace('/in'),
      nextPlace(null),
    ]).toEqual(['/film/7', '/', '/', '/', '/', '/']);
  });
});

describe('made pictures', () => {
  it('are the same for the same id', () => {
    expect(scene('730000000000001001', 200, 300)).toEqual(scene('730000000000001001', 200, 300));
    expect(face('a')).toEqual(face('a'));
  });
  it('differ between ids', () => {
    const some = new Set(Array.from({ length: 40 }, (_, i) => JSON.stringify(scene(String(i), 200, 300).shapes)));
    expect(some.size).toBe(40);
  });
  it('set long titles in four lines at most', () => {
    for (let i = 0; i < 20; i++)
      expect(titleLines(String(i), 'A very long title about the way water remembers the shape of hands', 172).length).toBeLessThanOrEqual(
        4,
      );
  });
});

describe('the name of a browser', () => {
  it('is short', () =>
    expect([
      browserName('Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36'),
      browserName('curl/8.5.0'),
      browserName(null),
    ]).toEqual(['Chrome on Linux', 'curl', 'A program']));
});
