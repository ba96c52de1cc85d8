// Names that turn around turn around only themselves: overrides, stray ends and other scripts wherever a person writes, on every screen.
import { stepsGone, until } from './house.mjs';
import { enter, member, visit } from './members.mjs';

const over = '\u202e';
const end = '\u2069';

// Words of ours that run or follow each other right to left. A person's own stand in <bdi>, in [dir=auto] or between isolates.
const turned = (page) =>
  page.evaluate(() => {
    const found = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (node.parentElement.closest('bdi, [dir=auto], svg, script, style') || !node.parentElement.checkVisibility()) continue;
      let own = node.data;
      for (let depth = 1; depth;) {
        const next = own.replace(/\u2068[^\u2066-\u2069]*\u2069/g, (part) => '\0'.repeat(part.length));
        depth = next === own ? 0 : 1;
        own = next;
      }
      const box = (i) => {
        const range = document.createRange();
        range.setStart(node, i);
        range.setEnd(node, i + 1);
        return range.getBoundingClientRect();
      };
      let before = null;
      for (const { 0: word, index } of own.matchAll(/[A-Za-z]{2,}/g)) {
        const [first, last] = [box(index), box(index + word.length - 1)];
        if (!first.width || !last.width) {
          before = null;
          continue;
        }
        const turns = Math.abs(first.top - last.top) < 4 && first.left > last.left + 1;
        const jumps = before && Math.abs(before.top - first.top) < 4 && first.left < before.left;
        if (turns || jumps) found.push(`${word} in "${node.parentElement.textContent.trim().slice(0, 70)}"`);
        before = last;
      }
    }
    return [...new Set(found)];
  });

export async function turning(house) {
  const alice = await member(house, 'alice_t');
  // Names of people hold nothing that turns around; what they write may.
  await alice.call('PUT', `/api/users/${alice.id}`, { displayName: 'Alice دنيا' });
  const noor = await member(house, 'noor_t', 'USER', 'نور حداد');
  const pages = { alice: await enter(house, alice), noor: await enter(house, noor) };
  const film = await alice.film(`Night${end}${over} train`, {
    description: `About ${over}.`,
    genres: [`Noir ${over}.`, 'דרמה'],
    cast: [`Ilse ${end}${over}.`, 'سارة'],
    director: `Marek ${over}.`,
    releaseDate: '2024-05-05',
    duration: 90,
  });
  await noor.film('מסילה של ערפל', { genres: ['דרמה'] });
  const root = await alice.say(film, `First words ${over} at 0:05`);
  await noor.say(film, 'شكرا جزيلا, thanks', root.id);
  await noor.say(film, `Words ${end}${over}.`);
  const look = async (name, page, path, act, there) => {
    await house.check(`no word of ours is turned around: ${name}`, async () => {
      if (path) await visit(house, page, path, there);
      if (act) await act(page);
      await page.waitForLoadState('networkidle');
      const wrong = await turned(page);
      return wrong.length ? wrong.slice(0, 6).join(' | ') : '';
    });
  };
  await house.check('the look itself finds a name that is not held apart', async () => {
    await visit(house, pages.alice, '/');
    await pages.alice.evaluate((name) => document.querySelector('main').prepend(`Edit ${name} by somebody else`), `A${over}.`);
    return (await turned(pages.alice)).length ? '' : 'it found nothing';
  });
  await house.excuse(/ERR_FAILED/, () => everyday(look, pages, film));
  await files(house, look, pages.alice);
  await atTheDesk(house, look, { alice, noor, film, root });
  for (const page of Object.values(pages)) await page.context().close();
}

const close = async (page) => {
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await stepsGone(page);
};

