// Sound and text of the film that plays: what there is, what is chosen, and what of that is remembered.
import { choicesOf, keepChoices, keepOffset, offsetOf, type Choices } from './choices';
import type { Engine } from './engine';
import { firstSound, firstText, keyOf, kindOf, namesOf, usualText, wishOf, type Named, type Track } from './tracks';

const whole = (named: Named | undefined) => [named?.title, named?.detail].filter(Boolean).join(', ');
const step = (seconds: number) => Math.round(seconds * 10) / 10;

export class Selection {
  sounds = $state.raw<Track[]>([]);
  texts = $state.raw<Track[]>([]);
  /** Index of what is heard and read; -1 is none. */
  sound = $state(-1);
  text = $state(-1);
  /** Seconds that the text comes later. */
  offset = $state(0);
  choices = $state.raw<Choices>(choicesOf(null));
  /** What the person should hear of: a track that failed. */
  told = $state('');
  /** Counts whatever arrived, cues too. */
  news = $state(0);

  #engine: Engine | null = null;
  #person: string | null = null;
  #edition = '';
  #begun = { sounds: false, texts: false };
  /** What was read before the text was switched off, for switching it on again. */
  #last = -1;

  soundNames = $derived(namesOf(this.sounds, navigator.languages, true));
  textNames = $derived(namesOf(this.texts, navigator.languages, false));

  /** A film begins: whose choices count, and under which name this film's offsets are kept. */
  begin(engine: Engine, person: string | null, edition: string) {
    this.#engine = engine;
    this.#person = person;
    this.#edition = edition;
    this.#begun = { sounds: false, texts: false };
    this.choices = choicesOf(person);
    this.read();
  }

  end() {
    this.#engine = null;
  }

  /** Looks at the tracks again; the first time they are there, the remembered choice is made. */
  read() {
    const engine = this.#engine;
    if (!engine) return;
    this.news++;
    this.sounds = engine.sounds();
    this.texts = engine.texts();
    if (!this.#begun.sounds && this.sounds.length) {
      this.#begun.sounds = true;
      const track = firstSound(this.sounds, this.choices.sound);
      if (track && track.index !== engine.sound()) engine.chooseSound(track.index);
    }
    this.sound = engine.sound();
    // What sound needs as text is known when the sound is.
    if (!this.#begun.texts && this.texts.length && (this.sound >= 0 || !this.sounds.length)) {
      this.#begun.texts = true;
      this.#show(firstText(this.texts, this.choices.text, this.sounds[this.sound] ?? null)?.index ?? -1);
    }
  }

  /** The cues of the chosen text that have arrived; null while there are none to show. */
  cues(): TextTrack | null {
    return this.text < 0 ? null : (this.#engine?.cues() ?? null);
  }

  drawnBy(whom: 'house' | 'browser') {
    const cues = this.cues();
    if (cues) cues.mode = whom === 'browser' ? 'showing' : 'hidden';
  }

  #keep(change: Partial<Choices>) {
    this.choices = { ...this.choices, ...change };
    keepChoices(this.#person, this.choices);
  }

  #show(index: number) {
    this.#engine?.chooseText(index);
    this.text = index;
    const track = this.texts[index];
    if (track && kindOf(track) !== 'signs') this.#last = index;
    this.offset = track ? offsetOf(this.#person, this.#key(track)) : 0;
  }

  #key = (track: Track) => `${this.#edition}/${keyOf(track)}`;

  chooseSound(index: number) {
    const track = this.sounds[index];
    if (!track) return;
    this.told = '';
    this.#engine?.chooseSound(index);
    this.sound = index;
    this.#keep({ sound: wishOf(track) });
  }

  chooseText(index: number) {
    this.told = '';
    this.#show(index);
    const track = this.texts[index];
    this.#keep({ text: track ? wishOf(track) : 'off' });
  }

  /** On and off; on is what was read last, off leaves what the sound itself needs. Answers whether there is anything to read. */
  toggleText(): boolean {
    const now = this.texts[this.text];
    if (now && kindOf(now) !== 'signs') {
      this.#show(firstText(this.texts, null, this.sounds[this.sound] ?? null)?.index ?? -1);
      this.#keep({ text: null });
      return true;
    }
    const next = this.texts[this.#last] ?? usualText(this.texts, navigator.languages);
    if (next) this.chooseText(next.index);
    return next !== null;
  }

  /** The next of them, after the last none. */
  nextText(): boolean {
    if (!this.texts.length) return false;
    this.chooseText(this.text + 1 < this.texts.length ? this.text + 1 : -1);
    return true;
  }

  nextSound(): boolean {
    if (this.sounds.length < 2) return false;
    this.chooseSound((this.sound + 1) % this.sounds.length);
    return true;
  }

  /** Moves the text in time, and keeps that for this film and track. */
  move(by: number): boolean {
    const track = this.texts[this.text];
    if (!track) return false;
    this.setOffset(step(this.offset + by));
    return true;
  }

  setOffset(seconds: number) {
    const track = this.texts[this.text];
    if (!track) return;
    this.offset = Math.min(600, Math.max(-600, seconds));
    keepOffset(this.#person, this.#key(track), this.offset);
  }

  look(change: Partial<Pick<Choices, 'size' | 'ground' | 'even' | 'aloud'>>) {
    this.#keep(change);
  }

  /** A track did not come: the one before it is back. */
  failed(what: 'sound' | 'text', index: number, before: number) {
    const names = what === 'sound' ? this.soundNames : this.textNames;
    const name = (i: number) => names[i]?.title ?? '';
    if (what === 'sound') this.sound = before;
    else this.#show(before);
    this.told = before < 0 ? `${name(index)} did not arrive.` : `${name(index)} did not arrive; ${name(before)} is back.`;
  }

  textWord = () => (this.text < 0 ? 'Subtitles off' : whole(this.textNames[this.text]));
  soundWord = () => whole(this.soundNames[this.sound]);
}
