// Small screens and fingers: nothing runs out of the page, nothing covers what one wants to press, a tap is not a click.
import { readFileSync } from 'node:fs';
import { password, until } from './house.mjs';
import { enter } from './members.mjs';

const endless = 'Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetzblattsammelmappenrückenschild';
const word = (length) => endless.repeat(4).slice(0, length);

// A person of the house who speaks to the server without a page.
async function voice(house, username) {
  const ask = async (method, path, body, headers = {}) => {
    const answer = await fetch(house.base + path, {
      method,
      body: Buffer.isBuffer(body) ? body : JSON.stringify(body),
      headers: { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID(), ...headers },
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${(await answer.text()).slice(0, 300)}`);
    return answer.headers.get('content-type')?.includes('json') ? answer.json() : answer;
  };
  const { user, tokens } = await ask('POST', '/api/auth/login', { emailOrUsername: username, password });
  const bearer = { authorization: `Bearer ${tokens.accessToken}` };
  return { user, ask: (method, path, body, headers) => ask(method, path, body, { ...bearer, ...headers }) };
}

async function upload(person, file, name) {
  const bytes = readFileSync(file);
  const tus = { 'tus-resumable': '1.0.0' };
  const made = await person.ask('POST', '/api/media/uploads', undefined, {
    ...tus,
    'upload-length': String(bytes.length),
    'upload-metadata': `filename ${Buffer.from(name).toString('base64')}`,
  });
  const place = new URL(made.headers.get('location'), 'http://house').pathname;
  await person.ask('PATCH', place, bytes, { ...tus, 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' });
  return place.split('/').pop();
}

// A title, a person and a talk whose words are as long as the house allows, and have no place to break.
async function wordy(house) {
  const ines = await voice(house, 'ines');
  const tomas = await voice(house, 'tomas');
  const mediaId = await upload(ines, house.films.rest[0].file, `${word(120)}.mkv`);
  const title = await ines.ask('POST', '/api/movies', {
    title: word(80),
    description: word(300),
    releaseDate: '2019-02-03',
    genres: [word(50), word(40)],
    cast: [word(100), `${word(98)}a`],
    director: word(100),
    language: 'de',
    country: 'DE',
    status: 'RELEASED',
    mediaId,
  });
  await tomas.ask('PUT', `/api/users/${tomas.user.id}`, { displayName: word(80), bio: word(300), location: word(90) });
  const first = await tomas.ask('POST', `/api/movies/${title.id}/comments`, {
    content: `${word(200)} at 0:03 https://film.example/${word(200)}`,
  });
  await tomas.ask('POST', `/api/movies/${title.id}/comments`, { content: word(200), parentId: first.id });
  await tomas.ask('POST', '/api/reports', { contentType: 'MOVIE', contentId: title.id, reportType: 'MISLEADING', description: word(300) });
  await until('the wordy film can be played', async () => (await ines.ask('GET', `/api/media/${mediaId}`)).playable, 60);
  return title.id;
}

// [name, who looks, address, what says that it is there]
const places = (house, id) => [
  ['home', house.other, '/', 'main h2'],
  ['browse', house.other, '/browse', 'main a[href^="/film/"]'],
  ['a search', house.other, `/browse?q=${word(90)}`, 'main h2, main a[href^="/film/"]'],
  ['film', house.other, `/film/${id}`, 'main h1'],
  ['watch', house.other, `/watch/${id}`, '[data-phase=playing], [data-phase=ready]'],
  ['edit', house.member, `/film/${id}/edit`, 'main form'],
  ['sign in', house.other, '/in', 'form'],
  ['join', house.visitor, '/join', 'form'],
  ['upload', house.member, '/upload', 'main h1'],
  ['uploads', house.member, '/uploads', 'main h3'],
  ['you', house.other, '/you', 'main form'],
  ['desk', house.admin, '/desk', '.queue button[id^=report]'],
  ['nowhere', house.visitor, '/nowhere', 'main h1'],
];

// What reaches beyond the right edge, other than inside something that scrolls by itself.
const beyond = () => {
  const width = document.documentElement.clientWidth;
  const held = (element) => {
    for (let up = element.parentElement; up && up !== document.body; up = up.parentElement) {
      if (getComputedStyle(up).overflowX !== 'visible') return true;
    }
    return false;
  };
  const out = [...document.querySelectorAll('body *')].filter(
    (e) => e.getBoundingClientRect().right > width + 1 && !held(e) && !e.closest('.sr'),
  );
  const over = document.documentElement.scrollWidth - width;
  const last = out.at(-1);
  return over > 0 || last ? `${over} px too wide${last ? `, <${last.localName} class="${last.className}">` : ''}` : '';
};

async function sideways(house, id) {
  for (const [width, height] of [
    [320, 568],
    [390, 844],
    [640, 400],
    [844, 390],
    [1280, 800],
  ]) {
    await house.check(`with words that never break nothing is wider than a page of ${width} × ${height}`, async () => {
      const wrong = [];
      for (const [name, page, address, there] of places(house, id)) {
        await page.setViewportSize({ width, height });
        await page.goto(house.base + address);
        await page.locator(there).first().waitFor();
        await page.waitForLoadState('networkidle');
        const found = await page.evaluate(beyond);
        if (found) wrong.push(`${name}: ${found}`);
      }
      return wrong.join('\n');
    });
  }
  for (const page of [house.other, house.member, house.admin, house.visitor]) await page.setViewportSize({ width: 1280, height: 800 });
}

const phone = { isMobile: true, hasTouch: true };
const paused = (page) => page.locator('video').evaluate((video) => video.paused);

async function play(house, page, path = house.filmPath) {
  await page.goto(house.base + path);
  await page.locator('.play-act button').tap();
  await page.locator('[data-phase=playing]').waitFor();
}

// Is the middle of it what a finger would hit?
const reachable = (locator) =>
  locator.evaluate((element) => {
    const box = element.getBoundingClientRect();
    const hit = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    return element.contains(hit) ? '' : `covered by <${hit?.localName ?? 'nothing'} class="${hit?.className ?? ''}">`;
  });

// One stroke of a finger upwards over the picture.
async function stroke(wire, x, from, to) {
  await wire.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [{ x, y: from }] });
  for (let y = from - 8; y > to; y -= 8) await wire.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: [{ x, y }] });
  await wire.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
}

