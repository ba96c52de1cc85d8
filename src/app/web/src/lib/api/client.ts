// Thin fetch client: bearer token, idempotency keys, problem+json. Knows no screen.
import { uuid } from '../ids';
import { answered, Problem, unanswered, type ProblemBody } from './problem';

export type Query = Record<string, string | number | boolean | null | undefined>;

export interface CallOptions {
  query?: Query;
  body?: unknown;
  /** One per act of a person; the same again when that act is retried. Made up for a POST without one. */
  key?: string;
  signal?: AbortSignal;
  headers?: Record<string, string>;
  /** Time until the call counts as unanswered, in milliseconds. */
  timeout?: number;
}

/** What the session gives the client: a valid token or null, and a new one after a 401. */
export interface TokenSource {
  current(): Promise<string | null>;
  renewed(): Promise<string | null>;
}

let tokens: TokenSource = { current: async () => null, renewed: async () => null };
/** Where the last answers are kept for when none comes. What it gives is bound to the person of that moment. */
export interface Keeper {
  keep(address: string, body: unknown): void;
  find(address: string): Promise<unknown>;
}

let keeper: () => Keeper = () => ({ keep: () => undefined, find: async () => undefined });
let watch: (did: boolean) => void = () => undefined;

export function useKeeper(source: () => Keeper) {
  keeper = source;
}

export function useTokens(source: TokenSource) {
  tokens = source;
}

/** `listener` hears after every request whether the server answered at all. */
export function watchNetwork(listener: (did: boolean) => void) {
  watch = listener;
}

export function address(path: string, query?: Query): string {
  const q = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== null && value !== '') q.set(name, String(value));
  }
  const text = q.toString();
  return text ? `${path}?${text}` : path;
}

async function problemOf(response: Response): Promise<Problem> {
  let body: ProblemBody = {};
  try {
    body = (await response.json()) as ProblemBody;
  } catch {
    // Not ours: a proxy's page. The status alone has to do.
  }
  const after = Number(response.headers.get('Retry-After'));
  const requestId = body.requestId ?? response.headers.get('X-Request-Id') ?? undefined;
  return new Problem(response.status, { ...body, requestId }, Number.isFinite(after) && after > 0 ? after : null);
}

/** Sends once, without token or retry. Throws Problem with status 0 when nothing answered. */
export async function send(method: string, path: string, options: CallOptions, token: string | null): Promise<Response> {
  const headers: Record<string, string> = { Accept: 'application/json', ...options.headers };
  if (token) headers.Authorization = `Bearer ${token}`;
  if (options.body !== undefined) headers['Content-Type'] = 'application/json';
  if (options.key) headers['Idempotency-Key'] = options.key;
  const limit = AbortSignal.timeout(options.timeout ?? 30_000);
  const signal = options.signal ? AbortSignal.any([options.signal, limit]) : limit;
  try {
    const response = await fetch(address(path, options.query), {
      method,
      headers,
      body: options.body === undefined ? undefined : JSON.stringify(options.body),
      signal,
      credentials: 'same-origin',
    });
    watch(answered(response));
    return response;
  } catch (thrown) {
    if (options.signal?.aborted) throw thrown;
    watch(false);
    throw new Problem(0, { id: 'web.no_network' });
  }
}

/** The parsed answer, or null for 204. What only reads answers from what was kept where nothing answers. Throws Problem. */
export async function call<T>(method: string, path: string, options: CallOptions = {}): Promise<T> {
  if (method !== 'GET') return ask<T>(method, path, options);
  const { keep, find } = keeper();
  const place = address(path, options.query);
  try {
    const body = await ask<T>(method, path, options);
    keep(place, body);
    return body;
  } catch (thrown) {
    const kept = thrown instanceof Problem && unanswered(thrown) ? await find(place) : undefined;
    if (kept === undefined || options.signal?.aborted) throw thrown;
    return kept as T;
  }
}

async function ask<T>(method: string, path: string, options: CallOptions): Promise<T> {
  const keyed = method === 'POST' && !options.key ? { ...options, key: uuid() } : options;
  const token = await tokens.current();
  let response = await send(method, path, keyed, token);
  if (response.status === 401 && token) {
    const fresh = await tokens.renewed();
    if (fresh) response = await send(method, path, keyed, fresh);
  }
  if (!response.ok) throw await problemOf(response);
  if (response.status === 204) return null as T;
  return (await response.json()) as T;
}

export { problemOf };

export const get = <T>(path: string, query?: Query, signal?: AbortSignal) => call<T>('GET', path, { query, signal });
export const post = <T>(path: string, body?: unknown, key?: string) => call<T>('POST', path, { body, key });
export const put = <T>(path: string, body?: unknown, headers?: Record<string, string>) => call<T>('PUT', path, { body, headers });
export const del = (path: string) => call<null>('DELETE', path);
