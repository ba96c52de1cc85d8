// Nothing typed is lost, whatever the way out, and nobody sees what another began: drafts, comments that wait, choices.
import { password, until } from './house.mjs';
import { enter, fillSignIn, member, signOut, visit } from './members.mjs';

const box = (page) => page.getByLabel('Say something about it');

export async function keeping(house) {
  const mila = await member(house, 'mila');
  const film = await mila.film('The Ledger', { description: 'Two sisters and a shop.', genres: ['Drama'] });
  const page = await enter(house, mila);
  await laterSent(house, mila, film, page);
  await notTaken(house, mila, film, page);
  await anotherPerson(house, film, page);
  await forms(house, mila, film, page);
  await bothChanged(house, mila, film, page);
  await revoked(house, mila, film, page);
  await desk(house, mila, film);
  await fullBrowser(house, mila, film, page);
  await doors(house);
  await page.context().close();
}

// Everything that has to reach the server fails, as when it is away.
async function away(house, page, act) {
  await house.excuse(/ERR_INTERNET_DISCONNECTED|Failed to (fetch|load resource)/, async () => {
    await page.context().setOffline(true);
    try {
      await act();
    } finally {
      await page.context().setOffline(false);
    }
  });
}

const said = async (mila, film) => (await mila.call('GET', `/api/movies/${film.id}/comments`)).data.map((c) => c.content);

async function laterSent(house, mila, film, page) {
  await house.check('a comment written while the server was away is sent by a later page, wherever that is', async () => {
    const first = await page.context().newPage();
    await page.goto('about:blank'); // else this one, being open, may send it before it is looked at
    await first.goto(`${house.base}/film/${film.id}`);
    await box(first).fill('Written in a tunnel.');
    await away(house, first, async () => {
      await first.getByRole('button', { name: 'Send' }).click();
      await first.getByText('waits to be sent').waitFor();
      await first.close();
    });
    await visit(house, page, `/browse`);
    await page.getByText('Sent, 1 comment.').first().waitFor();
    const all = await said(mila, film);
    if (all.filter((text) => text === 'Written in a tunnel.').length !== 1) return `the server has ${JSON.stringify(all)}`;
    await page.locator('.toast').getByRole('button', { name: 'See' }).click();
    await page.getByRole('article').filter({ hasText: 'Written in a tunnel.' }).waitFor();
  });
}

async function notTaken(house, mila, film, page) {
  await house.check('one that was not taken stays with its reason, and its words come back', async () => {
    const root = await mila.say(film, 'A comment that will go.');
    await visit(house, page, `/film/${film.id}`);
    const own = page.getByRole('article').filter({ hasText: 'A comment that will go.' });
    await own.getByRole('button', { name: 'Reply' }).click();
    await own.getByRole('textbox').fill('An answer to nobody.');
    await away(house, page, async () => {
      await own.getByRole('button', { name: 'Answer' }).click();
      await own.getByText('waits to be sent').waitFor();
      await page.close();
    });
    await mila.call('DELETE', `/api/comments/${root.id}`);
    const later = await page.context().newPage();
    house.people.set('mila', later);
    await house.excuse(/status of 4\d\d/, async () => {
      await later.goto(house.base);
      await later
        .getByText(/One comment was not taken: The comment you answer/)
        .first()
        .waitFor();
    });
    return (await said(mila, film)).includes('An answer to nobody.') ? 'it was taken after all' : '';
  });
}

async function anotherPerson(house, film) {
  await house.check('who signs in next in the same tab sees neither the draft nor the choices; the writer finds both again', async () => {
    const page = house.people.get('mila');
    const other = await member(house, 'rufus');
    await visit(house, page, `/you`);
    await page.getByRole('button', { name: 'Light', exact: true }).click();
    await visit(house, page, `/film/${film.id}`);
    await box(page).fill('Half a thought of Mila');
    await signOut(page);
    if ((await page.evaluate(() => document.documentElement.dataset.theme)) === 'light') return 'the theme of the one who left stays';
    await page.goto(`${house.base}/in?next=/film/${film.id}`);
    await fillSignIn(page, other.username);
    await box(page).waitFor();
    if (await box(page).inputValue()) return `Rufus reads "${await box(page).inputValue()}"`;
    await signOut(page);
    await page.goto(`${house.base}/in?next=/film/${film.id}`);
    await fillSignIn(page, 'mila');
    await until('the words are back', async () => (await box(page).inputValue()) === 'Half a thought of Mila');
    await until('the choice is back', () => page.evaluate(() => document.documentElement.dataset.theme === 'light'));
    await box(page).fill('');
  });
}

