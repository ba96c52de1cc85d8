// What the rules of accessibility find on every screen: nothing, for every role, in both themes, on desktop and phone, dialogs included.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { enter, member, visit } from './members.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const sizes = [
  ['desktop', { width: 1280, height: 800 }],
  ['phone', { width: 390, height: 844 }],
];

// Nothing moves any more and every picture and font is there.
export async function rest(page) {
  await page.waitForLoadState('networkidle');
  await page.evaluate(async () => {
    await document.fonts.ready;
    const ends = document
      .getAnimations()
      .filter((a) => a.effect?.getComputedTiming().endTime !== Infinity)
      .map((a) => a.finished.catch(() => undefined));
    await Promise.race([Promise.all(ends), new Promise((enough) => setTimeout(enough, 10_000))]); // none here lasts a second
  });
}

export async function faults(page) {
  if (!(await page.evaluate(() => Boolean(window.axe)))) await page.evaluate(axe);
  const found = await page.evaluate(
    async () => (await window.axe.run(document, { resultTypes: ['violations'], rules: { 'target-size': { enabled: true } } })).violations,
  );
  const headings = await page.evaluate(() =>
    [...document.querySelectorAll('h1')].filter((h) => h.checkVisibility()).map((h) => h.textContent.trim()),
  );
  return [
    ...found.map(
      (v) =>
        `${v.id} (${v.impact}): ${v.nodes
          .slice(0, 2)
          .map((n) => `${n.target.join(' ')} ${n.failureSummary?.split('\n')[1]?.trim() ?? ''}`)
          .join(' | ')}`,
    ),
    ...(headings.length === 1 ? [] : [`headings of the first level: ${JSON.stringify(headings)}`]),
  ];
}

// The same screen in both themes and sizes.
async function everyWay(page) {
  const wrong = [];
  for (const [size, viewport] of sizes) {
    await page.setViewportSize(viewport);
    for (const theme of ['dark', 'light']) {
      await page.evaluate((name) => {
        document.documentElement.dataset.theme = name;
      }, theme);
      await rest(page);
      for (const fault of await faults(page)) wrong.push(`${size}, ${theme}: ${fault}`);
    }
  }
  await page.setViewportSize(sizes[0][1]);
  return [...new Set(wrong)].slice(0, 8).join('\n        ');
}

const menu = (button) => async (page) => {
  await page.getByRole('button', { name: button }).first().click();
  await page.getByRole('menuitem').or(page.getByRole('menuitemradio')).first().waitFor();
};
const item = (button, name) => async (page) => {
  await menu(button)(page);
  await page.getByRole('menuitem', { name }).click();
  await page.getByRole('dialog').waitFor();
};
const submit = (name) => async (page) => {
  await page.getByRole('button', { name, exact: true }).click();
  await page.locator('[aria-invalid=true]').first().waitFor();
};

