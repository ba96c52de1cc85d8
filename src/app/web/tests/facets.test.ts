// What a list is narrowed by, between the address, the boxes and the server.
import { describe, expect, it } from 'vitest';
import { choices, decadeOptions, genreOptions, toggled, withDecade, withYear, yearChoices, yearsOf } from '../src/lib/facets';

describe('choices in an address', () => {
  it('are split, none twice, none empty', () => expect(choices(' drama,noir,, drama ')).toEqual(['drama', 'noir']));
  it('come and go one by one', () => {
    expect(toggled('drama', 'noir')).toBe('drama,noir');
    expect(toggled('drama,noir', 'drama')).toBe('noir');
    expect(toggled('noir', 'noir')).toBe('');
    expect(toggled(null, 'noir')).toBe('noir');
  });
});

describe('years', () => {
  it('are single ones and whole decades', () =>
    expect(yearsOf('1974,1990s')).toEqual([1974, ...Array.from({ length: 10 }, (_, i) => 1990 + i)]));
  it('stand for their decade, so that a year beside it never widens', () => {
    expect(yearChoices('1990s,1991,1960s')).toEqual(['1991', '1960s']);
    expect(yearsOf('1990s,1991')).toEqual([1991]);
  });
  it('take the place of their decade and of the year before, and leave the others', () => {
    expect(withYear('1990s,1960s', '1991', '')).toBe('1960s,1991');
    expect(withYear('1960s,1991', '1911', '1991')).toBe('1960s,1911');
    expect(withYear('1960s,1991', '', '1991')).toBe('1960s');
  });
  it('give their place to their decade', () => {
    expect(withDecade('1991,1911', '1990s')).toBe('1911,1990s');
    expect(withDecade('1911,1990s', '1990s')).toBe('1911');
    expect(withDecade(null, '1990s')).toBe('1990s');
  });
  it('are not what is no year', () => expect(yearsOf('abc,0,19x0s,1995s,-4')).toEqual([]));
  it('are a hundred at most', () => expect(yearsOf('1900s,1910s,1920s,1930s,1940s,1950s,1960s,1970s,1980s,1990s,2000s')).toHaveLength(100));
  it('are shown as decades that stay where nothing is left', () => {
    const all = [{ year: 2001 }, { year: 1994 }, { year: 1999 }, { year: 989 }];
    expect(
      decadeOptions(
        all,
        [
          { year: 1994, titlesCount: 2 },
          { year: 1999, titlesCount: 3 },
        ],
        ['1990s', '1800s'],
      ),
    ).toEqual([
      { key: '2000s', name: '2000s', count: 0, chosen: false },
      { key: '1990s', name: '1990s', count: 5, chosen: true },
      { key: '1800s', name: '1800s', count: 0, chosen: true },
      { key: '980s', name: '980s', count: 0, chosen: false },
    ]);
  });
});

describe('genres', () => {
  const all = [
    { name: 'Drama', slug: 'drama', titlesCount: 9 },
    { name: 'Science Fiction', slug: 'science-fiction', titlesCount: 4 },
  ];
  it('keep their order, whatever is left of them', () => {
    expect(genreOptions(all, [{ ...all[1]!, titlesCount: 2 }], []).map((o) => [o.key, o.count])).toEqual([
      ['drama', 0],
      ['science-fiction', 2],
    ]);
  });
  it('have no number, not even none, until it is known', () => {
    expect(genreOptions(all, null, ['western']).map((o) => o.count)).toEqual([null, null, null]);
    expect(decadeOptions([{ year: 2001 }], null, ['1800s']).map((o) => o.count)).toEqual([null, null]);
  });
  it('are chosen by slug or by name, and called as they stand in the address', () => {
    expect(genreOptions(all, all, ['Science fiction', 'drama']).map((o) => [o.key, o.name, o.chosen])).toEqual([
      ['drama', 'Drama', true],
      ['Science fiction', 'Science Fiction', true],
    ]);
  });
  it('that nobody knows can be taken away again', () =>
    expect(genreOptions(all, all, ['western'])[0]).toEqual({ key: 'western', name: 'western', count: 0, chosen: true }));
});
