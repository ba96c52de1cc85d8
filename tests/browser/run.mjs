// Walks through the real house with a real browser: `node tests/browser/run.mjs [--url URL --setup-link LINK] [--long] [WALK…]`.
// Needs Chromium and ffmpeg; `npm ci` here once. The last line printed is "N passed, N failed, N skipped"; pictures go to build/browser.
import { existsSync } from 'node:fs';
import { browserProgram } from './program.mjs';

const walks = [
  ...[
    'joining',
    'uploading',
    'resuming',
    'signing',
    'proxied',
    'watching',
    'hearing',
    'subtitling',
    'losing',
    'talking',
    'deciding',
    'looking',
    'handling',
  ],
  ...['arriving', 'staying', 'crossing'], // one house and its film
  ...['keeping', 'focusing', 'moving', 'listing', 'saying', 'turning', 'reading'], // each with people of its own
];

function read(words) {
  const out = { url: null, setupLink: null, long: false, only: [] };
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (word === '--url') out.url = words.shift();
    else if (word === '--setup-link') out.setupLink = words.shift();
    else if (word === '--long') out.long = true;
    else if (walks.includes(word)) out.only.push(word);
    else throw new Error(`there is no option ${word}`);
  }
  if (out.url && !out.setupLink)
    throw new Error('--url needs --setup-link: the one-time address that the server wrote into its data folder');
  return out;
}

async function main() {
  const options = read(process.argv.slice(2));
  if (!existsSync(new URL('./node_modules/playwright-core', import.meta.url))) throw new Error('run `npm ci` in tests/browser first');
  const { House } = await import('./house.mjs');
  const { renderFilms } = await import('./films.mjs');
  const house = new House(options);
  const began = Date.now();
  const wanted = walks.filter((walk) => !options.only.length || options.only.includes(walk));
  if (!existsSync(browserProgram)) for (const walk of wanted.splice(0)) house.skip(`the walk ${walk}`, `there is no ${browserProgram}`);
  try {
    if (wanted.includes('uploading'))
      await house.check('the films are rendered', async () => {
        house.films = await renderFilms(house.home, options);
      });
    if (wanted.length) await house.open();
    for (const walk of wanted) {
      console.log(`-- ${walk}`);
      await (await import(`./${walk}.mjs`))[walk](house);
      await house.calm(walk);
    }
  } catch (cause) {
    house.fail('the walk itself', cause.stack ?? cause);
  } finally {
    await house.close();
  }
  for (const fault of house.faults) console.log(fault);
  console.log(`${Math.round((Date.now() - began) / 1000)} s`);
  console.log(`${house.passed} passed, ${house.failed} failed, ${house.skipped} skipped`);
  process.exit(house.failed === 0 ? 0 : 1);
}

await main();
