// Members who act over HTTP, as the background of a walk: accounts, titles, comments, reports; and how one of them comes in with a browser.
import { password, until } from './house.mjs';

export class Member {
  constructor(base, username, answer) {
    Object.assign(this, { base, username, id: answer.user.id, token: answer.tokens.accessToken });
  }

  // The parsed answer; throws with status and text when it was refused.
  async call(method, path, body) {
    const headers = {
      authorization: `Bearer ${this.token}`,
      ...(body && { 'content-type': 'application/json' }),
      ...(method === 'POST' && { 'idempotency-key': crypto.randomUUID() }),
    };
    const response = await fetch(this.base + path, { method, headers, body: body && JSON.stringify(body) });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text.slice(0, 200)}`);
    return text ? JSON.parse(text) : null;
  }

  film(title, more = {}) {
    return this.call('POST', '/api/movies', { title, status: 'RELEASED', ...more });
  }
  say(film, content, parentId) {
    return this.call('POST', `/api/movies/${film.id}/comments`, { content, ...(parentId && { parentId }) });
  }
  report(contentType, contentId, reportType, description) {
    return this.call('POST', '/api/reports', { contentType, contentId, reportType, description });
  }
}

async function ask(base, path, body) {
  const response = await fetch(base + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return response.ok ? response.json() : null;
}

// Makes the account, or comes in where it is there already. A role needs a server of our own.
export async function member(house, username, role = 'USER', displayName = username[0].toUpperCase() + username.slice(1)) {
  if (role !== 'USER') {
    try {
      house.server.createAccount(username, role, password);
    } catch (cause) {
      if (!/taken/.test(String(cause.stderr ?? cause))) throw cause;
    }
  }
  const made =
    role === 'USER' &&
    (await ask(house.base, '/api/auth/register', { email: `${username}@orpheum.example`, username, password, displayName }));
  const answer = made || (await ask(house.base, '/api/auth/login', { emailOrUsername: username, password }));
  if (!answer) throw new Error(`${username} cannot come in`);
  return new Member(house.base, username, answer);
}

export async function fillSignIn(page, username) {
  await page.getByLabel('Email or username').fill(username);
  await page.getByRole('textbox', { name: 'Password' }).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.waitForURL((url) => url.pathname !== '/in');
}

// A browser of that member's own, signed in.
export async function enter(house, who, window, more) {
  const page = await house.person(who.username, window, more);
  await page.goto(`${house.base}/in`);
  await fillSignIn(page, who.username);
  await page.waitForFunction(() => localStorage.getItem('mozi.signed') !== null);
  return page;
}

// Signs out by the menu of the bar.
export async function signOut(page) {
  await page.getByRole('button', { name: /^You, / }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByRole('link', { name: 'Sign in' }).first().waitFor();
}

// What the ear hears of the element that has the focus.
export const focused = (page) =>
  page.evaluate(() => {
    const now = document.activeElement;
    return now === document.body
      ? 'nothing'
      : `${now.localName} ${(now.getAttribute('aria-label') ?? now.textContent ?? '').trim().slice(0, 60) || now.id}`;
  });

// Waits until the focus is there; throws with where it is instead.
export async function focusIs(page, pattern) {
  let now = '';
  await until('the focus is there', async () => pattern.test((now = await focused(page))), 5).catch(() => {
    throw new Error(`the focus is on "${now}", not on ${pattern}`);
  });
}

// Goes there and waits until the session is known: a page that is left while it renews its session would lose it.
export async function visit(house, page, path, there = 'main [data-heading]') {
  await page.goto(house.base + path);
  await page.locator(there).first().waitFor({ state: 'attached' });
  await page
    .getByRole('button', { name: /^You, / })
    .or(page.getByRole('link', { name: 'You' }))
    .or(page.getByRole('link', { name: 'Sign in' }))
    .first()
    .waitFor({ state: 'attached' });
}
