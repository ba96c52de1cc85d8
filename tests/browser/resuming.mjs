// Uploads over networks as they are: going on with the right file and no other, on another device, and refusals that say why.
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { register, signIn, until } from './house.mjs';
import { slow } from './uploading.mjs';

const name = 'MOV_0001.mp4';
const size = 24 * 1024 * 1024;
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');
const chooser = (page) => page.getByLabel('Choose films');
const rows = (page) => page.getByRole('article', { name });
const waits = 'Choose the same file again and it goes on from here';
const another = 'This is another film than the one that was begun, so it starts from the beginning.';

// Not films: what is sent, not what becomes of it, is looked at.
function file(house, folder, letter, change = null) {
  const bytes = Buffer.alloc(size);
  let state = letter.charCodeAt(0);
  for (let i = 0; i < size; i += 4) bytes.writeUInt32LE((state = (Math.imul(state, 1664525) + 1013904223) >>> 0), i);
  if (change !== null) bytes[change] ^= 1;
  const at = path.join(house.home, folder);
  mkdirSync(at, { recursive: true });
  writeFileSync(path.join(at, name), bytes);
  return { path: path.join(at, name), sha: sha256(bytes) };
}

class Uploader {
  constructor(house, username) {
    ((this.house = house), (this.username = username));
  }
  async open() {
    this.token = await register(this.house.base, this.username);
    this.page = await this.device();
  }
  async device() {
    const page = await this.house.person(`${this.username}-${this.house.people.size}`);
    await signIn(page, this.house.base, this.username);
    await page.goto(`${this.house.base}/upload`);
    await until('what reads files is there', () => page.workers().length > 0); // a network that is slowed meanwhile keeps it from starting
    return page;
  }
  ask(where, method = 'GET', headers = {}) {
    return fetch(`${this.house.base}${where}`, { method, headers: { authorization: `Bearer ${this.token}`, ...headers } });
  }
  async list() {
    return (await (await this.ask('/api/media')).json()).data;
  }
  async bytes(id) {
    return Buffer.from(await (await this.ask(`/api/media/uploads/${id}`)).arrayBuffer());
  }
  // What has come whole, by its hash.
  async whole() {
    const done = (await this.list()).filter((medium) => medium.status !== 'UPLOADING');
    return (await Promise.all(done.map(async ({ id }) => sha256(await this.bytes(id))))).sort();
  }
  // Sends a good part of the file and is interrupted by a reload.
  async begin(of) {
    const quick = await slow(this.page, size / 5);
    await chooser(this.page).setInputFiles(of.path);
    await until(
      'a part has arrived',
      async () => (await this.list()).some((medium) => medium.status === 'UPLOADING' && medium.progress > 0.3),
      60,
    );
    await this.page.reload();
    await quick();
    await rows(this.page).getByText(waits).waitFor();
  }
  offsets() {
    const seen = [];
    this.page.on('request', (request) => {
      if (request.method() === 'PATCH') seen.push(Number(request.headers()['upload-offset']));
    });
    return seen;
  }
}

export async function resuming(house) {
  await otherFile(house);
  await oneByte(house);
  await otherDevice(house);
  await reasons(house);
  await withoutNetwork(house);
}

// The page is open and nothing has been sent yet when the network goes.
async function withoutNetwork(house) {
  const who = new Uploader(house, 'odile'),
    a = file(house, 'tunnel', 'g');
  await who.open();
  await house.check('a file that is chosen while the network is away waits for it and arrives', () =>
    house.excuse(/ERR_INTERNET_DISCONNECTED|Failed to (fetch|load)/, async () => {
      await who.page.waitForLoadState('networkidle');
      await who.page.context().setOffline(true);
      await chooser(who.page).setInputFiles(a.path);
      await rows(who.page).waitFor();
      await rows(who.page)
        .getByText(/tries again in/)
        .waitFor();
      await who.page.context().setOffline(false);
      await until('it has arrived', async () => (await who.whole()).length === 1, 60);
      if ((await who.whole())[0] !== a.sha) return 'what arrived is not the file';
    }),
  );
  await who.page.context().close();
}

