// Scenes for titles without a picture: each draws itself for any width and height.
import { at, disc, hills, oval, path, rect, ring, shape, stars, type Chance, type Shape } from './seed';

export interface Scene {
  shapes: Shape[];
  /** Colours of the sky from top to bottom, drawn as a gradient behind everything. */
  sky: [string, string];
  /** Ink of the title, and of its quieter words. */
  ink: string;
  second: string;
  title: 'top' | 'bottom';
  /** Height the title may take on a poster of 300 user units. */
  room: number;
  /** Ink of the credit line at the foot; null where the picture leaves no calm ground. */
  credit: string | null;
}

type Draw = (c: Chance, w: number, h: number) => Scene;

const sea: Draw = (c, w, h) => {
  const [top, low, sun, sand, wave, hull, ink, foot] = c.pick([
    ['#123c48', '#174651', '#ffb066', '#eadbb9', '#cdb893', '#0d2733', '#f8ecd4', '#0d2733'],
    ['#3b1f2e', '#6d2f39', '#ff9a6b', '#f2d9c4', '#d9ab93', '#23121b', '#f8ecd4', '#3b1f2e'],
    ['#bcd8e4', '#a9cbdc', '#f2714e', '#2c5d86', '#1f4a70', '#173450', '#173450', '#e3f0f6'],
  ] as const);
  const horizon = h * 0.63;
  const x = w * c.between(0.52, 0.7);
  const s = Math.min(w, h) / 200;
  const shapes = [disc(x, horizon - 36 * s, 66 * s, sun), rect(0, horizon, w, h - horizon, sand)];
  for (let i = 0; i < 7; i++) {
    const y = horizon + ((h - horizon) / 7) * (i + 0.4);
    shapes.push(oval(w * c.next(), y, w * c.between(0.25, 0.5), 3.2 * s, wave, { opacity: 0.75 }));
  }
  const b = x - 30 * s;
  const paper = '#f8ecd4';
  shapes.push(
    shape(
      [
        [b - 58 * s, horizon - 8 * s],
        [b + 66 * s, horizon - 8 * s],
        [b + 48 * s, horizon + 16 * s],
        [b - 44 * s, horizon + 16 * s],
      ],
      hull,
    ),
    rect(b - 40 * s, horizon - 30 * s, 84 * s, 22 * s, paper),
    rect(b - 28 * s, horizon - 50 * s, 44 * s, 20 * s, paper),
    rect(b + 22 * s, horizon - 70 * s, 14 * s, 40 * s, hull),
    rect(b + 22 * s, horizon - 62 * s, 14 * s, 7 * s, '#d6503c'),
  );
  for (let i = 0; i < 6; i++) shapes.push(rect(b - 34 * s + i * 13 * s, horizon - 23 * s, 7 * s, 8 * s, hull));
  return { shapes, sky: [top, low], ink, second: ink, title: 'top', room: 96, credit: foot };
};

const aurora: Draw = (c, w, h) => {
  const [a, b, d] = c.pick([
    ['#2aa587', '#5fc9a0', '#463a97'],
    ['#2f7fb0', '#78c2d6', '#5a2f86'],
    ['#a8437c', '#e07fa0', '#3a3f94'],
  ] as const);
  const s = Math.min(w, h) / 200;
  const shapes = [
    ...stars(c, w, h * 0.5, 26, '#ffffff'),
    hills(c, w, h, h * 0.2, h * 0.12, a, { opacity: 0.9 }),
    hills(c, w, h, h * 0.36, h * 0.1, '#0e1638'),
    hills(c, w, h, h * 0.38, h * 0.1, b, { opacity: 0.7 }),
    hills(c, w, h, h * 0.47, h * 0.09, d),
    hills(c, w, h, h * 0.56, h * 0.05, '#0c1230'),
    hills(c, w, h, h * 0.67, h * 0.03, '#c3d0e6'),
    hills(c, w, h, h * 0.76, h * 0.02, '#e9eff8'),
  ];
  const x = w * c.between(0.55, 0.75);
  const y = h * 0.68;
  shapes.push(
    rect(x - 20 * s, y - 22 * s, 40 * s, 24 * s, '#141a3a'),
    shape(
      [
        [x - 27 * s, y - 20 * s],
        [x, y - 42 * s],
        [x + 27 * s, y - 20 * s],
      ],
      '#1f2750',
    ),
    rect(x - 12 * s, y - 14 * s, 9 * s, 9 * s, '#ffd36b'),
    rect(x + 4 * s, y - 14 * s, 7 * s, 16 * s, '#0a0e24'),
    rect(x + 14 * s, y - 66 * s, 1.6 * s, 40 * s, '#0a0e24'),
    disc(x + 15 * s, y - 67 * s, 3 * s, '#ee5a45'),
  );
  return { shapes, sky: ['#0b1230', '#131a46'], ink: '#101840', second: '#3c4783', title: 'bottom', room: 66, credit: '#101840' };
};

