// Files of subtitles that people bring: their text, whatever they were saved as, and the language their name tells. Pure.
import { languages } from './words';

/** Central European languages whose old files are windows-1250; others' are the code page named. */
const pages: Record<string, string> = {
  hu: '1250',
  pl: '1250',
  cs: '1250',
  sk: '1250',
  ro: '1250',
  hr: '1250',
  sl: '1250',
  ru: '1251',
  uk: '1251',
  bg: '1251',
  sr: '1251',
  el: '1253',
  tr: '1254',
  he: '1255',
  ar: '1256',
  fa: '1256',
};

const marks: [string, number[]][] = [
  ['utf-8', [0xef, 0xbb, 0xbf]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
];

/** The text of a file: by its mark, else as UTF-8, else as people of that language saved such files. */
export function decode(bytes: Uint8Array, language: string): string {
  const marked = marks.find(([, mark]) => mark.every((byte, i) => bytes[i] === byte));
  if (marked) return new TextDecoder(marked[0]).decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder(`windows-${pages[language.split('-')[0]!] ?? '1252'}`).decode(bytes);
  }
}

/** "Heat.hun.srt", "Heat.pt-BR.forced.srt": what stands before the ending, where it is a language. */
export function languageOf(fileName: string): string | null {
  for (const part of fileName
    .toLowerCase()
    .split(/[._\s]+/)
    .slice(1, -1)
    .reverse()) {
    const known = languages.find(
      (code) => code === part.split('-')[0] || Intl.getCanonicalLocales(code)[0] === canonical(part)?.split('-')[0],
    );
    if (known) return /^[a-z]{2}-[a-z]{2}$/.test(part) ? canonical(part) : known;
  }
  return null;
}

function canonical(part: string): string | null {
  try {
    return Intl.getCanonicalLocales(part)[0] ?? null;
  } catch {
    return null;
  }
}
