// Staying signed in: two tabs where no lock can be had, clocks that are wrong, renewing in time.
import path from 'node:path';
import { freePort, Server } from '../chaos/server.mjs';
import { plainHost, register, signIn, until, you } from './house.mjs';

export async function signing(house) {
  await house.excuse(/Cross-Origin-Opener-Policy header has been ignored/, () => twoTabs(house)); // as on any plain http
  await wrongClocks(house);
  if (house.options.long) await renewing(house);
}

async function twoTabs(house) {
  const base = `http://${plainHost}:${new URL(house.base).port}`;
  await register(house.base, 'tilda');
  const page = await house.person('tilda');
  await house.check('two tabs on plain http stay signed in when both ask for tokens at once', async () => {
    await signIn(page, base, 'tilda');
    if (await page.evaluate(() => isSecureContext || !!navigator.locks))
      return 'this host is secure to the browser: the test shows nothing';
    const other = await page.context().newPage();
    for (let round = 0; round < 6; round += 1) {
      await Promise.all([page.goto(`${base}/you`), other.goto(`${base}/you`)]);
      await Promise.all([you(page, 'tilda').waitFor(), you(other, 'tilda').waitFor()]);
    }
  });
  await house.check('signing out in one of them ends both', async () => {
    const [, other] = page.context().pages();
    await you(other, 'tilda').click();
    await other.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('link', { name: 'Sign in' }).first().waitFor();
    await page.reload();
    await page.getByRole('link', { name: 'Sign in' }).first().waitFor();
  });
  await page.context().close();
}

async function wrongClocks(house) {
  for (const [which, hours] of [
    ['slow', -2],
    ['fast', 2],
  ]) {
    const username = `clock_${which}`;
    await register(house.base, username);
    const page = await house.person(username);
    await shift(page, hours);
    await house.check(`a clock that is two hours ${which} neither ends a session nor renews it without end`, async () => {
      let renewals = 0;
      page.on('request', (request) => {
        renewals += request.url().endsWith('/api/auth/refresh');
      });
      await signIn(page, house.base, username);
      for (const place of ['Browse', 'Upload', 'Home', 'Browse', 'Home'])
        await page.getByRole('link', { name: place, exact: true }).first().click();
      await page.goto(`${house.base}/you`);
      await you(page, username).waitFor();
      await page.getByText('Where you are signed in').or(page.getByText('this one')).or(page.getByText(username)).first().waitFor();
      return renewals <= 1 ? '' : `${renewals} renewals for one reload`;
    });
    await page.context().close();
  }
}

const shift = (page, hours) =>
  page.context().addInitScript((by) => {
    const Real = Date;
    globalThis.Date = class extends Real {
      constructor(...given) {
        given.length ? super(...given) : super(Real.now() + by);
      }
      static now() {
        return Real.now() + by;
      }
    };
  }, hours * 3_600_000);

// Takes a minute: the shortest life of a token.
async function renewing(house) {
  const server = new Server(path.join(house.home, 'minute'), await freePort(), { 'auth.access_minutes': 1 });
  await server.start();
  const base = `http://127.0.0.1:${server.port}`;
  try {
    await register(base, 'minna');
    const page = await house.person('minna');
    await shift(page, -2);
    await house.check('a token of a minute is renewed before its end, by a clock that is two hours slow', async () => {
      const renewals = [],
        refused = [];
      page.on('request', (request) => {
        if (request.url().endsWith('/api/auth/refresh')) renewals.push(performance.now());
      });
      page.on('response', (response) => {
        if (response.status() === 401) refused.push(response.url());
      });
      await signIn(page, base, 'minna');
      const began = performance.now();
      await until('it is renewed twice', () => renewals.length === 2, 130, 500);
      const waits = [renewals[0] - began, renewals[1] - renewals[0]].map((ms) => Math.round(ms / 1000));
      if (refused.length) return `refused: ${refused.join(', ')}`;
      return waits.every((s) => s > 40 && s < 60) ? '' : `renewed after ${waits.join(' s and ')} s`;
    });
    await page.context().close();
  } finally {
    await server.end('SIGTERM');
  }
}