const quarters: Draw = (c, w, h) => {
  const [ground, soft, bright, pale] = c.pick([
    ['#7d1230', '#a81a3c', '#e5566a', '#f6bdb4'],
    ['#123f3a', '#1b5c53', '#4aa58f', '#d9eadc'],
    ['#22305f', '#31458a', '#7d95dd', '#e3e6f6'],
    ['#5b3410', '#8a5417', '#dd9a3e', '#f6e3be'],
  ] as const);
  const n = Math.max(2, Math.round((w / Math.min(w, h * 0.62)) * 2));
  const u = w / n;
  const shapes: Shape[] = [];
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < Math.ceil(h / u); j++) {
      const x = i * u;
      const y = j * u;
      shapes.push(rect(x, y, u + 0.5, u + 0.5, (i + j) % 2 ? soft : ground));
      const kind = (i * 3 + j * 2 + c.whole(0, 1)) % 5;
      if (kind === 0) shapes.push(path(`M${at(x, y + u)} A${at(u, u)} 0 0 1 ${at(x + u, y)} L${at(x + u, y + u)} Z`, pale));
      else if (kind === 1) shapes.push(disc(x + u / 2, y + u / 2, u * 0.27, pale));
      else if (kind === 2) shapes.push(ring(x + u / 2, y + u / 2, u * 0.29, pale, u * 0.09));
      else if (kind === 3) shapes.push(path(`M${at(x, y)} L${at(x + u, y)} A${at(u, u)} 0 0 1 ${at(x, y + u)} Z`, bright));
      else shapes.push(path(`M${at(x + u, y)} A${at(u, u)} 0 0 1 ${at(x, y + u)} L${at(x, y)} Z`, bright));
    }
  }
  const m = u * 0.07;
  shapes.push(rect(u - m * 2.4, u - m, m * 4.8, m * 2, pale), rect(u - m, u - m * 2.4, m * 2, m * 4.8, pale));
  if (w < h) shapes.push(rect(0, h * 0.72, w, h * 0.28, ground));
  return { shapes, sky: [ground, ground], ink: pale, second: bright, title: 'bottom', room: 62, credit: pale };
};

