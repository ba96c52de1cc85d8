// The server goes away while somebody watches: what has arrived is played out, and the film goes on by itself when it is back.
import { until } from './house.mjs';

const phase = (page) => page.locator('[data-player]').getAttribute('data-phase');
const second = (page) => page.locator('video').evaluate((video) => video.currentTime);
const refused = /ERR_CONNECTION_REFUSED|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET/;

// Lets the first `count` segments of a film through and keeps the rest waiting. Answers how to let them go.
async function holdAfter(page, count) {
  const waiting = [];
  let open = false;
  await page.route('**/*.m4s', (route) => {
    const number = Number(/(\d{5})\.m4s/.exec(route.request().url())[1]);
    if (open || number < count) return route.continue();
    return new Promise((go) => waiting.push(go)).then(() => route.continue());
  });
  return () => {
    open = true;
    for (const go of waiting.splice(0)) go();
  };
}

// Notes in the page whether the film was ever covered while it could still be played.
const guard = (page) =>
  page.evaluate(() => {
    window.covered = 0;
    const look = () => {
      const video = document.querySelector('video');
      if (document.querySelector('.stopped') && video && video.readyState >= 3 && !video.seeking) window.covered += 1;
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });

async function begin(house, page, count) {
  const letGo = await holdAfter(page, count);
  await page.goto(house.base + house.filmPath);
  await page.locator('.play-act button').click();
  await until('the film plays', async () => (await phase(page)) === 'playing' && (await second(page)) > 0.2, 20);
  await guard(page);
  return letGo;
}

export async function losing(house) {
  if (!house.server) return house.skip('a player without its server', 'this server was started by somebody else');
  await withoutPlayer(house);
  const page = await house.person('patient');
  try {
    await comings(house, page);
  } finally {
    if (!house.server.child) await house.server.start();
  }
  await page.context().close();
}

async function withoutPlayer(house) {
  const page = await house.person('early');
  await house.check('the player itself does not arrive: that is said, and the film begins by itself when it does', async () => {
    let away = true;
    await page.route('**/assets/hls-*.js', (route) => (away ? route.abort() : route.continue()));
    await house.excuse(/ERR_FAILED/, async () => {
      await page.goto(house.base + house.filmPath.replace('/film/', '/watch/'));
      await page.getByText('The picture stopped arriving').waitFor();
      away = false;
      await until('the film plays', async () => (await phase(page)) === 'playing', 40);
    });
    return (await page.locator('.stopped').count()) ? 'the sentence stays over the film' : '';
  });
  await page.context().close();
}

async function comings(house, page) {
  await house.check('the server comes back before the buffer is empty: the film never stops', async () => {
    const letGo = await begin(house, page, 2);
    await house.excuse(refused, async () => {
      await house.server.end('SIGTERM');
      letGo();
      await page.getByText('No answer from the server since').waitFor();
      await house.server.start();
      await until('the film has reached its end', async () => (await phase(page)) === 'ended', 40);
    });
    return (await page.evaluate(() => window.covered)) ? 'the film was covered while it played' : '';
  });
  await house.check('the server stays away: the film plays what it has, then says so, and goes on by itself', async () => {
    await page.unroute('**/*.m4s');
    const letGo = await begin(house, page, 1);
    return house.excuse(refused, async () => {
      await house.server.end('SIGTERM');
      letGo();
      await page.getByText('The picture stopped arriving').waitFor({ timeout: 60_000 });
      const at = await second(page);
      await house.shot(page, 'watch-stopped');
      await house.server.start();
      await until('the film goes on', async () => (await phase(page)) === 'playing' && (await second(page)) > at + 1, 40);
      if (await page.locator('.stopped').count()) return 'the sentence stays over the film';
      return (await page.evaluate(() => window.covered)) ? 'the film was covered while it played' : '';
    });
  });
}
