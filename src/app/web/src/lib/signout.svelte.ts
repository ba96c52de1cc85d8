// Signing out: uploads under way pause first, and are named before.
import { signOut } from './api/session.svelte';
import { phrase } from './bidi';
import { count, size } from './format';
import { go } from './router.svelte';
import { announce } from './say.svelte';
import { underWay } from '../upload/transfers.svelte';

/** Open while somebody is asked whether to sign out although uploads are under way. */
export const signingOut = $state({ asked: false });

export function askSignOut() {
  if (underWay().length) signingOut.asked = true;
  else void leave();
}

export async function leave() {
  await Promise.all(underWay().map((transfer) => transfer.pause()));
  const told = await signOut();
  announce(
    told ? 'Signed out.' : 'Signed out here. The server does not answer; it is told as soon as it does. Leave this page open until then.',
  );
  go('/');
}

/** What pauses, in a sentence. */
export function whatPauses(): string {
  const all = underWay();
  const [first] = all;
  if (!first) return '';
  const what = all.length === 1 ? phrase`The upload of ${first.name} pauses.` : `${count(all.length, 'upload')} pause.`;
  return `${what} ${size(all.reduce((sum, t) => sum + t.sent, 0))} have arrived and are kept; it goes on from there when you are back.`;
}
