// WebVTT cues: which are on at a moment, what their text says, where on the picture they stand. Pure; text stays text.

export type Tag = 'i' | 'b' | 'u' | 'c' | 'v' | 'lang' | 'ruby' | 'rt';

export type Piece =
  | { tag: 'text'; text: string }
  | { tag: Tag; classes: string[]; /** Who speaks (v), or a language (lang). */ note: string; pieces: Piece[] };

const known = new Set<string>(['i', 'b', 'u', 'c', 'v', 'lang', 'ruby', 'rt']);
const named: Record<string, string> = { amp: '&', lt: '<', gt: '>', nbsp: '\u00a0', lrm: '\u200e', rlm: '\u200f', quot: '"', apos: "'" };

function unescape(text: string): string {
  return text.replace(/&(#x[0-9a-f]{1,6}|#[0-9]{1,7}|[a-z]+);/gi, (whole, name: string) => {
    if (!name.startsWith('#')) return named[name.toLowerCase()] ?? whole;
    const code = name[1] === 'x' || name[1] === 'X' ? parseInt(name.slice(2), 16) : parseInt(name.slice(1), 10);
    return code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff) ? String.fromCodePoint(code) : whole;
  });
}

/** Reads cue text. Unknown tags vanish and leave their words; a tag that is not closed ends with the cue. */
export function read(text: string): Piece[] {
  const top: Piece[] = [];
  const open: { tag: Tag; into: Piece[] }[] = [];
  const into = () => open.at(-1)?.into ?? top;
  for (const token of text.split(/(<[^>]*>)/)) {
    if (!token) continue;
    if (!token.startsWith('<') || !token.endsWith('>')) {
      into().push({ tag: 'text', text: unescape(token) });
      continue;
    }
    const end = /^<\/\s*([a-z]+)/.exec(token);
    if (end) {
      // A ruby that ends takes its open reading with it.
      if (end[1] === 'ruby' && open.at(-1)?.tag === 'rt') open.pop();
      if (open.at(-1)?.tag === end[1]) open.pop();
      continue;
    }
    const begin = /^<([a-z]+)((?:\.[^\s.<>]+)*)(?:\s+([^>]*))?>$/.exec(token);
    if (!begin || !known.has(begin[1]!)) continue;
    const tag = begin[1] as Tag;
    if (tag === 'rt' && open.at(-1)?.tag !== 'ruby') continue;
    const piece = { tag, classes: begin[2]!.split('.').filter(Boolean), note: unescape(begin[3] ?? '').trim(), pieces: [] as Piece[] };
    into().push(piece);
    open.push({ tag, into: piece.pieces });
  }
  return top;
}

/** The words alone, for the ear. */
export const words = (pieces: Piece[]): string =>
  pieces.map((p) => (p.tag === 'text' ? p.text : p.tag === 'rt' ? '' : words(p.pieces))).join('');

export interface Span {
  startTime: number;
  endTime: number;
}

/** Those of a list, ordered by start, that are on at a moment. */
export function at<T extends Span>(list: ArrayLike<T>, seconds: number): T[] {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle]!.startTime <= seconds) low = middle + 1;
    else high = middle;
  }
  const on: T[] = [];
  // Text that began long ago is rarely still on; two hundred back is further than any real file needs.
  for (let i = low - 1; i >= 0 && i >= low - 200; i--) if (list[i]!.endTime > seconds) on.unshift(list[i]!);
  return on;
}

/** What a cue says about its place, as browsers give it. */
export interface Setting {
  vertical: string;
  snapToLines: boolean;
  line: number | 'auto';
  lineAlign?: string;
  position: number | 'auto';
  positionAlign?: string;
  size: number;
  align: string;
}

export interface Place {
  /** Stands at the lower edge with others, later ones above earlier ones. */
  stacked: boolean;
  styles: Record<string, string>;
}

const percent = (n: number) => `${Math.round(n * 100) / 100}%`;

/** How a cue is placed on the picture (WebVTT, 7.2 "processing cue settings"), as CSS values. */
export function place(cue: Setting): Place {
  const align = { start: 'start', left: 'left', center: 'center', middle: 'center', end: 'end', right: 'right' }[cue.align] ?? 'center';
  const byText = /start|left/.test(align) ? 'line-left' : /end|right/.test(align) ? 'line-right' : 'center';
  const anchor = cue.positionAlign && cue.positionAlign !== 'auto' ? cue.positionAlign : byText;
  const usual = anchor === 'line-left' ? 0 : anchor === 'line-right' ? 100 : 50;
  const position = cue.position === 'auto' ? usual : Math.min(100, Math.max(0, cue.position));
  const most = anchor === 'line-left' ? 100 - position : anchor === 'line-right' ? position : 2 * Math.min(position, 100 - position);
  const size = Math.min(cue.size, most);
  const from = anchor === 'line-left' ? position : anchor === 'line-right' ? position - size : position - size / 2;
  const upright = cue.vertical === 'rl' || cue.vertical === 'lr';
  const styles: Record<string, string> = { 'text-align': align };
  if (upright) Object.assign(styles, { 'writing-mode': `vertical-${cue.vertical}`, top: percent(from), height: percent(size) });
  else Object.assign(styles, { left: percent(from), width: percent(size) });
  if (cue.line === 'auto' && cue.snapToLines && !upright) return { stacked: true, styles };
  return { stacked: false, styles: { ...styles, ...across(cue, upright) } };
}

/** The place across the lines: from an edge in lines, or a part of the picture. */
function across(cue: Setting, upright: boolean): Record<string, string> {
  const line = cue.line === 'auto' ? (cue.snapToLines ? -1 : 100) : cue.line;
  const [near, far] = upright ? (cue.vertical === 'rl' ? ['right', 'left'] : ['left', 'right']) : ['top', 'bottom'];
  if (cue.snapToLines) {
    return line >= 0 ? { [near!]: `calc(${line} * var(--row))` } : { [far!]: `calc(${-line - 1} * var(--row))` };
  }
  const at = Math.min(100, Math.max(0, line));
  const moved = cue.lineAlign === 'center' ? '-50%' : cue.lineAlign === 'end' ? '-100%' : '0%';
  // Without a word about it, what is meant to stand at the very edge must not stand beyond it.
  const shift = cue.lineAlign || at < 90 ? moved : '-100%';
  return upright ? { left: percent(at), translate: `${shift} 0` } : { top: percent(at), translate: `0 ${shift}` };
}
