// Long lists: only what is near is in the page, the keyboard and the ear meet every row, the place is kept; narrowing by several things.
import { until } from './house.mjs';
import { enter, member, visit } from './members.mjs';

const rowsOf = (page, what) => page.locator(what).count();
const films = 'main a[href^="/film/"]';

async function many(n, act) {
  let next = 0;
  await Promise.all(
    Array.from({ length: 16 }, async () => {
      while (next < n) await act(next++);
    }),
  );
}

// Scrolls to the end, again and again, and asks for more where a person is asked, until so many rows were brought.
async function bring(page, count, scroller = 'document.scrollingElement') {
  const shown = () =>
    page.evaluate(() => {
      const ask = document.querySelector('.more button');
      return ask ? Number(/(\d+) of/.exec(ask.textContent)[1]) : 1e9;
    });
  for (let had = 0; had < count;) {
    await page.evaluate(`${scroller}.scrollTo(0, 1e9)`);
    await page.evaluate(() => document.querySelector('.more button')?.click());
    had = await until(
      'more rows have come',
      async () => {
        const now = await shown();
        return now > had ? now : null;
      },
      20,
    );
  }
}

export async function listing(house) {
  const vilma = await member(house, 'vilma');
  const total = house.options.long ? 100_000 : 720;
  await many(total, (i) =>
    vilma.film(`Shelf ${String(i).padStart(6, '0')}`, {
      genres: [i % 3 ? 'Road' : 'Sea', ...(i % 10 ? [] : ['Fog'])],
      releaseDate: `${1960 + (i % 60)}-04-04`,
    }),
  );
  const page = await house.person('browser');
  await shelves(house, page, total);
  await narrowing(house, vilma, page);
  await talk(house, vilma, page);
  await queue(house, vilma);
  await uploads(house, vilma);
  await page.context().close();
}

