// What the house says when it matters: before uploads pause, before a tab takes them along, and where trying again helps or does not.
import { until } from './house.mjs';
import { enter, fillSignIn, member, visit } from './members.mjs';
import { slow } from './uploading.mjs';

export async function saying(house) {
  const piri = await member(house, 'piri');
  await pausing(house, piri);
  await closing(house, piri);
  await again(house, piri);
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
        .getByText(/arrived|Try again/)
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
