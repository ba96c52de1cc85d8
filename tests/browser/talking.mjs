// Talking about a film: comments with a moment in them, answers, reactions, a report.
import { until } from './house.mjs';
import { member } from './members.mjs';

const film = (house, page) => page.goto(house.base + house.filmPath);
const comment = (page, words) => page.getByRole('article').filter({ hasText: words }).first();

export async function talking(house) {
  const { member: ines, other } = house;
  // proves S14
  await house.check('a member comments with a moment of the film', async () => {
    await film(house, other);
    await other.getByLabel('Say something about it').fill('The light in the corridor at 0:05 is the whole film.');
    await other.getByRole('button', { name: 'Send' }).click();
    await comment(other, 'The light in the corridor').waitFor();
  });
  await house.check('somebody answers, and both count', async () => {
    await film(house, ines);
    await comment(ines, 'The light in the corridor').getByRole('button', { name: 'Reply' }).click();
    await ines.getByLabel('Your answer to Tomás').fill('And nobody turns it off.');
    await ines.getByRole('button', { name: 'Answer' }).click();
    await ines.getByText('And nobody turns it off.').waitFor();
    await ines.reload();
    await ines
      .getByRole('heading', { name: /^Comments/ })
      .filter({ hasText: '2' })
      .waitFor();
  });
  await house.check('a moment in a comment takes the film there', async () => {
    await film(house, other);
    await other.getByRole('button', { name: /go to/ }).first().click();
    await until(
      'the film is at that second',
      async () => {
        const at = await other
          .locator('video')
          .evaluate((v) => v.currentTime)
          .catch(() => -1);
        return at >= 4.8 && at < 9;
      },
      20,
    );
  });
  await reactions(house, other);
  await house.check('one edits and takes back what one wrote', async () => {
    await other.getByLabel('Say something about it').fill('First!');
    await other.getByRole('button', { name: 'Send' }).click();
    const own = comment(other, 'First!');
    await own.getByRole('button', { name: 'More about this comment' }).click();
    await other.getByRole('menuitem', { name: 'Delete' }).click();
    await other.getByRole('dialog').getByRole('button', { name: 'Delete comment' }).click();
    await other.getByText('First!').waitFor({ state: 'detached' });
  });
  await house.check('what one writes, changes and takes back in one tab stands so in the other', async () => {
    const tab = await other.context().newPage();
    await Promise.all([film(house, tab), film(house, other)]);
    const count = (n) =>
      tab
        .getByRole('heading', { name: /^Comments/ })
        .filter({ hasText: String(n) })
        .waitFor();
    await count(2);
    await comment(tab, 'The light in the corridor').waitFor();
    await other.getByLabel('Say something about it').fill('Twice seen.');
    await other.getByRole('button', { name: 'Send' }).click();
    await comment(tab, 'Twice seen.').waitFor();
    await count(3);
    await comment(other, 'Twice seen.').getByRole('button', { name: 'More about this comment' }).click();
    await other.getByRole('menuitem', { name: 'Edit' }).click();
    await other.getByLabel('Your comment').fill('Thrice seen.');
    await other.getByRole('button', { name: 'Save' }).click();
    await comment(tab, 'Thrice seen.').waitFor();
    await comment(tab, 'Thrice seen.').getByRole('button', { name: 'More about this comment' }).click();
    await tab.getByRole('menuitem', { name: 'Delete' }).click();
    await tab.getByRole('dialog').getByRole('button', { name: 'Delete comment' }).click();
    await other.getByText('Thrice seen.').waitFor({ state: 'detached' });
    await count(2);
    const twice = await other.getByRole('heading', { name: /^Comments/ }).innerText();
    await tab.close();
    return /2/.test(twice) ? '' : `the other tab counts ${twice}`;
  });
  await house.check('a title is reported with a reason', async () => {
    await film(house, other);
    await other.getByRole('button', { name: 'More about this title' }).click();
    await other.getByRole('menuitem', { name: 'Report' }).click();
    await other
      .getByRole('dialog')
      .getByRole('radio', { name: /Misleading/ })
      .check();
    await other.getByLabel('What should a moderator know?').fill('The ticket in it is not for a night train.');
    await other.getByRole('dialog').getByRole('button', { name: 'Report' }).click();
    await other.getByText('A moderator looks at it').first().waitFor();
  });
}