// [name, address, what is done there first]
const everybody = (film, thread) => [
  ['home', '/'],
  ['browse', '/browse'],
  ['browse, narrowed', '/browse?q=hill&genre=fog,sea&year=2020s,1999'],
  ['browse, nothing found', '/browse?q=nothing-of-the-kind'],
  ['a film', `/film/${film.id}`],
  ['a film, its menu', `/film/${film.id}`, menu('More about this title')],
  ['a film, the reactions', `/film/${film.id}`, menu('Choose a reaction')],
  ['a thread', `/film/${film.id}?thread=${thread.id}`],
  [
    'the keys',
    '/',
    async (page) => {
      await page.keyboard.press('?');
      await page.getByRole('dialog').waitFor();
    },
  ],
  ['nothing there', '/no/such/page'],
  ['no such film', '/film/77'],
  ['upload', '/upload'],
  ['uploads', '/uploads'],
  ['you', '/you'],
  ['edit', `/film/${film.id}/edit`],
  ['desk', '/desk'],
];
const strangers = [
  ['come in', '/in'],
  ['come in, refused', '/in', submit('Sign in')],
  ['take a seat', '/join'],
  ['take a seat, refused', '/join', submit('Take my seat')],
  ['the first start', '/setup#token=abc'],
  ['the first start without its link', '/setup'],
];
const members = (film) => [
  ['the menu of the person', '/', menu(/^You, /)],
  ['a film, a report', `/film/${film.id}`, item('More about this title', 'Report')],
  [
    'a film, an answer',
    `/film/${film.id}`,
    async (page) => {
      await page.getByRole('button', { name: 'Reply' }).first().click();
      await page.getByRole('textbox', { name: /^Your answer/ }).fill('Words, words.');
    },
  ],
  [
    'a toast',
    '/you',
    async (page) => {
      await page.getByRole('button', { name: 'Save' }).click();
      await page.locator('.toast').first().waitFor();
    },
  ],
];
const owners = (film) => [
  ['a film of one’s own, the question before it goes', `/film/${film.id}`, item('More about this title', 'Delete')],
  [
    'an edit, refused',
    `/film/${film.id}/edit`,
    async (page) => {
      await page.getByLabel('Title', { exact: true }).fill('');
      await submit('Save')(page);
    },
  ],
  [
    'an upload under way',
    '/upload',
    async (page) => {
      await page
        .getByLabel('Choose films')
        .setInputFiles({ name: 'Letter.mp4', mimeType: 'video/mp4', buffer: Buffer.from('This is a letter. '.repeat(300)) });
      await page.getByRole('button', { name: 'Choose another file' }).waitFor({ timeout: 60_000 });
    },
  ],
  [
    'uploads, with a file that stopped',
    '/uploads',
    (page) =>
      page
        .getByRole('button', { name: /^Delete/ })
        .first()
        .waitFor(),
  ],
];
const judges = [
  [
    'desk, a report',
    '/desk',
    async (page) => {
      await page.locator('[id^=report-]').first().click();
      await page.getByRole('heading', { name: 'Decide' }).waitFor();
      await page.keyboard.press('2');
    },
  ],
  [
    'desk, refused without a sentence',
    '/desk',
    async (page) => {
      await page.locator('[id^=report-]').first().click();
      await page.getByRole('heading', { name: 'Decide' }).waitFor();
      await page.keyboard.press('c');
      await page.getByText('Claimed by you').waitFor();
      await page.keyboard.press('Control+Enter');
      await page.locator('[aria-invalid=true]').waitFor();
    },
  ],
  [
    'desk, decided',
    '/desk?lane=hidden',
    async (page) => {
      await page.locator('[id^=report-]').first().click();
      await page.getByRole('heading', { name: 'Decided', exact: true }).waitFor();
    },
  ],
  [
    'desk, the question before a decision is undone',
    '/desk?lane=hidden',
    async (page) => {
      await page.locator('[id^=report-]').filter({ hasNotText: 'undone' }).first().click();
      await page.getByRole('heading', { name: 'Decided', exact: true }).waitFor();
      await page.keyboard.press('u');
      await page.getByRole('dialog').waitFor();
    },
  ],
  ['desk, an empty lane', '/desk?lane=mine&priority=4'],
];

export async function reading(house) {
  const hanna = await member(house, 'hanna');
  const film = await hanna.film('Snow on the hill', {
    description: 'A long walk.',
    genres: ['Fog', 'Sea'],
    cast: ['Ilse Brandt'],
    director: 'Anna Szabó',
    releaseDate: '2024-02-02',
    duration: 91,
  });
  const root = await hanna.say(film, 'At 0:05 the snow begins.');
  await hanna.say(film, 'And never ends.', root.id);
  const judge = await member(house, 'judit_r', 'MODERATOR');
  const keeper = await member(house, 'kata_r', 'ADMIN');
  const reader = await member(house, 'rezso');
  for (const [title, hide] of [
    ['Reported hill', false],
    ['Hidden hill', true],
  ]) {
    const report = await reader.report('MOVIE', (await hanna.film(title)).id, 'SPAM', 'It sells something.');
    if (hide) await judge.call('POST', `/api/reports/${report.id}/resolve`, { action: 'HIDE', resolution: 'It does sell something.' });
  }
  const all = everybody(film, root);
  const visitor = await house.person('reader');
  await look(house, 'visitor', visitor, [...all, ...strangers]);
  await look(house, 'member', await enter(house, reader), [...all, ...members(film)]);
  await look(house, 'owner', await enter(house, hanna), owners(film));
  await look(house, 'moderator', await enter(house, judge), [...all, ...judges]);
  await look(house, 'administrator', await enter(house, keeper), all);
  await away(house, visitor, film);
  await bright(house, visitor, film);
  await visitor.context().close();
}

async function look(house, role, page, screens) {
  for (const [name, address, act] of screens) {
    await house.check(`${role}, ${name}: no fault of accessibility, one first heading`, () =>
      house.excuse(/status of 4\d\d/, async () => {
        await page.goto('about:blank');
        await (role === 'visitor' ? page.goto(house.base + address) : visit(house, page, address, 'main h1'));
        await page.locator('main h1').first().waitFor({ state: 'attached' });
        await rest(page);
        if (act) await act(page);
        return everyWay(page);
      }),
    );
  }
  if (role !== 'visitor') await page.context().close();
}

async function away(house, page, film) {
  await house.check('without a network: the banner and what could not be loaded', () =>
    house.excuse(/ERR_INTERNET_DISCONNECTED|Failed to (fetch|load)/, async () => {
      await page.goto(`${house.base}/film/${film.id}`);
      await page.locator('main h1').waitFor();
      await page.evaluate(() => dispatchEvent(new Event('offline')));
      await page.getByText('No answer from the server since').waitFor();
      return everyWay(page);
    }),
  );
}

