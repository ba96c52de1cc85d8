// Whether the server answers. While it does not, it is asked again with growing pauses, and the banner counts them.
import { watchNetwork } from './api/client';
import { answered, noAnswer } from './api/problem';
import { toast, type Said } from './say.svelte';

export const net = $state({ up: true, since: 0, again: 0, trying: false });

const pauses = [3, 5, 8, 12, 20, 30];
let attempt = 0;
let ticker: ReturnType<typeof setInterval> | undefined;
const onReturn = new Set<() => Promise<Said | null>>();

/** `work` runs when the server answers again and may answer one sentence about what it sent, with an act. Answers how to stop. */
export function whenBack(work: () => Promise<Said | null>): () => void {
  onReturn.add(work);
  return () => void onReturn.delete(work);
}

function down() {
  if (!net.up) return;
  net.up = false;
  net.since = Date.now();
  attempt = 0;
  plan();
}

function plan() {
  net.again = pauses[Math.min(attempt++, pauses.length - 1)]!;
  clearInterval(ticker);
  ticker = setInterval(() => {
    if (--net.again <= 0) void tryNow();
  }, 1000);
}

async function back() {
  clearInterval(ticker);
  if (net.up) return;
  net.up = true;
  const said = (await Promise.all([...onReturn].map((work) => work().catch(() => null)))).filter((s) => s !== null);
  if (said.length) toast(said.map((s) => s.text).join(' '), said.find((s) => s.act)?.act);
  else toast('The server answers again. Nothing was lost.');
}

/** Whether a refusal still holds: that nothing answered does until something has. */
export const stands = (text: string) => text !== noAnswer || !net.up;

/** Something that does not go through the client went unanswered: finds out whether the server answers at all. */
export async function doubt() {
  if (net.up) await tryNow();
}

export async function tryNow() {
  if (net.trying) return;
  clearInterval(ticker);
  net.trying = true;
  try {
    const response = await fetch('/api/instance', { signal: AbortSignal.timeout(8000), cache: 'no-store' });
    if (!answered(response)) throw new Error('a proxy answers for it');
    await back();
  } catch {
    if (net.up) down();
    else plan();
  } finally {
    net.trying = false;
  }
}

watchNetwork((did) => (did ? void back() : down()));
addEventListener('offline', down);
addEventListener('online', () => void tryNow());