async function forms(house, mila, film) {
  const page = house.people.get('mila');
  const about = page.getByLabel('What is it about?');
  await house.check('the words of an edit survive Back, a reload and a link', async () => {
    await visit(house, page, `/film/${film.id}`);
    await visit(house, page, `/film/${film.id}/edit`);
    await about.fill('Three sisters and a shop.');
    await page.goBack();
    await page.getByRole('heading', { name: 'The Ledger' }).waitFor();
    await page.goForward();
    await until('Back kept them', async () => (await about.inputValue()) === 'Three sisters and a shop.');
    await page.reload();
    await until('the reload kept them', async () => (await about.inputValue()) === 'Three sisters and a shop.');
    await page.getByRole('link', { name: 'Browse' }).first().click();
    await visit(house, page, `/film/${film.id}/edit`);
    await page.getByText('Begun earlier, not saved yet.').waitFor();
    return (await about.inputValue()) === 'Three sisters and a shop.' ? '' : 'the link lost them';
  });
  await house.check('"Leave it" gives them up, and "Undo" brings them back', async () => {
    await page.getByRole('button', { name: 'Leave it' }).click();
    await page.getByRole('heading', { name: 'The Ledger' }).waitFor();
    await page.locator('.toast').getByRole('button', { name: 'Undo' }).click();
    await visit(house, page, `/film/${film.id}/edit`);
    await until('they are back', async () => (await about.inputValue()) === 'Three sisters and a shop.');
  });
  await house.check('what was changed on the account page survives a reload and another tab’s sign-out', async () => {
    await visit(house, page, `/you`);
    await page.getByLabel('About you').fill('I keep shops.');
    await page.reload();
    await until('the reload kept it', async () => (await page.getByLabel('About you').inputValue()) === 'I keep shops.');
    await page.getByLabel('Place').fill('Szeged');
    const tab = await page.context().newPage();
    await tab.goto(house.base);
    await signOut(tab);
    await page.getByText('You signed out in another tab.').first().waitFor();
    await page.getByRole('link', { name: 'Sign in' }).first().click();
    await fillSignIn(page, 'mila');
    await until(
      'the words are back',
      async () =>
        (await page
          .getByLabel('Place')
          .inputValue()
          .catch(() => '')) === 'Szeged',
    );
    const bio = await page.getByLabel('About you').inputValue();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved.').first().waitFor();
    await tab.close();
    return bio === 'I keep shops.' ? '' : `About you is "${bio}"`;
  });
}

async function bothChanged(house, mila, film) {
  // proves S9
  await house.check('two who change a title at once: each keeps what only they touched, and sees what both did', async () => {
    const page = house.people.get('mila');
    await visit(house, page, `/film/${film.id}/edit`);
    await page.getByLabel('What is it about?').fill('Mine: three sisters.');
    const now = await mila.call('GET', `/api/movies/${film.id}`);
    await mila.call('PUT', `/api/movies/${film.id}`, { version: now.version, description: 'Theirs: no sisters.', director: 'Ilona Vas' });
    await house.excuse(/status of 409/, async () => {
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByText('Meanwhile somebody wrote: Theirs: no sisters.').waitFor();
    });
    if ((await page.getByLabel('What is it about?').inputValue()) !== 'Mine: three sisters.') return 'what was written here is gone';
    if ((await page.getByLabel('Director').inputValue()) !== 'Ilona Vas') return 'what only they changed is not taken';
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved.').first().waitFor();
    const saved = await mila.call('GET', `/api/movies/${film.id}`);
    return saved.description === 'Mine: three sisters.' && saved.director === 'Ilona Vas'
      ? ''
      : JSON.stringify([saved.description, saved.director]);
  });
}

