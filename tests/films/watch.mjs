// Films in the house's own player in Chromium: that they begin, where pictures and beeps stand as they are shown and heard, seeking,
// other versions, other sounds, texts, and that they come to their end.
import { launch } from '../browser/house.mjs';

const begin_s = 10,
  seek_s = 1,
  change_s = 4,
  sync_s = 0.02;

// In the page: notes what is shown and heard, each by the film's own clock.
function listen() {
  const video = document.querySelector('video');
  const [width, height] = [96, 54];
  const paint = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  const look = (window.look = { frames: [], beeps: [], hertz: 1000 });
  look.clock = () => {
    paint.drawImage(video, 0, 0, width, height);
    const { data } = paint.getImageData(0, 0, width, height);
    let value = 0;
    for (let bit = 0; bit < 16; bit += 1) {
      const x = Math.round(width * ((bit % 8) * 0.12 + 0.07)),
        y = Math.round(height * (bit < 8 ? 0.275 : 0.725));
      const level = data[(y * width + x) * 4 + 1];
      if (level > 95 && level < 150) return null;
      if (level >= 120) value += 2 ** bit;
    }
    return value;
  };
  const shown = (_now, { mediaTime }) => {
    look.frames.push({ at: mediaTime, clock: look.clock(), wall: performance.now() });
    if (look.frames.length > 2000) look.frames.splice(0, 1000);
    video.requestVideoFrameCallback(shown);
  };
  video.requestVideoFrameCallback(shown);

  const context = new AudioContext();
  const ear = new AnalyserNode(context, { fftSize: 4096, smoothingTimeConstant: 0 });
  const code = `registerProcessor('beeps', class extends AudioWorkletProcessor {
    loud = 0
    process([[samples]]) {
      for (let i = 0; samples && i < samples.length; i += 1) {
        if (Math.abs(samples[i]) < 0.1) continue
        const at = currentTime + i / sampleRate
        if (at - this.loud > 0.3) this.port.postMessage(at)
        this.loud = at
      }
      return true
    }
  })`;
  const source = context.createMediaElementSource(video);
  source.connect(ear);
  ear.connect(context.destination);
  look.pitch = () => {
    const parts = new Float32Array(ear.frequencyBinCount);
    ear.getFloatFrequencyData(parts);
    const loudest = parts.indexOf(Math.max(...parts));
    return parts[loudest] > -60 ? (loudest * context.sampleRate) / ear.fftSize : 0;
  };
  return context.audioWorklet.addModule(URL.createObjectURL(new Blob([code], { type: 'text/javascript' }))).then(async () => {
    const worklet = new AudioWorkletNode(context, 'beeps', { numberOfOutputs: 0 });
    source.connect(worklet);
    worklet.port.onmessage = ({ data }) => look.beeps.push({ heard: data, ahead: context.currentTime - data, at: video.currentTime });
    await context.resume();
  });
}

const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];

// How late beeps come after the full second that the pictures show: by frames shown near each beep.
function lateness({ frames, beeps }, rate) {
  const pictures = [];
  for (let i = 1; i < frames.length; i += 1) {
    const { at, clock } = frames[i];
    if (clock === null || clock === frames[i - 1].clock) continue;
    pictures.push(at - (rate ? Math.ceil((clock / 100) * rate - 0.02) / rate : clock / 100 + 0.005));
  }
  if (pictures.length < 5) return { pictures: pictures.length, late: NaN };
  const offset = median(pictures);
  const heard = beeps.map(({ at, ahead }) => at - ahead - offset);
  return { pictures: pictures.length, late: heard.length ? median(heard.map((at) => at - Math.round(at))) : NaN };
}

export class Screen {
  static async open(base) {
    const screen = new Screen();
    screen.base = base;
    screen.browser = await launch(['--autoplay-policy=no-user-gesture-required']);
    return screen;
  }

  close() {
    return this.browser.close();
  }

