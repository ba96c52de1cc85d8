// How the pages look: small screens, large letters, a still first paint, and what has a video in it by the rules of accessibility.
import { pause } from '../chaos/server.mjs';
import { until } from './house.mjs';
import { faults, rest as still } from './reading.mjs';

// [name, who looks, address, what says that it is there]
const pages = (house) => [
  ['home', house.visitor, '/', 'main h2'],
  ['browse', house.visitor, '/browse', 'main [data-item], main a[href^="/film/"]'],
  ['film', house.visitor, house.filmPath, 'main h1'],
  ['player', house.visitor, house.filmPath.replace('/film/', '/watch/'), '[data-player]'],
  ['sign in', house.visitor, '/in', 'form'],
  ['join', house.visitor, '/join', 'form'],
  ['upload', house.member, '/upload', 'main h1'],
  ['uploads', house.member, '/uploads', 'main h1'],
  ['you', house.member, '/you', 'main h1'],
  ['desk', house.admin, '/desk', '.desk'],
];

// The page is there, and nothing in it moves any more.
async function rest(page, selector) {
  await page.locator(selector).first().waitFor();
  await still(page);
}

const setTheme = (page, theme) =>
  page.evaluate((name) => {
    localStorage.setItem('mozi.theme', name);
  }, theme);

export async function looking(house) {
  for (const page of [house.visitor, house.member, house.admin]) await page.goto(house.base);
  for (const theme of ['dark', 'light']) {
    for (const [name, page, address, there] of pages(house).filter(([what]) => ['home', 'film', 'player'].includes(what))) {
      await house.check(`${name} with a video, ${theme}: no fault of accessibility`, async () => {
        await setTheme(page, theme);
        await page.goto(house.base + address);
        await rest(page, there);
        if (theme === 'light' && name !== 'player') await house.shot(page, `${name}-light`);
        return (await faults(page)).join('\n        ');
      });
    }
    for (const page of [house.visitor, house.member, house.admin]) await setTheme(page, 'dark');
  }
  await sizes(house);
  await lying(house);
  await moving(house);
  await comingLate(house);
  await byKeys(house);
}

async function lying(house) {
  for (const [what, width, height] of [
    ['844 × 390', 844, 390],
    ['667 × 375', 667, 375],
  ]) {
    await house.check(`on a phone lying down, ${what}, Play is seen without scrolling`, async () => {
      const page = await house.person('lying', { width, height }, { isMobile: true, hasTouch: true });
      for (const address of ['/', house.filmPath]) {
        await page.goto(house.base + address);
        const play = page
          .locator('main')
          .locator('a, button')
          .filter({ hasText: /^(Play|Resume)/ })
          .first();
        await play.waitFor();
        await rest(page, 'main h1, main h2');
        await house.shot(page, `lying-${width}-${address === '/' ? 'home' : 'film'}`);
        const hidden = await play.evaluate((button) => {
          const { left, top, bottom } = button.getBoundingClientRect();
          return [top + 2, bottom - 2].some((y) => !button.contains(document.elementFromPoint(left + 20, y)));
        });
        if (hidden) return `${address}: Play is cut or covered`;
      }
      await page.context().close();
    });
  }
  for (const [when, late_ms] of [
    ['', 0],
    [', also before the film is known', 1500],
  ]) {
    await house.check(`who is not signed in is led to the door by "Comment at this moment"${when}`, async () => {
      const page = await house.person('silent', { width: 390, height: 844 }, { isMobile: true, hasTouch: true });
      await page.route(`**${house.filmPath.replace('/film/', '/api/movies/')}`, async (route) => {
        await pause(late_ms);
        await route.continue();
      });
      await page.goto(house.base + house.filmPath.replace('/film/', '/watch/'));
      await page.getByRole('button', { name: 'Comment at this moment' }).tap();
      await until('the door has the focus', () => page.evaluate(() => document.activeElement?.textContent === 'Sign in'));
      await page.context().close();
    });
  }
}

async function sizes(house) {
  const wrong = [];
  for (const [what, width, height] of [
    ['390 px', 390, 844],
    ['200 % of 1280 px', 640, 400],
    ['768 px', 768, 1024],
    ['1920 px', 1920, 1080],
  ]) {
    await house.check(`no page scrolls sideways at ${what}`, async () => {
      wrong.length = 0;
      for (const [name, page, address, there] of pages(house)) {
        await page.setViewportSize({ width, height });
        await page.goto(house.base + address);
        await rest(page, there);
        const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        if (over > 0) wrong.push(`${name} is ${over} px too wide`);
        if (width === 390 && ['home', 'film'].includes(name)) await house.shot(page, `${name}-phone`);
      }
      return wrong.join('; ');
    });
  }
  for (const [, page] of pages(house)) await page.setViewportSize({ width: 1280, height: 800 });
}

async function moving(house) {
  for (const [what, window] of [
    ['desktop', { width: 1280, height: 800 }],
    ['phone', { width: 390, height: 844 }],
  ]) {
    await house.check(`home does not move while it loads, ${what}`, async () => {
      const page = await house.person('newcomer', window);
      await page.goto(house.base);
      await rest(page, 'main h2');
      if (what === 'desktop') await house.shot(page, 'home');
      const shifts = await page.evaluate(() => window.shifts);
      await page.context().close();
      return shifts.map(({ value, where }) => `moved by ${value.toFixed(5)}: ${where}`).join('\n');
    });
  }
}

// What comes late moves nothing that is shown already.
async function comingLate(house) {
  for (const [what, window, late, address, there] of [
    ['the catalogue, its genres', { width: 1280, height: 800 }, /\/api\/genres/, '/browse', '.facet'],
    ['a film on a phone, its comments', { width: 390, height: 844 }, /\/comments\?/, house.filmPath, 'article'],
  ]) {
    await house.check(`nothing moves when something is late: ${what}`, async () => {
      const page = await house.person('late', window);
      await page.route(late, async (route) => {
        await pause(700);
        await route.continue();
      });
      await page.goto(house.base + address);
      await rest(page, there);
      const shifts = await page.evaluate(() => window.shifts);
      await page.context().close();
      return shifts
        .filter(({ value }) => value > 0.001)
        .map(({ value, where }) => `moved by ${value.toFixed(5)}: ${where}`)
        .join('\n');
    });
  }
}

// With the pointer unplugged: from the skip link to a playing film.
async function byKeys(house) {
  await house.check('without a pointer: skip link, first film, play', async () => {
    const page = house.visitor;
    await page.goto(house.base);
    await rest(page, 'main h2');
    await page.keyboard.press('Tab');
    if (!(await page.evaluate(() => document.activeElement?.matches('.skip')))) return 'the first stop is not the skip link';
    await page.keyboard.press('Enter');
    for (let n = 0; n < 40 && !(await page.evaluate(() => /\/film\//.test(document.activeElement?.getAttribute('href') ?? ''))); n += 1)
      await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page
      .getByRole('button', { name: /^(Play|Resume)/ })
      .or(page.locator('[data-player]'))
      .first()
      .waitFor();
    if (!(await page.locator('[data-player]').count())) {
      for (
        let n = 0;
        n < 60 && !(await page.evaluate(() => /^(Play|Resume)/.test(document.activeElement?.textContent?.trim() ?? '')));
        n += 1
      )
        await page.keyboard.press('Tab');
      const ring = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
      if (ring === 'none') return 'the focused button shows no ring';
      await page.keyboard.press('Enter');
    }
    await until(
      'the film plays',
      () =>
        page
          .locator('video')
          .evaluate((v) => !v.paused && v.currentTime > 0)
          .catch(() => false),
      20,
    );
  });
}