async function everyday(look, { alice, noor }, film) {
  const here = `/film/${film.id}`;
  const choose = (button, item) => async (page) => {
    await page.getByRole('button', { name: button }).first().click();
    await page.getByRole('menuitem', { name: item }).click();
    await page.getByRole('dialog').waitFor();
  };
  await look('home', alice, '/');
  await look('the menu of the person', alice, null, (page) => page.getByRole('button', { name: /^You, / }).click());
  await look('browse', alice, '/browse');
  await look('a search', alice, `/browse?q=${encodeURIComponent(`x${over}.`)}&genre=${encodeURIComponent(`Noir ${over}.`)}`);
  await look('the film', alice, here, (page) => page.getByRole('button', { name: /reply/ }).first().click());
  await look('the film on a phone', alice, here, (page) => page.setViewportSize({ width: 390, height: 844 }));
  await alice.setViewportSize({ width: 1280, height: 800 });
  await look('the question before a title goes', alice, here, choose('More about this title', 'Delete'));
  await close(alice);
  await look('an answer', noor, here, (page) => page.getByRole('button', { name: 'Reply' }).first().click());
  await look('the report of a title', noor, here, choose('More about this title', 'Report'));
  await close(noor);
  await look('the report of a comment', noor, here, async (page) => {
    const own = page.getByRole('article').filter({ hasText: 'First words' });
    await own.getByRole('button', { name: 'More about this comment' }).first().click();
    await page.getByRole('menuitem', { name: 'Report' }).click();
    await page.getByRole('dialog').waitFor();
  });
  await close(noor);
  await look('a comment that waits', noor, here, async (page) => {
    await page.getByLabel('Say something about it').fill(`Later ${over}.`);
    await page.route('**/comments', (route) => (route.request().method() === 'POST' ? route.abort() : route.continue()));
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByText('waits to be sent').waitFor();
    await page.unroute('**/comments');
  });
  await look('the edit', alice, `${here}/edit`);
  await look('the account', alice, '/you');
}

async function files(house, look, page) {
  await look('an upload', page, '/upload', async () => {
    await page
      .getByLabel('Choose films')
      .setInputFiles({ name: `Reel ${over}one.mp4`, mimeType: 'video/mp4', buffer: Buffer.from('no film at all, '.repeat(200)) });
    await page.getByRole('button', { name: 'Choose another file' }).waitFor({ timeout: 60_000 });
    await page.getByLabel('Title', { exact: true }).fill(`Becomes ${over}.`);
  });
  await look('my uploads', page, '/uploads', () =>
    page
      .getByRole('button', { name: /^Delete/ })
      .first()
      .waitFor(),
  );
  await look('the question before a file goes', page, null, async () => {
    await page
      .getByRole('button', { name: /^Delete/ })
      .first()
      .click();
    await page.getByRole('dialog').waitFor();
  });
  await close(page);
}

async function atTheDesk(house, look, { alice, noor, film, root }) {
  const judge = await member(house, 'clara_t', 'MODERATOR');
  await judge.call('PUT', `/api/users/${judge.id}`, { displayName: 'Clara ליאה' });
  await noor.report('MOVIE', film.id, 'OTHER', `Because ${over}.`);
  await noor.report('COMMENT', root.id, 'OTHER', `Because${end}${over}.`);
  await alice.report('USER_PROFILE', noor.id, 'OTHER', 'لأنه');
  const page = await enter(house, judge);
  const report = (kind) => page.getByRole('button', { name: `Something else in a ${kind}` }).first();
  for (const kind of ['title', 'comment', 'profile']) {
    await look(
      `the desk, a ${kind}`,
      page,
      '/desk?reason=OTHER',
      async () => {
        await report(kind).click();
        await page.getByRole('heading', { name: 'Decide' }).waitFor();
        await page.keyboard.press('c');
        await page.keyboard.press('2');
        await page.getByText('disappears for everyone').waitFor();
      },
      '.queue',
    );
  }
  await look(
    'a decision, and the question before it is undone',
    page,
    '/desk?lane=claimed&reason=OTHER',
    async () => {
      await report('title').click();
      await page.keyboard.press('2');
      await page.getByLabel('Why, in a sentence').fill(`Thus ${over}.`);
      await page.keyboard.press('Control+Enter');
      await page.getByText('Hidden for everyone.').first().waitFor();
      await page.keyboard.press('u');
      await page.getByRole('dialog').waitFor();
      await page.keyboard.type(`Back ${over}.`);
    },
    '.queue',
  );
  await look('what was undone', page, null, async () => {
    await page.keyboard.press('Enter');
    await page
      .getByText(/^Undone: the title/)
      .first()
      .waitFor();
  });
  await house.check('the name of the tab holds a turned name apart', async () => {
    await stepsGone(page);
    await page.goto(`${house.base}/film/${film.id}`);
    await page.locator('h1').filter({ hasText: 'Night' }).waitFor();
    const title = await page.title();
    return title.startsWith('\u2068Night') ? '' : `it is ${JSON.stringify(title)} at ${page.url()}`;
  });
  await page.context().close();
}
