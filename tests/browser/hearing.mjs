// Choosing sound and subtitles: one panel, keys, fingers; what is chosen is heard, read, and remembered.
import { readStrip, squares } from './films.mjs';
import { until } from './house.mjs';
import { playRenditions, renderRenditions, sounds } from './renditions.mjs';

const trigger = (page) => page.getByRole('button', { name: 'Sound and subtitles' });
const panel = (page) => page.getByRole('dialog', { name: 'Sound and subtitles' });
const sound = (page, name) => panel(page).getByRole('radiogroup', { name: 'Sound' }).getByRole('radio', { name });
const text = (page, name) => panel(page).getByRole('radiogroup', { name: 'Subtitles' }).getByRole('radio', { name, exact: true });
const second = (page) => page.locator('video').evaluate((video) => video.currentTime);

async function open(house, page, folder, refuse) {
  await playRenditions(page, folder, refuse);
  await page.goto(house.base + house.filmPath);
  await page.locator('.play-act button').click();
  await page.locator('[data-phase=playing]').waitFor();
}

// Stands still at a second, and answers the lines that are read there.
async function linesAt(page, at, wanted) {
  await page.locator('video').evaluate((video, to) => {
    video.pause();
    video.currentTime = to;
  }, at);
  await until(
    `at ${at} s one reads: ${wanted || 'nothing'}`,
    async () => (await page.locator('.cue').allTextContents()).join(' / ') === wanted,
    12,
  );
  return page.locator('.cue');
}

// The pitch that is heard now, in Hz: the loudest part of what the element gives out.
async function pitch(page) {
  await page.evaluate(() => {
    if (window.ear) return;
    const context = new AudioContext();
    const ear = new AnalyserNode(context, { fftSize: 8192 });
    context.createMediaStreamSource(document.querySelector('video').captureStream()).connect(ear);
    window.ear = { ear, context };
  });
  return page.evaluate(() => {
    const { ear, context } = window.ear;
    const parts = new Float32Array(ear.frequencyBinCount);
    ear.getFloatFrequencyData(parts);
    const loudest = parts.indexOf(Math.max(...parts));
    return parts[loudest] > -80 ? (loudest * context.sampleRate) / ear.fftSize : 0;
  });
}

const hears = (page, name) =>
  until(`${name} is heard`, async () => Math.abs((await pitch(page)) - sounds.find(([n]) => n === name)[1]) < 30, 20);

async function byPointer(house, page, folder) {
  await house.check('the film begins with its first sound, and with no text but what that sound needs', async () => {
    await open(house, page, folder);
    await hears(page, 'norwegian');
    await linesAt(page, 5, 'STASJON');
    await trigger(page).click();
    await house.shot(page, 'tracks');
    const named = await panel(page)
      .getByRole('radio')
      .evaluateAll((all) => all.map((radio) => radio.closest('label').innerText.replace(/\n/g, ', ')).join('; '));
    const wanted =
      'Norwegian, stereo; Hungarian, stereo; English, described, mono; Commentary, by Hedda Voss-Okoro, English, stereo; ' +
      'Off; English; English, with sounds, for the hard of hearing; Hungarian; Norwegian, signs only';
    return named.startsWith(wanted) ? '' : named;
  });
  // proves S23
  await house.check('another sound is heard at once, and the film stays where it is', async () => {
    await page.keyboard.press('k');
    const before = await second(page);
    await sound(page, /^Hungarian/).check({ force: true });
    await hears(page, 'hungarian');
    const now = await page.evaluate(readStrip, squares);
    return now && Math.abs(now.at - now.second) <= 1.2 && now.at >= before
      ? ''
      : `it was at ${before}, it is at ${now?.at} and shows ${now?.second}`;
  });
  await house.check('subtitles are read with their emphasis, as text', async () => {
    await text(page, 'English').check({ force: true });
    const cue = await linesAt(page, 9, 'Two instruments, one wall.\nOne of <them> is polite. x');
    const marks = await cue.evaluate((element) =>
      [...element.querySelectorAll('i, b, u, script')].map((e) => `${e.localName} ${e.textContent}`).join(', '),
    );
    return marks === 'i instruments, b one, u polite' ? '' : marks;
  });
}

const box = (locator) => locator.boundingBox();

