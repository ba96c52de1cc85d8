// Plays an HLS address in a video element: hls.js where the browser has media sources, else the browser itself.
import workerUrl from 'hls.js/dist/hls.worker.js?url';
import type Hls from 'hls.js';
import type { ErrorData, MediaPlaylist } from 'hls.js';
import type { Trouble } from './phase';
import { Shelf } from './shelf';
import type { Track } from './tracks';

export interface Quality {
  /** -1 is "choose by itself". */
  index: number;
  name: string;
}

export interface Engine {
  qualities(): Quality[];
  /** What the person chose. */
  chosen(): number;
  /** Height of the picture now, 0 while unknown. */
  height(): number;
  choose(index: number): void;
  sounds(): Track[];
  sound(): number;
  chooseSound(index: number): void;
  texts(): Track[];
  /** -1 shows none. The text is never drawn by the browser. */
  chooseText(index: number): void;
  /** The cues of the chosen text. */
  cues(): TextTrack | null;
  /** Whether the sound may be taken from the element and changed. */
  takesSound: boolean;
  /** Asks again for what did not come; what has arrived stays. */
  resume(): void;
  /** Starts decoding anew, at the same place. */
  mend(): void;
  destroy(): void;
}

export interface Listener {
  changed(): void;
  /** An answer is missing; the engine asks again by itself. */
  lacking(): void;
  /** The engine has given up asking. What has arrived can still be shown. */
  failed(trouble: Trouble): void;
  /** A piece of the film has arrived. */
  arrived(): void;
  /** A chosen track cannot be had; the one before it plays again. */
  trackFailed(what: 'sound' | 'text', index: number, before: number): void;
}

/** As people name versions: by the shorter side, also of a film that stands upright. */
const linesOf = ({ width, height }: { width: number; height: number }) => Math.min(width || height, height || width);

const loadHls = () => import('hls.js');

/** Begins to fetch the player's library, so that it is there when the address is known. */
export const warm = () => void loadHls().catch(() => undefined);

const trackOf = (list: MediaPlaylist, index: number): Track => {
  const traits = list.characteristics ?? '';
  return {
    index,
    language: list.lang ?? '',
    name: list.name ?? '',
    first: list.default,
    forced: list.forced,
    channels: Number.parseInt(list.channels ?? '', 10) || 0,
    described: traits.includes('describes-video'),
    heard: traits.includes('describes-music-and-sound') || traits.includes('transcribes-spoken-dialog'),
  };
};

function troubleOf(data: ErrorData, kinds: typeof Hls.ErrorTypes): Trouble {
  const status = data.response?.code ?? 0;
  if ([401, 403, 404, 410].includes(status)) return 'gone';
  return data.type === kinds.NETWORK_ERROR ? 'network' : 'damaged';
}

/** Which chosen track an error is about; null where it is about the film itself. */
function trackOfError(data: ErrorData): 'sound' | 'text' | null {
  const what = `${data.context?.type ?? ''} ${data.frag?.type ?? ''} ${data.sourceBufferName ?? ''}`;
  if (/audio/i.test(what)) return 'sound';
  return /subtitle/i.test(what) ? 'text' : null;
}

/** The choosing of tracks, with the way back to the one before when a new one does not come. */
class Chooser {
  sound = { now: -1, before: -1, asked: 0 };
  text = { now: -1, before: -1, asked: 0 };

  constructor(
    private readonly hls: Hls,
    private readonly shelf: Shelf,
    private readonly listener: Listener,
  ) {}

  texts = () => this.hls.subtitleTracks.map(trackOf);

  chooseSound(index: number) {
    this.sound = { now: index, before: this.hls.audioTrack, asked: performance.now() };
    this.hls.audioTrack = index;
  }

  chooseText(index: number) {
    this.text = { now: index, before: this.text.now, asked: performance.now() };
    this.shelf.show(this.texts()[index]);
    this.hls.subtitleTrack = index;
  }

  /** Whether an answer was only wrong about a track chosen a moment ago, which is then given up. */
  giveUp(data: ErrorData): boolean {
    const what = trackOfError(data);
    if (!what || (what === 'sound' && !data.fatal)) return false;
    const { now, before, asked } = this[what];
    if (now < 0 || now === before || performance.now() - asked > 30_000) return false;
    if (what === 'sound') {
      this.chooseSound(before);
      this.hls.startLoad(-1, true);
    } else this.chooseText(before);
    this[what].before = this[what].now;
    this.listener.trackFailed(what, now, before);
    return true;
  }
}

