// Sound and text of a film: names, remembered choices, cues.
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { choicesOf, keepChoices, keepOffset, offsetOf } from '../src/player/choices';
import { at, place, read, words, type Piece, type Setting } from '../src/player/cues';
import { firstSound, firstText, keyOf, namesOf, nearest, usualText, type Track } from '../src/player/tracks';

let count = 0;
const track = (language: string, more: Partial<Track> = {}): Track => ({
  index: count++,
  language,
  name: '',
  first: false,
  forced: false,
  channels: 0,
  described: false,
  heard: false,
  ...more,
});

describe('the names of tracks', () => {
  const names = (tracks: Track[], viewer = ['en-GB'], sound = true) =>
    namesOf(tracks, viewer, sound).map((n) => `${n.title} | ${n.detail}`);

  it('are languages in the tongue of the viewer', () => {
    expect(names([track('hu'), track('pt-BR'), track('no', { channels: 6 })])).toEqual([
      'Hungarian | ',
      'Brazilian Portuguese | ',
      'Norwegian | 5.1',
    ]);
    expect(names([track('hu'), track('de')], ['hu'])).toEqual(['Magyar | ', 'Német | ']);
  });
  it('say what kind it is', () => {
    expect(names([track('en', { described: true, channels: 1 })])).toEqual(['English | described, mono']);
    expect(names([track('en', { name: 'Commentary by Anna', channels: 2 })])).toEqual(['Commentary | by Anna, English, stereo']);
    expect(names([track('en', { heard: true, name: 'English SDH' }), track('de', { forced: true })], ['en'], false)).toEqual([
      'English, with sounds | for the hard of hearing',
      'German | signs only',
    ]);
  });
  it('repeat a name of its own only where it says more', () => {
    expect(
      names([track('en', { name: 'English (Stereo)', channels: 2 }), track('fr', { name: 'Français' }), track('fr', { name: 'VFQ' })]),
    ).toEqual(['English | stereo', 'French | ', 'French | VFQ']);
  });
  it('fall back to what the file calls them, and are never twice the same', () => {
    expect(names([track('', { name: 'Track A' }), track('', {}), track('en'), track('en')])).toEqual([
      'Track A | ',
      'Sound | ',
      'English | ',
      'English | 2',
    ]);
  });
  it('survive a language nobody knows and a name full of signs', () => {
    expect(names([track('x-klingon', { name: 'tlh (a+b)*[c' })])[0]).toContain('tlh');
  });
});

describe('an earlier choice', () => {
  const en = track('en', { first: true });
  const hu = track('hu');
  const told = track('hu', { described: true });
  const hung = track('hu-HU', { name: 'Commentary' });
  const list = [en, told, hu, hung];

  it('is found by language and kind, then by language', () => {
    expect(nearest(list, { language: 'hu', kind: 'described' })).toBe(told);
    expect(nearest(list, { language: 'hu', kind: '' })).toBe(hu);
    expect(nearest(list, { language: 'hu-HU', kind: 'commentary' })).toBe(hung);
    expect(nearest(list, { language: 'hu', kind: 'signs' })).toBe(hu);
    expect(nearest(list, { language: 'de', kind: '' })).toBeNull();
  });
  it('decides the sound, else the film does', () => {
    expect(firstSound(list, { language: 'hu', kind: '' })).toBe(hu);
    expect(firstSound(list, { language: 'de', kind: '' })).toBe(en);
    expect(firstSound([hu, en], null)).toBe(en);
    expect(firstSound([], null)).toBeNull();
  });
  it('decides the text; without one only signs of this sound are shown', () => {
    const full = track('en');
    const signs = track('en', { forced: true });
    const other = track('de', { forced: true });
    expect(firstText([full, other, signs], null, en)).toBe(signs);
    expect(firstText([full, other], null, en)).toBeNull();
    expect(firstText([full, signs], 'off', en)).toBeNull();
    expect(firstText([full, signs], { language: 'en', kind: '' }, en)).toBe(full);
    expect(firstText([full], { language: 'hu', kind: '' }, en)).toBeNull();
    expect(usualText([signs, full, hu], ['hu-HU', 'en'])).toBe(hu);
    expect(usualText([signs, full], ['de'])).toBe(full);
  });
});

describe('what is kept', () => {
  beforeEach(() => {
    const box = new Map<string, string>();
    vi.stubGlobal('localStorage', {
      getItem: (k: string) => box.get(k) ?? null,
      setItem: (k: string, v: string) => void box.set(k, v),
      removeItem: (k: string) => void box.delete(k),
    });
  });
  it('belongs to one person', () => {
    keepChoices('7', { ...choicesOf('7'), text: { language: 'hu', kind: '' }, size: 'XL' });
    expect(choicesOf('7')).toMatchObject({ text: { language: 'hu' }, size: 'XL', ground: 'Box' });
    expect(choicesOf('8')).toMatchObject({ text: null, size: 'M' });
    expect(choicesOf(null)).toMatchObject({ text: null });
  });
  it('holds the offset of each film and track, the latest of them', () => {
    const key = `5/${keyOf(track('en', { name: 'English' }))}`;
    keepOffset('7', key, 0.4);
    expect([offsetOf('7', key), offsetOf('7', '6/en//'), offsetOf('8', key)]).toEqual([0.4, 0, 0]);
    keepOffset('7', key, 0);
    expect(offsetOf('7', key)).toBe(0);
    for (let i = 0; i < 250; i++) keepOffset('7', `film ${i}`, 1);
    expect([offsetOf('7', 'film 0'), offsetOf('7', 'film 249')]).toEqual([0, 1]);
  });
});

