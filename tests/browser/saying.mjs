// What the house says when it matters: before uploads pause, before a tab takes them along, and where trying again helps or does not.
import { until } from './house.mjs';
import { enter, fillSignIn, member, visit } from './members.mjs';
import { slow } from './uploading.mjs';

export async function saying(house) {
  const piri = await member(house, 'piri');
  await pausing(house, piri);
  await closing(house, piri);
  await again(house, piri);
  await lost(house, piri);
  await titles(house, piri);
  await reported(house, piri);
}

const film = { name: 'Long night.mp4', mimeType: 'video/mp4', buffer: Buffer.alloc(6_000_000, 7) };

async function begin(page) {
  const quick = await slow(page, 200_000);
  await page.getByLabel('Choose films').setInputFiles(film);
  await until(
    'it moves',
    async () =>
      Number(
        await page
          .getByRole('progressbar', { name: 'Upload of Long night.mp4' })
          .getAttribute('aria-valuenow')
          .catch(() => 0),
      ) > 0,
    20,
  );
  return quick;
}

async function pausing(house, piri) {
  await house.check(
    'signing out says which upload pauses; it goes on when the same person is back in the tab, and nobody else sees it',
    async () => {
      const page = await enter(house, piri);
      await visit(house, page, '/upload');
      const quick = await begin(page);
      const signOut = async () => {
        await page.getByRole('button', { name: /^You, / }).click();
        await page.getByRole('menuitem', { name: 'Sign out' }).click();
      };
      await signOut();
      const question = page.getByRole('dialog', { name: 'Sign out now?' });
      await question.getByText(/The upload of Long night.mp4 pauses\. .* have arrived and are kept/).waitFor();
      await question.getByRole('button', { name: 'Stay here' }).click();
      if (!(await page.getByRole('button', { name: /^You, / }).count())) return '"Stay here" signed out';
      await signOut();
      await question.getByRole('button', { name: 'Sign out' }).click();
      await page.getByRole('link', { name: 'Sign in' }).first().waitFor();
      const other = await member(house, 'rezi');
      await page.getByRole('link', { name: 'Sign in' }).first().click();
      await fillSignIn(page, other.username);
      await page.locator('header a[href="/upload"]').click();
      await page.getByText('Nothing is on its way.').waitFor();
      await signOut();
      await page.getByRole('link', { name: 'Sign in' }).first().click();
      await fillSignIn(page, piri.username);
      await page.locator('header a[href="/upload"]').click();
      await page.getByRole('progressbar', { name: 'Upload of Long night.mp4' }).waitFor();
      await quick();
      await page
        .getByText(/arrived|Choose another file/)
        .first()
        .waitFor({ timeout: 60_000 });
      await page.context().close();
    },
  );
}

async function closing(house, piri) {
  await house.check('closing the tab asks while an upload is under way, and only then', async () => {
    const page = await enter(house, piri);
    const asked = async () => {
      let kind = null;
      const hear = (dialog) => {
        kind = dialog.type();
        void dialog.dismiss();
      };
      page.once('dialog', hear);
      await page.close({ runBeforeUnload: true });
      await until('the browser has asked or closed', () => kind !== null || page.isClosed(), 3).catch(() => undefined);
      return kind;
    };
    await visit(house, page, '/upload');
    await page.getByRole('heading', { name: 'Upload', exact: true }).click();
    await begin(page);
    if ((await asked()) !== 'beforeunload') return 'nothing was asked';
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByText('Paused').waitFor();
    const late = await asked();
    await page.context().close();
    return late === null ? '' : `it was asked although nothing moves: ${late}`;
  });
}

// [what the server answers, whether the same once more may help]
const refusals = [
  [503, true],
  [500, true],
  [429, true],
  [403, false],
  [400, false],
  [410, false],
];

async function again(house, piri) {
  const page = await enter(house, piri);
  for (const [status, helps] of refusals) {
    await house.check(`${status}: "Try again" is ${helps ? '' : 'not '}offered`, () =>
      house.excuse(/status of \d+/, async () => {
        const address = /\/api\/movies\?/;
        await page.route(address, (route) =>
          route.fulfill({
            status,
            contentType: 'application/problem+json',
            body: JSON.stringify({
              type: 'about:blank',
              title: 'No',
              status,
              detail: 'Not just now.',
              id: 'test.refused',
              errors: [],
              requestId: 'r',
            }),
          }),
        );
        await page.goto(`${house.base}/browse`);
        await page.locator('.refusal').waitFor();
        const offered = await page.getByRole('button', { name: 'Try again' }).count();
        await page.unroute(address);
        if (helps && offered) {
          await page.getByRole('button', { name: 'Try again' }).click();
          await page.locator('.refusal').waitFor({ state: 'detached' });
        }
        return Boolean(offered) === helps ? '' : `${offered} buttons`;
      }),
    );
  }
  await page.context().close();
}

