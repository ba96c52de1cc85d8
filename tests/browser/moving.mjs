// Back and forth: lists keep rows, place and focus; filters, threads and reports are addresses; signing in comes back; Back closes.
import { until } from './house.mjs';
import { enter, fillSignIn, focused, member, visit } from './members.mjs';

const phone = { width: 390, height: 844 };
const names = (page) => page.locator('main a[href^="/film/"] .name').allTextContents();
const scrolled = (page) => page.evaluate(() => Math.round(scrollY));
const is = (what, found, expected) =>
  JSON.stringify(found) === JSON.stringify(expected)
    ? ''
    : `${what}: ${JSON.stringify(found).slice(0, 160)}, not ${JSON.stringify(expected).slice(0, 160)}`;

export async function moving(house) {
  const dora = await member(house, 'dora');
  for (let n = 0; n < 100; n += 20) {
    await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        dora.film(`Reel ${String(n + i).padStart(3, '0')}`, {
          genres: [(n + i) % 4 ? 'Long reel' : 'Short reel', (n + i) % 5 ? 'Night' : 'Day'],
          releaseDate: `${1990 + ((n + i) % 30)}-05-05`,
        }),
      ),
    );
  }
  const talked = await dora.film('Much talked about', { description: 'Of a house and its voices.' });
  const root = await dora.say(talked, 'The first word.');
  for (let n = 0; n < 45; n += 1) await dora.say(talked, `Word ${n}`);
  let above = root;
  for (let n = 0; n < 4; n += 1) above = await dora.say(talked, `Deeper ${n}`, above.id);
  const page = await house.person('wanderer');
  await rows(house, page);
  await steps(house, page);
  await threads(house, page, talked, root);
  await comingIn(house, talked, root);
  await onThePhone(house, dora, talked);
  await page.context().close();
}

async function rows(house, page) {
  await house.check('a filter after "Show more" shows its own films, whatever was shown before', async () => {
    await page.goto(`${house.base}/browse`);
    await page.getByRole('button', { name: /^Show more/ }).click();
    await until('more than a page is shown', async () => (await names(page)).length > 30);
    await page.getByRole('checkbox', { name: /^Short reel/ }).check();
    await until('only the chosen ones are shown', async () => (await names(page)).length === 25);
    await page.getByRole('checkbox', { name: /^Short reel/ }).uncheck();
    await until('all are back', async () => (await names(page)).length >= 30);
  });
  await house.check('Back to Browse shows the same rows at the same place with the same focus, before anything is asked', async () => {
    await page.goto(`${house.base}/browse`);
    await until('the films are there', async () => (await names(page)).length >= 30);
    for (let n = 0; n < 3; n += 1) {
      await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
      await until('the next page has come', async () => (await names(page)).length >= Math.min(100, 60 + n * 30));
    }
    const before = await names(page);
    const link = page.locator('main a[href^="/film/"]').nth(70);
    await link.scrollIntoViewIfNeeded();
    const name = await link.locator('.name').textContent();
    const at = await scrolled(page);
    await link.click();
    await page.getByRole('heading', { level: 1, name }).waitFor();
    const first = page.evaluate(
      () =>
        new Promise((resolve) =>
          addEventListener('popstate', () => requestAnimationFrame(() => requestAnimationFrame(() => resolve(scrollY))), { once: true }),
        ),
    );
    await page.goBack();
    const painted = Math.round(await first);
    await until('the place is the same', async () => Math.abs((await scrolled(page)) - at) <= 2, 5);
    await until('the focus is the same', async () => (await focused(page)).includes(name), 5);
    return (
      is('the rows', await names(page), before) || (Math.abs(painted - at) <= 2 ? '' : `the first frames stood at ${painted}, not ${at}`)
    );
  });
  await house.check('what is new meanwhile waits behind a button', async () => {
    const dora = await member(house, 'dora');
    await page.locator('main a[href^="/film/"]').nth(70).click();
    await page.locator('main h1').waitFor();
    await dora.film('Brand new reel');
    await page.goBack();
    const button = page.getByRole('button', { name: 'Show films that are new here' });
    await button.waitFor();
    if ((await names(page)).includes('Brand new reel')) return 'it moved the rows';
    await button.click();
    await until('it is shown first', async () => (await names(page))[0] === 'Brand new reel');
  });
  await house.check('a reload keeps the place on a page', async () => {
    await page.goto(`${house.base}/browse?sort=title`);
    await until('the films are there', async () => (await names(page)).length >= 30);
    await page.evaluate(() => scrollTo(0, 900));
    await page.reload();
    await until('the place is the same', async () => Math.abs((await scrolled(page)) - 900) <= 2, 5);
  });
}

