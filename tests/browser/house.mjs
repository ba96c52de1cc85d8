// A server, a browser and the people in it; counts checks; keeps every complaint of the browser's console.
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { freePort, root, Server, until } from '../chaos/server.mjs';
import { browserProgram } from './program.mjs';

// Names that lead to this machine without being localhost: to the browser they are plain, insecure hosts.
export const plainHost = 'house.test';
export const publicHost = 'films.example.org';
const flags = [
  `--host-resolver-rules=MAP ${plainHost} 127.0.0.1, MAP ${publicHost} 127.0.0.1`,
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
export const launch = (more = []) => chromium.launch({ executablePath: browserProgram, headless: true, args: [...flags, ...more] });
const longest_s = 240; // of one check: what a page is asked to evaluate has no limit of its own
export const password = 'the last row is best';
export const shots = path.join(root, 'build/browser', process.env.MOZI_SHOTS ?? ''); // each house has its own

export class House {
  constructor(options) {
    this.options = options;
    this.home = mkdtempSync(path.join(os.tmpdir(), 'videa-browser-'));
    this.people = new Map(); // name → page
    this.complaints = [];
    this.excused = [/Service Worker registration blocked by Playwright/]; // patterns of complaints that a step causes on purpose
    this.passed = 0;
    this.failed = 0;
    this.skipped = 0;
    this.faults = []; // what was not so, said again at the end: who reads only the end of a long output sees it
    mkdirSync(shots, { recursive: true });
  }

  async open() {
    if (this.options.url) {
      this.base = this.options.url.replace(/\/$/, '');
      this.setupLink = this.options.setupLink;
    } else {
      this.elsewhere = await freePort(); // of the other site whose pages may use this one
      this.server = new Server(this.home, await freePort(), { 'http.allowed_origins': `http://127.0.0.1:${this.elsewhere}` });
      await this.server.start();
      this.base = `http://localhost:${this.server.port}`;
      const file = path.join(this.server.data, 'setup-link');
      this.setupLink = await until('the setup link is written', () => {
        try {
          return readFileSync(file, 'utf8').trim();
        } catch {
          return null;
        }
      });
    }
    this.browser = await launch();
  }

  async close() {
    await this.browser?.close();
    const end = await this.server?.end('SIGTERM', 15).catch(() => null);
    if (this.server && end?.code !== 0) {
      await this.server.end('SIGKILL');
      this.fail('the server ends when asked', 'it did not');
    }
    if (this.failed && this.server) console.log(this.server.tail(10));
    rmSync(this.home, { recursive: true, force: true });
  }

  // A browser of one person's own: cookies, storage, window.
  async person(name, window = { width: 1280, height: 800 }, more = {}) {
    // What a service worker answers cannot be held or refused by a step; the walk about it says "allow".
    const about = { viewport: window, locale: 'en-GB', timezoneId: 'Europe/Budapest', serviceWorkers: 'block', ...more };
    const context = await this.browser.newContext(about);
    context.setDefaultTimeout(20_000);
    await context.addInitScript(() => {
      window.shifts = [];
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries())
          if (!entry.hadRecentInput)
            window.shifts.push({
              value: entry.value,
              where: entry.sources
                .map((s) => `${s.previousRect.y} → ${s.currentRect.y} ${s.node?.outerHTML?.slice(0, 90) ?? s.node?.textContent}`)
                .join(' | '),
            });
      }).observe({ type: 'layout-shift', buffered: true });
      document.addEventListener('securitypolicyviolation', (event) =>
        console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`),
      );
    });
    const page = await context.newPage();
    this.people.set(name, page);
    this.watch(page, name);
    context.on('page', (other) => this.watch(other, name));
    return page;
  }

  watch(page, name) {
    if (page.watched) return;
    page.watched = true;
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning')
        this.complain(`${name}: ${message.text()} (${message.location().url})`);
    });
    page.on('pageerror', (error) => this.complain(`${name}: ${error.stack ?? error}`));
  }

  complain(text) {
    if (!this.excused.some((pattern) => pattern.test(text))) this.complaints.push(text);
  }

  // While `act` runs, complaints that fit are expected: they are the point of the step.
  async excuse(pattern, act) {
    this.excused.push(pattern);
    try {
      return await act();
    } finally {
      this.excused.pop();
    }
  }

  // One thing that cannot be looked at here; counted, so that nobody takes it for one that is so.
  skip(what, why) {
    this.skipped += 1;
    console.log(`skipped  ${what}: ${why}`);
  }

  fail(what, why) {
    this.failed += 1;
    this.faults.push(`FAILED  ${what}: ${String(why).split('\n').slice(0, 12).join('\n        ')}`);
    console.log(this.faults.at(-1));
  }

  // What everybody saw when something was not so.
  async shotAll() {
    for (const [name, page] of this.people)
      if (!page.isClosed()) await this.shot(page, `failed-${this.failed}-${name}`, { timeout: 5000 }).catch(() => undefined);
  }

  // One thing that has to be so. `act` throws, or answers a sentence with what is wrong. Answers whether it was so.
  async check(what, act) {
    const began = Date.now();
    let late;
    const limit = new Promise((_, fail) => {
      late = setTimeout(() => fail(new Error(`not done within ${longest_s} s`)), longest_s * 1000);
    });
    try {
      const wrong = await Promise.race([act(), limit]);
      if (typeof wrong === 'string' && wrong) throw new Error(wrong);
      this.passed += 1;
      console.log(`ok      ${what} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
      return true;
    } catch (cause) {
      this.fail(what, cause.message);
      await this.shotAll();
      return false;
    } finally {
      clearTimeout(late);
    }
  }

  // Whatever the browsers complained about since the last time.
  calm(where) {
    const found = this.complaints.splice(0);
    return this.check(`no complaint in the console: ${where}`, () => [...new Set(found)].slice(0, 6).join('\n'));
  }

  shot(page, name, options = {}) {
    return page.screenshot({ path: path.join(shots, `${name}.png`), ...options });
  }
}

export { until };

// What closed has taken its step off the history as well: until then an address that is opened may be left again.
export const stepsGone = (page) => page.waitForFunction(() => !history.state?.layer);

// An account made from outside, and what it answers.
export async function register(base, username) {
  const made = await fetch(`${base}/api/auth/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, email: `${username}@orpheum.example`, password }),
  });
  if (made.status !== 201) throw new Error(`registering ${username}: ${made.status} ${await made.text()}`);
  return (await made.json()).tokens.accessToken;
}

// The face of a person who is signed in.
export const you = (page, username) => page.getByRole('button', { name: `You, ${username}` });

export async function signIn(page, base, username) {
  await page.goto(`${base}/in`);
  await page.getByLabel('Email or username').fill(username);
  await page.getByRole('textbox', { name: 'Password' }).fill(password);
  await page.getByRole('button', { name: /come in|sign in/i }).click();
  await you(page, username).waitFor();
}

export async function fillJoin(page, { email, username, shown }) {
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Username').fill(username);
  if (shown) await page.getByLabel('Shown name').fill(shown);
  await page.getByRole('textbox', { name: 'Password' }).fill(password);
}