const lamps: Draw = (c, w, h) => {
  const [light, cap] = c.pick([
    ['#e8922e', '#ffe2ad'],
    ['#5c94d6', '#dcebff'],
    ['#c9506a', '#ffd9d9'],
  ] as const);
  const floor = h * 0.8;
  const shapes: Shape[] = [];
  for (let i = 0; i < Math.round(w / 34); i++) {
    const bw = c.between(24, 40);
    const bx = (w / Math.round(w / 34)) * i;
    const by = floor - h * c.between(0.15, 0.42);
    shapes.push(rect(bx, by, bw, floor - by, '#17161f'));
    for (let k = 0; k < 4; k++) {
      if (c.next() > 0.5)
        shapes.push(
          rect(bx + 5 + (k % 2) * 13, by + 8 + Math.floor(k / 2) * 16, 6, 8, c.next() > 0.4 ? light : '#34323f', { opacity: 0.75 }),
        );
    }
  }
  const n = Math.max(3, Math.round(w / 75));
  for (let i = 0; i < n; i++) {
    const x = (w / n) * (i + c.between(0.3, 0.7));
    const top = h * c.between(0.3, 0.46);
    const half = (floor - top) * 0.36;
    shapes.push(
      shape(
        [
          [x, top],
          [x + half, floor],
          [x - half, floor],
        ],
        light,
        { opacity: i % 2 ? 0.62 : 0.85 },
      ),
      rect(x - 1.5, top, 3, floor - top, '#0c0b10'),
      rect(x - 9, top - 4, 18, 5, cap, { rx: 2 }),
    );
  }
  const x = w * c.between(0.5, 0.7);
  shapes.push(
    rect(0, floor, w, h - floor, '#120f0d'),
    disc(x, floor - 26, 5, '#0c0b10'),
    rect(x - 5, floor - 21, 10, 22, '#0c0b10', { rx: 4 }),
  );
  return { shapes, sky: ['#0a0a12', '#14131d'], ink: light, second: cap, title: 'top', room: 74, credit: light };
};

const leaves: Draw = (c, w, h) => {
  const tones = c.pick([
    ['#0c3b2a', '#14583a', '#2f8a4e', '#90c76e'],
    ['#3c1030', '#6b1c50', '#b2477c', '#efb0b4'],
    ['#102f4c', '#194a73', '#3d83ad', '#a8d3df'],
  ] as const);
  const n = Math.max(4, Math.round(w / 50));
  const u = w / n;
  const shapes: Shape[] = [];
  for (let j = 0; j * u < h; j++) {
    for (let i = 0; i < n; i++) {
      const [x, y, e, f] = [i * u, j * u, (i + 1) * u, (j + 1) * u];
      shapes.push(rect(x, y, u + 0.5, u + 0.5, tones[(i + j) % 2]!));
      const tone = tones[c.whole(1, 3)]!;
      shapes.push(
        (i + j + c.whole(0, 1)) % 2
          ? path(`M${at(x, f)} A${at(u, u)} 0 0 1 ${at(e, y)} A${at(u, u)} 0 0 1 ${at(x, f)} Z`, tone)
          : path(`M${at(x, y)} A${at(u, u)} 0 0 1 ${at(e, f)} A${at(u, u)} 0 0 1 ${at(x, y)} Z`, tone),
      );
    }
  }
  if (w < h) shapes.push(rect(0, h * 0.7, w, h * 0.3, '#f6ecd2'));
  return { shapes, sky: [tones[0], tones[0]], ink: '#191b16', second: tones[1], title: 'bottom', room: 66, credit: '#191b16' };
};

const orbit: Draw = (c, w, h) => {
  const [paper, out, mid, core, moon] = c.pick([
    ['#f6efe1', '#1f2a63', '#e8503a', '#ffb52e', '#2f9d84'],
    ['#efe6f2', '#43206a', '#d14f8f', '#ffcf5c', '#3a86c8'],
    ['#e6efe9', '#12463f', '#e07b39', '#ffe08a', '#8a3b63'],
  ] as const);
  const x = w * (w > h ? 0.68 : 0.52);
  const y = h * (w > h ? 0.5 : 0.6);
  const u = Math.min(w, h * 0.75) * c.between(0.9, 1);
  const shapes = [
    disc(x, y, u * 0.42, out),
    disc(x, y, u * 0.36, paper),
    disc(x, y, u * 0.29, mid),
    disc(x, y, u * 0.18, paper),
    disc(x, y, u * 0.1, core),
    oval(x, y, u * 0.56, u * 0.17, 'none', {
      stroke: out,
      'stroke-width': u * 0.012,
      transform: `rotate(${c.whole(-28, -12)} ${at(x, y)})`,
    }),
    disc(x - u * 0.48, y + u * 0.2, u * 0.045, moon),
    disc(x + u * 0.4, y - u * 0.32, u * 0.02, mid),
  ];
  return { shapes, sky: [paper, paper], ink: out, second: mid, title: 'top', room: 78, credit: out };
};

