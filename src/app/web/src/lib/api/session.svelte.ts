// Who is signed in. The access token lives in memory only; the refresh token in a cookie no script can read.
import { exclusive } from '../ids';
import { forgetAll } from '../cache';
import { forgetPages, keepPage, keptPage } from '../kept';
import { forget, keep, recall } from '../storage';
import { announce } from '../say.svelte';
import { newsFor, on, tell } from '../news';
import { call, problemOf, send, useKeeper, useTokens } from './client';
import { Life } from './lives';
import { toProblem, type Problem } from './problem';
import type { Role, Tokens, User } from './types';

const signedKey = 'mozi.signed';
/** Who was here last, so that their own pages are found before anything answers. */
const personKey = 'mozi.person';
/** Somebody signed out and the server has not heard of it: the cookie no script can read may still be there. */
const leavingKey = 'mozi.leaving';
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
let vain = 0; // times that coming back was tried since it last went well

export const isModerator = () => session.user?.role === 'MODERATOR' || session.user?.role === 'ADMIN';

function take(tokens: Tokens) {
  token = tokens.accessToken;
  vain = 0;
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

/** A new access token, or null when the session is over. What says nothing of the session (no network, a server that is busy, a proxy
 *  whose server starts again) leaves it as it is, and throws. */
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

/** Called at the start, and again when the server answers again. Asks nothing of it when nobody ever signed in here. */
export async function resume(): Promise<void> {
  if (recall(leavingKey)) {
    if (!(await endThere())) again(null);
  } else if (recall(signedKey)) {
    try {
      if (await renew()) know(await call<User>('GET', '/api/users/me'));
    } catch (thrown) {
      const problem = toProblem(thrown);
      if (problem.status === 401 || problem.id === 'auth.origin') drop();
      else {
        if (!session.user && person !== null) session.user = ((await keptPage(person, '/api/users/me')) as User | undefined) ?? null;
        again(problem);
      }
    }
  }
  session.settled = true;
}

/** Later, and rarer the longer it is in vain. */
function again(problem: Problem | null) {
  clearTimeout(timer);
  timer = setTimeout(() => void resume(), Math.max((problem?.retryAfter ?? 0) * 1000, Math.min(60_000, 2000 * 2 ** vain++)));
}

async function enter(path: string, body: unknown, key: string): Promise<User> {
  const answer = await call<{ user: User; tokens: Tokens }>('POST', path, { body, key, headers: web });
  forget(leavingKey); // its cookie has gone with this one
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

/** Tells the server that whoever sat here has left; by the cookie, where the token has ended. Answers whether it heard. */
async function endThere(): Promise<boolean> {
  try {
    const response = await send('POST', '/api/auth/logout', { headers: web }, token);
    if (!response.ok && response.status !== 401) return false;
  } catch {
    return false;
  }
  forget(leavingKey);
  return true;
}

/** Ends the session here at once. False: the server could not be told so far; it is, as soon as it answers. */
export async function signOut(): Promise<boolean> {
  keep(leavingKey, true);
  const told = await endThere();
  drop();
  if (!told) again(null);
  return told;
}

newsFor(() => session.user?.id ?? null);
on('session', undefined, ({ id }, elsewhere) => {
  if (!elsewhere || id !== session.user?.id) return;
  drop();
  announce('You signed out in another tab.', 'assertive');
});
