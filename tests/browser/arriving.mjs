// A first visit: what it weighs, whether anything moves while it loads on a slow phone, what is shown before the answer comes.
import { until } from './house.mjs';

const budget = { visit: 200_000, entry: 130_000, shift: 0.02 };
const phone = { width: 390, height: 844 };
const touch = { isMobile: true, hasTouch: true };
const kilo = (bytes) => `${Math.round(bytes / 1000)} kB`;

// What reached the page over the wire, by address. Pictures of films are theirs, not the house's.
async function weigh(page) {
  const wire = await page.context().newCDPSession(page);
  await wire.send('Network.enable');
  const addresses = new Map();
  const list = [];
  wire.on('Network.requestWillBeSent', ({ requestId, request }) => addresses.set(requestId, new URL(request.url).pathname));
  wire.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => list.push([addresses.get(requestId) ?? '', encodedDataLength]));
  const own = () => list.filter(([address]) => !address.startsWith('/media/'));
  return {
    wire,
    all: () => list,
    own,
    sum: () => own().reduce((sum, [, bytes]) => sum + bytes, 0),
    told: () =>
      own()
        .sort((a, b) => b[1] - a[1])
        .slice(0, 6)
        .map(([address, bytes]) => `${address} ${kilo(bytes)}`)
        .join(', '),
  };
}

async function slow(wire) {
  await wire.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 150,
    downloadThroughput: 200_000,
    uploadThroughput: 94_000,
  });
  await wire.send('Emulation.setCPUThrottlingRate', { rate: 4 });
}

async function rest(page, there) {
  await page.locator(there).first().waitFor({ timeout: 60_000 });
  await page.waitForLoadState('networkidle');
  await page.evaluate(() => document.fonts.ready);
}

const shifts = (page) => page.evaluate(() => window.shifts);

// [name, who looks, address, what says that it is there]
const places = (house) => [
  ['home', null, '/', 'main h2'],
  ['browse', null, '/browse', 'main a[href^="/film/"]'],
  ['film', null, house.filmPath, 'main h1'],
  ['watch', null, house.filmPath.replace('/film/', '/watch/'), '.foot'],
  ['sign in', null, '/in', 'form'],
  ['join', null, '/join', 'form'],
  ['home, a member', house.member, '/', 'main h2'],
  ['film, a member', house.member, house.filmPath, 'main h1'],
  ['upload', house.member, '/upload', 'main h1'],
  ['uploads', house.member, '/uploads', 'main h3'],
  ['you', house.member, '/you', 'main form'],
  ['desk', house.admin, '/desk', '.desk'],
];

async function weight(house) {
  for (const [name, address, there] of [
    ['home', '/', 'main h2'],
    ['browse', '/browse', 'main a[href^="/film/"]'],
    ['film', house.filmPath, 'main h1'],
  ]) {
    await house.check(`a first visit to ${name} costs no more than ${kilo(budget.visit)}, with its type`, async () => {
      const page = await house.person('arriving', phone, touch);
      const scale = await weigh(page);
      await page.goto(house.base + address);
      await rest(page, there);
      const entry = scale.own().find(([path]) => /\/assets\/index-.*\.js$/.test(path))?.[1] ?? 0;
      const hls = scale.all().filter(([path]) => /hls/.test(path)).length;
      const fonts = scale.own().filter(([path]) => path.endsWith('.woff2')).length;
      await page.context().close();
      console.log(`        ${kilo(scale.sum())}: ${scale.told()}`);
      if (scale.sum() > budget.visit) return `${kilo(scale.sum())}: ${scale.told()}`;
      if (!entry || entry > budget.entry) return `the entry is ${kilo(entry)}`;
      if (fonts < 2) return 'no type was loaded';
      return hls ? 'the player came along' : '';
    });
  }
}