async function steps(house, page) {
  await house.check('each filter is one step of the history, and an address that opens the same', async () => {
    await page.goto(`${house.base}/browse`);
    await page.getByRole('checkbox', { name: /^Short reel/ }).check();
    await page.waitForURL(/genre=/);
    await page.getByLabel('Sort').selectOption('title');
    await page.waitForURL(/sort=title/);
    await until('the films are sorted', async () => (await names(page))[0] === 'Reel 000');
    const shown = await names(page);
    const other = await page.context().newPage();
    await other.goto(page.url());
    await until('the address shows the same', async () => is('rows', await names(other), shown) === '');
    await other.close();
    await page.goBack();
    if (/sort=/.test(page.url()) || !/genre=/.test(page.url())) return `after Back: ${page.url()}`;
    await page.goBack();
    await until('the genre is not chosen', async () => !(await page.getByRole('checkbox', { name: /^Short reel/ }).isChecked()));
    await page.goForward();
    await until('the genre is chosen', () => page.getByRole('checkbox', { name: /^Short reel/ }).isChecked());
  });
  await house.check('the letters of a search are one step', async () => {
    await page.goto(house.base);
    await page.getByRole('link', { name: 'Browse' }).first().click();
    await page.getByLabel('Search titles').pressSequentially('reel 09', { delay: 90 });
    await until('eleven are found', async () => (await names(page)).length === 11); // 009 too
    await page.goBack();
    return new URL(page.url()).pathname === '/' ? '' : `Back led to ${page.url()}`;
  });
}

async function threads(house, page, film, root) {
  await house.check('a thread is an address; Back goes to the same place in the comments', async () => {
    await page.goto(`${house.base}/film/${film.id}?order=asc`);
    const first = page.locator(`#comment-${root.id}`);
    await first.getByRole('button', { name: '1 reply' }).first().click();
    await page.getByText('Deeper 0').waitFor();
    await page.getByRole('button', { name: '1 reply' }).last().click();
    await page.getByText('Deeper 1').waitFor();
    const deeper = page.getByRole('button', { name: /^Continue, / });
    await deeper.scrollIntoViewIfNeeded();
    const at = await scrolled(page);
    await deeper.click();
    await page.getByText('Deeper 2').waitFor();
    const address = page.url();
    if (!/thread=\d+/.test(address)) return `the address is ${address}`;
    await page.getByRole('button', { name: 'All comments' }).click();
    await page.getByText('Deeper 1').waitFor();
    await until('the place is the same', async () => Math.abs((await scrolled(page)) - at) <= 2, 5);
    await page.goto(address);
    await page.getByText('Deeper 2').waitFor();
    await page.getByRole('button', { name: 'All comments' }).click();
    await page.locator(`#comment-${root.id}`).waitFor();
    return /thread/.test(page.url()) ? `the address is still ${page.url()}` : '';
  });
}