async function places(house, page) {
  await house.check('they stand where they say, never under the controls or the panel', async () => {
    const wrong = [];
    const bars = await box(page.locator('.bars'));
    const open = await box(panel(page));
    const low = await box((await linesAt(page, 9, 'Two instruments, one wall.\nOne of <them> is polite. x')).locator('> span'));
    if (low.y + low.height > bars.y) wrong.push('the line stands under the controls');
    if (low.x + low.width > open.x && low.y + low.height > open.y) wrong.push('the line stands under the panel');
    await page.keyboard.press('Escape');
    await panel(page).waitFor({ state: 'detached' });
    const stage = await box(page.locator('[data-player]'));
    const high = await box((await linesAt(page, 11, 'At the upper edge')).locator('> span'));
    if (high.y > stage.height / 4 || high.x > stage.width / 4) wrong.push(`upper left is at ${high.x}, ${high.y}`);
    const middle = await box((await linesAt(page, 13, 'Lower left of the middle')).locator('> span'));
    if (Math.abs(middle.y - stage.height / 2) > 60 || Math.abs(middle.x - stage.width * 0.23) > 60)
      wrong.push(`the middle is at ${middle.x}, ${middle.y}`);
    await linesAt(page, 16, 'First of two / Second of two');
    const [first, then] = [await box(page.locator('.cue').nth(0)), await box(page.locator('.cue').nth(1))];
    if (then.y + then.height > first.y + 1) wrong.push('two lines stand on one another');
    return wrong.join('; ');
  });
}

async function remembers(house, page, folder) {
  await house.check('offset by 0.1 and 0.5 s, by key and by button, to the side it says', async () => {
    await page.locator('[data-player]').focus();
    for (const key of ['x', 'x', 'Shift+X', 'z']) await page.keyboard.press(key);
    await trigger(page).click();
    const value = () => panel(page).locator('output').textContent();
    if ((await value()) !== '+0.6 s') return `after the keys it is ${await value()}`;
    await panel(page)
      .getByRole('button', { name: 'Subtitles 0.1 s later' })
      .click({ modifiers: ['Shift'] });
    if ((await value()) !== '+1.1 s') return `after the button it is ${await value()}`;
    await page.keyboard.press('Escape');
    await linesAt(page, 10.85, 'Two instruments, one wall.\nOne of <them> is polite. x'); // until 9.8 s in the file
    await linesAt(page, 11.1, '');
  });
  await house.check('size and ground are seen at once', async () => {
    await trigger(page).click();
    const cue = await linesAt(page, 10.5, 'Two instruments, one wall.\nOne of <them> is polite. x');
    const look = () =>
      cue.evaluate((e) => [parseFloat(getComputedStyle(e).fontSize), getComputedStyle(e.querySelector('span')).backgroundColor]);
    const [small] = await look();
    await panel(page).getByRole('radio', { name: 'XL' }).check({ force: true });
    await panel(page).getByRole('radio', { name: 'None' }).check({ force: true });
    const [large, ground] = await look();
    await page.keyboard.press('Escape');
    await house.shot(page, 'captions-large');
    return large > small * 1.5 && ground === 'rgba(0, 0, 0, 0)' ? '' : `${small} px became ${large} px on ${ground}`;
  });
  await house.check('a reload keeps sound, text, offset and look; another film gets the languages without the offset', async () => {
    await page.reload();
    await page.locator('.foot').waitFor();
    if (await page.locator('[data-phase=ready]').count()) await page.keyboard.press('k');
    await linesAt(page, 10.5, 'Two instruments, one wall.\nOne of <them> is polite. x');
    await page.goto(house.base + house.films.rest[0].path);
    await page.locator('.play-act button').click();
    await page.locator('[data-phase=playing]').waitFor();
    await linesAt(page, 9, 'Two instruments, one wall.\nOne of <them> is polite. x');
    await page.keyboard.press('k');
    await page.evaluate(() => {
      window.ear = undefined;
    });
    await hears(page, 'hungarian');
    await trigger(page).click();
    const [offset, size] = [
      await panel(page).locator('output').textContent(),
      await panel(page).getByRole('radio', { name: 'XL' }).isChecked(),
    ];
    await page.keyboard.press('Escape');
    return offset === '0.0 s' && size ? '' : `offset ${offset}, size ${size ? 'kept' : 'lost'}`;
  });
  await house.check('what a guest chose is not what a member gets', async () => {
    await playRenditions(house.other, folder);
    await house.other.goto(house.base + house.filmPath);
    await house.other.locator('.play-act button').click();
    await house.other.locator('[data-phase=playing]').waitFor();
    await linesAt(house.other, 5, 'STASJON');
    await house.other.goto(house.base);
    await house.other.unroute(/\/media\/\d+\/[^/]+\/(?!.*poster)/);
  });
}

