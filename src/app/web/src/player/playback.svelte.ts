// A film being watched: one object that says how it stands and does what is asked of it.
import { doubt, whenBack } from '../lib/net.svelte';
import { keep, recall } from '../lib/storage';
import { play, type Engine, type Quality } from './engine';
import { Level } from './level';
import { moving, nothing, phaseOf, type Facts, type Trouble } from './phase';
import { Selection } from './selection.svelte';

/** What the page knows after asking about the film again: a fresh address is on its way, or why there is none. */
export type Renewal = 'renewed' | 'gone' | 'network';

/** An address to play and where to begin; a new object is a new beginning, also of the same address. */
export interface Source {
  url: string;
  from: number;
  /** The video, for what is remembered about it. */
  edition: string;
  /** Whose choices count; null for a guest. */
  person: string | null;
}

const events = [
  'play',
  'playing',
  'pause',
  'waiting',
  'seeking',
  'seeked',
  'canplay',
  'ended',
  'loadeddata',
  'durationchange',
  'timeupdate',
  'progress',
  'volumechange',
  'ratechange',
  'resize',
  'emptied',
];
const elsewhere: [string, 'house' | 'browser'][] = [
  ['enterpictureinpicture', 'browser'],
  ['leavepictureinpicture', 'house'],
  ['webkitbeginfullscreen', 'browser'],
  ['webkitendfullscreen', 'house'],
];
const pauses = [2, 4, 8, 15];