/** `mending` says how often more a broken decoder is mended without a word. */
function listen(Library: typeof Hls, hls: Hls, chooser: Chooser, shelf: Shelf, mending: { left: number }, listener: Listener) {
  const { Events, ErrorTypes } = Library;
  hls.on(Events.ERROR, (_event, data) => {
    const silent = data.type === ErrorTypes.NETWORK_ERROR && !data.response?.code;
    // Where nobody answers, no track is to blame.
    if (!silent && chooser.giveUp(data)) return;
    if (!data.fatal) {
      if (silent && String(data.details) !== 'aborted') listener.lacking();
      return;
    }
    if (data.type === ErrorTypes.MEDIA_ERROR && mending.left-- > 0) {
      hls.recoverMediaError();
      return;
    }
    hls.stopLoad();
    listener.failed(troubleOf(data, ErrorTypes));
  });
  hls.on(Events.FRAG_LOADED, () => listener.arrived());
  hls.on(Events.CUES_PARSED, (_event, { type, cues, subtitleTrack }) => {
    if (type !== 'subtitles' || !subtitleTrack) return;
    shelf.put(trackOf(subtitleTrack, subtitleTrack.id), cues as VTTCue[]);
    listener.changed();
  });
  // The library chooses tracks of its own right after it has told of them; a choice made at once would be lost.
  const changed = () => queueMicrotask(() => listener.changed());
  for (const event of [
    Events.MANIFEST_PARSED,
    Events.LEVEL_SWITCHED,
    Events.LEVELS_UPDATED,
    Events.AUDIO_TRACKS_UPDATED,
    Events.AUDIO_TRACK_SWITCHED,
    Events.SUBTITLE_TRACKS_UPDATED,
  ] as const)
    hls.on(event, changed);
}

/** Plays from `from` seconds on; null where this browser cannot. Fails where the library itself does not arrive. */
export async function play(video: HTMLVideoElement, url: string, from: number, listener: Listener): Promise<Engine | null> {
  const { default: Library } = await loadHls();
  if (!Library.isSupported()) {
    if (!video.canPlayType('application/vnd.apple.mpegurl')) return null;
    return (await import('./native')).native(video, url, from, listener);
  }
  const hls = new Library({
    enableWorker: true,
    workerPath: workerUrl,
    capLevelToPlayerSize: true,
    backBufferLength: 60,
    maxBufferLength: 40,
    // Its own text tracks come from a data address, which the policy of the house forbids.
    renderTextTracksNatively: false,
    startPosition: from > 0 ? from : -1,
  });
  const shelf = new Shelf(video);
  const chooser = new Chooser(hls, shelf, listener);
  const mending = { left: 2 };
  listen(Library, hls, chooser, shelf, mending, listener);
  hls.loadSource(url);
  hls.attachMedia(video);
  return {
    qualities: () =>
      hls.levels.map((level, index) => ({ index, name: linesOf(level) ? `${linesOf(level)}p` : `Version ${index + 1}` })).reverse(),
    chosen: () => (hls.autoLevelEnabled ? -1 : hls.loadLevel),
    height: () => linesOf(hls.levels[hls.currentLevel] ?? { width: video.videoWidth, height: video.videoHeight }),
    choose: (index) => {
      hls.nextLevel = index;
    },
    sounds: () => hls.audioTracks.map(trackOf),
    sound: () => hls.audioTrack,
    chooseSound: (index) => chooser.chooseSound(index),
    texts: chooser.texts,
    chooseText: (index) => chooser.chooseText(index),
    cues: () => shelf.track(hls.subtitleTrack),
    takesSound: true,
    resume() {
      if (hls.levels.length) hls.startLoad(video.currentTime, true);
      else hls.loadSource(url);
    },
    mend() {
      mending.left = 2;
      hls.startLoad(video.currentTime, true);
      hls.recoverMediaError();
    },
    destroy() {
      hls.destroy();
      shelf.clear();
    },
  };
}
