// Who is signed in. The access token lives in memory only; the refresh token in a cookie no script can read.
import { exclusive } from '../ids';
import { forgetAll } from '../cache';
import { forgetPages, keepPage, keptPage } from '../kept';
import { forget, keep, recall } from '../storage';
import { announce } from '../say.svelte';
import { newsFor, on, tell } from '../news';
import { call, problemOf, send, useKeeper, useTokens } from './client';
import { Life } from './lives';
import { Problem } from './problem';
import type { Role, Tokens, User } from './types';

const signedKey = 'mozi.signed';
/** Who was here last, so that their own pages are found before anything answers. */
const personKey = 'mozi.person';
const web = { 'X-Videa-Client': 'web' };

/** `seat` counts the people who came and went on this page: what belongs to the one before goes with them. */
export const session = $state({ user: null as User | null, settled: false, seat: 0 });

/** The role to expect while it is not yet known, so that the bar does not change its shape. */
const expected = recall<Role | true>(signedKey);
export const likelyRole = (): Role | null =>
  session.user?.role ?? (session.settled || !expected ? null : expected === true ? 'USER' : expected);

let token: string | null = null;
let life = new Life(0);
let timer: ReturnType<typeof setTimeout> | undefined;
let inFlight: Promise<string | null> | null = null;

export const isModerator = () => session.user?.role === 'MODERATOR' || session.user?.role === 'ADMIN';

function take(tokens: Tokens) {
  token = tokens.accessToken;
  life = new Life(tokens.expiresIn);
  clearTimeout(timer);
  timer = setTimeout(() => void renew().catch(() => undefined), life.ahead());
  keep(signedKey, session.user?.role ?? expected ?? true);
}

let person = recall<string>(personKey);

function seat(user: User | null) {
  if (session.user?.id === user?.id) return;
  forgetAll();
  if (session.settled) session.seat++;
}

function know(user: User) {
  seat(user);
  if (person !== user.id) void forgetPages(user.id);
  person = user.id;
  session.user = user;
  keep(signedKey, user.role);
  keep(personKey, user.id);
}

useKeeper(() => {
  const whose = person;
  return {
    // Who has left in the meantime left nothing.
    keep: (address, body) => {
      if (whose === person) void keepPage(whose, address, body);
    },
    find: (address) => (whose === person ? keptPage(whose, address) : Promise.resolve(undefined)),
  };
});

/** Whether the server knows us; without a network one may be here all the same, with what was kept. */
export const signedIn = () => session.user !== null && token !== null;

function drop() {
  const left = session.user;
  if (left) tell({ what: 'session', id: left.id });
  token = null;
  clearTimeout(timer);
  seat(null);
  void forgetPages();
  person = null;
  session.user = null;
  forget(signedKey);
  forget(personKey);
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
    // Sent twice within the grace of a used token, it has the same successor.
    const options = { body: {}, headers: web };
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
    if (!token && session.user) return renew().catch(() => null);
    if (token && !life.fresh()) {
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

/** The token for requests that the client does not send itself (uploads); after a 401 a new one. Null: the session is over. */
export async function bearer(refused = false): Promise<string | null> {
  if (refused || (token && !life.fresh())) await (refused ? renew() : renew().catch(() => null));
  return token;
}

/** Called once at start. Asks nothing of the server when nobody ever signed in here. */
export async function resume(): Promise<void> {
  if (recall(signedKey)) {
    try {
      if (await renew()) know(await call<User>('GET', '/api/users/me'));
    } catch (thrown) {
      if (!(thrown instanceof Problem) || thrown.status !== 0) drop();
      else if (!session.user && person !== null) session.user = ((await keptPage(person, '/api/users/me')) as User | undefined) ?? null;
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

newsFor(() => session.user?.id ?? null);
on('session', undefined, ({ id }, elsewhere) => {
  if (!elsewhere || id !== session.user?.id) return;
  drop();
  announce('You signed out in another tab.', 'assertive');
});
