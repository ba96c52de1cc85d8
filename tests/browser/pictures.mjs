// Takes the pictures of the documentation from a house filled by scripts/demo:
// `node tests/browser/pictures.mjs [FILMS_FOLDER]` writes docs/images.
import { execFile } from 'node:child_process';
import { mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { root } from '../chaos/server.mjs';
import { House, password, until } from './house.mjs';
import { slow } from './uploading.mjs';

const run = promisify(execFile);
const images = path.join(root, 'docs/images');
const films = process.argv[2] ?? path.join(root, 'var/demo/films');

// 256 colours are enough for what is on these pages, and a third of the bytes.
async function picture(page, name) {
  const raw = `${images}/${name}.raw.png`;
  const file = `${images}/${name}.png`;
  await page.screenshot({ path: raw, animations: 'disabled' });
  await run('ffmpeg', [
    '-v',
    'error',
    '-y',
    '-i',
    raw,
    '-filter_complex',
    'split[a][b];[a]palettegen=max_colors=200:stats_mode=full[p];[b][p]paletteuse=dither=bayer:bayer_scale=5',
    '-frames:v',
    '1',
    file,
  ]);
  await run('rm', [raw]);
  console.log(`docs/images/${name}.png, ${Math.round(statSync(file).size / 1024)} KB`);
}

async function rest(page) {
  await page.waitForLoadState('networkidle');
  await page.evaluate(() => document.fonts.ready);
  await until('no toast covers the page', async () => (await page.locator('.toast').count()) === 0, 15);
}

async function signIn(page, base, username) {
  await page.goto(`${base}/in`);
  await page.getByLabel('Email or username').fill(username);
  await page.getByRole('textbox', { name: 'Password' }).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('button', { name: /^You, / }).waitFor();
}

const filmCalled = async (base, title) => (await (await fetch(`${base}/api/movies?search=${encodeURIComponent(title)}`)).json()).data[0].id;

async function take(house) {
  const { base } = house;
  house.server.createAccount('demo', 'ADMIN', password);
  await run('node', [path.join(root, 'scripts/demo/fill.mjs'), base, films], {
    env: { ...process.env, DEMO_PASSWORD: password },
    timeout: 900_000,
  });
  const page = await house.person('demo');
  await signIn(page, base, 'demo');
  await page.goto(base);
  await rest(page);
  await picture(page, 'home');

  const film = await filmCalled(base, 'Evening Light');
  await page.goto(`${base}/film/${film}`);
  await rest(page);
  await picture(page, 'film');
  await page.goto(`${base}/film/${await filmCalled(base, 'Coastline')}`);
  await page
    .getByRole('button', { name: /^(Play|Resume)/ })
    .first()
    .click();
  await until('the film has run for a while', () => page.locator('video').evaluate((v) => v.currentTime > 4), 30);
  await page.locator('[data-player]').focus();
  await page.keyboard.press('k');
  await picture(page, 'player');

  await page.goto(`${base}/desk`);
  await page.locator('.queue button[id^=report]').first().waitFor();
  await page.keyboard.press('j');
  await page.getByRole('heading', { name: 'Decide' }).waitFor();
  await page.keyboard.press('2');
  await rest(page);
  await picture(page, 'desk');

  await page.goto(`${base}/upload`);
  const file = path.join(films, 'a-small-town.mp4');
  await slow(page, statSync(file).size / 20);
  await page.getByLabel('Choose films').setInputFiles(file);
  await until(
    'a good part has been sent',
    async () => Number(await page.getByRole('progressbar', { name: /^Upload of/ }).getAttribute('aria-valuenow')) >= 42,
    60,
  );
  await picture(page, 'upload');

  const phone = await house.person('phone', { width: 390, height: 844 }, { isMobile: true, hasTouch: true });
  await phone.goto(`${base}/film/${await filmCalled(base, 'Night Train')}`);
  await rest(phone);
  await picture(phone, 'phone');
}

mkdirSync(images, { recursive: true });
const house = new House({});
try {
  await house.open();
  await take(house);
} finally {
  await house.close();
}