async function shelves(house, page, total) {
  const rows = 600;
  const top = () => page.evaluate(() => Math.round(scrollY));
  await house.check(`${rows} of ${total} titles and more were asked for, and a bounded part of them is in the page`, async () => {
    await page.goto(`${house.base}/browse?q=shelf`);
    await page.locator(films).first().waitFor();
    await bring(page, rows);
    const [links, nodes] = [await rowsOf(page, films), await page.evaluate(() => document.querySelectorAll('*').length)];
    return links <= 260 && nodes < 9000 ? '' : `${links} links, ${nodes} elements`;
  });
  await house.check('each row says which of how many it is', async () => {
    const last = page.locator('main [role=listitem]').last();
    const [at, of] = [Number(await last.getAttribute('aria-posinset')), Number(await last.getAttribute('aria-setsize'))];
    return at >= rows && of >= Math.min(total, 10_000) ? '' : `${at} of ${of}`;
  });
  await house.check('wherever one scrolls to, films are there and nothing jumps', async () => {
    const height = await page.evaluate(() => document.documentElement.scrollHeight);
    for (const part of [0, 0.3, 0.75, 0.5, 0.05, 0.9]) {
      await page.evaluate((y) => scrollTo(0, y), height * part);
      await until(
        'a film is in the middle of the screen',
        () =>
          page.evaluate(() =>
            [0.4, 0.5, 0.6].some((f) => document.elementFromPoint(innerWidth * 0.6, innerHeight * f)?.closest('main [data-item]')),
          ),
        5,
      );
      const now = await page.evaluate(() => document.documentElement.scrollHeight);
      if (Math.abs(now - height) > 40) return `the page is ${now} px high at ${part}, it was ${height}`;
      if ((await rowsOf(page, films)) > 260) return `${await rowsOf(page, films)} links at ${part}`;
    }
  });
  await house.check('"j" goes from row to row across what is not in the page, one by one', async () => {
    await page.evaluate(() => scrollTo(0, 0));
    await page.locator('[aria-posinset="1"] a').focus();
    const at = () => page.evaluate(() => Number(document.activeElement?.closest('[aria-posinset]')?.getAttribute('aria-posinset')));
    await until('the first is focused', async () => (await at()) === 1);
    for (let n = 2; n <= 150; n += 1) {
      await page.keyboard.press('j');
      await until(`row ${n} has the focus`, async () => (await at()) === n, 5, 5);
    }
    await page.evaluate(() => scrollTo(0, 1e9));
    await until(
      'the end is shown',
      async () => Number(await page.locator('main [role=listitem]').last().getAttribute('aria-posinset')) >= rows,
    );
    if ((await at()) !== 150) return 'the focus was lost far away from the screen';
    await page.keyboard.press('k');
    return (await at()) === 149 ? '' : `after "k" it is on ${await at()}`;
  });
  await house.check('Back comes back deep into the list, with its height', async () => {
    const link = page.locator('[aria-posinset="450"] a');
    await page.evaluate(() => scrollTo(0, 0));
    const further = () =>
      new Promise((shown) => {
        scrollBy(0, 700);
        requestAnimationFrame(() => requestAnimationFrame(shown));
      });
    for (let n = 0; n < 40 && !(await link.count()); n += 1) await page.evaluate(further);
    await link.hover(); // scrolls as the click will
    const [y, height] = [await top(), await page.evaluate(() => document.documentElement.scrollHeight)];
    await link.click();
    await page.waitForURL(/\/film\//);
    await page.goBack();
    await until('the place is the same', async () => Math.abs((await top()) - y) <= 2 && (await link.count()) > 0, 5).catch(
      async (cause) => {
        throw new Error(`${cause.message}: ${await top()}, it was ${y}`);
      },
    );
    const now = await page.evaluate(() => document.documentElement.scrollHeight);
    return Math.abs(now - height) <= 40 ? '' : `the page is ${now} px high, it was ${height}`;
  });
}

async function narrowing(house, vilma, page) {
  const box = (name) => page.getByRole('checkbox', { name: new RegExp(`^${name}`) });
  const left = (name) =>
    until(`${name} has a number`, async () => (await box(name).locator('xpath=..').locator('.count').innerText()) || null).then(Number);
  const total = () => page.locator('.find .time').innerText();
  // proves S11
  await house.check('several genres and decades at once; the numbers follow the query, and the address opens the same', async () => {
    await vilma.film('Only one of its kind', { genres: ['Lone Genre'], releaseDate: '1911-01-01' });
    await page.goto(`${house.base}/browse?q=shelf`);
    await box('Sea').waitFor();
    const [sea, fog] = [await left('Sea'), await left('Fog')];
    const rest = page.getByRole('button', { name: /^All \d+$/ }).first();
    if (await rest.count()) await rest.click(); // more genres than are shown at once
    if ((await left('Lone Genre')) !== 0) return 'a genre without hits has a number';
    await box('Sea').check();
    await until('only those are counted', async () => (await total()) === `${sea} films`);
    if ((await left('Fog')) !== fog) return 'a genre counts under another genre: both are choices of one kind';
    await box('Fog').check();
    await until('more are left, each once', async () => {
      const now = parseInt(await total(), 10);
      return now > sea && now < sea + fog;
    });
    const both = parseInt(await total(), 10);
    await box('1960s').check();
    await until('fewer are left', async () => parseInt(await total(), 10) < both);
    const sixties = parseInt(await total(), 10);
    await box('1970s').check();
    await until('and more again', async () => parseInt(await total(), 10) > sixties);
    const shown = await total();
    await page.reload();
    await until('the address opens the same', async () => (await total()) === shown);
    for (const name of ['Sea', 'Fog', '1960s', '1970s']) if (!(await box(name).isChecked())) return `${name} is not chosen after a reload`;
    await page.getByRole('button', { name: /Fog\s*, take away/ }).click();
    await until('it is not chosen any more', async () => !(await box('Fog').isChecked()));
    await page.getByRole('button', { name: /^Clear 4/ }).click();
    await until('nothing is chosen', async () => (await page.locator('.tools .chip').count()) === 0);
  });
  await house.check('a single year is typed, beside decades', async () => {
    await page.goto(`${house.base}/browse`);
    await page.getByLabel('Year', { exact: true }).fill('1911');
    await until('one is left', async () => (await total()) === '1 film');
    await box('1960s').check();
    await until('and the decade', async () => parseInt(await total(), 10) > 1);
    await page.getByLabel('Year', { exact: true }).fill('');
    await until('the year is gone', async () => !/1911/.test(page.url()) && /1960s/.test(page.url()));
  });
  await house.check('a year of a chosen decade takes its place, and the decade the place of its year', async () => {
    const year = () => new URL(page.url()).searchParams.get('year');
    await page.getByLabel('Year', { exact: true }).fill('1964');
    await until('the year alone is chosen', () => year() === '1964' || null);
    await box('1960s').check();
    await until('the decade alone is chosen', () => year() === '1960s' || null);
    await page.goto(`${house.base}/browse?year=1960s,1964`);
    await until('an address with both is that year', async () => (await page.getByLabel('Year', { exact: true }).inputValue()) === '1964');
    return (await box('1960s').isChecked()) ? 'the decade widens the year' : '';
  });
}

async function talk(house, vilma, page) {
  await house.check('400 comments: few are in the page, and an answer that was opened is still open after it was away', async () => {
    const film = await vilma.film('Endless talk');
    const first = await vilma.say(film, 'The very first word.');
    await vilma.say(film, 'An answer to it.', first.id);
    await many(400, (i) => vilma.say(film, `Word ${i}`));
    await page.goto(`${house.base}/film/${film.id}?order=asc`);
    await page.locator(`#comment-${first.id}`).getByRole('button', { name: '1 reply' }).click();
    await page.getByText('An answer to it.').waitFor();
    await page.getByRole('button', { name: 'In order' }).focus();
    await bring(page, 380);
    await until('the first is out of the page', async () => (await page.locator(`#comment-${first.id}`).count()) === 0);
    const articles = await rowsOf(page, 'article');
    await page.evaluate(() => scrollTo(0, 0));
    await page.getByText('An answer to it.').waitFor();
    const last = await page.getByRole('feed').getAttribute('aria-label');
    return articles <= 130 && /in order/.test(last) ? '' : `${articles} articles; ${last}`;
  });
}

async function queue(house, vilma) {
  await house.check('a queue of 340 reports: few are in the page, the last one opens, "j" goes on from there', async () => {
    // One person has fifty reports open at most.
    const readers = [];
    for (let i = 0; i < 7; i += 1) readers.push(await member(house, `luca${i}`));
    const judge = await member(house, 'bela', 'MODERATOR');
    const { data } = await vilma.call('GET', '/api/movies?search=shelf&limit=100');
    const more = [...data];
    for (let page = 2; more.length < 340; page += 1)
      more.push(...(await vilma.call('GET', `/api/movies?search=shelf&limit=100&page=${page}`)).data);
    await many(340, (i) => readers[i % readers.length].report('MOVIE', more[i].id, 'SPAM'));
    const page = await enter(house, judge);
    await visit(house, page, '/desk', '[id^=report-]');
    await bring(page, 320, 'document.querySelector(".queue .list")');
    const shown = await rowsOf(page, '[id^=report-]');
    if (shown > 200) return `${shown} reports are in the page`;
    const last = page.locator('[id^=report-]').last();
    await last.click();
    await page.getByLabel('Why, in a sentence').waitFor();
    const before = page.url();
    await page.keyboard.press('k');
    await until('the one before is open', () => page.url() !== before);
    await page.context().close();
  });
}

async function uploads(house, vilma) {
  await house.check('uploads beyond the first page are listed too', async () => {
    await many(45, async (i) => {
      const head = {
        authorization: `Bearer ${vilma.token}`,
        'tus-resumable': '1.0.0',
        'upload-length': '1000',
        'upload-metadata': `filename ${Buffer.from(`Part ${i}.mp4`).toString('base64')}`,
      };
      const made = await fetch(`${house.base}/api/media/uploads`, { method: 'POST', headers: head });
      if (made.status !== 201) throw new Error(`${made.status} ${await made.text()}`);
    });
    const page = await enter(house, vilma);
    await visit(house, page, '/uploads');
    await page.getByRole('heading', { name: 'Files' }).waitFor();
    await page.locator('[aria-label=Files]').scrollIntoViewIfNeeded();
    await until(
      'all of them are there',
      async () => {
        await page.evaluate(() => scrollTo(0, 1e9));
        return (await page.locator('[aria-label=Files] [role=listitem]').count()) >= 45;
      },
      20,
    );
    const sets = await page.locator('[aria-label=Files] [role=listitem]').last().getAttribute('aria-setsize');
    await page.context().close();
    return sets === '45' ? '' : `a set of ${sets}`;
  });
}
