// Plays an HLS address in a video element: hls.js where the browser has media sources, else the browser itself.
import workerUrl from 'hls.js/dist/hls.worker.js?url';
import type Hls from 'hls.js';
import type { ErrorData } from 'hls.js';
import type { Trouble } from './phase';

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
}

const loadHls = () => import('hls.js');

/** Begins to fetch the player's library, so that it is there when the address is known. */
export const warm = () => void loadHls().catch(() => undefined);

function native(video: HTMLVideoElement, url: string, from: number, listener: Listener): Engine {
  const failed = () => listener.failed(video.error?.code === MediaError.MEDIA_ERR_NETWORK ? 'network' : 'damaged');
  const load = (at: number) => {
    video.src = at > 0 ? `${url}#t=${at}` : url;
  };
  const reload = () => load(video.currentTime);
  video.addEventListener('error', failed);
  video.addEventListener('progress', listener.arrived);
  load(from);
  return {
    qualities: () => [],
    chosen: () => -1,
    height: () => video.videoHeight,
    choose: () => undefined,
    resume: reload,
    mend: reload,
    destroy() {
      video.removeEventListener('error', failed);
      video.removeEventListener('progress', listener.arrived);
      video.removeAttribute('src');
      video.load();
    },
  };
}

function troubleOf(data: ErrorData, kinds: typeof Hls.ErrorTypes): Trouble {
  const status = data.response?.code ?? 0;
  if ([401, 403, 404, 410].includes(status)) return 'gone';
  return data.type === kinds.NETWORK_ERROR ? 'network' : 'damaged';
}

/** Plays from `from` seconds on; null where this browser cannot. Fails where the library itself does not arrive. */
export async function play(video: HTMLVideoElement, url: string, from: number, listener: Listener): Promise<Engine | null> {
  const { default: Hls } = await loadHls();
  if (!Hls.isSupported()) return video.canPlayType('application/vnd.apple.mpegurl') ? native(video, url, from, listener) : null;
  const hls = new Hls({
    enableWorker: true,
    workerPath: workerUrl,
    capLevelToPlayerSize: true,
    backBufferLength: 60,
    maxBufferLength: 40,
    startPosition: from > 0 ? from : -1,
  });
  let mended = 0;
  hls.on(Hls.Events.ERROR, (_event, data) => {
    if (!data.fatal) {
      if (data.type === Hls.ErrorTypes.NETWORK_ERROR) listener.lacking();
      return;
    }
    if (data.type === Hls.ErrorTypes.MEDIA_ERROR && mended++ < 2) {
      hls.recoverMediaError();
      return;
    }
    hls.stopLoad();
    listener.failed(troubleOf(data, Hls.ErrorTypes));
  });
  hls.on(Hls.Events.FRAG_LOADED, () => listener.arrived());
  for (const event of [Hls.Events.MANIFEST_PARSED, Hls.Events.LEVEL_SWITCHED, Hls.Events.LEVELS_UPDATED] as const) {
    hls.on(event, () => listener.changed());
  }
  hls.loadSource(url);
  hls.attachMedia(video);
  return {
    qualities: () => hls.levels.map(({ height }, index) => ({ index, name: height ? `${height}p` : `Version ${index + 1}` })).reverse(),
    chosen: () => (hls.autoLevelEnabled ? -1 : hls.loadLevel),
    height: () => hls.levels[hls.currentLevel]?.height ?? video.videoHeight,
    choose: (index) => {
      hls.nextLevel = index;
    },
    resume() {
      if (hls.levels.length) hls.startLoad(video.currentTime, true);
      else hls.loadSource(url);
    },
    mend() {
      mended = 0;
      hls.startLoad(video.currentTime, true);
      hls.recoverMediaError();
    },
    destroy: () => hls.destroy(),
  };
}