async function revoked(house, mila, film) {
  // proves S3
  await house.check('a comment sent after the session was ended elsewhere is kept, and there again after signing in', async () => {
    const page = house.people.get('mila');
    await visit(house, page, `/film/${film.id}`);
    await box(page).fill('Said to a closed door.');
    await mila.call('DELETE', '/api/auth/sessions');
    await house.excuse(/status of 401/, async () => {
      await page.getByRole('button', { name: 'Send' }).click();
      await page.getByText('You are signed out. What you wrote stays here.').first().waitFor();
    });
    await page.locator('.comments').getByRole('link', { name: 'Sign in' }).click();
    await fillSignIn(page, 'mila');
    await until(
      'the words are back and ready',
      async () =>
        (await box(page)
          .inputValue()
          .catch(() => '')) === 'Said to a closed door.',
    );
    await until('the cursor is in them', () => box(page).evaluate((node) => node === document.activeElement));
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByRole('article').filter({ hasText: 'Said to a closed door.' }).waitFor();
    Object.assign(mila, await member(house, 'mila'));
  });
}

async function desk(house, mila, film) {
  await house.check('the sentence of a decision waits at its report, after "j" and after a reload', async () => {
    const judge = await member(house, 'judit', 'MODERATOR');
    const second = await mila.film('The Other Ledger');
    const reader = await member(house, 'rufus');
    await reader.report('MOVIE', film.id, 'SPAM');
    await reader.report('MOVIE', second.id, 'SPAM');
    const page = await enter(house, judge);
    await visit(house, page, `/desk`);
    await page.locator('[id^=report-]').nth(1).waitFor();
    await page.keyboard.press('j');
    const why = page.getByLabel('Why, in a sentence');
    await why.fill('It sells nothing at all.');
    const first = page.url();
    await page.keyboard.press('Escape');
    await page.keyboard.press('j');
    await until('the next report is open', () => page.url() !== first);
    await until('its sentence is empty', async () => (await why.inputValue().catch(() => '?')) === '');
    await page.keyboard.press('k');
    await until('the sentence is back', async () => (await why.inputValue().catch(() => '')) === 'It sells nothing at all.');
    await page.reload();
    await until('also after a reload', async () => (await why.inputValue().catch(() => '')) === 'It sells nothing at all.');
    await page.keyboard.press('Control+Enter');
    await page.getByText('Closed, no breach.').first().waitFor();
    await page.context().close();
  });
}

async function fullBrowser(house, mila, film) {
  await house.check('where the browser keeps nothing, leaving is asked about first', async () => {
    const page = house.people.get('mila');
    await visit(house, page, `/browse`);
    await page.locator(`main a[href="/film/${film.id}"]`).click();
    await box(page).waitFor();
    await page.evaluate(() => {
      Storage.prototype.setItem = () => {
        throw new DOMException('full', 'QuotaExceededError');
      };
    });
    await box(page).fill('Not to be lost.');
    await page.getByRole('link', { name: 'Browse' }).first().click();
    const question = page.getByRole('dialog', { name: 'Leave this page?' });
    await question.getByRole('button', { name: 'Stay here' }).click();
    if ((await box(page).inputValue()) !== 'Not to be lost.') return 'staying lost it';
    await page.evaluate(() => history.back());
    await question.getByRole('button', { name: 'Stay here' }).click();
    if (!page.url().endsWith(`/film/${film.id}`)) return `Back left for ${page.url()}`;
    await page.getByRole('link', { name: 'Browse' }).first().click();
    await question.getByRole('button', { name: 'Leave', exact: true }).click();
    await page.waitForURL(/\/browse$/);
  });
}

async function doors(house) {
  await house.check('a half-filled join form is asked about, and never kept for the next visitor', async () => {
    const page = await house.person('hesitant');
    await page.goto(`${house.base}/join`);
    await page.getByLabel('Email').fill('nora@orpheum.example');
    await page.getByRole('textbox', { name: 'Password' }).fill(password);
    await page.getByRole('link', { name: 'Sign in' }).click();
    await page.getByRole('dialog', { name: 'Leave this page?' }).getByRole('button', { name: 'Leave', exact: true }).click();
    await page.waitForURL(/\/in/);
    await page.goto(`${house.base}/join`);
    const kept = await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }));
    const shown = await page.getByLabel('Email').inputValue();
    await page.context().close();
    return shown || kept.includes('nora') || kept.includes('last row') ? `it is still there: ${shown} ${kept.slice(0, 200)}` : '';
  });
}