// While the server stands still, so that nothing is answered.
async function hurriedly(house, page) {
  const title = page.locator('header .reaction');
  const love = title.getByRole('button', { name: 'Love', exact: true });
  const wow = title.getByRole('button', { name: 'Wow, yours. Take it back' });
  await house.check('a choice made while another is on its way stands, and an act is done whose page is left at once', async () => {
    await film(house, page);
    await love.waitFor();
    house.server.child.kill('SIGSTOP');
    try {
      await love.click();
      await title.getByRole('button', { name: 'Choose a reaction' }).click();
      await page.getByRole('menuitemradio', { name: 'Wow' }).click();
      await wow.waitFor();
      const kept = page.waitForResponse((answer) => answer.request().method() === 'PUT' && /WOW/.test(answer.request().postData()));
      house.server.child.kill('SIGCONT');
      await kept;
      await film(house, page);
      await wow.waitFor();
      house.server.child.kill('SIGSTOP');
      await page.evaluate(() => {
        for (const i of [1, 2, 3, 4, 5, 6]) void fetch(`/api/movies?page=${i}`).catch(() => undefined); // all connections a browser has
      });
      await wow.click();
      await love.waitFor();
      await page.goto('about:blank');
      await page.waitForTimeout(300);
    } finally {
      house.server.child.kill('SIGCONT');
    }
    await page.waitForTimeout(500);
    await film(house, page);
    await love.waitFor();
  });
}

async function reactions(house, page) {
  // proves S14
  await house.check('a reaction is given, changed and taken back, and counted each time', async () => {
    await film(house, page);
    const title = page.locator('header .reaction');
    const one = title.getByText('1 reaction', { exact: true });
    await title.getByRole('button', { name: 'Love', exact: true }).click();
    await title.getByRole('button', { name: 'Love, yours. Take it back' }).waitFor();
    await one.waitFor();
    await title.getByRole('button', { name: 'Choose a reaction' }).click();
    const kept = page.waitForResponse((answer) => answer.request().method() === 'PUT' && /WOW/.test(answer.request().postData()));
    await page.getByRole('menuitemradio', { name: 'Wow' }).click();
    await title.getByRole('button', { name: 'Wow, yours. Take it back' }).waitFor();
    await kept;
    await page.reload();
    await one.waitFor();
    await title.getByRole('button', { name: 'Wow, yours. Take it back' }).click();
    await title.getByRole('button', { name: 'Love', exact: true }).waitFor();
    await one.waitFor({ state: 'detached' });
  });
  if (house.server?.child) await hurriedly(house, page);
  await house.check('what others gave is offered as nothing of one’s own: a number, and a heart to give', async () => {
    const angry = await member(house, 'ines');
    const address = `/api/movies/${house.filmPath.split('/').pop()}/like`;
    await angry.call('PUT', address, { type: 'ANGRY' });
    await film(house, page);
    const title = page.locator('header .reaction');
    await title.getByText('1 reaction', { exact: true }).waitFor();
    const names = await title.getByRole('button').evaluateAll((all) => all.map((b) => b.getAttribute('aria-label')));
    await angry.call('DELETE', address);
    return names.join() === 'Love,Choose a reaction' ? '' : `the buttons are ${names.join(', ')}`;
  });
  await house.check('a reaction given in one tab stands so in the other, of the film and of a comment', async () => {
    const tab = await page.context().newPage();
    await Promise.all([film(house, tab), film(house, page)]);
    const love = (on) => [on.locator('header'), comment(on, 'The light in the corridor').locator('.acts').first()];
    for (const [i, place] of love(page).entries()) {
      await love(tab)[i].getByRole('button', { name: 'Love', exact: true }).waitFor();
      await place.getByRole('button', { name: 'Love', exact: true }).click();
      await tab.bringToFront();
      await love(tab)[i].getByRole('button', { name: 'Love, yours. Take it back' }).click();
      await page.bringToFront();
      await place.getByRole('button', { name: 'Love', exact: true }).waitFor();
    }
    await tab.close();
  });
  await house.excuse(/status of 404/, () =>
    house.check('what was taken back meanwhile goes when one reacts to it or answers, and one is told', async () => {
      const writer = await member(house, 'ines');
      const id = house.filmPath.split('/').pop();
      const words = ['Soon to be gone.', 'Gone as well.'];
      const said = [await writer.say({ id }, words[0]), await writer.say({ id }, words[1])];
      await film(house, page);
      await comment(page, words[0]).waitFor();
      await comment(page, words[1]).getByRole('button', { name: 'Reply' }).click();
      await page.getByLabel('Your answer to Ines').fill('Words of mine.');
      for (const one of said) await writer.call('DELETE', `/api/comments/${one.id}`);
      await comment(page, words[0]).getByRole('button', { name: 'Love', exact: true }).click();
      await page.locator('.toast').getByText('This comment is not here any more.').first().waitFor();
      await page.getByText(words[0]).waitFor({ state: 'detached' });
      await page.getByRole('button', { name: 'Answer' }).click();
      await page.locator('.toast').getByRole('button', { name: 'Copy your words' }).waitFor();
      await page.getByText(words[1]).waitFor({ state: 'detached' });
    }),
  );
}
