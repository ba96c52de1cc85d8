// Without a network and after an upgrade: the shell opens from the browser, the last pages of one's own are there,
// no page is made of two builds.
import http from 'node:http';
import { password, until } from './house.mjs';

// Stands before the server so that it can vanish, or be replaced by another build, under the same address.
class Front {
  constructor(port) {
    this.upstream = port;
    this.build = null;
    this.asked = [];
  }

  async open() {
    this.server = http.createServer((request, response) => this.pass(request, response));
    await new Promise((done) => this.server.listen(this.port ?? 0, '127.0.0.1', done));
    this.port = this.server.address().port;
    this.base = `http://localhost:${this.port}`;
  }

  close() {
    this.server.closeAllConnections();
    return new Promise((done) => this.server.close(done));
  }

  // As another build of the same interface would be: other names for its parts, another worker, the old names gone.
  rename(text) {
    return text.replaceAll(/\/assets\/index-[\w-]+\.js/g, `/assets/index-${this.build}.js`).replace(/build="\w+"/, `build="${this.build}"`);
  }

  pass(request, response) {
    const [path] = request.url.split('?');
    this.asked.push(path);
    const named = path === `/assets/index-${this.build}.js`;
    if (this.build && !named && /^\/assets\/index-[\w-]+\.js$/.test(path)) return void response.writeHead(404).end();
    const headers = { ...request.headers, host: `localhost:${this.upstream}` };
    const changed = this.build && (path === '/sw.js' || named || !/\.|^\/(api|media)/.test(path));
    if (changed) for (const name of ['accept-encoding', 'if-none-match']) delete headers[name];
    const to = named ? this.entry : request.url;
    const up = http.request({ port: this.upstream, method: request.method, path: to, headers }, (answer) => {
      if (!changed) {
        response.writeHead(answer.statusCode, answer.headers);
        answer.pipe(response);
        return;
      }
      const parts = [];
      answer
        .on('data', (part) => parts.push(part))
        .on('end', () => {
          const text = named ? `${Buffer.concat(parts)}\n;window.build="${this.build}"` : this.rename(String(Buffer.concat(parts)));
          const { 'content-length': _, etag, ...rest } = answer.headers;
          response.writeHead(answer.statusCode, { ...rest, etag: `"${this.build}"` }).end(text);
        });
    });
    up.on('error', () => response.destroy());
    request.pipe(up);
  }

  async upgrade(build) {
    this.entry = /\/assets\/index-[\w-]+\.js/.exec(await (await fetch(`http://localhost:${this.upstream}/`)).text())[0];
    this.build = build;
  }
}

const kept = (page) =>
  page.evaluate(async () => {
    const all = {};
    for (const name of await caches.keys())
      all[name] = (await (await caches.open(name)).keys()).map((request) => new URL(request.url).pathname + new URL(request.url).search);
    return all;
  });

// The worker holds the whole shell of the page that is open.
const settled = (page) =>
  until(
    'the worker has taken over',
    () =>
      page.evaluate(async () => {
        const { active } = await navigator.serviceWorker.ready;
        return active?.state === 'activated' && navigator.serviceWorker.controller !== null;
      }),
    20,
  );

// How many answers this browser holds.
const keptPages = (page) =>
  page.evaluate(async () => {
    let count = 0;
    for (const name of await caches.keys()) if (name.startsWith('mozi-pages-')) count += (await (await caches.open(name)).keys()).length;
    return count;
  });

// His shown name, also after another walk has made it endless.
const tomas = /^You, (Tomás|Rind)/;

const away = /ERR_CONNECTION_REFUSED|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET|ERR_FAILED|Failed to fetch|service worker/i;

async function signIn(page, front, username) {
  await page.goto(`${front.base}/in`);
  await page.getByLabel('Email or username').fill(username);
  await page.getByRole('textbox', { name: 'Password' }).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('button', { name: /^You, / }).waitFor();
}

async function installable(house) {
  await house.check('it can be installed: a manifest with icons that are what they say', async () => {
    const page = await house.person('installing', undefined, { serviceWorkers: 'allow' });
    await page.goto(house.base);
    const wire = await page.context().newCDPSession(page);
    const { errors, url } = await wire.send('Page.getAppManifest');
    const { installabilityErrors } = await wire.send('Page.getInstallabilityErrors');
    const manifest = await (await fetch(url)).json();
    const wrong = [];
    for (const { src, sizes } of manifest.icons.filter((icon) => icon.type === 'image/png')) {
      const found = await page.evaluate(async (address) => {
        const b = await createImageBitmap(await (await fetch(address)).blob());
        return `${b.width}x${b.height}`;
      }, src);
      if (found !== sizes) wrong.push(`${src} is ${found}`);
    }
    await page.context().close();
    return [
      ...errors.map((e) => e.message),
      ...installabilityErrors.map((e) => e.errorId).filter((id) => id !== 'in-incognito'),
      ...wrong,
    ].join('; ');
  });
}