const shape = (pieces: Piece[]): string =>
  pieces
    .map((p) => (p.tag === 'text' ? p.text : `[${[p.tag, ...p.classes].join('.')}${p.note ? ` ${p.note}` : ''}:${shape(p.pieces)}]`))
    .join('');

describe('cue text', () => {
  it('has its emphasis, speakers, classes and readings', () => {
    expect(shape(read('a<i>b<b>c</b></i>d'))).toBe('a[i:b[b:c]]d');
    expect(shape(read('<v.loud Fred &amp; Ann>Hi</v> <c.yellow.bg_blue>sun</c>'))).toBe('[v.loud Fred & Ann:Hi] [c.yellow.bg_blue:sun]');
    expect(shape(read('<lang hu>szia</lang> <ruby>漢<rt>かん</rt></ruby>'))).toBe('[lang hu:szia] [ruby:漢[rt:かん]]');
    expect(words(read('<ruby>漢<rt>かん</rt></ruby> <i>ok</i>'))).toBe('漢 ok');
  });
  it('is text, whatever it looks like', () => {
    expect(shape(read('<script>alert(1)</script><img src=x onerror=y>&lt;b&gt;'))).toBe('alert(1)<b>');
    expect(shape(read('1 < 2 &unknown; &#65;&#x42;&nbsp;&#0;'))).toBe('1 < 2 &unknown; AB\u00a0&#0;');
  });
  it('forgives what is not closed, not opened or crossed', () => {
    expect(shape(read('<i>a'))).toBe('[i:a]');
    expect(shape(read('a</i>b'))).toBe('ab');
    expect(shape(read('<i>a<b>b</i>c</b>d'))).toBe('[i:a[b:bc]d]');
    expect(shape(read('<00:00:01.000>now <rt>x'))).toBe('now x');
  });
});

describe('cues at a moment', () => {
  const list = [
    [0, 2],
    [1, 3],
    [5, 60],
    [6, 7],
    [10, 11],
  ].map(([startTime, endTime]) => ({ startTime: startTime!, endTime: endTime! }));
  const on = (t: number) => at(list, t).map((c) => c.startTime);
  it('are those begun and not ended, in order', () =>
    expect([on(0), on(1.5), on(2), on(4), on(6.5), on(10)]).toEqual([[0], [0, 1], [1], [], [5, 6], [5, 10]]));
  it('are none before the first and after the last', () => expect([on(-1), on(99)]).toEqual([[], []]));
});

describe('the place of a cue', () => {
  const cue = (more: Partial<Setting> = {}): Setting => ({
    vertical: '',
    snapToLines: true,
    line: 'auto',
    position: 'auto',
    size: 100,
    align: 'center',
    ...more,
  });
  it('is the lower edge, in the middle', () =>
    expect(place(cue())).toEqual({ stacked: true, styles: { 'text-align': 'center', left: '0%', width: '100%' } }));
  it('follows alignment and position', () => {
    expect(place(cue({ align: 'start' })).styles).toMatchObject({ left: '0%', width: '100%', 'text-align': 'start' });
    expect(place(cue({ align: 'left', position: 20, size: 40 })).styles).toMatchObject({ left: '20%', width: '40%' });
    expect(place(cue({ align: 'end', position: 60 })).styles).toMatchObject({ left: '0%', width: '60%' });
    expect(place(cue({ position: 30 })).styles).toMatchObject({ left: '0%', width: '60%' });
  });
  it('counts lines from above or from below', () => {
    expect(place(cue({ line: 0 }))).toMatchObject({ stacked: false, styles: { top: 'calc(0 * var(--row))' } });
    expect(place(cue({ line: -2 })).styles).toMatchObject({ bottom: 'calc(1 * var(--row))' });
  });
  it('is a part of the picture where it says so', () => {
    expect(place(cue({ snapToLines: false, line: 50 })).styles).toMatchObject({ top: '50%', translate: '0 0%' });
    expect(place(cue({ snapToLines: false, line: 40, lineAlign: 'center' })).styles).toMatchObject({ top: '40%', translate: '0 -50%' });
    expect(place(cue({ snapToLines: false, line: 100 })).styles).toMatchObject({ top: '100%', translate: '0 -100%' });
  });
  it('can stand upright', () => {
    expect(place(cue({ vertical: 'rl', line: 0 })).styles).toMatchObject({
      'writing-mode': 'vertical-rl',
      right: 'calc(0 * var(--row))',
      height: '100%',
    });
  });
});