async function byKeys(house, page) {
  await house.check('c, Shift c and v choose without the panel, and say what', async () => {
    const said = (words) => page.locator('.note').filter({ hasText: words }).waitFor({ timeout: 3000 });
    await page.locator('[data-player]').focus();
    await page.keyboard.press('c');
    await said('Subtitles off');
    await page.keyboard.press('c');
    await said('English');
    await page.keyboard.press('Shift+C');
    await said('English, with sounds');
    await page.keyboard.press('v');
    await said('English, described');
    await hears(page, 'described');
  });
  await house.check('the panel by keys alone: open, move, choose, Esc; the focus comes back', async () => {
    await trigger(page).focus();
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.activeElement?.matches('[role=radiogroup] input:checked'));
    await page.keyboard.press('ArrowDown');
    if (!(await sound(page, /^Commentary/).isChecked())) return 'the arrow chose nothing';
    await hears(page, 'commentary');
    for (let n = 0; n < 3 && !(await page.evaluate(() => document.activeElement?.closest('[aria-label=Subtitles]'))); n += 1)
      await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowDown');
    if (!(await text(page, 'Hungarian').isChecked())) return 'the arrow did not reach Hungarian';
    await page.keyboard.press('Escape');
    await panel(page).waitFor({ state: 'detached' });
    const back = await trigger(page).evaluate((button) => button === document.activeElement);
    await linesAt(page, 1, 'Sor 0');
    return back ? '' : 'the focus is elsewhere';
  });
}

async function evened(house, folder) {
  await house.check('evening out puts the sound through a compressor, once asked for, and after a reload again', async () => {
    const page = await house.person('late at night');
    await page.addInitScript(() => {
      window.made = [];
      window.DynamicsCompressorNode = class extends DynamicsCompressorNode {
        constructor(context, options) {
          super(context, options);
          window.made.push(context);
        }
      };
    });
    const running = () => page.evaluate(() => window.made.map((context) => context.state).join());
    await open(house, page, folder);
    if (await running()) return 'the sound was taken before anybody asked';
    await trigger(page).click();
    await panel(page)
      .getByRole('switch', { name: /^Even out loud and quiet/ })
      .click();
    await until('the compressor runs', async () => (await running()) === 'running');
    await page.keyboard.press('Escape');
    await page.goto(house.base + house.filmPath);
    await page.locator('.play-act button').click();
    await until('the compressor runs again', async () => (await running()) === 'running', 20);
    await page.context().close();
  });
}

async function byFinger(house, folder) {
  await house.check('on a phone it is a sheet of two pages, and the lines stay on the film', async () => {
    const page = await house.person('listening', { width: 390, height: 844 }, { isMobile: true, hasTouch: true });
    await open(house, page, folder);
    await trigger(page).tap();
    await panel(page).getByText('English', { exact: true }).tap();
    await linesAt(page, 9, 'Two instruments, one wall.\nOne of <them> is polite. x');
    await house.shot(page, 'tracks-phone');
    const stage = await box(page.locator('[data-player]'));
    const cue = await box(page.locator('.cue > span'));
    const sheet = await box(panel(page));
    await panel(page).getByRole('tab', { name: 'Sound' }).tap();
    await panel(page).getByText('Hungarian', { exact: true }).tap();
    await panel(page).getByRole('tab', { name: 'Subtitles' }).tap();
    await panel(page)
      .getByRole('button', { name: /^Offset, size, ground/ })
      .tap();
    await panel(page).getByRole('button', { name: 'Subtitles 0.1 s later' }).tap();
    const moved = await panel(page).locator('output').textContent();
    const low = await panel(page)
      .getByRole('button', { name: /later|earlier/ })
      .evaluateAll((all) => all.some((b) => b.clientHeight < 44 || b.clientWidth < 44));
    await panel(page).getByRole('button', { name: 'Close' }).tap();
    await panel(page).waitFor({ state: 'detached' });
    await page.context().close();
    if (cue.y + cue.height > stage.y + stage.height) return 'the line left the film';
    if (sheet.y < stage.y + stage.height) return 'the sheet covers the film';
    if (low) return 'a button is smaller than a thumb';
    return moved === '+0.1 s' ? '' : `the offset is ${moved}`;
  });
}