async function lyingDown(house) {
  for (const [what, width, height] of [
    ['a phone lying down', 844, 390],
    ['200 % zoom', 640, 400],
  ]) {
    await house.check(`${what}: a stroke over the film moves the page to what people say`, async () => {
      const page = await house.person('lying', { width, height }, phone);
      await play(house, page);
      const wire = await page.context().newCDPSession(page);
      const talk = page.getByRole('heading', { name: /^Comments/ });
      await until(
        'the comments are on the screen',
        async () => {
          await stroke(wire, Math.round(width / 4), Math.round(height * 0.6), 40);
          const box = await talk.boundingBox();
          return box && box.y > 0 && box.y < height - 40;
        },
        20,
      );
      await house.shot(page, `watch-${width}-below`);
      const covered = await reachable(talk);
      if (await paused(page)) return 'the stroke paused the film';
      await page.context().close();
      return covered;
    });
  }
}

async function fingers(house) {
  const page = await house.person('thumb', { width: 390, height: 844 }, phone);
  const hidden = page.locator('[data-player].hide');
  await house.check('a tap where a hidden button is shows the controls and pauses nothing', async () => {
    await play(house, page);
    await hidden.waitFor();
    const box = await page.locator('[data-player]').boundingBox();
    for (const [x, y] of [
      [box.width / 2, box.height / 2],
      [box.width - 34, box.height - 26],
    ]) {
      await hidden.waitFor();
      await page.touchscreen.tap(box.x + x, box.y + y);
      await hidden.waitFor({ state: 'detached' });
      if (await paused(page)) return 'the film was paused';
      if (await page.evaluate(() => document.fullscreenElement !== null)) return 'the film became full';
    }
    await house.shot(page, 'watch-phone');
    return '';
  });
  await house.check('the shown buttons do what they say; a tap on the picture hides them', async () => {
    await page.goto(house.base + house.filmPath);
    await play(house, page);
    await page.locator('.middle').getByRole('button', { name: 'Pause' }).tap();
    await until('it is paused', () => paused(page));
    await page.locator('.middle').getByRole('button', { name: 'Play' }).tap();
    await until('it plays', async () => !(await paused(page)));
    const box = await page.locator('[data-player]').boundingBox();
    await page.touchscreen.tap(box.x + 40, box.y + 70);
    await hidden.waitFor({ timeout: 1500 });
    return (await paused(page)) ? 'the film was paused' : '';
  });
  await page.context().close();
}