async function otherFile(house) {
  const who = new Uploader(house, 'otis'),
    a = file(house, 'card-a', 'a'),
    b = file(house, 'card-b', 'b');
  await who.open();
  await house.check('another file of the same name and size starts anew, says so, and leaves the first one alone', async () => {
    await who.begin(a);
    await chooser(who.page).setInputFiles(b.path);
    await who.page.getByText(another).first().waitFor();
    await house.shot(who.page, 'another-film');
    await until('the other file has arrived', async () => (await who.whole()).length === 1, 60);
    if ((await who.whole())[0] !== b.sha) return 'what arrived is not the second file';
    return (await rows(who.page).getByText(waits).count()) === 1 ? '' : 'the first upload waits no longer';
  });
  await house.check('the wrong file for a row that waits gets a row of its own', async () => {
    const c = file(house, 'card-c', 'c');
    const [picker] = await Promise.all([
      who.page.waitForEvent('filechooser'),
      rows(who.page).getByRole('button', { name: 'Choose the file again' }).click(),
    ]);
    await picker.setFiles(c.path);
    await until('it has arrived', async () => (await who.whole()).length === 2, 60);
    return (await rows(who.page).getByText(waits).count()) === 1 ? '' : 'the first upload waits no longer';
  });
  await house.check('the right file goes on where it stopped', async () => {
    const offsets = who.offsets();
    const [picker] = await Promise.all([
      who.page.waitForEvent('filechooser'),
      rows(who.page).getByRole('button', { name: 'Choose the file again' }).click(),
    ]);
    await picker.setFiles(a.path);
    await until('it has arrived', async () => (await who.whole()).length === 3, 60);
    if (!(offsets[0] > size / 5)) return `it went on at byte ${offsets[0]}`;
    return (await who.whole()).includes(a.sha) ? '' : 'what arrived is not the first file';
  });
  await who.page.context().close();
}

async function oneByte(house) {
  const who = new Uploader(house, 'olga'),
    a = file(house, 'take-1', 'd'),
    b = file(house, 'take-2', 'd', 3 * 1024 * 1024 + 77);
  await who.open();
  await house.check('a file that differs in one byte of what has arrived never ends behind the first one', async () => {
    await who.begin(a);
    await chooser(who.page).setInputFiles(b.path);
    await until('it has arrived', async () => (await who.whole()).length === 1, 60);
    if ((await who.whole())[0] !== b.sha) return 'what arrived is neither file';
    await until('the mixed one is gone', async () => (await who.list()).length === 1);
    await who.page.getByText(another).first().waitFor();
  });
  await who.page.context().close();
}

async function otherDevice(house) {
  const who = new Uploader(house, 'omar'),
    a = file(house, 'phone', 'e');
  await who.open();
  await house.check('another device goes on with the same file, and the first one is told', () =>
    house.excuse(/status of (400|409)/, async () => {
      await slow(who.page, size / 30);
      await chooser(who.page).setInputFiles(a.path);
      await until(
        'a part has arrived',
        async () => {
          const [medium] = await who.list();
          return medium && Number((await who.ask(`/api/media/uploads/${medium.id}`, 'HEAD')).headers.get('upload-offset')) > size / 20;
        },
        60,
      );
      const first = who.page;
      const tab = await first.context().newPage();
      await tab.goto(`${house.base}/upload`);
      await tab.getByText('It arrives from another tab or device').waitFor();
      await tab.close();
      who.page = await who.device();
      const offsets = who.offsets();
      await chooser(who.page).setInputFiles(a.path);
      await until('it has arrived', async () => (await who.whole()).length === 1, 60);
      if ((await who.whole())[0] !== a.sha) return 'what arrived is not the file';
      if ((await who.list()).length !== 1) return 'a second upload was made';
      if (!(offsets[0] > 0)) return 'it began again';
      await first.getByText('It goes on in another tab or on another device').waitFor({ timeout: 60_000 });
      await house.shot(first, 'taken-over');
    }),
  );
  for (const [label, page] of house.people) if (label.startsWith('omar')) await page.context().close();
}

// The chunk is still under way when the server refuses it.
async function reasons(house) {
  const cases = [
    ['a session that ends', 'orla', 401, (who) => who.ask('/api/auth/sessions', 'DELETE'), /signed out/i],
    [
      'an upload that somebody deleted',
      'oren',
      404,
      async (who) => {
        for (const { id } of await who.list()) await who.ask(`/api/media/${id}`, 'DELETE');
      },
      /no longer|Nothing at this address|not there|gone/i,
    ],
  ];
  for (const [what, username, status, act, told] of cases) {
    const who = new Uploader(house, username),
      a = file(house, username, 'f');
    await who.open();
    await house.check(`${what} during a chunk is told as that, not as trouble with the network`, () =>
      house.excuse(new RegExp(`status of (${status}|401)`), async () => {
        const answers = [];
        who.page.on('response', (response) => {
          if (response.request().method() === 'PATCH') answers.push(response.status());
        });
        await slow(who.page, size / 8);
        await chooser(who.page).setInputFiles(a.path);
        await until('bytes are on their way', async () => {
          const [medium] = await who.list();
          return medium && Number((await who.ask(`/api/media/uploads/${medium.id}`, 'HEAD')).headers.get('upload-offset')) > 0;
        });
        await act(who);
        await who.page.getByText(told).first().waitFor({ timeout: 60_000 });
        await house.shot(who.page, `refused-${status}`);
        if (await who.page.getByText('No answer').count()) return 'the page speaks of the network';
        return answers.includes(status) ? '' : `the page saw ${answers.join(', ') || 'no answer'}`;
      }),
    );
    await who.page.context().close();
  }
}