async function still(house) {
  for (const late of [false, true]) {
    await house.check(`on a slow phone nothing moves while a page loads${late ? ', also when the type comes last' : ''}`, async () => {
      const wrong = [];
      for (const [name, who, address, there] of places(house)) {
        if (late && who) continue; // who is signed in has the type already
        const page = await house.person('waiting', phone, { ...touch, storageState: await who?.context().storageState() });
        const scale = await weigh(page);
        await slow(scale.wire);
        let asked = 0;
        if (late) {
          await page.route('**/*.woff2', async (route) => {
            asked += 1;
            await page.locator(there).first().waitFor({ timeout: 60_000 });
            await page.waitForLoadState('domcontentloaded');
            await route.continue();
          });
        }
        await page.goto(house.base + address);
        await rest(page, there);
        const found = await shifts(page);
        const sum = found.reduce((all, { value }) => all + value, 0);
        if (sum > budget.shift) wrong.push(`${name}: ${sum.toFixed(3)}, ${found.sort((a, b) => b.value - a.value)[0].where}`);
        if (late && !asked) wrong.push(`${name}: no type was asked for`);
        if (who) await who.context().addCookies(await page.context().cookies());
        await page.context().close();
      }
      return wrong.join('\n');
    });
  }
}

// The geometry of a skeleton against that of what it stands for: [name, address, skeleton, the real thing].
const skeletons = (house) => [
  ['home', '/', '.ghost .hero', 'section.hero'],
  ['home, beside', '/', '.ghost .thumb >> nth=0', 'aside .thumb >> nth=0'],
  ['browse', '/browse', '.grid .frame >> nth=0', '.grid a[href^="/film/"] >> nth=0'],
  ['film', house.filmPath, '.ghost .act', 'header .acts'],
];

const box = async (page, selector) => {
  const found = await page.locator(selector).boundingBox();
  return { x: found.x, y: found.y, width: found.width };
};

async function before(house) {
  await house.check('skeletons stand where the real things will stand', async () => {
    const wrong = [];
    for (const window of [{ width: 1280, height: 800 }, phone]) {
      for (const [name, address, ghost, real] of skeletons(house)) {
        const page = await house.person('early', window);
        let go;
        const held = new Promise((done) => {
          go = done;
        });
        await page.route('**/api/movies**', async (route) => {
          await held;
          await route.continue();
        });
        await page.goto(house.base + address);
        await page.locator(ghost).waitFor();
        if (name === 'home') await house.shot(page, `skeleton-home-${window.width}`);
        const was = await box(page, ghost);
        go();
        const is = await box(page, real);
        // The lines of a title move what stands below them; that has to be in the same column.
        const below = name === 'film' || (name === 'home, beside' && window === phone);
        const off = below ? ['x'] : ['x', 'y', 'width'];
        const moved = off.filter((side) => Math.abs(was[side] - is[side]) > 3);
        if (moved.length) wrong.push(`${name} at ${window.width}: ${JSON.stringify(was)} became ${JSON.stringify(is)}`);
        await page.context().close();
      }
    }
    return wrong.join('\n');
  });
  await house.check('an answer that comes at once is not announced by a skeleton; a late one is, after a moment', async () => {
    const page = await house.person('early', phone);
    const seen = () => page.evaluate(() => window.ghosts);
    const answered = () =>
      page.evaluate(() =>
        performance
          .getEntriesByType('resource')
          .find((e) => e.name.includes('/api/movies?'))
          .toJSON(),
      );
    await page.addInitScript(() => {
      window.ghosts = [];
      new MutationObserver(() => {
        const ghost = document.querySelector('.ghost');
        if (ghost && getComputedStyle(ghost).visibility === 'visible' && !window.ghosts.length) window.ghosts.push(performance.now());
      }).observe(document, { childList: true, subtree: true, attributes: true });
    });
    await page.goto(house.base);
    await rest(page, 'main h2');
    const quick = (await answered()).duration < 100 && (await seen()).length > 0;
    await page.route('**/api/movies?**', async (route) => {
      await until('the skeleton is there', async () => (await seen()).length > 0, 10);
      await route.continue();
    });
    await page.reload();
    await rest(page, 'main h2');
    const [at] = await seen();
    const asked = (await answered()).startTime;
    await page.context().close();
    if (quick) return 'a quick answer flickered';
    return at - asked >= 140 ? '' : `it came after ${Math.round(at - asked)} ms`;
  });
}

export async function arriving(house) {
  await weight(house);
  await still(house);
  await before(house);
}