// The lowest contrast of each text of `selector` against the pixels it stands on.
async function contrasts(page, selector) {
  const texts = await page.evaluate(
    (where) =>
      [...document.querySelectorAll(where)]
        .filter((n) => n.checkVisibility() && n.textContent.trim())
        .map((n) => {
          const range = document.createRange();
          range.selectNodeContents(n);
          const { x, y, width, height } = range.getBoundingClientRect();
          return { text: n.textContent.trim().slice(0, 30), colour: getComputedStyle(n).color, x, y, width, height };
        }),
    selector,
  );
  const letters = (shown) =>
    page.evaluate(
      ({ where, on }) => {
        for (const node of document.querySelectorAll(where))
          for (const part of [node, ...node.querySelectorAll('*')]) {
            if (on) part.style.removeProperty(part instanceof SVGElement ? 'visibility' : 'color');
            else part.style.setProperty(...(part instanceof SVGElement ? ['visibility', 'hidden'] : ['color', 'transparent', 'important']));
          }
      },
      { where: selector, on: shown },
    );
  await letters(false);
  await rest(page);
  const shot = (await page.screenshot({ animations: 'disabled' })).toString('base64');
  await letters(true);
  return page.evaluate(
    async ({ all, png }) => {
      const image = new Image();
      image.src = `data:image/png;base64,${png}`;
      await image.decode();
      const canvas = document.createElement('canvas');
      Object.assign(canvas, { width: image.width, height: image.height });
      const pen = canvas.getContext('2d', { willReadFrequently: true });
      pen.drawImage(image, 0, 0);
      const light = ([r, g, b]) =>
        [r, g, b]
          .map((v) => v / 255)
          .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
          .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
      return all
        .filter((t) => t.y >= 0 && t.y + t.height <= image.height && t.width > 0)
        .map((t) => {
          const own = light(t.colour.match(/[\d.]+/g).map(Number));
          const { data } = pen.getImageData(Math.max(0, t.x), t.y, Math.max(1, t.width), Math.max(1, t.height));
          let least = 99;
          for (let i = 0; i < data.length; i += 4 * 7) {
            const under = light(data.slice(i, i + 3));
            least = Math.min(least, (Math.max(own, under) + 0.05) / (Math.min(own, under) + 0.05));
          }
          return { text: t.text, least: Number(least.toFixed(2)) };
        });
    },
    { all: texts, png: shot },
  );
}

// Stills that are all white and all black, under the bar and under the words of a title.
export async function bright(house, page, film) {
  for (const colour of ['white', 'black']) {
    await house.check(`letters over a ${colour} still have 4.5 : 1`, async () => {
      const still = await page.evaluate((fill) => {
        const canvas = document.createElement('canvas');
        const pen = canvas.getContext('2d');
        pen.fillStyle = fill;
        pen.fillRect(0, 0, 300, 150);
        return canvas.toDataURL();
      }, colour);
      const video = { mediaId: '1', status: 'READY', playable: false, hlsUrl: null, posterUrl: still, durationSeconds: 60 };
      const with_still = (movie) => ({ ...movie, video });
      const answer = async (route) => {
        const response = await route.fetch();
        const json = await response.json();
        await route.fulfill({ response, json: json.data ? { ...json, data: json.data.map(with_still) } : with_still(json) });
      };
      await page.route(/\/api\/movies(\/\d+)?(\?|$)/, answer);
      const wrong = [];
      for (const [address, where] of [
        [`/film/${film.id}`, 'header.bar nav a, header.bar .button, header.bar .logo .name, .head h1, .head .bill span, .head .bill bdi'],
        ['/', '.hero h2 a, .hero .bill bdi, .hero .teaser, .hero .button, .hero .talk'],
      ]) {
        for (const [size, viewport] of sizes) {
          await page.setViewportSize(viewport);
          await page.goto(house.base + address);
          await page.locator('main h1').waitFor({ state: 'attached' });
          await rest(page);
          for (const theme of ['dark', 'light']) {
            await page.evaluate((name) => {
              document.documentElement.dataset.theme = name;
              scrollTo(0, 0);
            }, theme);
            await rest(page);
            const all = await contrasts(page, where);
            if (all.length < 2) wrong.push(`${address} ${size}: only ${all.length} texts were measured`);
            for (const { text, least } of all) if (least < 4.5) wrong.push(`${address} ${size}, ${theme}: "${text}" ${least}`);
          }
        }
      }
      await page.unroute(/\/api\/movies(\/\d+)?(\?|$)/);
      return wrong.slice(0, 12).join('\n        ');
    });
  }
}