  async watch(film, media, house, source) {
    const made = await house.json('POST', '/api/movies', { title: film.name, mediaId: media.id, status: 'RELEASED' });
    if (made.status !== 201) return [`no title: ${made.status}`];
    const context = await this.browser.newContext({ bypassCSP: true, viewport: { width: 1280, height: 800 }, serviceWorkers: 'block' });
    context.setDefaultTimeout(15_000);
    const page = await context.newPage();
    const wrong = [];
    try {
      const began = Date.now();
      await page.goto(`${this.base}/watch/${made.data.id}`);
      await page.locator('[data-phase=playing], [data-phase=ended]').waitFor({ timeout: begin_s * 1000 });
      await page.evaluate(listen);
      if (Date.now() - began > begin_s * 1000) wrong.push(`began after ${Date.now() - began} ms`);
      await this.steps(page, film, media, source, wrong);
    } catch (cause) {
      if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/${film.name}.png` });
      wrong.push(`in the browser: ${String(cause).split('\n')[0]}`);
    } finally {
      await context.close();
    }
    return wrong;
  }

  async steps(page, film, media, source, wrong) {
    const clocked = !film.still && !film.dim && !film.broken && !film.joined;
    if (media.durationSeconds > 3) {
      await this.together(page, film, media, clocked, source, wrong);
      for (const part of [0.7, 0.3]) await this.seek(page, media.durationSeconds * part, clocked && film, wrong, film.held ? 61 : 0.5);
    }
    if (media.renditions.length > 1 && media.durationSeconds > 8) await this.change(page, wrong);
    if (film.sounds?.length > 1) await this.hear(page, film.sounds, wrong);
    if (film.texts) await this.read(page, wrong);
    else if (film.mute && !film.sounds) await this.silent(page, wrong);
    await this.end(page, media.durationSeconds, wrong);
  }

  async together(page, film, media, clocked, source, wrong) {
    const from = Math.abs(film.apart ?? 0); // before that one picture stands, or nothing is heard
    const seen = await page.evaluate(
      async ({ from, seconds }) => {
        const video = document.querySelector('video');
        video.currentTime = from;
        look.frames.length = look.beeps.length = 0;
        await video.play();
        await new Promise((done) => setTimeout(done, seconds * 1000));
        return { frames: look.frames, beeps: look.beeps };
      },
      { from, seconds: Math.min(film.rate < 5 ? 8 : 4.5, media.durationSeconds - from - 0.5) },
    );
    if (!clocked) return;
    const { late, pictures } = lateness(seen, film.rate);
    if (!pictures && film.rate !== undefined) wrong.push('in the browser: no picture shows its clock');
    if (film.mute || !film.rate || film.upright) return;
    const error = late - (Number.isNaN(source.sound) ? 0 : source.sound);
    if (Number.isNaN(late)) wrong.push(`in the browser: ${pictures} pictures, no beep is heard`);
    else if (Math.abs(error) > sync_s) wrong.push(`in the browser: sound is ${(error * 1000).toFixed(0)} ms late against the pictures`);
  }

  async seek(page, to, film, wrong, within) {
    const found = await page.evaluate(
      async ({ at, within }) => {
        const video = document.querySelector('video');
        video.pause();
        await new Promise((done) => setTimeout(done, 100)); // the last pictures of before have been shown
        const began = performance.now();
        video.currentTime = at;
        const shown = await Promise.race([
          new Promise((done) => {
            const look = (_now, { mediaTime }) =>
              Math.abs(mediaTime - at) < within ? done(mediaTime) : video.requestVideoFrameCallback(look);
            video.requestVideoFrameCallback(look);
          }),
          new Promise((done) => setTimeout(() => done(null), 5000)),
        ]);
        const took = (performance.now() - began) / 1000;
        await video.play();
        return { shown, took, clock: look.clock() };
      },
      { at: to, within },
    );
    if (found.shown === null) wrong.push(`seeking to ${to.toFixed(1)} shows nothing`);
    else if (found.took > seek_s) wrong.push(`seeking to ${to.toFixed(1)} took ${found.took.toFixed(2)} s`);
    else if (film && film.rate >= 10 && Math.abs(found.shown - to) > 1.5 / film.rate)
      wrong.push(`seeking to ${to.toFixed(2)} shows ${found.shown.toFixed(2)}`);
  }

  async change(page, wrong) {
    const height = () => page.evaluate(() => document.querySelector('video').videoHeight);
    await page.evaluate(() => {
      const video = document.querySelector('video');
      video.currentTime = 0;
      return video.play();
    });
    await page.waitForFunction(() => document.querySelector('video').currentTime > 1);
    const before = await height();
    await page.locator('[data-player]').hover();
    await page.getByRole('button', { name: 'Picture and speed' }).click();
    await page.getByRole('menuitem', { name: /^Quality/ }).click();
    const others = page
      .getByRole('menuitemradio')
      .filter({ hasText: /^\d+p/ })
      .filter({ hasNotText: `${before}p` });
    await others.first().click();
    const began = Date.now();
    await page.waitForFunction((was) => document.querySelector('video').videoHeight !== was, before).catch(() => undefined);
    const took = (Date.now() - began) / 1000;
    if ((await height()) === before) wrong.push('another version never came');
    else if (took > change_s) wrong.push(`another version came after ${took.toFixed(1)} s`);
  }

  async hear(page, sounds, wrong) {
    await page.evaluate(() => {
      document.querySelector('video').currentTime = 0;
    });
    await page.locator('[data-player]').hover();
    await page.getByRole('button', { name: 'Sound and subtitles' }).click();
    const radios = page.getByRole('radiogroup', { name: 'Sound' }).getByRole('radio');
    if ((await radios.count()) < sounds.length) wrong.push(`${await radios.count()} sounds to choose`);
    await radios.nth(sounds.length - 1).check({ force: true });
    await page.keyboard.press('Escape');
    const heard = await page.evaluate(async (hertz) => {
      const video = document.querySelector('video');
      for (let i = 0; i < 600; i += 1) {
        if (video.ended || video.currentTime > video.duration - 0.5) video.currentTime = 0;
        if (video.paused) await video.play().catch(() => undefined);
        if (Math.abs(look.pitch() - hertz) < 40) return true;
        await new Promise((done) => setTimeout(done, 15));
      }
      return false;
    }, sounds.at(-1));
    if (!heard) wrong.push(`the sound of ${sounds.at(-1)} Hz was chosen and is not heard`);
  }

  async read(page, wrong) {
    await page.locator('[data-player]').hover();
    await page.getByRole('button', { name: 'Sound and subtitles' }).click();
    await page.getByRole('radiogroup', { name: 'Subtitles' }).getByRole('radio').nth(1).check({ force: true });
    await page.keyboard.press('Escape');
    await page.evaluate(() => {
      const video = document.querySelector('video');
      video.pause();
      video.currentTime = 0.8;
    });
    await page
      .locator('.cue')
      .filter({ hasText: 'Hello' })
      .first()
      .waitFor()
      .catch(() => wrong.push('the text was chosen and is not read'));
  }

  async silent(page, wrong) {
    await page.locator('[data-player]').hover();
    await page.getByRole('button', { name: 'Sound and subtitles' }).click();
    await page
      .getByText('This film has no sound and no subtitles.')
      .waitFor()
      .catch(() => wrong.push('it does not say that it is silent'));
    await page.keyboard.press('Escape');
  }

  async end(page, length, wrong) {
    const at = await page.evaluate(
      async (near) => {
        const video = document.querySelector('video');
        video.currentTime = near;
        await video.play().catch(() => undefined);
        for (let i = 0; i < 120 && !video.ended; i += 1) await new Promise((done) => setTimeout(done, 50));
        return video.ended ? null : video.currentTime;
      },
      Math.max(0, length - 1.5),
    );
    if (at !== null) wrong.push(`it stands at ${at.toFixed(2)} of ${length.toFixed(2)} s and does not end`);
  }
}