async function lost(house, piri) {
  await house.check('a proxy before a server that is down is told like no network, and the sentence goes when it answers', () =>
    house.excuse(/status of 502/, async () => {
      const page = await enter(house, piri);
      await visit(house, page, '/you');
      const own = /\/api\/users\/\d+$/;
      await page.route(own, (route) => route.fulfill({ status: 502, contentType: 'text/html', body: '<h1>Bad gateway</h1>' }));
      await page.getByLabel('About you').fill('Sits in the last row');
      await page.getByRole('button', { name: 'Save' }).click();
      const sentence = page.locator('form').getByText('The server does not answer.');
      await sentence.waitFor();
      await page.getByText('No answer from the server since').waitFor();
      await page.unroute(own);
      await sentence.waitFor({ state: 'detached' });
      await page.getByText('The server answers again.').first().waitFor();
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByText('Saved.', { exact: true }).first().waitFor();
      await page.context().close();
    }),
  );
  await house.check('an emptied name is the username again, and says so', async () => {
    const page = await enter(house, piri);
    await visit(house, page, '/you');
    const name = page.getByLabel('Shown name');
    await until('the name is there', async () => (await name.inputValue()) === 'Piri');
    await name.fill('');
    await page.getByText('Left empty, others see your username').waitFor();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved.', { exact: true }).first().waitFor();
    const shown = await name.inputValue();
    await page.context().close();
    return shown === 'piri' ? '' : `it is "${shown}"`;
  });
}

// Whether it is in sight, and in sight of what clips it.
const seen = (link) =>
  link.evaluate((node) => {
    const box = node.getBoundingClientRect();
    const frame = node.closest('.hero')?.getBoundingClientRect() ?? { top: 0, bottom: innerHeight };
    return box.top >= Math.max(0, frame.top) && box.bottom <= Math.min(innerHeight, frame.bottom);
  });

async function titles(house, piri) {
  const long = 'The very long history of the lantern and of those who carried it through the night. '.repeat(6).slice(0, 472);
  const film = await piri.film(long, { isAdult: true, releaseDate: '2019-03-01', duration: 98, description: 'One.\n\nTwo.' });
  const page = await enter(house, piri);
  for (const [width, height] of [
    [1280, 800],
    [390, 844],
    [844, 390],
  ])
    await house.check(`a name of 472 letters leaves what can be done in sight at ${width} by ${height}`, async () => {
      await page.setViewportSize({ width, height });
      await visit(house, page, '/');
      const about = page.locator('.hero').getByRole('link', { name: 'About it' });
      await about.waitFor();
      await house.shot(page, `long-home-${width}`);
      if (!(await seen(about))) return 'not on Home';
      await visit(house, page, `/film/${film.id}`);
      const more = page.getByRole('button', { name: 'More about this title' });
      await more.waitFor();
      await house.shot(page, `long-film-${width}`);
      return (await seen(more)) ? '' : 'not on the page of the film';
    });
  await house.check('whom a film is not for is told on Home and on its poster', async () => {
    await page.setViewportSize({ width: 1280, height: 800 });
    await visit(house, page, '/');
    await page.locator('.hero .bill').getByText('18+').waitFor();
    await visit(house, page, '/browse?q=lantern');
    await page.locator('.poster').first().getByText('2019, 1 h 38 min, 18+').waitFor();
  });
  await house.check('a search that filters keep empty says so and takes them away', async () => {
    await visit(house, page, '/browse?q=lantern&year=1971');
    await page.getByText('Nothing called “lantern” fits the filters').waitFor();
    await page.getByRole('button', { name: 'Search without the filters' }).click();
    await page.locator('.poster').first().waitFor();
  });
  await page.context().close();
  if (house.options.url) return;
  await house.check('who runs a closed house is told how people come in', async () => {
    const admin = await enter(house, await member(house, 'house', 'ADMIN'));
    await admin.route('**/api/instance', async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ response: answer, json: { ...(await answer.json()), registration: 'CLOSED' } });
    });
    await visit(house, admin, '/');
    await admin.getByText('This house takes no new members by itself.').waitFor();
    await house.shot(admin, 'closed-house');
    await admin.context().close();
  });
}

async function reported(house, piri) {
  if (house.options.url) return;
  const film = await piri.film('Reported here');
  const comment = await piri.say(film, 'Taken back soon');
  const rita = await member(house, 'rita');
  await house.check('what one has just reported says so in its menu', async () => {
    const page = await enter(house, rita);
    await visit(house, page, `/film/${film.id}`);
    await page.getByRole('button', { name: 'More about this comment' }).click();
    await page.getByRole('menuitem', { name: 'Report', exact: true }).click();
    await page.getByRole('dialog').getByLabel('Spam').check();
    await page.getByRole('dialog').getByRole('button', { name: 'Report' }).click();
    await page.getByText('Thank you.').first().waitFor();
    await page.getByRole('button', { name: 'More about this comment' }).click();
    await page.getByRole('menuitem', { name: 'Reported by you' }).waitFor();
    await page.context().close();
  });
  await house.check('at the desk a thing that is gone is not hidden: the report is closed', async () => {
    const { id } = await rita.report('COMMENT', comment.id, 'SPAM'); // the one from above
    await piri.call('DELETE', `/api/comments/${comment.id}`);
    const page = await enter(house, await member(house, 'mora', 'MODERATOR'));
    await page.goto(`${house.base}/desk?report=${id}`);
    const side = page.getByRole('region', { name: 'Decision' });
    await side.getByText('The comment is gone already; nothing else changes.').waitFor();
    if (await side.getByRole('button', { name: /Hide/ }).count()) return 'it can be hidden';
    await side.getByLabel('Why, in a sentence').fill('Nothing is there any more.');
    await side.getByRole('button', { name: 'Close the report' }).click();
    await page.getByText('Closed, no breach.').first().waitFor();
    await page.context().close();
  });
}
