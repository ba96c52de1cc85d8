// Numbers, times and sizes as the interface writes them. Pure.

const pad = (n: number) => String(n).padStart(2, '0');

/** 00:27:14, or 27:14 when `hours` is not asked for and the span is under an hour. */
export function clock(seconds: number, hours = true): string {
  const s = Number.isFinite(seconds) && seconds > 0 ? Math.floor(seconds) : 0;
  const h = Math.floor(s / 3600);
  const rest = `${pad(Math.floor(s / 60) % 60)}:${pad(s % 60)}`;
  return hours || h > 0 ? `${pad(h)}:${rest}` : rest;
}

/** "27 minutes 14 seconds", for the ear. */
export function spokenClock(seconds: number): string {
  const s = Math.max(0, Math.floor(Number.isFinite(seconds) ? seconds : 0));
  const parts: [number, string][] = [
    [Math.floor(s / 3600), 'hour'],
    [Math.floor(s / 60) % 60, 'minute'],
    [s % 60, 'second'],
  ];
  const said = parts.filter(([n]) => n > 0).map(([n, word]) => `${n} ${word}${n === 1 ? '' : 's'}`);
  return said.length ? said.join(' ') : '0 seconds';
}

/** "1 h 52 min", "49 min", "38 s". */
export function span(seconds: number): string {
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return `${s} s`;
  const minutes = Math.round(s / 60);
  const h = Math.floor(minutes / 60);
  const m = minutes % 60;
  if (!h) return `${m} min`;
  return m ? `${h} h ${m} min` : `${h} h`;
}

/** Time left of a transfer: "7 min 41 s", "38 s", "2 h 05 min". */
export function left(seconds: number): string {
  if (!Number.isFinite(seconds)) return '';
  const s = Math.max(0, Math.ceil(seconds));
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${pad(s % 60)} s`;
  return `${Math.floor(s / 3600)} h ${pad(Math.floor(s / 60) % 60)} min`;
}

const units = ['B', 'kB', 'MB', 'GB', 'TB'];

/** Decimal units with three digits: "8.74 GB", "412 MB". */
export function size(bytes: number): string {
  let value = Math.max(0, bytes);
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  const digits = unit === 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return `${value.toFixed(digits)} ${units[unit]}`;
}

/** "+0.4 s", "−0.1 s", "0.0 s". */
export const shift = (seconds: number) => `${seconds > 0 ? '+' : seconds < 0 ? '−' : ''}${Math.abs(seconds).toFixed(1)} s`;

export const speed = (bytesPerSecond: number) => `${size(bytesPerSecond)}/s`;

export const percent = (part: number) => `${Math.floor(Math.min(1, Math.max(0, part)) * 100)} %`;

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** "14 Mar 2024"; dates without a time are read as written, never moved by the time zone. */
export function day(iso: string | null | undefined): string {
  if (!iso) return '';
  const plain = /^(\d{4})-(\d{2})-(\d{2})$/.exec(iso);
  const [y, m, d] = plain
    ? [Number(plain[1]), Number(plain[2]) - 1, Number(plain[3])]
    : ((t) => [t.getFullYear(), t.getMonth(), t.getDate()] as const)(new Date(iso));
  return Number.isNaN(y) ? '' : `${d} ${months[m]} ${y}`;
}

export const year = (iso: string | null | undefined) => (iso ? iso.slice(0, 4) : '');

/** "now", "12 min ago", "3 h ago", "yesterday", "4 days ago", then the date. */
export function ago(iso: string, now = Date.now()): string {
  const then = Date.parse(iso);
  if (Number.isNaN(then)) return '';
  const s = (now - then) / 1000;
  if (s < 45) return 'now';
  if (s < 3600) return `${Math.max(1, Math.round(s / 60))} min ago`;
  if (s < 79_200) return `${Math.round(s / 3600)} h ago`;
  if (s < 172_800) return 'yesterday';
  if (s < 14 * 86_400) return `${Math.round(s / 86_400)} days ago`;
  return day(iso);
}

/** How long something has waited, without "ago": "41 min", "3 h", "2 d". */
export function waited(iso: string, now = Date.now()): string {
  const s = Math.max(0, (now - Date.parse(iso)) / 1000);
  if (s < 3600) return `${Math.max(1, Math.round(s / 60))} min`;
  return s < 172_800 ? `${Math.round(s / 3600)} h` : `${Math.round(s / 86_400)} d`;
}

export const hour = (time: number) => ((t) => `${pad(t.getHours())}:${pad(t.getMinutes())}`)(new Date(time));

export const count = (n: number, one: string, many = `${one}s`) => `${n} ${n === 1 ? one : many}`;

/** How small a title is set: long ones leave room for what can be done with them. The classes are in base.css. */
export const stepOf = (title: string) => (title.length > 160 ? 'longest' : title.length > 60 ? 'long' : '');

function named(kind: 'language' | 'region', code: string): string {
  try {
    return new Intl.DisplayNames(['en'], { type: kind }).of(code) ?? code;
  } catch {
    return code;
  }
}

export const languageName = (code: string | null | undefined) => (code ? named('language', code.toLowerCase()) : '');
export const countryName = (code: string | null | undefined) => (code ? named('region', code.toUpperCase()) : '');
