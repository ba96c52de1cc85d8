// Evens out loud and quiet: whispers up, explosions down. The browser's own compressor stands between film and loudspeaker.

export class Level {
  #context: AudioContext | null = null;
  #source: MediaElementAudioSourceNode | null = null;
  #compressor: DynamicsCompressorNode | null = null;
  #on = false;

  constructor(private readonly video: HTMLVideoElement) {}

  /** Once the sound has been taken from the element it stays here, so nothing is taken before somebody asks for it. */
  set(on: boolean) {
    if (on === this.#on) return this.#wake();
    this.#on = on;
    if (!this.#context) this.#take();
    this.#source!.disconnect();
    if (on) this.#source!.connect(this.#compressor!);
    else this.#source!.connect(this.#context!.destination);
    this.#wake();
  }

  #take() {
    const context = new AudioContext();
    this.#context = context;
    this.#source = context.createMediaElementSource(this.video);
    this.#compressor = new DynamicsCompressorNode(context, { threshold: -32, knee: 24, ratio: 6, attack: 0.005, release: 0.25 });
    this.#compressor.connect(new GainNode(context, { gain: 1.6 })).connect(context.destination);
  }

  /** A browser lets sound out after a gesture only. */
  #wake() {
    if (this.#context?.state === 'suspended') void this.#context.resume().catch(() => undefined);
  }

  close() {
    void this.#context?.close().catch(() => undefined);
    this.#context = null;
    this.#on = false;
  }
}
