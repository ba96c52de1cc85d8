// The focus stays on the page: after every dialog, after comments were sent, edited, deleted, after anything that had it went away.
import { until } from './house.mjs';
import { enter, focusIs, member, visit } from './members.mjs';

const article = (page, words) => page.getByRole('article').filter({ hasText: words }).first();
const more = (page, words) => article(page, words).getByRole('button', { name: 'More about this comment' });

export async function focusing(house) {
  const kata = await member(house, 'kata');
  const film = await kata.film('Paper Harbour', { genres: ['Drama', 'Short'] });
  const page = await enter(house, kata);
  for (const title of ['Paper Lantern', 'Quay Nine', 'Radio Silence', 'Slow Ferry', 'Tin Roof', 'Ursa Minor', 'Wet Paint'])
    await kata.film(title); // more than stand at the head of the home page
  await opening(house, film, page);
  await dialogs(house, film, page);
  await comments(house, kata, film, page);
  await vanishing(house, kata, page);
  await decided(house, film);
  await page.context().close();
}

// What the ear hears of a page: its heading has the focus, and its title was said.
async function opening(house, film, page) {
  for (const [late, what] of [
    [0, 'known at once'],
    [600, 'that arrives late'],
  ]) {
    await house.check(`a film ${what} is announced by its title, and its heading has the focus`, async () => {
      await visit(house, page, '/browse?q=paper', `main a[href="/film/${film.id}"]`);
      const address = `**/api/movies/${film.id}`;
      await page.route(address, async (route) => {
        await new Promise((done) => setTimeout(done, late));
        await route.continue();
      });
      await page.locator(`main a[href="/film/${film.id}"]`).press('Enter');
      await focusIs(page, /^h1 Paper Harbour/);
      await page.unroute(address);
      const told = await page.locator('p.sr[role=status]').first().innerText();
      return /Paper Harbour/.test(told) ? '' : `it says "${told}"`;
    });
  }
  await house.check('a row of titles is one stop of Tab; the arrows move in it, and Tab comes back to where one was', async () => {
    await visit(house, page, '/', '.rail a.more');
    const at = () =>
      page.evaluate(() => {
        const now = document.activeElement;
        return [...(now.closest('.rail')?.querySelectorAll('.poster') ?? [])].indexOf(now);
      });
    await page.locator('.rail a.more').first().focus();
    await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowRight');
    if ((await at()) !== 1) return `the arrow led to ${await at()}`;
    await page.keyboard.press('Tab');
    const out = await page.evaluate(() => document.activeElement.matches('.poster') && document.activeElement.tabIndex);
    if (out === -1) return 'Tab stays in the row';
    await page.keyboard.press('Shift+Tab');
    return (await at()) === 1 ? '' : `Tab came back to ${await at()}`;
  });
}

async function dialogs(house, film, page) {
  const ways = [
    ['Esc', () => page.keyboard.press('Escape')],
    ['its button', () => page.getByRole('button', { name: 'Keep it' }).click()],
    ['Close', () => page.getByRole('button', { name: 'Close' }).click()],
    ['Back', () => page.goBack()],
    ['a click beside it', () => page.mouse.click(5, 5)],
  ];
  await visit(house, page, `/film/${film.id}`);
  for (const [way, close] of ways) {
    await house.check(`a dialog that is closed by ${way} gives the focus back, and the page stays`, async () => {
      await page.getByRole('button', { name: 'More about this title' }).focus();
      await page.keyboard.press('Enter');
      await page.getByRole('menuitem', { name: 'Delete' }).press('Enter');
      await page.getByRole('dialog').waitFor();
      await focusIs(page, /button Keep it/);
      await close();
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await focusIs(page, /More about this title/);
      return page.url().endsWith(`/film/${film.id}`) ? '' : `the page is now ${page.url()}`;
    });
  }
  await house.check('"?" opened from a link gives the focus back to the link', async () => {
    const link = page.getByRole('link', { name: 'Browse' }).first();
    await link.focus();
    await page.keyboard.press('?');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await focusIs(page, /^a Browse/);
  });
}

