// Watching: the picture moves, a time that is asked for is the time that is shown, every key does what it says.
import { readStrip, squares } from './films.mjs';
import { until } from './house.mjs';

const strip = (page) => page.evaluate(readStrip, squares);
const video = (page, name) => page.locator('video').evaluate((element, key) => element[key], name);

// The next whole picture that can be read.
const picture = (page, seconds = 20) => until('a picture can be read', () => strip(page), seconds, 60);

async function playFrom(house, page, path) {
  await page.goto(house.base + path);
  await page
    .getByRole('button', { name: /^(Play|Resume)/ })
    .first()
    .click();
  return picture(page);
}

export async function watching(house) {
  const page = house.visitor;
  await house.check('a stranger plays a released film and the picture moves', async () => {
    const first = await playFrom(house, page, house.filmPath);
    const later = await until(
      'two more seconds have been shown',
      async () => {
        const now = await strip(page);
        return now && now.second >= first.second + 2 ? now : null;
      },
      30,
      60,
    );
    await house.shot(page, 'watch');
    return Math.abs(later.at - later.second) <= 1.2 ? '' : `the picture says ${later.second} s, the player ${later.at}`;
  });
  await seeking(house, page);
  await keys(house, page);
  await wayInAndOut(house, page);
  await typing(house, house.other);
  for (const film of house.films.rest) await playsKind(house, page, film);
}

async function seeking(house, page) {
  const line = page.getByRole('slider', { name: 'Position' });
  for (const part of [0.75, 0.2, 0.5]) {
    await house.check(`a click at ${part * 100} % of the line shows that second`, async () => {
      const box = await line.boundingBox();
      const target = part * (await video(page, 'duration'));
      await page.mouse.click(box.x + box.width * part, box.y + box.height / 2);
      const now = await until(
        'the sought picture is shown',
        async () => {
          const seen = await strip(page);
          return seen && !(await video(page, 'seeking')) && Math.abs(seen.at - target) < 2.5 ? seen : null;
        },
        20,
        60,
      );
      return Math.abs(now.second - now.at) <= 1.05
        ? ''
        : `asked for ${target.toFixed(2)} s, the picture says ${now.second} s, the player ${now.at.toFixed(2)}`;
    });
  }
}

// [key, what it does, whether it did: (before, now) of the video's properties]
const near = (a, b, by = 0.9) => Math.abs(a - b) <= by;
const keyTable = [
  ['Space', 'pauses', (_, now) => now.paused],
  ['5', 'goes to half', (_, now) => near(now.currentTime, now.duration / 2)],
  ['ArrowRight', 'goes on 5 s', (was, now) => near(now.currentTime, Math.min(was.currentTime + 5, now.duration))],
  ['ArrowLeft', 'goes back 5 s', (was, now) => near(now.currentTime, was.currentTime - 5)],
  ['j', 'goes back 10 s', (was, now) => near(now.currentTime, Math.max(0, was.currentTime - 10))],
  ['l', 'goes on 10 s', (was, now) => near(now.currentTime, Math.min(now.duration, was.currentTime + 10))],
  ['0', 'goes to the beginning', (_, now) => near(now.currentTime, 0)],
  ['.', 'shows the next picture', (was, now) => now.currentTime > was.currentTime && near(now.currentTime, was.currentTime, 0.1)],
  [',', 'shows the picture before', (was, now) => now.currentTime < was.currentTime],
  ['m', 'turns the sound off', (_, now) => now.muted],
  ['m', 'turns the sound on', (_, now) => !now.muted],
  ['ArrowDown', 'is quieter', (was, now) => now.volume < was.volume],
  ['ArrowUp', 'is louder', (was, now) => now.volume > was.volume],
  ['>', 'is faster', (was, now) => now.playbackRate > was.playbackRate],
  ['<', 'is slower', (was, now) => now.playbackRate < was.playbackRate],
  ['k', 'plays', (_, now) => !now.paused],
];

const state = (page) =>
  page.locator('video').evaluate((v) => ({
    paused: v.paused,
    currentTime: v.currentTime,
    duration: v.duration,
    muted: v.muted,
    volume: v.volume,
    playbackRate: v.playbackRate,
  }));

async function keys(house, page) {
  await house.check('every key of the player does what the sheet says', async () => {
    await page.locator('[data-player]').focus();
    if ((await state(page)).paused) {
      await page.keyboard.press('k');
      await until('it plays', async () => !(await state(page)).paused);
    }
    const wrong = [];
    for (const [key, what, did] of keyTable) {
      const before = await state(page);
      await page.keyboard.press(key);
      await until(what, async () => did(before, await state(page)), 4).catch(() => wrong.push(`${key} ${what}: not so`));
    }
    return wrong.join('; ');
  });
  await house.check('"?" shows the keys, Esc closes them and gives the focus back; "t" is the theatre', async () => {
    await page.locator('[data-player]').focus();
    await page.keyboard.press('?');
    await page.getByRole('dialog').getByText('Play or pause').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.locator('[data-player]').focus();
    await page.keyboard.press('t');
    await page.getByRole('button', { name: 'Theatre', exact: true }).waitFor();
    await page.keyboard.press('t');
    await page.getByRole('button', { name: 'Leave theatre' }).waitFor();
  });
}

