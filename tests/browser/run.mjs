// Walks through the real house with a real browser: `node tests/browser/run.mjs [--url URL --setup-link LINK] [--long] [WALK…]`.
// Needs Chromium and ffmpeg; `npm ci` here once. The last line printed is "N passed, N failed, N skipped"; pictures go to build/browser.
// Without a walk named, two houses are walked through side by side.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { browserProgram } from './program.mjs';

const first = [
  ...['joining', 'uploading', 'resuming', 'signing', 'proxied', 'watching', 'hearing', 'subtitling', 'losing', 'talking'],
  ...['deciding', 'looking', 'handling'],
  ...['arriving', 'staying', 'crossing'], // one house and its film
];
const second = ['keeping', 'focusing', 'moving', 'listing', 'saying', 'turning', 'reading']; // each with people of its own
const walks = [...first, ...second];

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

// Both at once, each in a process of its own; the sum of what they counted.
async function sideBySide(more) {
  const began = Date.now();
  const sums = [0, 0, 0];
  const faults = [];
  const walkThrough = (name, wanted) =>
    new Promise((done) => {
      const program = spawn(process.execPath, [fileURLToPath(import.meta.url), ...more, ...wanted], {
        env: { ...process.env, MOZI_SHOTS: name },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let counted = false;
      createInterface({ input: program.stdout }).on('line', (line) => {
        const counts = /^(\d+) passed, (\d+) failed, (\d+) skipped$/.exec(line);
        counted ||= counts !== null;
        for (const i of counts ? [0, 1, 2] : []) sums[i] += Number(counts[i + 1]);
        if (line.startsWith('FAILED') && !faults.includes(line)) faults.push(line);
        if (!counts) console.log(`${name}  ${line}`);
      });
      program.on('close', () => {
        if (!counted) (faults.push(`FAILED  the walk through the ${name} house ended without a word`), (sums[1] += 1));
        done();
      });
    });
  await Promise.all([walkThrough('first', first), walkThrough('second', ['joining', ...second])]);
  for (const fault of faults) console.log(fault);
  console.log(`${Math.round((Date.now() - began) / 1000)} s`);
  console.log(`${sums[0]} passed, ${sums[1]} failed, ${sums[2]} skipped`);
  process.exit(sums[1] === 0 ? 0 : 1);
}

const words = process.argv.slice(2);
if (words.every((word) => word === '--long')) await sideBySide(words);
else await main();
