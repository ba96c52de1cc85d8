// What this installation allows; asked once at start.
import { get } from './api/client';
import { likelyRole } from './api/session.svelte';
import type { Instance } from './api/types';
import { keep, recall } from './storage';

const name = 'mozi.instance';

export const instance = $state<Instance>({
  name: 'VideaMozi',
  version: '',
  visitorsRead: true,
  whoCreates: 'MEMBERS',
  registration: 'OPEN',
  setupPending: false,
  maxUploadBytes: 0,
  maintenance: null,
  ...recall<Instance>(name),
});

export async function loadInstance(): Promise<void> {
  try {
    const now = await get<Instance>('/api/instance');
    Object.assign(instance, now);
    keep(name, now);
  } catch {
    // The defaults hold; every act is checked by the server anyway.
  }
}

export const mayCreate = () => {
  const role = likelyRole();
  return role !== null && (instance.whoCreates === 'MEMBERS' || role !== 'USER');
};
