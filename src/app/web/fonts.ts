// Cuts the house's type into slices: a page loads the letters, weights and widths it uses and no others.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import subsetFont from 'subset-font';
import type { Plugin } from 'vite';

const need = createRequire(import.meta.url);
const folder = fileURLToPath(new URL('.cache/fonts', import.meta.url));

/** What the styles ask of the type beyond its letters. */
const features = ['kern', 'liga', 'tnum', 'lnum', 'mark', 'mkmk', 'ccmp', 'locl', 'rvrn'];

interface Face {
  family: string;
  package: string;
  file: string;
  axes: Record<string, number | { min: number; max: number }>;
  css: string;
}

const faces: Face[] = [
  {
    family: 'Archivo',
    package: '@fontsource-variable/archivo',
    file: 'wdth',
    css: 'font-weight: 400 760; font-stretch: 66% 120%;',
    axes: { wght: { min: 400, max: 760 }, wdth: { min: 66, max: 120 } },
  },
  { ...low, family: 'Newsreader', package: '@fontsource-variable/newsreader', file: 'wght', css: 'font-weight: 400;', axes: { wght: 400 } },
];

// [slice, the part of the package it is cut from, its letters]. Of two with a letter in common the later one gives it, so
// the seldom ones stand first. Every page needs the last one; a Hungarian, Czech or Polish one a small one more.
const central =
  'U+102-107,U+10C-111,U+118-11B,U+11E-11F,U+130,U+139-13E,U+141-144,U+147-148,U+154-155,U+158-15B,U+15E-165,U+16E-16F,U+179-17E,U+218-21B';
const western =
  'U+20-7E,U+A0,U+A9,U+B7,U+C0-FF,U+131,U+152-153,U+2009,U+2013-2014,U+2018-201A,U+201C-201E,U+2022,U+2026,U+202F,U+20AC,U+2212';
const slices: [name: string, source: string, letters: string | null][] = [
  ['vietnamese', 'vietnamese', null],
  ['extended', 'latin-ext', null],
  ['signs', 'latin', null],
  ['central', 'latin-ext', central],
  ['hungarian', 'latin-ext', 'U+150-151,U+170-171'],
  ['western', 'latin', western],
];

// Until a slice has arrived its letters are set in a font of the machine, made as wide and as high, so that nothing moves
// afterwards. Measured over plain English: the width of ours divided by that of the other, by width (and weight) of ours.
const stretches = ['60% 82%', '83% 95%', '96% 103%', '96% 103%', '104% 108%', '109% 125%'];
const weights = ['400 760', '400 760', '400 540', '541 760', '400 760', '400 760'];
const high = { ascent: 0.878, descent: 0.21 };
const low = { ascent: 0.735, descent: 0.265 };
const standIns: { family: string; local: string[]; widths: number[]; ascent: number; descent: number }[] = [
  {
    ...high,
    family: 'Archivo as Arial',
    local: ['Arial', 'Roboto', 'Helvetica', 'Liberation Sans', 'Arimo'],
    widths: [0.82, 0.89, 0.985, 1.017, 1.105, 1.17],
  },
  { ...high, family: 'Archivo as DejaVu', local: ['DejaVu Sans', 'Verdana'], widths: [0.77, 0.775, 0.86, 0.888, 0.966, 1.025] },
  { ...low, family: 'Newsreader as Georgia', local: ['Georgia', 'Gelasio'], widths: [0.967] },
  { ...low, family: 'Newsreader as Times', local: ['Times New Roman', 'Liberation Serif', 'Tinos'], widths: [1.056] },
  { ...low, family: 'Newsreader as Noto', local: ['Noto Serif'], widths: [0.895] },
  { ...low, family: 'Newsreader as DejaVu', local: ['DejaVu Serif'], widths: [0.83] },
];

function standInFaces(): string[] {
  const percent = (part: number) => `${(part * 100).toFixed(1)}%`;
  return standIns.flatMap(({ family, local, widths, ascent, descent }) =>
    widths.map(
      (width, i) => `@font-face { font-family: '${family}';
  src: ${local.map((name) => `local('${name}')`).join(', ')}; size-adjust: ${percent(width)};
  ascent-override: ${percent(ascent / width)}; descent-override: ${percent(descent / width)}; line-gap-override: 0%;
  ${widths.length > 1 ? `font-stretch: ${stretches[i]}; font-weight: ${weights[i]};` : ''} }`,
    ),
  );
}

type Range = [from: number, to: number];

const rangesOf = (text: string): Range[] =>
  text.split(',').map((part) => {
    const [from, to = from] = part.trim().replace('U+', '').split('-');
    return [parseInt(from!, 16), parseInt(to!, 16)];
  });

const lettersOf = (ranges: Range[]) =>
  ranges.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, i) => String.fromCodePoint(from + i)));

async function cut(face: Face): Promise<string[]> {
  const home = path.dirname(need.resolve(`${face.package}/package.json`));
  const whole = JSON.parse(await readFile(path.join(home, 'unicode.json'), 'utf8')) as Record<string, string>;
  const name = face.family.toLowerCase();
  const css: string[] = [];
  for (const [index, [slice, source, letters]] of slices.entries()) {
    const range = letters ?? whole[source]!;
    // What a later slice gives is left out here.
    const taken = new Set(slices.slice(index + 1).flatMap(([, from, own]) => (own && from === source ? lettersOf(rangesOf(own)) : [])));
    const text = lettersOf(rangesOf(range))
      .filter((letter) => !taken.has(letter))
      .join('');
    const bytes = await subsetFont(await readFile(path.join(home, `files/${name}-${source}-${face.file}-normal.woff2`)), text, {
      targetFormat: 'woff2',
      keepFeatures: features,
      noHinting: true,
      preserveNameIds: [0, 13, 14],
      variationAxes: face.axes,
    });
    await writeFile(path.join(folder, `${name}-${slice}.woff2`), bytes);
    css.push(`@font-face { font-family: '${face.family}'; font-display: swap; ${face.css}
  src: url(./${name}-${slice}.woff2) format('woff2'); unicode-range: ${range}; }`);
  }
  return css;
}

async function cutAll() {
  const versions = faces.map((face) => (need(`${face.package}/package.json`) as { version: string }).version);
  const stamp = createHash('sha256')
    .update(JSON.stringify([faces, slices, features, standIns, versions]))
    .digest('hex')
    .slice(0, 16);
  const file = path.join(folder, 'faces.css');
  if (existsSync(file) && (await readFile(file, 'utf8')).startsWith(`/* ${stamp} */`)) return;
  await mkdir(folder, { recursive: true });
  const css = standInFaces();
  for (const face of faces) css.push(...(await cut(face)));
  await writeFile(`${file}.part`, `/* ${stamp} */\n${css.join('\n')}\n`);
  await rename(`${file}.part`, file);
}

/** Makes `.cache/fonts/faces.css` and its files; asks for the slices of the first paint with the page. */
export function fonts(): Plugin {
  const early = /(archivo|newsreader)-western/;
  return {
    name: 'fonts',
    apply: () => !process.env.VITEST,
    buildStart: cutAll,
    transformIndexHtml: {
      order: 'post',
      handler: (_html, context) =>
        Object.keys(context.bundle ?? {})
          .filter((name) => early.test(name))
          .map((name) => ({
            tag: 'link',
            attrs: { rel: 'preload', as: 'font', type: 'font/woff2', href: `/${name}`, crossorigin: '' },
            injectTo: 'head' as const,
          })),
    },
  };
}