// The player's page: reached from a title, named by an address, left to where one was.
async function wayInAndOut(house, page) {
  const player = page.locator('[data-player]');
  await house.check('the address says the second; a reload goes on there', async () => {
    await page.keyboard.press('5');
    await page.keyboard.press('k');
    const half = Math.floor(Math.round((await video(page, 'duration')) * 100) / 200);
    await page.waitForURL(new RegExp(`/watch/[0-9]+[?]t=${half}$`));
    await page.reload();
    await until('the film is there again', async () => Math.abs((await video(page, 'currentTime').catch(() => -9)) - half) < 1.5, 20, 60);
  });
  await house.check('Back from another moment of the film goes to the moment before', async () => {
    const at = await video(page, 'currentTime');
    await page.evaluate(() => {
      history.pushState({ index: 99 }, '', '?t=1');
      history.pushState({ index: 100 }, '', '?t=2');
    });
    await page.goBack();
    await until('the film is at the first second', async () => Math.abs((await video(page, 'currentTime')) - 1) < 1.5, 10, 60);
    return Math.abs(at - 1) > 2 ? '' : 'the film was there before';
  });
  await house.check('leaving the player gives the focus back to what opened it', async () => {
    await page.goto(house.base + house.filmPath);
    await page.locator('.play-act button').focus();
    await page.keyboard.press('Enter');
    await player.waitFor();
    await page.waitForFunction(() => document.activeElement?.matches('[data-player]'));
    await page.getByRole('button', { name: 'Close the player' }).click();
    await page.waitForURL((url) => url.pathname === house.filmPath);
    await page.waitForFunction(() => document.activeElement?.closest('.play-act') !== null);
  });
  await house.check('watching writes its place into the address without a step: one Back leaves the player', async () => {
    await page.locator('.play-act button').click();
    await player.waitFor();
    const steps = await page.evaluate(() => history.length);
    for (const tenth of ['2', '4', '6']) {
      await page.keyboard.press(tenth);
      const second = Math.floor((Number(tenth) / 10) * (await video(page, 'duration')));
      await page.waitForURL((url) => Math.abs(Number(url.searchParams.get('t')) - second) <= 2);
    }
    const now = await page.evaluate(() => history.length);
    await page.goBack();
    await page.waitForURL((url) => url.pathname === house.filmPath);
    return now === steps ? '' : `${now - steps} steps of the history`;
  });
  await house.check('an old link to a moment of a title opens the player there, and Back shows the title', async () => {
    await page.goto(`${house.base}${house.filmPath}?t=3`);
    await until('the film is at that second', async () => (await video(page, 'currentTime').catch(() => -1)) >= 2.9, 20, 60);
    await page.goBack();
    await page.locator('.play-act button').waitFor();
  });
  await house.check('a player that was opened by its address leads to its title', async () => {
    const own = await house.person('passer-by');
    await own.goto(house.base + house.filmPath.replace('/film/', '/watch/'));
    await own.getByRole('button', { name: 'Close the player' }).click();
    await own.locator('.play-act button').waitFor();
    await own.context().close();
  });
}

// [what is written where, how it is reached]: every letter here is also a key of the player.
const letters = 'k m f t j l i c d 5 , . < >';

async function typing(house, page) {
  for (const full of [false, true]) {
    await house.check(`letters in a comment are never keys of the player${full ? ', in full screen neither' : ''}`, async () => {
      await page.goto(house.base + house.filmPath);
      await page.locator('.play-act button').click();
      await until('it plays', async () => (await page.locator('[data-phase=playing]').count()) > 0);
      if (full) {
        await page.keyboard.press('f');
        await until('it is full', () => page.evaluate(() => document.fullscreenElement !== null));
      }
      await page.keyboard.press('a');
      await page.waitForFunction(() => document.activeElement?.matches('textarea'));
      const box = page.getByLabel('Say something about it');
      if (!(await box.isVisible())) return 'the box cannot be seen';
      await box.fill('');
      const before = await state(page);
      await page.keyboard.type(letters);
      const after = await state(page);
      const wrong = ['paused', 'muted', 'volume', 'playbackRate'].filter((name) => before[name] !== after[name]);
      if (Math.abs(after.currentTime - before.currentTime) > 3) wrong.push('currentTime');
      if ((await box.inputValue()) !== letters) wrong.push(`the text: ${await box.inputValue()}`);
      if (full !== (await page.evaluate(() => document.fullscreenElement !== null))) wrong.push('full screen');
      if (full) await house.shot(page, 'watch-full-comment');
      await box.fill('');
      if (full) await page.evaluate(() => document.exitFullscreen());
      return wrong.length ? `changed: ${wrong.join(', ')}` : '';
    });
  }
}

async function playsKind(house, page, film) {
  await house.check(`${film.title} plays`, async () => {
    if (!film.path) return 'it was not released';
    const first = await playFrom(house, page, film.path);
    const later = await until(
      'one more second has been shown',
      async () => {
        const now = await strip(page);
        return now && now.second > first.second ? now : null;
      },
      30,
      60,
    );
    if (film.upright && later.width >= later.height) return `it lies on its side: ${later.width} × ${later.height}`;
    return Math.abs(later.second - later.at) <= 1.2 ? '' : `the picture says ${later.second} s, the player ${later.at}`;
  });
}
