// Talking about a film: comments with a moment in them, answers, reactions, a report.
import { until } from './house.mjs';

const film = (house, page) => page.goto(house.base + house.filmPath);
const comment = (page, words) => page.getByRole('article').filter({ hasText: words }).first();

export async function talking(house) {
  const { member, other } = house;
  // proves S14
  await house.check('a member comments with a moment of the film', async () => {
    await film(house, other);
    await other.getByLabel('Say something about it').fill('The light in the corridor at 0:05 is the whole film.');
    await other.getByRole('button', { name: 'Send' }).click();
    await comment(other, 'The light in the corridor').waitFor();
  });
  await house.check('somebody answers, and both count', async () => {
    await film(house, member);
    await comment(member, 'The light in the corridor').getByRole('button', { name: 'Reply' }).click();
    await member.getByLabel('Your answer to Tomás').fill('And nobody turns it off.');
    await member.getByRole('button', { name: 'Answer' }).click();
    await member.getByText('And nobody turns it off.').waitFor();
    await member.reload();
    await member
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

async function reactions(house, page) {
  // proves S14
  await house.check('a reaction is given, changed and taken back, and counted each time', async () => {
    await film(house, page);
    const title = page.locator('header .reaction');
    await title.getByRole('button', { name: 'Love. 0 in all' }).click();
    await title.getByRole('button', { name: 'Love, yours. Take it back. 1 in all' }).waitFor();
    await title.getByRole('button', { name: 'Choose a reaction' }).click();
    await page.getByRole('menuitemradio', { name: 'Wow' }).click();
    await title.getByRole('button', { name: 'Wow, yours. Take it back. 1 in all' }).waitFor();
    await page.reload();
    await title.getByRole('button', { name: 'Wow, yours. Take it back. 1 in all' }).click();
    await title.getByRole('button', { name: 'Love. 0 in all' }).waitFor();
  });
}