const arches: Draw = (c, w, h) => {
  const [a, b, d, e] = c.pick([
    ['#20345f', '#3c62a8', '#7fa2dc', '#f3d69b'],
    ['#5a1f2c', '#8f3442', '#d2776c', '#f7e0c0'],
    ['#17403c', '#2a6a60', '#6fb39b', '#f5e9b8'],
  ] as const);
  const x = w / 2 + (w > h ? w * 0.18 : 0);
  const u = Math.min(w, h * 0.66) * c.between(0.9, 1.04);
  const arch = (half: number, top: number, fill: string) =>
    path(
      `M${at(x - half, h)} L${at(x - half, top + half)} A${at(half, half)} 0 0 1 ${at(x + half, top + half)} L${at(x + half, h)} Z`,
      fill,
    );
  const shapes = [
    arch(u * 0.44, h * 0.3, b),
    arch(u * 0.31, h * 0.42, d),
    arch(u * 0.17, h * 0.56, e),
    disc(x, h * 0.74, u * 0.028, a),
    rect(x - u * 0.009, h * 0.74, u * 0.018, h * 0.13, a),
  ];
  return { shapes, sky: [a, a], ink: e, second: d, title: 'top', room: 72, credit: null };
};

const bands: Draw = (c, w, h) => {
  const [paper, low, sun, band] = c.pick([
    ['#f4dcb8', '#f0cfa4', '#e58a4d', '#b4532f'],
    ['#ead7e0', '#e3c2d3', '#c75182', '#7c2a5c'],
    ['#d7e4dc', '#c4d8cf', '#e4a640', '#2f6b5f'],
  ] as const);
  const x = w * (w > h ? 0.7 : 0.5);
  const r = Math.min(w, h * 0.8) * c.between(0.25, 0.3);
  const y = h * c.between(0.48, 0.54);
  const shapes: Shape[] = [disc(x, y, r, sun)];
  const from = y;
  const n = 14;
  for (let i = 0; i < n; i++) {
    const t = from + ((h - from) / n) * i;
    shapes.push(rect(0, t, w, ((h - from) / n) * (0.16 + 0.5 * (i / n)), band));
  }
  return { shapes, sky: [paper, low], ink: c.pick([band, '#2b2019']), second: band, title: 'top', room: 78, credit: null };
};

const comet: Draw = (c, w, h) => {
  const [night, far, near, heart, tail] = c.pick([
    ['#16103f', '#241a63', '#3a2c8c', '#6a4bc4', '#b5a58e'],
    ['#0c2a38', '#12475a', '#1d6c80', '#36a0a4', '#e0c9a0'],
    ['#2f0f22', '#511a36', '#7d2a49', '#bd4a5c', '#e9c5a1'],
  ] as const);
  const u = Math.min(w, h);
  const ox = w * 0.16;
  const oy = h * 1.02;
  const x = w * c.between(0.66, 0.8);
  const y = h * c.between(0.2, 0.3);
  const shapes = [
    ...stars(c, w, h * 0.8, 40, '#ffffff'),
    disc(ox, oy, u * 0.95, far),
    disc(ox, oy, u * 0.7, near),
    disc(ox, oy, u * 0.42, heart),
    path(
      `M${at(x, y - u * 0.03)} Q${at(w * 0.5, h * 0.4, w * 0.3, h * 0.74)} ` +
        `L${at(w * 0.28, h * 0.72)} Q${at(w * 0.42, h * 0.38, x, y - u * 0.03)} Z`,
      tail,
    ),
    path(
      `M${at(x, y)} Q${at(w * 0.52, h * 0.42, w * 0.32, h * 0.76)} ` +
        `L${at(w * 0.3, h * 0.74)} Q${at(w * 0.46, h * 0.36, x - u * 0.02, y - u * 0.02)} Z`,
      tail,
    ),
    disc(x, y, u * 0.045, '#fff3cf'),
  ];
  return { shapes, sky: [night, night], ink: '#f4efff', second: tail, title: 'bottom', room: 84, credit: '#f4efff' };
};

