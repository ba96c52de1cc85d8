// People's words inside ours, and two people's words in one form.
import { describe, expect, it, vi } from 'vitest';
import { balanced, isolated, phrase } from '../src/lib/bidi';
import { merged } from '../src/lib/merge';
import type { Report } from '../src/lib/api/types';
import { pictureUrl } from '../src/lib/pictures';
import { noticeWord, thingOf } from '../src/lib/words';

const over = '\u202e';
const end = '\u2069';
const start = '\u2068';

describe('a name in a sentence', () => {
  it('stays as it is where it cannot turn anything', () => {
    for (const name of ['Ines', 'Tomás', '映画', '1984', 'a b_c-d', '🎬 Reel']) expect(isolated(name)).toBe(name);
  });
  it('is isolated where it can', () => {
    for (const name of [`Alice ${over}`, 'שלום', 'مرحبا 12', 'a\u200f', '\u{1e922}']) expect(isolated(name)).toBe(start + name + end);
  });
  it('cannot end the isolate around it', () => {
    expect(isolated(`A${end}${over}`)).toBe(`${start}A${over}${end}`);
    expect(balanced(`${end}${end}x`)).toBe('x');
  });
  it('closes what it opened, line by line', () => {
    expect(balanced('a \u2067 b')).toBe(`a \u2067 b${end}`);
    expect(balanced(`\u2067one\ntwo${end}`)).toBe(`\u2067one${end}\ntwo`);
    expect(balanced(`\u2066\u2067x${end} y\r\n z`)).toBe(`\u2066\u2067x${end} y${end}\r\n z`);
  });
  it('leaves what is whole alone', () => expect(balanced(`a ${start}b${end} c`)).toBe(`a ${start}b${end} c`));
  it('is cut where it is longer than a sentence', () => {
    expect(phrase`${'a'.repeat(80)}.`).toBe(`${'a'.repeat(80)}.`);
    expect(phrase`${'🎬'.repeat(60)} is deleted.`).toBe(`${'🎬'.repeat(39)}… is deleted.`);
  });
  it('is one of several', () =>
    expect(phrase`Delete ${'Night train'} by ${over}, ${2} left?`).toBe(`Delete Night train by ${start}${over}${end}, 2 left?`));
});

describe('what a report is about', () => {
  const report = (contentType: string, content: object | null) => ({ contentType, content }) as Report;
  it('is named by its title or its author', () => {
    expect(thingOf(report('MOVIE', { title: 'Night train', author: null }))).toBe('the title Night train');
    expect(thingOf(report('COMMENT', { title: 'Night train', author: { username: 'ines', displayName: 'Ines' } }))).toBe(
      'the comment by Ines',
    );
    expect(thingOf(report('MEDIA', null))).toBe('the video');
    expect(thingOf(report('PLAY_LIST', null))).toBe('the play list'); // a kind that these pages do not know
  });
});

describe('two who change the same form', () => {
  const base = { title: 'A', about: 'x', year: '1990' };
  it('each keep what only they touched', () => {
    expect(merged(base, { ...base, title: 'B' }, { ...base, about: 'y' })).toEqual({
      value: { title: 'B', about: 'y', year: '1990' },
      both: [],
    });
  });
  it('are shown what both touched; what is written here stays', () => {
    expect(merged(base, { ...base, about: 'mine' }, { ...base, about: 'theirs' })).toEqual({
      value: { ...base, about: 'mine' },
      both: ['about'],
    });
  });
  it('who wrote the same have no quarrel', () => expect(merged(base, { ...base, about: 'z' }, { ...base, about: 'z' }).both).toEqual([]));
  it('who changed nothing see what is there', () => expect(merged(base, base, { ...base, title: 'C' }).value.title).toBe('C'));
});

describe('pictures', () => {
  it('are loaded from this house alone, so that no other host learns who looks', () => {
    vi.stubGlobal('location', { origin: 'https://films.example' });
    expect(pictureUrl('/media/1/open/r1/poster.jpg?x')).toBe('/media/1/open/r1/poster.jpg?x');
    expect(pictureUrl('https://films.example/p.png')).toBe('/p.png');
    expect(pictureUrl('data:image/png;base64,AA')).toBe('data:image/png;base64,AA');
    const others = ['https://evil.example/p.png', 'http://films.example/p.png', '//evil.example/p.png', 'javascript:1', '', null];
    for (const other of others) expect(pictureUrl(other)).toBeNull();
    vi.unstubAllGlobals();
  });
});

describe('what happened to an account', () => {
  it('is said in words, and how often', () => {
    expect(noticeWord({ kind: 'SIGN_IN_FAILED', times: 1 })).toBe('A wrong password');
    expect(noticeWord({ kind: 'SIGN_IN_FAILED', times: 7 })).toBe('7 wrong passwords');
    expect(noticeWord({ kind: 'REFRESH_REPLAYED', times: 2 })).toContain('two places');
  });
});