async function withoutNetwork(house, front, page) {
  await house.check('pages seen before are there without a server, with the name of who is here', async () => {
    await signIn(page, front, 'tomas');
    await page.goto(front.base + house.filmPath);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await settled(page);
    const before = await keptPages(page);
    await page.goto(`${front.base}/browse`);
    await page.locator('main a[href^="/film/"]').first().waitFor();
    await until('all that it showed is kept', async () => {
      const now = await keptPages(page);
      await page.waitForTimeout(300);
      return now > before && now === (await keptPages(page));
    });
    await page.goto(front.base);
    await page.locator('main h2').first().waitFor();
    await front.close();
    return house.excuse(away, async () => {
      await page.reload();
      await page.locator('main h2').first().waitFor();
      await page.getByRole('button', { name: tomas }).waitFor();
      await page.getByText('No answer from the server since').waitFor();
      await page.goto(front.base + house.filmPath);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await house.shot(page, 'offline-film');
      await page.goto(`${front.base}/browse`);
      await page.locator('main a[href^="/film/"]').first().waitFor();
      await page.goto(`${front.base}/film/1`);
      await page.getByText('No answer just now').waitFor();
    });
  });
  await house.check('what is written then is sent, as oneself, when the server is back', async () => {
    await house.excuse(away, async () => {
      await page.goto(front.base + house.filmPath);
      await page.getByLabel('Say something about it').fill('Written in a tunnel.');
      await page.getByRole('button', { name: 'Send' }).click();
      await page.getByText('waits to be sent').waitFor();
      await front.open();
      await page.getByRole('button', { name: 'Now' }).click();
      await page.getByText('Sent, 1 comment').first().waitFor();
    });
    await page.getByText('waits to be sent').waitFor({ state: 'detached' });
    await page.reload();
    await page.getByText('Written in a tunnel.').waitFor();
  });
  await house.check('neither media nor sessions nor reports are kept', async () => {
    await page.goto(front.base + house.filmPath);
    await page.locator('.play-act button').click();
    await page.locator('[data-phase=playing]').waitFor();
    await page.goto(`${front.base}/you`);
    await page.locator('main li').first().waitFor();
    const all = Object.values(await kept(page)).flat();
    const wrong = all.filter((address) => /^\/media|\/api\/(auth|reports)/.test(address));
    return all.some((address) => address.startsWith('/api/movies')) ? wrong.join(', ') : 'nothing was kept';
  });
}

async function nobodyElse(house, front, page) {
  await house.check('signing out leaves nothing, and the next person finds nothing of the one before', async () => {
    await page.goto(front.base);
    await page.getByRole('button', { name: tomas }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('link', { name: 'Sign in' }).first().waitFor();
    const mine = /mozi-pages-\d/;
    await until('the pages are gone', async () => !Object.keys(await kept(page)).some((name) => mine.test(name)));
    await signIn(page, front, 'ines');
    await until('her pages are kept', async () => Object.keys(await kept(page)).some((name) => mine.test(name)));
    const names = Object.keys(await kept(page)).filter((name) => name.startsWith('mozi-pages-'));
    if (names.length !== 1) return names.join(', ');
    await front.close();
    await house.excuse(away, async () => {
      await page.goto(front.base + house.filmPath);
      await page.getByText('No answer just now').waitFor();
    });
    await front.open();
  });
}

async function upgrade(house, front, page) {
  const shells = async () => Object.keys(await kept(page)).filter((name) => name.startsWith('mozi-shell-'));
  await house.check('after an upgrade the page is of the new build within one visit, and of it alone', async () => {
    await page.goto(front.base);
    await settled(page);
    const [before] = await shells();
    await front.upgrade('second');
    front.asked.length = 0;
    await house.excuse(/404/, async () => {
      await page.goto(front.base);
      await until('the new build runs', () => page.evaluate(() => window.build === 'second').catch(() => false), 20);
    });
    await until('the old shell is gone', async () => String(await shells()) === 'mozi-shell-second', 20);
    await page.locator('main h2').first().waitFor();
    const scripts = await page.evaluate(() => [...document.scripts].map((s) => s.src).join());
    if (!scripts.includes('index-second')) return scripts;
    return before === 'mozi-shell-second' ? 'there was nothing before' : '';
  });
  await house.check('a page in use is not taken away: it is told, and the person decides', async () => {
    await page.keyboard.press('Tab');
    await front.upgrade('third');
    await page.evaluate(async () => (await navigator.serviceWorker.getRegistration()).update());
    await page.getByText('A newer version of this page is ready.').first().waitFor();
    if (await page.evaluate(() => window.build !== 'second')) return 'it was loaded without a word';
    await page.getByRole('button', { name: 'Load it' }).click();
    await until('the third build runs', () => page.evaluate(() => window.build === 'third').catch(() => false), 20);
  });
  await house.check('the new build opens without the server too', async () => {
    await settled(page);
    await page.locator('main h2').first().waitFor();
    await front.close();
    return house.excuse(away, async () => {
      await page.reload();
      await page.locator('main h2').first().waitFor();
      return (await page.evaluate(() => window.build)) === 'third' ? '' : 'it is another build';
    });
  });
}

export async function staying(house) {
  await installable(house);
  const front = new Front(Number(new URL(house.base).port));
  await front.open();
  const page = await house.person('staying', undefined, { serviceWorkers: 'allow' });
  try {
    await withoutNetwork(house, front, page);
    await nobodyElse(house, front, page);
    await upgrade(house, front, page);
  } finally {
    await page.context().close();
    if (front.server.listening) await front.close();
  }
}
