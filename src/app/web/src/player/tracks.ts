// Sound and text tracks of a film: what they are called, which one is meant by an earlier choice. Pure.

export interface Track {
  index: number;
  /** As in BCP 47; empty where nobody said. */
  language: string;
  /** What the playlist calls it. */
  name: string;
  /** The film's own first choice. */
  first: boolean;
  /** Only what a viewer of this sound needs: signs, other tongues. */
  forced: boolean;
  /** 0 where nobody said. */
  channels: number;
  /** The picture is told. */
  described: boolean;
  /** Text says what is heard beside the words. */
  heard: boolean;
}

export type Kind = '' | 'described' | 'commentary' | 'heard' | 'signs';

/** What a person chose, in words that another film has too. */
export interface Wish {
  language: string;
  kind: Kind;
}

export interface Named {
  title: string;
  /** What sets it apart; may be empty. */
  detail: string;
}

export function kindOf(track: Track): Kind {
  if (track.described) return 'described';
  if (/comment(ary|aire)|kommentar/i.test(track.name)) return 'commentary';
  if (track.forced) return 'signs';
  return track.heard ? 'heard' : '';
}

const base = (language: string) => language.toLowerCase().split('-')[0] ?? '';

function display(languages: readonly string[], code: string): string {
  try {
    const name = new Intl.DisplayNames([...languages], { type: 'language', fallback: 'none' }).of(code) ?? '';
    return name.charAt(0).toLocaleUpperCase() + name.slice(1);
  } catch {
    return '';
  }
}

const plain = /\b(stereo|mono|surround|[257]\.1|sdh|cc|forced|described|audio description|commentary|subtitles?)\b/gi;

/** What a track's own name says beyond its language and kind: "English (Anna's cut)" says "Anna's cut". */
function rest(track: Track, said: string[]): string {
  let text = track.name.replace(plain, ' ');
  for (const word of said) if (word) text = text.replace(new RegExp(word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'gi'), ' ');
  text = text
    .replace(/[()[\]]/g, ' ')
    .replace(/\s+/g, ' ')
    .replace(/^[\s,;:/–—-]+|[\s,;:/–—-]+$/g, '');
  return /[\p{L}\p{N}]/u.test(text) && text.toLowerCase() !== base(track.language) ? text : '';
}

const layouts: Record<number, string> = { 0: '', 1: 'mono', 2: 'stereo', 6: '5.1', 8: '7.1' };

function one(track: Track, viewer: readonly string[], sound: boolean): Named {
  const kind = kindOf(track);
  const shown = display(viewer, track.language);
  const tongue = base(track.language);
  const said = [shown, display(['en'], track.language), display([tongue || 'en'], track.language), display(['en'], tongue)];
  const more = rest(track, said);
  const channels = sound ? (layouts[track.channels] ?? `${track.channels} channels`) : '';
  const list = (...parts: string[]) => parts.filter(Boolean).join(', ');
  if (kind === 'commentary') return { title: 'Commentary', detail: list(more, shown, channels) };
  const title = shown || track.name || (sound ? 'Sound' : 'Text');
  const own = shown ? more : '';
  if (kind === 'described') return { title, detail: list('described', own, channels) };
  if (kind === 'heard') return { title: `${title}, with sounds`, detail: list('for the hard of hearing', own) };
  return { title, detail: list(kind === 'signs' ? 'signs only' : '', own, channels) };
}

/** Names for a menu, in the viewer's languages; no two of them are alike. */
export function namesOf(tracks: Track[], viewer: readonly string[], sound: boolean): Named[] {
  const seen = new Map<string, number>();
  return tracks.map((track) => {
    const { title, detail } = one(track, viewer, sound);
    const times = (seen.get(`${title}/${detail}`) ?? 0) + 1;
    seen.set(`${title}/${detail}`, times);
    return { title, detail: times > 1 ? [detail, String(times)].filter(Boolean).join(', ') : detail };
  });
}

export const wishOf = (track: Track): Wish => ({ language: track.language, kind: kindOf(track) });

/** Names a track for what is remembered about it, also when the film gains others. */
export const keyOf = (track: Track): string => [track.language, kindOf(track), track.name].join('/');

/** The track nearest to a wish: the same language and kind, then the same tongue, then the tongue in its plain kind. */
export function nearest(tracks: Track[], wish: Wish): Track | null {
  const same = tracks.filter((t) => base(t.language) === base(wish.language));
  const exact = same.filter((t) => t.language.toLowerCase() === wish.language.toLowerCase());
  const ofKind = (list: Track[], kind: Kind) => list.find((t) => kindOf(t) === kind);
  return ofKind(exact, wish.kind) ?? ofKind(same, wish.kind) ?? ofKind(exact, '') ?? ofKind(same, '') ?? null;
}

/** The sound to begin with: as chosen before, else the film's first. */
export function firstSound(tracks: Track[], wish: Wish | null): Track | null {
  return (wish && nearest(tracks, wish)) ?? tracks.find((t) => t.first) ?? tracks[0] ?? null;
}

/** The text to begin with: as chosen before; where nobody chose, only what this sound leaves untranslated. */
export function firstText(tracks: Track[], wish: Wish | 'off' | null, sound: Track | null): Track | null {
  if (wish === 'off') return null;
  if (wish) return nearest(tracks, wish);
  return tracks.find((t) => t.forced && sound !== null && base(t.language) === base(sound.language)) ?? null;
}

/** What is read when somebody only says "on": the viewer's own tongue, else the first that tells all. */
export function usualText(tracks: Track[], viewer: readonly string[]): Track | null {
  const whole = tracks.filter((t) => !t.forced);
  for (const language of viewer) {
    const own = nearest(whole, { language, kind: '' });
    if (own) return own;
  }
  return whole[0] ?? tracks[0] ?? null;
}
