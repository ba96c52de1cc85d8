// Chance that always falls the same way for the same id.

export interface Chance {
  /** 0 ≤ x < 1 */
  next(): number;
  between(low: number, high: number): number;
  whole(low: number, high: number): number;
  pick<T>(from: readonly T[]): T;
}

export function chance(text: string): Chance {
  let state = 2166136261;
  for (let i = 0; i < text.length; i++) state = Math.imul(state ^ text.charCodeAt(i), 16777619);
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return {
    next,
    between: (low, high) => low + next() * (high - low),
    whole: (low, high) => low + Math.floor(next() * (high - low + 1)),
    pick: (from) => from[Math.floor(next() * from.length)]!,
  };
}

export type Attributes = Record<string, string | number>;
export type Shape = [tag: string, attributes: Attributes];

const r = (n: number) => Math.round(n * 10) / 10;

export const rect = (x: number, y: number, width: number, height: number, fill: string, more: Attributes = {}): Shape => [
  'rect',
  { x: r(x), y: r(y), width: r(width), height: r(height), fill, ...more },
];
export const disc = (cx: number, cy: number, radius: number, fill: string, more: Attributes = {}): Shape => [
  'circle',
  { cx: r(cx), cy: r(cy), r: r(radius), fill, ...more },
];
export const oval = (cx: number, cy: number, rx: number, ry: number, fill: string, more: Attributes = {}): Shape => [
  'ellipse',
  { cx: r(cx), cy: r(cy), rx: r(rx), ry: r(ry), fill, ...more },
];
export const path = (d: string, fill: string, more: Attributes = {}): Shape => ['path', { d, fill, ...more }];
export const ring = (cx: number, cy: number, radius: number, stroke: string, width: number, more: Attributes = {}): Shape => [
  'circle',
  { cx: r(cx), cy: r(cy), r: r(radius), fill: 'none', stroke, 'stroke-width': r(width), ...more },
];
export const shape = (points: [number, number][], fill: string, more: Attributes = {}): Shape => [
  'polygon',
  { points: points.map(([x, y]) => `${r(x)},${r(y)}`).join(' '), fill, ...more },
];
export const at = (...n: number[]) => n.map(r).join(' ');

/** A soft horizon from left to right, closed along the bottom. */
export function hills(c: Chance, w: number, h: number, base: number, swing: number, fill: string, more: Attributes = {}): Shape {
  const steps = Math.max(2, Math.round(w / 130));
  let d = `M${at(0, h)} L${at(0, base + c.between(-swing, swing))}`;
  let x = 0;
  let y = base + c.between(-swing, swing);
  d = `M${at(0, h)} L${at(0, y)}`;
  for (let i = 0; i < steps; i++) {
    const nx = (w / steps) * (i + 1);
    const ny = base + c.between(-swing, swing);
    const mid = (x + nx) / 2;
    d += ` C${at(mid, y, mid, ny, nx, ny)}`;
    x = nx;
    y = ny;
  }
  return path(`${d} L${at(w, h)} Z`, fill, more);
}

export function stars(c: Chance, w: number, h: number, n: number, fill: string): Shape[] {
  return Array.from({ length: n }, () => disc(c.next() * w, c.next() * h, c.between(0.5, 1.5), fill, { opacity: r(c.between(0.4, 0.9)) }));
}
