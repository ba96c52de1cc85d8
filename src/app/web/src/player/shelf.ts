// The cues of a film's texts, in text tracks of the element that the browser keeps and never draws.
import type { Track } from './tracks';

interface Held {
  track: TextTrack;
  /** What is in it: a piece of the film that is loaded again brings its cues again. */
  seen: Set<string>;
}

export class Shelf {
  #held = new Map<number, Held>();

  constructor(private readonly video: HTMLVideoElement) {}

  #of(text: Track): Held {
    let held = this.#held.get(text.index);
    if (!held) {
      held = { track: this.video.addTextTrack('subtitles', text.name, text.language), seen: new Set() };
      this.#held.set(text.index, held);
    }
    return held;
  }

  put(text: Track, cues: VTTCue[]) {
    const { track, seen } = this.#of(text);
    for (const cue of cues) {
      const name = `${cue.startTime}/${cue.endTime}/${cue.text}`;
      if (seen.has(name)) continue;
      seen.add(name);
      track.addCue(cue);
    }
  }

  /** Makes the cues of this text readable, and those of the others not. */
  show(text: Track | undefined) {
    for (const { track } of this.#held.values()) track.mode = 'disabled';
    if (text) this.#of(text).track.mode = 'hidden';
  }

  track = (index: number): TextTrack | null => this.#held.get(index)?.track ?? null;

  /** Text tracks made by a script stay with their element; all that can be done is to empty them. */
  clear() {
    for (const { track } of this.#held.values()) {
      track.mode = 'hidden';
      for (const cue of Array.from(track.cues ?? [])) track.removeCue(cue);
      track.mode = 'disabled';
    }
    this.#held.clear();
  }
}
