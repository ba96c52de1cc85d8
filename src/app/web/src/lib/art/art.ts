// Pictures for what has none: a scene for a title, a face for a person. The same id always looks the same.
import { scenes, type Motif, type Scene } from './scenes';
import { at, chance, disc, path, rect, type Shape } from './seed';

const motifs = Object.keys(scenes) as Motif[];

/** The scene of a title at this size in user units; `motif` settles what it shows. */
export function scene(id: string, width: number, height: number, motif?: Motif): Scene {
  const c = chance(id);
  const fallen = c.pick(motifs);
  return scenes[motif ?? fallen](c, width, height);
}

export interface TitleLine {
  text: string;
  size: number;
  width: 'wide' | 'normal' | 'narrow';
  weight: 'heavy' | 'light';
}

const em = { wide: 0.69, normal: 0.58, narrow: 0.49 };

function estimate(text: string, width: TitleLine['width']): number {
  let sum = 0;
  for (const ch of text) sum += /[ijlIt.,:;'’!|f ]/.test(ch) ? 0.6 : /[mwMW@]/.test(ch) ? 1.45 : /[A-ZÁÉÍÓÖŐÚÜŰ0-9]/.test(ch) ? 1.14 : 1;
  return Math.max(sum, 2) * em[width];
}

/** Sets a title in at most four lines that fill `room` user units; long titles end in an ellipsis. */
export function titleLines(id: string, title: string, room: number): TitleLine[] {
  const c = chance(`${id}/type`);
  const style = c.pick(['wide', 'mixed', 'narrow'] as const);
  const words = title.trim().split(/\s+/).slice(0, 14);
  const perLine = style === 'narrow' ? 11 : 9;
  const lines: string[] = [];
  for (const word of words) {
    const last = lines[lines.length - 1];
    if (last !== undefined && `${last} ${word}`.length <= perLine) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  if (lines.length > 4) lines.splice(3, lines.length, `${lines[3]}…`);
  const cap = style === 'narrow' ? 44 : lines.length > 2 ? 27 : 32;
  return lines.map((text, i) => {
    const light = style === 'mixed' && i % 2 === 1;
    const width = style === 'narrow' ? 'narrow' : light ? 'normal' : 'wide';
    const shown = style === 'narrow' ? text.toLocaleUpperCase() : text;
    return { text: shown, size: Math.min(cap, room / estimate(shown, width)), width, weight: light ? 'light' : 'heavy' };
  });
}

const faceTones = [
  ['#c9742c', '#ffe3b0'],
  ['#b01a3c', '#f6bdb4'],
  ['#2f9060', '#dff0c4'],
  ['#1f6f78', '#bfe3e0'],
  ['#7d4bb0', '#e8d3ff'],
  ['#d9503c', '#ffd88a'],
  ['#3f6bb0', '#c6dcf6'],
  ['#5f6b2a', '#eae6a0'],
  ['#8a3b63', '#f3c6d6'],
] as const;

/** A face of 40 × 40 user units. */
export function face(id: string): Shape[] {
  const c = chance(`${id}/face`);
  const [deep, pale] = c.pick(faceTones);
  const ground = rect(0, 0, 40, 40, deep);
  switch (c.whole(0, 5)) {
    case 0:
      return [ground, disc(20, 16, 7.5, pale), path('M4 42a16 15 0 0 1 32 0z', pale)];
    case 1:
      return [
        ground,
        path('M20 8a12 12 0 0 0 0 24z', pale),
        path('M20 0h20v40H20z', pale),
        path('M20 8a12 12 0 0 1 0 24z', deep),
        disc(20, 20, 4, pale),
      ];
    case 2:
      return [ground, rect(0, 0, 40, 22, pale), path(`M${at(8, 44)}a12 13 0 0 1 24 0z`, pale)];
    case 3:
      return [ground, disc(13, 14, 5.5, pale), path('M40 18a22 22 0 0 0-22 22h22z', pale)];
    case 4:
      return [ground, path('M0 0h20v20a20 20 0 0 1-20-20z', pale), path('M20 20h20a20 20 0 0 1-20 20z', pale)];
    default:
      return [ground, path('M0 27a20 14 0 0 1 40 0v13H0z', pale), disc(28, 12, 5, pale)];
  }
}
