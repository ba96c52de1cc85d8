// The desk: a report is claimed and decided with keys alone; hiding takes effect within a second everywhere, undoing restores exactly.
import { until } from './house.mjs';

const within = 1000;

async function snapshot(page, path) {
  return page.evaluate(async (address) => {
    const text = async (url) => {
      const r = await fetch(url, { cache: 'no-store' });
      return { status: r.status, body: await r.text() };
    };
    const movie = await text(address);
    const comments = await text(`${address}/comments`);
    const list = await text('/api/movies?limit=100&status=RELEASED');
    const hls = movie.status === 200 ? JSON.parse(movie.body).video.hlsUrl : null;
    return { movie, comments, listed: JSON.parse(list.body).data.map((m) => m.id), hls };
  }, path);
}

// Address and digest of one real segment, found as a player finds it.
async function segment(page, master) {
  return page.evaluate(async (address) => {
    const read = async (url) => (await (await fetch(url, { cache: 'no-store' })).text()).split('\n');
    const variant = new URL(
      (await read(address)).find((line) => line && !line.startsWith('#')),
      new URL(address, location.href),
    );
    const url = new URL(
      (await read(variant)).find((line) => line.endsWith('.m4s')),
      variant,
    );
    const bytes = await (await fetch(url, { cache: 'no-store' })).arrayBuffer();
    const digest = Array.from(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)), (b) => b.toString(16).padStart(2, '0')).join(
      '',
    );
    return { url: url.pathname, digest, size: bytes.byteLength };
  }, master);
}

const statusOf = (page, url) => page.evaluate(async (address) => (await fetch(address, { cache: 'no-store' })).status, url);

// Milliseconds from the moderator's answer until `gone` holds.
async function timeAfter(page, press, answer, gone) {
  const [response] = await Promise.all([page.waitForResponse((r) => answer.test(r.url()) && r.request().method() === 'POST'), press()]);
  if (!response.ok()) throw new Error(`the decision was refused: ${response.status()}`);
  const began = Date.now();
  await until('the decision has its effect', gone, 5, 10);
  return Date.now() - began;
}

export async function deciding(house) {
  const { admin, visitor } = house;
  const id = house.filmPath.split('/').pop();
  const address = `/api/movies/${id}`;
  await visitor.goto(house.base);
  const before = await snapshot(visitor, address);
  const piece = await segment(visitor, before.hls);
  // proves S18
  await house.check('a moderator opens the desk, reads the evidence and claims the report by keys', async () => {
    await admin.goto(`${house.base}/desk`);
    await admin.getByRole('button', { name: /Misleading in a title/ }).waitFor();
    await admin.keyboard.press('j');
    await admin.getByText('The ticket in it is not for a night train.').waitFor();
    await admin.keyboard.press('c');
    await admin.getByText('Claimed by you').waitFor();
    await house.shot(admin, 'desk');
  });
  await house.excuse(/status of (404|410)/, async () => {
    await hide(house, admin, visitor, address, piece);
    await restore(house, admin, visitor, address, piece, before);
  });
}

async function hide(house, admin, visitor, address, piece) {
  // proves S19
  await house.check('hidden: within a second the stranger gets "not found" and no segment', async () => {
    await admin.keyboard.press('2');
    await admin.keyboard.press('o');
    await admin.keyboard.type('It passes for a train film.');
    const gone = async () => (await statusOf(visitor, address)) === 404 && [404, 410].includes(await statusOf(visitor, piece.url));
    const took = await timeAfter(admin, () => admin.keyboard.press('Control+Enter'), /\/resolve$/, gone);
    return took <= within ? '' : `it took ${took} ms`;
  });
  await house.check('the stranger sees that the reel ends there, and the title is in no list', async () => {
    await visitor.goto(house.base + house.filmPath);
    await visitor.getByRole('heading', { name: 'The reel ends here' }).waitFor();
    await house.shot(visitor, 'not-found');
    const { listed } = await snapshot(visitor, address);
    return listed.includes(address.split('/').pop()) ? 'it is still listed' : '';
  });
}

async function restore(house, admin, visitor, address, piece, before) {
  // proves S19
  await house.check('undone: everything is back exactly, the segment byte for byte', async () => {
    await admin.locator('body').click({ position: { x: 5, y: 5 } });
    await admin.keyboard.press('u');
    await admin.getByLabel('Why does it come back?').fill('It is a train film after all.');
    const back = async () => (await statusOf(visitor, address)) === 200 && (await statusOf(visitor, piece.url)) === 200;
    const took = await timeAfter(admin, () => admin.getByRole('button', { name: 'Undo it' }).click(), /\/revert$/, back);
    const now = await snapshot(visitor, address);
    const again = await segment(visitor, now.hls);
    const wrong = [];
    if (took > within) wrong.push(`it took ${took} ms`);
    for (const what of ['movie', 'comments'])
      if (now[what].body !== before[what].body)
        wrong.push(`${what} differ: ${before[what].body.slice(0, 300)} / ${now[what].body.slice(0, 300)}`);
    if (JSON.stringify(now.listed) !== JSON.stringify(before.listed)) wrong.push('the list has another order');
    if (again.digest !== piece.digest || again.url !== piece.url) wrong.push('the segment is another one');
    return wrong.join('; ');
  });
  await house.check('what is undone offers no undo; the closed report says who decided it and who undid it, when and why', async () => {
    await admin.locator('.toast').getByText('is back as it was').waitFor();
    if (await admin.locator('.toast').getByRole('button', { name: 'Undo' }).count()) return 'the message still offers to undo it';
    const covered = await admin.evaluate(() => {
      const keys = document.querySelector('.hints').getBoundingClientRect();
      return [...document.querySelectorAll('.toast')].some((toast) => toast.getBoundingClientRect().left < keys.right);
    });
    if (covered) return 'a message lies on the keys';
    await admin.goto(`${house.base}/desk?lane=hidden`);
    await admin.getByRole('button', { name: /Misleading in a title/ }).click();
    const decided = admin.locator('section', { has: admin.getByRole('heading', { name: 'What was decided' }) }).last();
    await decided.getByText('It passes for a train film.').waitFor();
    await decided.getByRole('heading', { name: 'How it was undone' }).waitFor();
    await decided.getByText('It is a train film after all.').waitFor();
    await house.shot(admin, 'desk-undone');
    const told = await decided.innerText();
    return /now|ago|min/.test(told) && /vera/i.test(told) ? '' : told;
  });
}
