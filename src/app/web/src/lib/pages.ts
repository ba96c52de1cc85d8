// Which screen belongs to which address. Screens load on demand; the first one comes with the entry.
import type { Component } from 'svelte';
import Home from '../screens/Home.svelte';
import Browse from '../screens/Browse.svelte';
import NotFound from '../screens/NotFound.svelte';

export type Screen = Component<any>;

export interface Match {
  name: string;
  params: Record<string, string>;
  load: () => Promise<Screen>;
  /** Standing alone, without the house's bar. */
  bare?: boolean;
  /** Where people come in; it stays as it is while they do. */
  door?: boolean;
  member?: boolean;
}

type Entry = [pattern: RegExp, name: string, load: () => Promise<Screen>, more?: Partial<Match>];

const table: Entry[] = [
  [/^\/$/, 'home', async () => Home],
  [/^\/browse\/?$/, 'browse', async () => Browse],
  [/^\/film\/(?<id>[^/]+)\/?$/, 'film', async () => (await import('../screens/Film.svelte')).default],
  [/^\/film\/(?<id>[^/]+)\/edit\/?$/, 'edit', async () => (await import('../screens/Edit.svelte')).default, { member: true }],
  [/^\/watch\/(?<id>[^/]+)\/?$/, 'watch', async () => (await import('../screens/Watch.svelte')).default, { bare: true }],
  [/^\/upload\/?$/, 'upload', async () => (await import('../screens/Upload.svelte')).default, { member: true }],
  [/^\/uploads\/?$/, 'uploads', async () => (await import('../screens/Uploads.svelte')).default, { member: true }],
  [/^\/you\/?$/, 'you', async () => (await import('../screens/You.svelte')).default, { member: true }],
  [/^\/desk\/?$/, 'desk', async () => (await import('../screens/Desk.svelte')).default, { member: true, bare: true }],
  [/^\/in\/?$/, 'in', async () => (await import('../screens/SignIn.svelte')).default, { bare: true, door: true }],
  [/^\/join\/?$/, 'join', async () => (await import('../screens/Join.svelte')).default, { bare: true, door: true }],
  [/^\/setup\/?$/, 'setup', async () => (await import('../screens/Setup.svelte')).default, { bare: true, door: true }],
];

export function matched(path: string): Match {
  for (const [pattern, name, load, more] of table) {
    const hit = pattern.exec(path);
    if (hit) return { name, params: { ...hit.groups }, load, ...more };
  }
  return { name: 'missing', params: {}, load: async () => NotFound };
}
