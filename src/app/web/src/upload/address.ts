// Where uploads are on the server, and which of them a file belongs to.
import { get, send } from '../lib/api/client';
import { limits } from '../lib/api/limits';
import { bearer } from '../lib/api/session.svelte';
import type { Media, Page } from '../lib/api/types';

export const endpoint = '/api/media/uploads';

export const addressOf = (id: string) => `${endpoint}/${encodeURIComponent(id)}`;

export function idOf(url: string): string {
  return decodeURIComponent(new URL(url, location.origin).pathname.split('/').pop() ?? '');
}

/** An upload of this very file that was begun in another browser and waits for its rest. */
export async function begunElsewhere(file: File, print: string): Promise<string | null> {
  try {
    const { data } = await get<Page<Media>>('/api/media', { limit: limits.listMedia.limit.maximum });
    for (const { id } of data.filter((m) => m.status === 'UPLOADING' && m.size === file.size)) {
      const url = addressOf(id);
      const { headers } = await send('HEAD', url, { headers: { 'Tus-Resumable': '1.0.0' } }, await bearer());
      const said = (headers.get('Upload-Metadata') ?? '').split(',').map((pair) => pair.trim().split(' '));
      if (said.some(([key, value]) => key === 'fingerprint' && value === btoa(print))) return url;
    }
  } catch {
    // Then it begins anew.
  }
  return null;
}
