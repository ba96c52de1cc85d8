// Who is signed in. The access token lives in memory only; the refresh token in a cookie no script can read.
import { exclusive, uuid } from '../ids';
import { forgetAll } from '../cache';
import { forget, keep, recall } from '../storage';
import { announce } from '../say.svelte';
import { call, problemOf, send, useTokens } from './client';
import { Problem } from './problem';
import type { Role, Tokens, User } from './types';

const signedKey = 'mozi.signed';
const web = { 'X-Videa-Client': 'web' };

/** `seat` counts the people who came and went on this page: what belongs to the one before goes with them. */
export const session = $state({ user: null as User | null, settled: false, seat: 0 });

/** The role to expect while it is not yet known, so that the bar does not change its shape. */
const expected = recall<Role | true>(signedKey);
export const likelyRole = (): Role | null => session.user?.role ?? (session.settled || !expected ? null : expected === true ? 'USER' : expected);

let token: string | null = null;
let expires = 0;
let timer: ReturnType<typeof setTimeout> | undefined;
let inFlight: Promise<string | null> | null = null;

export const isModerator = () => session.user?.role === 'MODERATOR' || session.user?.role === 'ADMIN';

function take(tokens: Tokens) {
  token = tokens.accessToken;
  expires = Date.parse(tokens.expiresAt);
  clearTimeout(timer);
  const ahead = Math.max(5_000, Math.min(expires - Date.now() - 60_000, 2 ** 31 - 1));
  timer = setTimeout(() => void renew().catch(() => undefined), ahead);
  keep(signedKey, session.user?.role ?? expected ?? true);
}

function seat(user: User | null) {
  if (session.user?.id === user?.id) return;
  forgetAll();
  if (session.settled) session.seat++;
}

function know(user: User) {
  seat(user);
  session.user = user;
  keep(signedKey, user.role);
}

function drop() {
  token = null;
  clearTimeout(timer);
  seat(null);
  session.user = null;
  forget(signedKey);
}

/** Whose token it is: in another tab somebody else may have come in meanwhile. */
function holderOf(accessToken: string): string | null {
  try {
    return (JSON.parse(atob(accessToken.split('.')[1]!.replaceAll('-', '+').replaceAll('_', '/'))) as { sub: string }).sub;
  } catch {
    return null;
  }
}

/** A new access token, or null when the session is over. Network trouble leaves the session as it is. */
function renew(): Promise<string | null> {
  inFlight ??= exclusive('mozi.refresh', async () => {
    const options = { body: {}, headers: web, key: uuid() };
    let response: Response;
    try {
      response = await send('POST', '/api/auth/refresh', options, null);
    } catch {
      response = await send('POST', '/api/auth/refresh', options, null);
    }
    if (response.status === 401) {
      const had = session.user !== null;
      drop();
      if (had) announce('You are signed out. What you wrote stays here.', 'assertive');
      return null;
    }
    if (!response.ok) throw await problemOf(response);
    const answer = (await response.json()) as { tokens: Tokens; user?: User };
    take(answer.tokens);
    if (session.user && holderOf(answer.tokens.accessToken) !== session.user.id) {
      drop();
      token = answer.tokens.accessToken;
      know(await call<User>('GET', '/api/users/me'));
    }
    return token;
  }).finally(() => {
    inFlight = null;
  });
  return inFlight;
}

useTokens({
  async current() {
    if (inFlight && !token) return inFlight;
    if (token && expires - Date.now() < 15_000) {
      try {
        return await renew();
      } catch {
        return token;
      }
    }
    return token;
  },
  renewed: () => renew(),
});

/** The token for requests that the client does not send itself (uploads). */
export async function bearer(): Promise<string | null> {
  if (token && expires - Date.now() < 30_000) await renew().catch(() => null);
  return token;
}

/** Called once at start. Asks nothing of the server when nobody ever signed in here. */
export async function resume(): Promise<void> {
  if (recall(signedKey)) {
    try {
      if (await renew()) know(await call<User>('GET', '/api/users/me'));
    } catch (thrown) {
      if (!(thrown instanceof Problem) || thrown.status !== 0) drop();
    }
  }
  session.settled = true;
}

async function enter(path: string, body: unknown, key: string): Promise<User> {
  const answer = await call<{ user: User; tokens: Tokens }>('POST', path, { body, key, headers: web });
  take(answer.tokens);
  know(answer.user);
  return answer.user;
}

export const signIn = (emailOrUsername: string, password: string, key: string) =>
  enter('/api/auth/login', { emailOrUsername, password }, key);

export interface Joining {
  email: string;
  username: string;
  password: string;
  displayName?: string;
}

export const join = (form: Joining, key: string) => enter('/api/auth/register', form, key);
export const setUp = (form: Joining & { token: string }, key: string) => enter('/api/auth/setup', form, key);

/** Ends the session here even when the server cannot be told. */
export async function signOut(): Promise<void> {
  try {
    await call('POST', '/api/auth/logout', { headers: web });
  } finally {
    drop();
  }
}

addEventListener('storage', (event) => {
  if (event.key === signedKey && event.newValue === null && session.user) {
    drop();
    announce('You signed out in another tab.', 'assertive');
  }
});
