// Plays an HLS address in a video element: hls.js where the browser has media sources, else the browser itself.
import workerUrl from 'hls.js/dist/hls.worker.js?url';

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
  /** Loads again after a failure, at the same place. */
  again(): void;
  destroy(): void;
}

export type Trouble = 'network' | 'damaged' | 'unsupported' | 'gone';

export interface Listener {
  changed(): void;
  failed(trouble: Trouble): void;
}

function native(video: HTMLVideoElement, url: string, listener: Listener): Engine {
  const failed = () => listener.failed(video.error?.code === MediaError.MEDIA_ERR_NETWORK ? 'network' : 'damaged');
  video.addEventListener('error', failed);
  video.src = url;
  return {
    qualities: () => [],
    chosen: () => -1,
    height: () => video.videoHeight,
    choose: () => undefined,
    again() {
      const at = video.currentTime;
      video.load();
      video.currentTime = at;
    },
    destroy() {
      video.removeEventListener('error', failed);
      video.removeAttribute('src');
      video.load();
    },
  };
}

export async function play(video: HTMLVideoElement, url: string, listener: Listener): Promise<Engine> {
  const { default: Hls } = await import('hls.js');
  if (!Hls.isSupported()) {
    if (video.canPlayType('application/vnd.apple.mpegurl')) return native(video, url, listener);
    listener.failed('unsupported');
    return native(video, '', { changed: () => undefined, failed: () => undefined });
  }
  const hls = new Hls({
    enableWorker: true,
    workerPath: workerUrl,
    capLevelToPlayerSize: true,
    backBufferLength: 60,
    maxBufferLength: 40,
  });
  let mended = 0;
  hls.on(Hls.Events.ERROR, (_event, data) => {
    if (!data.fatal) return;
    if (data.type === Hls.ErrorTypes.MEDIA_ERROR && mended++ < 2) {
      hls.recoverMediaError();
      return;
    }
    const status = data.response?.code ?? 0;
    hls.stopLoad();
    if (status === 401 || status === 403 || status === 404 || status === 410) listener.failed('gone');
    else if (data.type === Hls.ErrorTypes.NETWORK_ERROR) listener.failed('network');
    else listener.failed('damaged');
  });
  for (const event of [Hls.Events.MANIFEST_PARSED, Hls.Events.LEVEL_SWITCHED, Hls.Events.LEVELS_UPDATED] as const) {
    hls.on(event, () => listener.changed());
  }
  hls.loadSource(url);
  hls.attachMedia(video);
  return {
    qualities: () => hls.levels.map((level, index) => ({ index, name: level.height ? `${level.height}p` : (level.name ?? `Version ${index + 1}`) })).reverse(),
    chosen: () => (hls.autoLevelEnabled ? -1 : hls.loadLevel),
    height: () => hls.levels[hls.currentLevel]?.height ?? video.videoHeight,
    choose: (index) => {
      hls.nextLevel = index;
    },
    again() {
      mended = 0;
      const at = video.currentTime;
      if (hls.levels.length) {
        hls.startLoad(at);
        hls.recoverMediaError();
      } else hls.loadSource(url);
    },
    destroy: () => hls.destroy(),
  };
}