const rails: Draw = (c, w, h) => {
  const [sky, fog, ink, lamp] = c.pick([
    ['#cfd3d0', '#b4bab8', '#2d3432', '#c9432f'],
    ['#d9cdbb', '#c2ae94', '#3c2c20', '#c9432f'],
    ['#b9c9d8', '#93abc2', '#1f2f40', '#e39a32'],
  ] as const);
  const x = w * (w > h ? 0.66 : 0.5);
  const y = h * 0.48;
  const u = Math.min(w, h * 0.9) * c.between(0.94, 1);
  const shapes: Shape[] = [hills(c, w, h, h * 0.55, h * 0.02, fog)];
  for (let i = 0; i < 9; i++) {
    const t = (i + 0.5) / 9;
    const k = t * t;
    const half = u * (0.03 + 0.5 * k);
    shapes.push(rect(x - half, y + (h - y) * k, half * 2, Math.max(1.5, u * 0.045 * t), ink, { opacity: 0.35 + 0.6 * t }));
  }
  shapes.push(
    shape(
      [
        [x - 2, y],
        [x, y],
        [x - u * 0.34, h],
        [x - u * 0.42, h],
      ],
      ink,
    ),
    shape(
      [
        [x + 2, y],
        [x, y],
        [x + u * 0.34, h],
        [x + u * 0.42, h],
      ],
      ink,
    ),
    rect(x - u * 0.006, y - u * 0.24, u * 0.012, u * 0.24, ink),
    rect(x - u * 0.022, y - u * 0.26, u * 0.044, u * 0.08, ink, { rx: 2 }),
    disc(x, y - u * 0.225, u * 0.015, lamp),
  );
  return { shapes, sky: [sky, fog], ink, second: ink, title: 'top', room: 80, credit: null };
};

const pebbles: Draw = (c, w, h) => {
  const [ground, ...tones] = c.pick([
    ['#2a1710', '#d9722e', '#efb774', '#8f3a1f', '#efe0c8', '#b4bcc4'],
    ['#10202e', '#3f86b0', '#a7cfe0', '#1f4a6b', '#f0e6cf', '#d8884a'],
    ['#1d2418', '#7f9c46', '#c7d38a', '#445c2a', '#f2ecd2', '#cc7a4a'],
  ] as const);
  const n = Math.max(4, Math.round(w / 48));
  const u = w / n;
  const shapes: Shape[] = [];
  for (let j = 0; (j + 1) * u < h * (w > h ? 1.2 : 0.7); j++) {
    for (let i = 0; i < n; i++) {
      const [x, y, r] = [(i + 0.5) * u, (j + 0.55) * u, u * 0.39];
      const left = c.pick(tones);
      const right = c.pick(tones);
      shapes.push(disc(x, y, r, left), path(`M${at(x, y - r)} A${at(r, r)} 0 0 1 ${at(x, y + r)} Z`, right));
    }
  }
  return { shapes, sky: [ground, ground], ink: '#f2e6cf', second: tones[1]!, title: 'bottom', room: 68, credit: '#f2e6cf' };
};

const door: Draw = (c, w, h) => {
  const [sky, snow, frame, light] = c.pick([
    ['#d3dfec', '#f7fafd', '#16202c', '#ffc95a'],
    ['#2b2350', '#453a7c', '#0f0b22', '#ffd98f'],
    ['#e9d6cc', '#fbf1ea', '#3a1f1c', '#f5864f'],
  ] as const);
  const x = w * (w > h ? 0.66 : 0.52);
  const u = Math.min(w, h * 0.7);
  const foot = h * 0.74;
  const [dw, dh] = [u * 0.24, u * 0.5];
  const shapes = [
    path(`M${at(0, h * 0.66)} Q${at(w * 0.5, h * 0.58, w, h * 0.7)} L${at(w, h)} L${at(0, h)} Z`, snow),
    shape(
      [
        [x - dw, foot],
        [x, foot],
        [x + dw * 2.1, h],
        [x - dw * 1.5, h],
      ],
      light,
      { opacity: 0.55 },
    ),
    rect(x - dw, foot - dh, dw * 2, dh, frame),
    shape(
      [
        [x - dw, foot - dh],
        [x - dw * 0.06, foot - dh * 0.9],
        [x - dw * 0.06, foot + u * 0.05],
        [x - dw, foot],
      ],
      light,
    ),
    disc(x - dw * 0.24, foot - dh * 0.42, u * 0.012, frame),
  ];
  for (let i = 0; i < 38; i++) shapes.push(disc(c.next() * w, c.next() * h * 0.66, c.between(0.9, 2.4), '#ffffff', { opacity: 0.85 }));
  return {
    shapes,
    sky: [sky, sky],
    ink: sky === '#2b2350' ? '#efe6ff' : frame,
    second: sky === '#2b2350' ? light : frame,
    title: 'top',
    room: 86,
    credit: null,
  };
};

