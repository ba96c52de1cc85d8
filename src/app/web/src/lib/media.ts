// Uploaded files: calls about them, and following them.
import { call, get } from './api/client';
import type { Media, Page } from './api/types';
import { poll, type Viewer } from './polling';

export const getMedia = (id: string, signal?: AbortSignal) => get<Media>(`/api/media/${encodeURIComponent(id)}`, undefined, signal);
export const listMedia = (after: string | null, signal?: AbortSignal) => get<Page<Media>>('/api/media', { limit: 30, after }, signal);
export const retryMedia = (id: string, key: string) => call<unknown>('POST', `/api/media/${encodeURIComponent(id)}/retry`, { key });
export const deleteMedia = (id: string) => call<null>('DELETE', `/api/media/${encodeURIComponent(id)}`);

export const addText = (id: string, text: { language: string; name?: string; content: string }, key: string) =>
  call<Media>('POST', `/api/media/${encodeURIComponent(id)}/texts`, { body: text, key });
export const removeText = (id: string, number: number) => call<Media>('DELETE', `/api/media/${encodeURIComponent(id)}/texts/${number}`);

/** Nothing more happens to it by itself. */
export const settled = ({ status }: Media) => status === 'READY' || status === 'FAILED';

/** Follows a file until its versions are made or it has stopped; `known` is what is known of it. */
export const pollMedia = (id: string, known: Media | null, viewer: Viewer<Media>, every?: number) =>
  poll(
    'media',
    id,
    {
      ask: (signal) => getMedia(id, signal),
      final: settled,
      state: ({ status, playable }) => `${status}/${playable}`,
      known,
      ...(every && { every }),
    },
    viewer,
  );

export const fileName = (media: Media) => media.filename ?? 'A film';

/** What only another file puts right. */
export const fileFaults = [
  'input_truncated',
  'no_video',
  'unsupported',
  'not_a_video',
  'empty',
  'too_large_picture',
  'too_many_frames',
  'too_long',
  'too_many_streams',
  'too_much_output',
  'damaged',
  'decoder_stopped',
  'claims_too_much',
].map((name) => `media.${name}`);
export const faulty = (media: Media) => media.status === 'FAILED' && fileFaults.includes(media.error?.id ?? '');

/** Whether its owner may begin the conversion again: what somebody who runs the house stopped, only they do, and a bad file stays one. */
export const mayRetry = (media: Media) =>
  media.status === 'FAILED' && !media.hidden && !faulty(media) && media.error?.id !== 'media.cancelled';

/** Why the conversion stopped, in words. */
export function whyStopped(media: Media): string {
  return media.error?.message || 'The file could not be converted.';
}