async function commenting(house) {
  await house.check('a thumb comments at the moment: the box is in sight, under the film, with the time in it', async () => {
    const page = await house.person('commenting', { width: 390, height: 844 }, phone);
    await page.goto(`${house.base}/in`);
    await page.getByLabel('Email or username').fill('ines');
    await page.getByRole('textbox', { name: 'Password' }).fill(password);
    await page.getByRole('button', { name: 'Sign in', exact: true }).tap();
    await page.waitForURL((url) => url.pathname === '/');
    await play(house, page);
    await page.getByRole('button', { name: 'Comment at this moment' }).tap();
    const box = page.getByLabel('Say something about it');
    await until('the box has the focus', () => box.evaluate((element) => element === document.activeElement));
    await until('nothing moves any more', () =>
      page.evaluate(
        () =>
          new Promise((done) => {
            const before = scrollY;
            requestAnimationFrame(() => requestAnimationFrame(() => done(scrollY === before)));
          }),
      ),
    );
    await house.shot(page, 'watch-phone-comment');
    const text = await box.inputValue();
    const covered = await reachable(box);
    await page.context().close();
    return /^\d\d:\d\d:\d\d $/.test(text) ? covered : `the box says "${text}"`;
  });
  await house.check('a phone narrows the catalogue to a year', async () => {
    const page = await house.person('year', { width: 390, height: 844 }, phone);
    await page.goto(`${house.base}/browse`);
    await page.getByLabel('Year').fill('2019');
    await page.waitForURL(/year=2019/);
    await until('one film is left', async () => (await page.locator('main a[href^="/film/"]').count()) === 1);
    await page.context().close();
  });
}

async function uncovered(house) {
  for (const [width, height] of [
    [320, 568],
    [390, 844],
    [844, 390],
    [640, 400],
  ]) {
    await house.check(`nothing covers Play at ${width} × ${height}, neither a toast nor the banner`, async () => {
      const page = await house.person('pressing', { width, height }, phone);
      await page.goto(house.base + house.filmPath);
      const button = page.locator('.play-act button');
      await button.waitFor();
      const wrong = [];
      const look = async (when) => {
        await button.evaluate((element) => element.scrollIntoView({ block: 'center' }));
        const covered = await reachable(button);
        if (covered) wrong.push(`${when}: ${covered}`);
      };
      await look('at rest');
      await page.getByRole('button', { name: 'More about this title' }).tap();
      await page.getByRole('menuitem', { name: 'Copy the link' }).tap();
      await page.locator('.toast').waitFor();
      await look('with a toast');
      await page.context().setOffline(true);
      await page.getByText('No answer from the server since').waitFor();
      await look('with the banner');
      await page.context().close();
      return wrong.join('\n');
    });
  }
}

// Controls that a finger has less than 44 × 44 px of; one in a line of words is hit beyond what is drawn of it.
const small = () =>
  [...document.querySelectorAll('a, button, input, select, textarea, summary')]
    .filter((e) => {
      const box = (e.matches('.tick, .switch') && e.closest('label') ? e.closest('label') : e).getBoundingClientRect();
      const more = getComputedStyle(e, '::after');
      if (!box.width || e.closest('.sr') || !e.checkVisibility({ visibilityProperty: true })) return false;
      return Math.max(box.width, parseFloat(more.width) || 0) < 43.5 || Math.max(box.height, parseFloat(more.height) || 0) < 43.5;
    })
    .map((e) => `<${e.localName} class="${e.className}"> ${(e.textContent || e.name).trim().slice(0, 30)}`)
    .join('; ');