const dunes: Draw = (c, w, h) => {
  const [top, low, sun, ...sand] = c.pick([
    ['#f0c98b', '#ea9a54', '#3b1d12', '#cf7438', '#b25a2a', '#8a3f1e'],
    ['#8fb7bd', '#dcd3b2', '#fff6dc', '#3f7f84', '#2b6066', '#193f47'],
    ['#563765', '#c9627a', '#ffd9a0', '#8b3a63', '#642a52', '#3f1b3c'],
  ] as const);
  const shapes: Shape[] = [disc(w * c.between(0.3, 0.7), h * 0.46, Math.min(w, h) * c.between(0.12, 0.2), sun)];
  sand.forEach((tone, i) => shapes.push(hills(c, w, h, h * (0.52 + i * 0.15), h * 0.06, tone)));
  return { shapes, sky: [top, low], ink: '#fff3dd', second: '#fff3dd', title: 'bottom', room: 90, credit: '#fff3dd' };
};

const mask: Draw = (c, w, h) => {
  const [paper, warm, line, ink] = c.pick([
    ['#ece3cc', '#d9553f', '#174a40', '#174a40'],
    ['#e4e0ee', '#5a4fb0', '#b2335a', '#2d2660'],
    ['#f3dfc6', '#1f6f78', '#c2622c', '#123f45'],
  ] as const);
  const x = w * (w > h ? 0.68 : 0.5);
  const y = h * (w > h ? 0.48 : 0.4);
  const ry = Math.min(h * 0.34, w * 0.5) * c.between(0.92, 1);
  const rx = ry * 0.62;
  const half = (a: number, b: number, side: 0 | 1) => `M${at(x, y - b)} A${at(a, b)} 0 0 ${side} ${at(x, y + b)}`;
  const shapes: Shape[] = [path(`${half(rx, ry, 0)} Z`, warm)];
  for (let i = 0; i < 9; i++) {
    const k = 1 - i * 0.105;
    shapes.push(path(half(rx * k, ry * k, 1), 'none', { stroke: line, 'stroke-width': Math.max(1.4, ry * 0.016) }));
  }
  const e = rx * 0.5;
  shapes.push(
    path(
      `M${at(x - e - 14, y - ry * 0.16)} Q${at(x - e, y - ry * 0.25, x - e + 16, y - ry * 0.16)} ` +
        `Q${at(x - e, y - ry * 0.08, x - e - 14, y - ry * 0.16)} Z`,
      paper,
    ),
    path(
      `M${at(x - rx * 0.56, y + ry * 0.38)} Q${at(x - rx * 0.24, y + ry * 0.62, x, y + ry * 0.48)} ` +
        `L${at(x, y + ry * 0.54)} Q${at(x - rx * 0.3, y + ry * 0.7, x - rx * 0.56, y + ry * 0.38)} Z`,
      paper,
    ),
  );
  return { shapes, sky: [paper, paper], ink, second: warm, title: 'bottom', room: 60, credit: ink };
};

export const scenes = {
  sea,
  aurora,
  quarters,
  lamps,
  leaves,
  orbit,
  arches,
  bands,
  comet,
  rails,
  pebbles,
  door,
  dunes,
  mask,
} satisfies Record<string, Draw>;

export type Motif = keyof typeof scenes;