async function closedByBack(house, folder) {
  await house.check('on a phone lying down too, and it closes the menu', async () => {
    const page = await house.person('reclining', { width: 844, height: 390 }, { hasTouch: true });
    await open(house, page, folder);
    for (const [button, opened] of [
      [trigger(page), panel(page)],
      [page.getByRole('button', { name: 'Picture and speed' }), page.getByRole('menu')],
    ]) {
      await page.locator('[data-player]').hover();
      await button.click();
      await opened.waitFor();
      await page.goBack();
      await opened.waitFor({ state: 'detached' });
      if (!/\/watch\//.test(page.url())) return `Back leads to ${page.url()}`;
    }
    await page.context().close();
  });
  await house.check('on a phone Back closes the sheet and keeps the film, whose address goes on', async () => {
    const page = await house.person('returning', { width: 390, height: 844 }, { isMobile: true, hasTouch: true });
    await open(house, page, folder);
    const steps = await page.evaluate(() => history.length);
    await trigger(page).tap();
    await panel(page).waitFor();
    await page.locator('video').evaluate((video) => {
      video.currentTime = 9;
    });
    await until('the address says the second', () => /[?&]t=9/.test(page.url()), 12);
    await page.waitForTimeout(300);
    if (!(await panel(page).count())) return 'the sheet closed when the address changed';
    await page.goBack();
    await panel(page).waitFor({ state: 'detached' });
    if (!/\/watch\/.*[?&]t=/.test(page.url())) return `after Back the address is ${page.url()}`;
    if (!(await page.locator('[data-phase=playing], [data-phase=paused]').count())) return 'the film does not go on';
    await trigger(page).tap();
    await panel(page).getByRole('button', { name: 'Close' }).tap();
    await panel(page).waitFor({ state: 'detached' });
    await until('the sheet is off the history', async () => !(await page.evaluate(() => history.state?.layer)));
    if ((await page.evaluate(() => history.length)) > steps + 1) return 'the sheet left steps in the history';
    await page.goBack();
    await until('the next Back leaves the player', () => /\/film\//.test(page.url()));
    await page.context().close();
  });
}

async function refused(house, folder) {
  await house.check('a track that does not come gives way to the one before, and says so', async () => {
    const page = await house.person('refused');
    await house.excuse(/404/, async () => {
      await open(house, page, folder, (name) => name.startsWith('magyar/') || name.startsWith('commentary/'));
      await page.evaluate(() => {
        window.ear = undefined;
      });
      await trigger(page).click();
      await text(page, 'English').check({ force: true });
      await text(page, 'Hungarian').click({ force: true });
      await panel(page).getByText('Hungarian did not arrive; English is back.').waitFor();
      await sound(page, /^Commentary/).click({ force: true });
      await panel(page).getByText('Commentary did not arrive; Norwegian is back.').waitFor({ timeout: 60_000 });
    });
    await until('the film plays on', async () => (await page.locator('[data-phase=playing], [data-phase=ended]').count()) > 0);
    if (!(await text(page, 'English').isChecked())) return 'the text is not back';
    await page.context().close();
  });
  await house.check('a film with one sound and no text says so', async () => {
    await house.visitor.goto(house.base + house.filmPath);
    await house.visitor.locator('.play-act button').click();
    await house.visitor.locator('[data-phase=playing]').waitFor();
    await trigger(house.visitor).click();
    await panel(house.visitor).getByText('This film has one sound track and no subtitles.').waitFor();
    await house.visitor.keyboard.press('Escape');
  });
}

export async function hearing(house) {
  let folder;
  await house.check('a film with four sounds and four texts is made', async () => {
    folder = await renderRenditions(house.home);
  });
  const page = await house.person('listener');
  await byPointer(house, page, folder);
  await places(house, page);
  await remembers(house, page, folder);
  await byKeys(house, page);
  await page.context().close();
  await evened(house, folder);
  await byFinger(house, folder);
  await closedByBack(house, folder);
  await refused(house, folder);
}