export class Playback {
  at = $state(0);
  duration = $state(0);
  buffered = $state(0);
  volume = $state(recall<number>('mozi.volume') ?? 1);
  muted = $state(false);
  rate = $state(1);
  qualities = $state.raw<Quality[]>([]);
  quality = $state(-1);
  height = $state(0);
  /** Width of the picture divided by its height. */
  ratio = $state(16 / 9);
  #facts = $state.raw<Facts>(nothing);
  phase = $derived(phaseOf(this.#facts));
  moves = $derived(moving(this.phase));
  readonly tracks = new Selection();

  #video: HTMLVideoElement | null = null;
  #engine: Engine | null = null;
  #level: Level | null = null;
  /** Asks for the engine itself again, where that did not arrive. */
  #load: (() => void) | null = null;
  #attempt = 0;
  #renewals = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;

  /** `renew` asks the page for a fresh address when the old one has ended. */
  constructor(private readonly renew: () => Promise<Renewal>) {}

  get trouble() {
    return this.#facts.trouble;
  }

  /** Follows this element. Answers how to let go of it. */
  attach(video: HTMLVideoElement): () => void {
    this.#video = video;
    video.volume = this.volume;
    const level = new Level(video);
    this.#level = level;
    const stop = new AbortController();
    for (const event of events) video.addEventListener(event, () => this.#look(), { signal: stop.signal });
    video.addEventListener('playing', () => this.even(this.tracks.choices.even), { signal: stop.signal });
    // Where the browser draws the picture somewhere else, it has to draw the text as well.
    for (const [event, mode] of elsewhere) video.addEventListener(event, () => this.tracks.drawnBy(mode), { signal: stop.signal });
    return () => {
      stop.abort();
      level.close();
      this.#video = null;
    };
  }

  /** Plays an address. Answers how to end it. */
  open({ url, from, edition, person }: Source): () => void {
    const video = this.#video!;
    let gone = false;
    this.#facts = { ...nothing };
    this.at = from;
    const listener = {
      changed: () => {
        this.#read();
        this.tracks.read();
      },
      lacking: () => void doubt(),
      failed: (trouble: Trouble) => void this.#failed(trouble),
      arrived: () => this.#arrived(),
      trackFailed: (what: 'sound' | 'text', index: number, before: number) => this.tracks.failed(what, index, before),
    };
    const load = () => {
      this.#load = null;
      void play(video, url, from, listener).then(
        (made) => {
          if (gone) return made?.destroy();
          this.#engine = made;
          if (made) {
            this.tracks.begin(made, person, edition);
            this.play();
          } else this.#set({ trouble: 'unsupported' });
        },
        () => {
          if (gone) return;
          this.#load = load;
          void this.#failed('network');
        },
      );
    };
    load();
    const stop = whenBack(async () => {
      if (this.trouble === 'network') this.#resume();
      return null;
    });
    return () => {
      gone = true;
      stop();
      clearTimeout(this.#retry);
      this.#load = null;
      this.tracks.end();
      this.#engine?.destroy();
      this.#engine = null;
    };
  }

  #set(change: Partial<Facts>) {
    this.#facts = { ...this.#facts, ...change };
  }

  #look() {
    const video = this.#video!;
    this.duration = Number.isFinite(video.duration) ? Math.round(video.duration * 100) / 100 : 0; // sums of segments lack a millionth
    this.muted = video.muted;
    if (video.videoHeight) this.ratio = video.videoWidth / video.videoHeight;
    const begun = this.#facts.begun || (!video.paused && video.readyState >= 3 && video.currentTime > 0);
    this.#set({ begun, paused: video.paused, ended: video.ended, seeking: video.seeking, ready: video.readyState });
    if (video.readyState === 0) return;
    this.at = video.currentTime;
    for (let i = 0; i < video.buffered.length; i++) {
      if (video.buffered.start(i) <= this.at + 0.5) this.buffered = Math.max(video.buffered.end(i), this.at);
    }
    this.#read();
  }

  #read() {
    if (!this.#engine) return;
    this.qualities = this.#engine.qualities();
    this.quality = this.#engine.chosen();
    this.height = this.#engine.height();
  }

  #arrived() {
    this.#attempt = 0;
    this.#renewals = 0;
    clearTimeout(this.#retry);
    if (this.trouble) this.#set({ trouble: null });
  }

  async #failed(trouble: Trouble) {
    let found = trouble;
    if (trouble === 'gone' && this.#renewals++ < 2) {
      const renewal = await this.renew();
      if (renewal === 'renewed') return;
      found = renewal;
    }
    this.#set({ trouble: found });
    if (found !== 'network') return;
    void doubt();
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#resume(), pauses[Math.min(this.#attempt++, pauses.length - 1)]! * 1000);
  }

  #resume() {
    clearTimeout(this.#retry);
    if (this.#engine) this.#engine.resume();
    else this.#load?.();
  }

  /** What a person asks for when the film has stopped; `skip` leaves out what cannot be shown. */
  again(skip = 0) {
    if (this.trouble === 'network') this.#resume();
    else {
      this.#set({ trouble: null });
      this.#engine?.mend();
    }
    if (skip) this.seek(this.at + skip);
    this.play();
  }

  /** Begins, unless the browser wants a gesture first; then the phase stays "ready". */
  play() {
    void this.#video?.play().catch(() => undefined);
  }

  pause() {
    this.#video?.pause();
  }

  toggle = () => {
    if (this.phase === 'ended') this.seek(0);
    if (this.moves) this.pause();
    else this.play();
  };

  seek(seconds: number) {
    const video = this.#video;
    if (!video) return;
    video.currentTime = Math.min(Math.max(0, seconds), this.duration || seconds);
    this.at = video.currentTime;
  }

  setVolume(next: number) {
    const video = this.#video;
    this.volume = Math.min(1, Math.max(0, next));
    keep('mozi.volume', this.volume);
    if (!video) return;
    video.volume = this.volume;
    video.muted = this.volume === 0;
  }

  /** Loud and quiet nearer to each other, where the browser lets the sound be taken. */
  even(on: boolean) {
    if (this.#engine?.takesSound) this.#level?.set(on);
  }

  get canEven() {
    return this.#engine?.takesSound === true;
  }

  /** The second that is shown now, finer than `at`. */
  now = () => this.#video?.currentTime ?? this.at;

  mute() {
    if (this.#video) this.#video.muted = !this.#video.muted;
  }

  setRate(next: number) {
    this.rate = next;
    if (this.#video) this.#video.playbackRate = next;
  }

  choose(quality: number) {
    this.#engine?.choose(quality);
    this.quality = quality;
  }
}
