// A browser that plays HLS by itself and has no media sources: its own tracks, in the words of the engine.
import type { Engine, Listener } from './engine';
import type { Track } from './tracks';

interface AudioTrack {
  language: string;
  label: string;
  kind: string;
  enabled: boolean;
}
type WithSounds = HTMLVideoElement & { audioTracks?: ArrayLike<AudioTrack> };

const plain = { first: false, forced: false, channels: 0, described: false, heard: false };

const sounds = (video: HTMLVideoElement) => Array.from((video as WithSounds).audioTracks ?? []);
const texts = (video: HTMLVideoElement) => Array.from(video.textTracks).filter((track) => /subtitles|captions|forced/.test(track.kind));

const soundOf = ({ language, label, kind }: AudioTrack, index: number): Track => ({
  ...plain,
  index,
  language,
  name: label,
  first: kind === 'main',
  described: /description/.test(kind),
});

const textOf = ({ language, label, kind }: TextTrack, index: number): Track => ({
  ...plain,
  index,
  language,
  name: label,
  forced: (kind as string) === 'forced',
  heard: kind === 'captions',
});

export function native(video: HTMLVideoElement, url: string, from: number, listener: Listener): Engine {
  const stop = new AbortController();
  const on = { signal: stop.signal };
  const load = (at: number) => {
    video.src = at > 0 ? `${url}#t=${at}` : url;
  };
  const reload = () => load(video.currentTime);
  video.addEventListener('error', () => listener.failed(video.error?.code === MediaError.MEDIA_ERR_NETWORK ? 'network' : 'damaged'), on);
  video.addEventListener('progress', () => listener.arrived(), on);
  video.addEventListener('loadedmetadata', () => listener.changed(), on);
  for (const event of ['addtrack', 'change']) video.textTracks.addEventListener(event, () => listener.changed(), on);
  load(from);
  let shown = -1;
  return {
    qualities: () => [],
    chosen: () => -1,
    height: () => video.videoHeight,
    choose: () => undefined,
    sounds: () => sounds(video).map(soundOf),
    sound: () => sounds(video).findIndex((track) => track.enabled),
    chooseSound: (index) =>
      sounds(video).forEach((track, i) => {
        track.enabled = i === index;
      }),
    texts: () => texts(video).map(textOf),
    chooseText(index) {
      shown = index;
      texts(video).forEach((track, i) => {
        track.mode = i === index ? 'hidden' : 'disabled';
      });
    },
    cues: () => texts(video)[shown] ?? null,
    takesSound: false,
    resume: reload,
    mend: reload,
    destroy() {
      stop.abort();
      video.removeAttribute('src');
      video.load();
    },
  };
}