async function comments(house, kata, film, page) {
  const box = page.getByLabel('Say something about it');
  await house.check('after sending, by key and by button, the focus is where one writes', async () => {
    for (const [words, send] of [
      ['First of two.', () => page.keyboard.press('Control+Enter')],
      ['Second of two.', () => page.getByRole('button', { name: 'Send' }).click()],
    ]) {
      await box.fill(words);
      await send();
      await article(page, words).waitFor();
      await focusIs(page, /^textarea/);
    }
  });
  await house.check('an answer has the focus when it is there', async () => {
    await article(page, 'First of two.').getByRole('button', { name: 'Reply' }).click();
    await page.getByLabel('Your answer to Kata').fill('And the answer.');
    await page.getByRole('button', { name: 'Answer' }).click();
    await page.getByText('And the answer.').waitFor();
    await until(
      'the answer is focused',
      () =>
        page.evaluate(
          () => document.activeElement?.id.startsWith('comment-') && document.activeElement.textContent.includes('And the answer.'),
        ),
      5,
    );
  });
  await house.check('an answer that is left gives the focus back to "Reply"', async () => {
    await article(page, 'Second of two.').getByRole('button', { name: 'Reply' }).click();
    await page.keyboard.press('Escape');
    await focusIs(page, /button Reply/);
  });
  await house.check('a comment that was edited, or whose edit was left, has the focus', async () => {
    for (const [button, words] of [
      ['Save', 'Second, changed.'],
      ['Leave it', 'Second, changed.'],
    ]) {
      await more(page, /Second/).click();
      await page.getByRole('menuitem', { name: 'Edit' }).click();
      await page.getByLabel('Your comment').fill('Second, changed.');
      await page.getByRole('button', { name: button }).click();
      await article(page, words).getByRole('button', { name: 'Reply' }).waitFor();
      await focusIs(page, /^article Comment by Kata/);
    }
  });
  await house.check('after a comment was deleted its neighbour has the focus, after the last one the heading', async () => {
    for (const [words, then] of [
      ['Second, changed.', /^article Comment by Kata/],
      ['And the answer.', /^article Comment by Kata/],
      ['First of two.', /^h2 Comments/],
    ]) {
      const all = page.getByRole('article');
      if (words === 'And the answer.')
        await page
          .getByRole('article')
          .filter({ hasText: words })
          .last()
          .getByRole('button', { name: 'More about this comment' })
          .last()
          .click();
      else await more(page, words).first().click();
      await page.getByRole('menuitem', { name: 'Delete' }).click();
      await page.getByRole('button', { name: 'Delete comment' }).click();
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await until('it is gone', async () => (await all.filter({ hasText: words }).count()) === 0, 5);
      await focusIs(page, then);
    }
  });
}

async function vanishing(house, kata, page) {
  await house.check('a chip that is taken away leaves the focus in its place', async () => {
    await visit(house, page, '/browse?q=paper&genre=Drama');
    await page.locator('.tools').getByRole('button', { name: /Drama/ }).click();
    await until('the chip is gone', async () => (await page.locator('.tools').getByRole('button', { name: /Drama/ }).count()) === 0);
    await focusIs(page, /^(button|h1|input) /);
  });
  await house.check('a released title keeps the focus at its heading', async () => {
    const draft = await kata.call('POST', '/api/movies', { title: 'Not yet out' });
    await visit(house, page, `/film/${draft.id}`);
    await page.getByRole('button', { name: 'Release it' }).click();
    await page.getByRole('button', { name: 'Release it' }).waitFor({ state: 'detached' });
    await focusIs(page, /^h1 Not yet out/);
  });
  await house.check('a place that is signed out passes the focus on', async () => {
    await member(house, 'kata');
    await visit(house, page, '/you');
    await page.getByRole('listitem').getByRole('button', { name: 'Sign out' }).first().click();
    await page.getByText('That place is signed out.').first().waitFor();
    await focusIs(page, /^(h2|button|li) /);
  });
}

async function decided(house, film) {
  await house.check('after a decision the next report is heard, after the undone one it is there again', async () => {
    const judge = await member(house, 'abel', 'MODERATOR');
    const reader = await member(house, 'luca');
    const other = await reader.film('Sodium Street');
    await reader.report('MOVIE', film.id, 'SPAM');
    await (await member(house, 'kata')).report('MOVIE', other.id, 'SPAM');
    const page = await enter(house, judge);
    await visit(house, page, '/desk');
    await page.locator('[id^=report-]').first().waitFor();
    for (let found = ''; !found.includes('Sodium'); found = await page.locator('.evidence').innerText()) {
      await page.keyboard.press('j');
      await page.getByLabel('Why, in a sentence').waitFor();
    }
    await page.keyboard.press('2');
    await page.keyboard.press('o');
    await page.keyboard.type('Not a street at all.');
    await page.keyboard.press('Control+Enter');
    await page.getByText('Hidden for everyone.').first().waitFor();
    await focusIs(page, /^h[12] (Spam in a title|Desk)/);
    await page.keyboard.press('u');
    await page.getByRole('dialog', { name: 'Undo hiding the title Sodium Street?' }).getByText('Not a street at all.').waitFor();
    await page.keyboard.type('It is one.');
    await page.keyboard.press('Enter');
    await page.getByText('Undone: the title Sodium Street is back as it was.').first().waitFor();
    await focusIs(page, /^h[12] (Spam in a title|Desk)/);
    await page.reload();
    await page.locator('.queue').waitFor();
    await page.keyboard.press('u');
    await page.getByText('There is no decision of yours in this browser that could be undone.').first().waitFor();
    await page.context().close();
  });
}