async function comingIn(house, film, root) {
  const from = async (where, click, there) => {
    const page = await house.person('arriving');
    await page.goto(house.base + where);
    await page.locator('main [data-heading]').first().waitFor({ state: 'attached' });
    await click(page);
    await page.waitForURL(/\/in\?next=/);
    await fillSignIn(page, 'dora');
    try {
      return await there(page);
    } finally {
      await page.context().close();
    }
  };
  const address = (page) => page.url().slice(house.base.length);
  await house.check('signing in by the bar comes back to the filters and the place', () =>
    from(
      '/browse?genre=long-reel&sort=title',
      async (page) => {
        await until('the films are there', async () => (await names(page)).length >= 30);
        await page.evaluate(() => {
          scrollTo(0, 700);
          document.querySelector('header a[href^="/in"]').click();
        });
      },
      async (page) => {
        await until('the place is the same', async () => Math.abs((await scrolled(page)) - 700) <= 2, 5);
        return is('the address', address(page), '/browse?genre=long-reel&sort=title');
      },
    ),
  );
  await house.check('signing in from a comment’s address comes back to that comment', () =>
    from(
      `/film/${film.id}#comment-${root.id}`,
      async (page) => {
        await page.locator(`#comment-${root.id}`).waitFor();
        await page.getByRole('link', { name: 'Sign in' }).first().click();
      },
      async (page) => {
        await page.locator(`#comment-${root.id}`).waitFor();
        return address(page).startsWith(`/film/${film.id}`) && address(page).endsWith(`#comment-${root.id}`)
          ? ''
          : `the address is ${address(page)}`;
      },
    ),
  );
  await house.check('signing in to say something comes back with the cursor where it is said', () =>
    from(
      `/film/${film.id}`,
      (page) => page.locator('.comments').getByRole('link', { name: 'Sign in' }).click(),
      async (page) => {
        await until('the cursor is there', () => page.evaluate(() => document.activeElement?.matches('textarea')), 8);
      },
    ),
  );
  await house.check('signing in to react, without a reload, comes back to the film', () =>
    from(
      `/film/${film.id}`,
      async (page) => {
        await page.evaluate(() => {
          window.same = true;
        });
        await page.getByRole('button', { name: /^Love/ }).first().click();
        await page.locator('.toast').getByRole('button', { name: 'Sign in' }).click();
      },
      async (page) => {
        await page.getByRole('heading', { level: 1, name: 'Much talked about' }).waitFor();
        return (await page.evaluate(() => window.same)) ? is('the address', address(page), `/film/${film.id}`) : 'the page was loaded anew';
      },
    ),
  );
  await house.check('what is said about one page is gone on the next', () =>
    from(
      `/film/${film.id}`,
      async (page) => {
        await page.getByRole('button', { name: /^Love/ }).first().click();
        await page.locator('.toast').waitFor();
        await page.locator('header').getByRole('link', { name: 'Sign in' }).first().click();
        await page.getByLabel('Email or username').waitFor();
        if (await page.locator('.toast').count()) throw new Error('the message is still there');
      },
      async () => '',
    ),
  );
  await house.check('signing in from a page for members comes back to it', () =>
    from(
      '/uploads?',
      (page) => page.getByRole('link', { name: 'Sign in' }).first().click(),
      async (page) => {
        await page.getByRole('heading', { name: 'My uploads' }).waitFor();
      },
    ),
  );
}

async function onThePhone(house, dora, film) {
  const page = await enter(house, dora, phone, { isMobile: true, hasTouch: true });
  const here = `/film/${film.id}`;
  const still = () => (page.url().endsWith(here) ? '' : `Back led to ${page.url()}`);
  await house.check('on the phone Back closes the menu, the question and the thread, latest first, and then leaves', async () => {
    await visit(house, page, '/browse?q=talked', `main a[href="${here}"]`);
    await page.locator(`main a[href="${here}"]`).tap();
    await page.getByRole('button', { name: 'More about this title' }).tap();
    await page.getByRole('menuitem', { name: 'Edit' }).waitFor();
    await page.goBack();
    await page.getByRole('menuitem', { name: 'Edit' }).waitFor({ state: 'detached' });
    if (still()) return still();
    await page.getByRole('button', { name: 'More about this title' }).tap();
    await page.getByRole('menuitem', { name: 'Delete' }).tap();
    await page.getByRole('dialog').waitFor();
    await page.goBack();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    if (still()) return still();
    await page.getByRole('button', { name: 'More about this title' }).tap();
    await page.getByRole('menuitem', { name: 'Edit' }).tap();
    await page.waitForURL(/\/edit$/);
    await page.goBack();
    await page.getByRole('heading', { level: 1, name: 'Much talked about' }).waitFor();
    if (still()) return still();
    await page.goBack();
    await page.waitForURL(/browse\?q=talked/);
  });
  await house.check('on the phone Back goes from a report to the queue', async () => {
    const judge = await member(house, 'anna', 'MODERATOR');
    await (await member(house, 'luca')).report('MOVIE', film.id, 'OTHER', 'Too much talk.');
    const desk = await enter(house, judge, phone, { isMobile: true, hasTouch: true });
    await visit(house, desk, '/desk', '[id^=report-]');
    await desk.locator('[id^=report-]').first().tap();
    await desk.getByLabel('Why, in a sentence').waitFor();
    const address = desk.url();
    await desk.goBack();
    await desk.locator('.queue').waitFor();
    if (await desk.getByLabel('Why, in a sentence').isVisible()) return 'the report is still open';
    await desk.goto(address);
    await desk.getByLabel('Why, in a sentence').waitFor();
    await desk.context().close();
  });
  await page.context().close();
}