async function large(house, id) {
  await house.check('under a finger every control has 44 px', async () => {
    const wrong = [];
    const visitor = await house.person('finger', { width: 390, height: 844 }, phone);
    const owner = await enter(house, { username: 'ines' }, { width: 390, height: 844 }, phone);
    for (const [page, address, there] of [
      [visitor, '/browse?genre=drama&q=a', '.facet'],
      [visitor, '/in', 'form'],
      [visitor, `/film/${id}`, 'article'],
      [visitor, `/watch/${id}`, '[data-phase=playing], [data-phase=ready]'],
      [owner, '/', 'main h2'],
      [owner, '/uploads', 'main h3'],
      [owner, '/upload', 'main h1'],
      [owner, '/you', 'main li'],
    ]) {
      await page.goto(house.base + address);
      await page.locator(there).first().waitFor();
      const found = await page.evaluate(small);
      if (found) wrong.push(`${address}: ${found}`);
    }
    await visitor.context().close();
    house.thumb = owner;
    return wrong.join('\n');
  });
}

// What is pressed or written on a small screen lies under nothing.
async function above(house, id) {
  const page = house.thumb;
  const send = page.getByRole('button', { name: 'Send' });
  await house.check('chosen conditions keep their words in one row, and all are cleared with one finger', async () => {
    await page.goto(`${house.base}/browse?q=a&genre=drama,comedy,horror&year=1990s,1974`);
    const clear = page.getByRole('button', { name: 'Clear 6' });
    await clear.waitFor();
    const tall = await page.locator('.tools .chip').evaluateAll((all) => all.map((chip) => chip.offsetHeight).filter((h) => h > 46));
    if (tall.length) return `chips are ${tall.join(', ')} px high`;
    const covered = await reachable(clear);
    if (covered) return covered;
    await clear.tap();
    await page.waitForURL((url) => url.pathname === '/browse' && !url.search);
    return '';
  });
  await house.check('who writes several lines has nothing over them, and Play comes back afterwards', async () => {
    await page.goto(house.base + house.filmPath);
    const play = page.locator('.play-act');
    await play.waitFor();
    const box = page.getByLabel('Say something about it');
    await box.tap();
    await box.fill(['One', 'Two', 'Three', 'Four', 'Five', 'Six', 'Seven'].join('\n'));
    await send.evaluate((element) => element.scrollIntoView({ block: 'nearest' }));
    const covered = (await reachable(send)) || ((await play.isVisible()) ? 'Play is there while one writes' : '');
    await box.fill('');
    await box.blur();
    await play.waitFor();
    return covered;
  });
  await house.check('a title that is missing is seen with its sentence; what is said and the banner lie on no act', async () => {
    await page.goto(`${house.base}/film/${id}/edit`);
    const title = page.getByLabel('Title', { exact: true });
    const save = page.getByRole('button', { name: 'Save', exact: true });
    const [words, wrong] = [await title.inputValue(), []];
    await title.fill('');
    await page.evaluate(() => scrollTo(0, 1e9));
    await save.tap();
    await until('the field has the focus', () => title.evaluate((element) => element === document.activeElement));
    for (const place of [title, page.getByText('It needs a title.')]) wrong.push(await reachable(place));
    await title.fill(words);
    await page.getByLabel('Director').fill('Somebody else');
    await page.getByRole('button', { name: 'Leave it' }).tap();
    await page.locator('.toast').getByRole('button', { name: 'Undo' }).waitFor();
    await page.goto(`${house.base}/film/${id}/edit`);
    await page.context().setOffline(true);
    await page.locator('.toast, .offline').first().waitFor();
    await save.waitFor();
    for (const act of [save, page.getByRole('button', { name: 'Leave it' })]) wrong.push(await reachable(act));
    await page.context().setOffline(false);
    return wrong.filter(Boolean).join('; ');
  });
  await page.context().close();
}

export async function handling(house) {
  let id;
  await house.check('a title and a talk of endless words are made', async () => {
    id = await wordy(house);
  });
  if (id) await sideways(house, id);
  await lyingDown(house);
  await fingers(house);
  await commenting(house);
  if (id) await large(house, id);
  if (house.thumb) await house.excuse(/ERR_INTERNET_DISCONNECTED|Failed to fetch/, () => above(house, id));
  await house.excuse(/ERR_INTERNET_DISCONNECTED/, () => uncovered(house));
}
