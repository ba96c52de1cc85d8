// What of a page the tests need: one that can be hidden, events of the window, channels between tabs.
import { vi } from 'vitest';

class Page extends EventTarget {
  hidden = false;
  turn(hidden: boolean) {
    this.hidden = hidden;
    this.dispatchEvent(new Event('visibilitychange'));
  }
}

/** Another tab's end of every channel; what this tab says is heard by no one here. */
export class Channel {
  static all: Channel[] = [];
  said: unknown[] = [];
  #hear: ((event: { data: unknown }) => void)[] = [];
  constructor(readonly name: string) {
    Channel.all.push(this);
  }
  postMessage(message: unknown) {
    this.said.push(structuredClone(message));
  }
  addEventListener(_type: string, hear: (event: { data: unknown }) => void) {
    this.#hear.push(hear);
  }
  /** Something arrives from another tab. */
  arrive(data: unknown) {
    for (const hear of this.#hear) hear({ data });
  }
}

export const page = new Page();
export const frame = new EventTarget();

vi.stubGlobal('document', page);
vi.stubGlobal('BroadcastChannel', Channel);
vi.stubGlobal('addEventListener', frame.addEventListener.bind(frame));
vi.stubGlobal('removeEventListener', frame.removeEventListener.bind(frame));
