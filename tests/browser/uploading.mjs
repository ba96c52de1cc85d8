// Bringing films: an upload that is interrupted by a reload, all the kinds of files that people have, the ladder, releasing.
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { until } from './house.mjs';

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');
const row = (page, name) => page.getByRole('article', { name });
const chooser = (page) => page.getByLabel('Choose films');

export async function uploading(house) {
  const page = house.member;
  house.tokens = watchTokens(page);
  await interrupted(house, page);
  await describe(house, page);
  await manyKinds(house, page);
  await damaged(house, page);
}

// The bearer tokens that the page uses, for asking the server about what the page did.
function watchTokens(page) {
  const seen = { last: null, resumedAt: [] };
  page.on('request', (request) => {
    const head = request.headers();
    if (head.authorization) seen.last = head.authorization;
    if (request.method() === 'PATCH') seen.resumedAt.push(Number(head['upload-offset']));
  });
  return seen;
}

export async function slow(page, bytesPerSecond) {
  const wire = await page.context().newCDPSession(page);
  await wire.send('Network.enable');
  await wire.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 0,
    downloadThroughput: -1,
    uploadThroughput: bytesPerSecond,
  });
  return () => wire.detach();
}

const sentPart = async (page, name) =>
  Number(
    await page
      .getByRole('progressbar', { name: `Upload of ${name}` })
      .getAttribute('aria-valuenow')
      .catch(() => null),
  );

async function interrupted(house, page) {
  const { file } = house.films.main;
  const name = path.basename(file);
  let quick;
  await house.check('an upload under way shows its line', async () => {
    await page.goto(`${house.base}/upload`);
    quick = await slow(page, statSync(file).size / 8);
    await chooser(page).setInputFiles(file);
    await until('a third has been sent', async () => (await sentPart(page, name)) >= 33, 60);
    await house.shot(page, 'upload');
  });
  // proves S22
  await house.check('it goes on where it stopped after the page was reloaded', async () => {
    await page.reload();
    await quick();
    await row(page, name).getByText('Choose the same file again and it goes on from here').waitFor();
    house.tokens.resumedAt.length = 0;
    const [picker] = await Promise.all([
      page.waitForEvent('filechooser'),
      row(page, name).getByRole('button', { name: 'Choose the file again' }).click(),
    ]);
    await picker.setFiles(file);
    await until(
      'the upload has arrived',
      async () =>
        (await row(page, name)
          .getByText(/arrived|Playable already|Ready in every version/)
          .count()) > 0,
      60,
    );
    const from = house.tokens.resumedAt[0];
    return from > statSync(file).size / 5 ? '' : `it went on at byte ${from} of ${statSync(file).size}`;
  });
  // proves S22
  await house.check('the server has the very bytes of the file', async () => {
    const list = await (await fetch(`${house.base}/api/media`, { headers: { authorization: house.tokens.last } })).json();
    const { id } = list.data.find((medium) => medium.filename === name);
    const bytes = Buffer.from(
      await (await fetch(`${house.base}/api/media/uploads/${id}`, { headers: { authorization: house.tokens.last } })).arrayBuffer(),
    );
    return sha256(bytes) === sha256(readFileSync(file)) ? '' : `${bytes.length} other bytes`;
  });
}

async function describe(house, page) {
  const { title, file } = house.films.main;
  await house.check('the words about a film are saved and the film is released', async () => {
    await page.getByLabel('Title', { exact: true }).fill(title);
    await page.getByLabel('What is it about?').fill('A sleeper car, a wrong ticket and a conversation that lasts until the border.');
    await page.getByLabel('Released').fill('2024-10-03');
    await page.getByLabel('Director').fill('Anna Szabó');
    await page.getByLabel('Genres').fill('Drama, Mystery');
    await page.getByLabel('Cast').fill('Ilse Brandt, Marek Novák, Noor Haddad');
    await page.getByRole('button', { name: 'Release now' }).click();
    await page.getByText(`${title} is released`).first().waitFor();
    house.filmPath = new URL(await page.getByRole('link', { name: 'See it' }).getAttribute('href'), house.base).pathname;
  });
  // proves S23
  await house.check('the ladder of versions is shown and every one becomes ready', async () => {
    const table = row(page, path.basename(file)).getByRole('table');
    await table.waitFor();
    const names = await table.getByRole('rowheader').allTextContents();
    await row(page, path.basename(file)).getByText('Ready in every version').waitFor({ timeout: 150_000 });
    await house.shot(page, 'ladder');
    const done = await table.getByText('Ready', { exact: true }).count();
    return names.length >= 2 && done === names.length ? '' : `${done} of ${names.join(', ')} are ready`;
  });
}

async function manyKinds(house, page) {
  await house.check(`${house.films.rest.length} further kinds of files are taken at once`, async () => {
    await chooser(page).setInputFiles(house.films.rest.map((film) => film.file));
    for (const { file } of house.films.rest)
      await row(page, path.basename(file))
        .getByText(/arrived|Playable already|Ready in every version/)
        .first()
        .waitFor({ timeout: 60_000 });
  });
  for (const film of house.films.rest) {
    const own = row(page, path.basename(film.file));
    await house.check(`${path.basename(film.file)} becomes a released film`, async () => {
      const choose = own.getByRole('button', { name: 'Write about it' });
      if (await choose.count()) await choose.click();
      await page.getByText(`${path.basename(film.file)}. Kept apart`).waitFor();
      await page.getByLabel('Title', { exact: true }).fill(film.title);
      await page.getByLabel('Genres').fill('Short');
      await page.getByRole('button', { name: 'Release now' }).click();
      film.path = new URL(await page.getByRole('link', { name: 'See it' }).getAttribute('href'), house.base).pathname;
      await own.getByText('Ready in every version').waitFor({ timeout: 150_000 });
    });
  }
}

async function damaged(house, page) {
  await house.check('a file that is no film is refused with the reason and a way on', async () => {
    await chooser(page).setInputFiles({
      name: 'Letter.mp4',
      mimeType: 'video/mp4',
      buffer: Buffer.from('This is a letter, not a film. '.repeat(400)),
    });
    const own = row(page, 'Letter.mp4');
    await own.getByRole('button', { name: 'Choose another file' }).waitFor({ timeout: 90_000 });
    await own.getByRole('button', { name: 'Take the row away' }).click();
  });
}
