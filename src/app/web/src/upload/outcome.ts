// What a refused or failed request of an upload means for it. Pure.

export interface Refused {
  /** 0: no answer came. */
  status: number;
  body: string;
  /** The request carried bytes. */
  chunk: boolean;
  /** The answer is a problem document: this server's, not one of a proxy or a filter on the way. */
  ours: boolean;
  retryAfter: number | null;
}

export type Outcome =
  | { act: 'wait'; why: string; seconds: number | null } // and try again; no `why`: the server does not answer
  | { act: 'renew' } // the session's token
  | { act: 'smaller' } // chunks
  | { act: 'disguise' } // PATCH as POST
  | { act: 'elsewhere'; why: string } // somebody else goes on with it
  | { act: 'anew'; why: string }
  | { act: 'refuse'; why: string; later: boolean; full?: boolean }; // `later`: trying again may help some day; `full`: with room made

function read(body: string): { id: string; told: string } {
  try {
    const problem = JSON.parse(body) as { id?: string; detail?: string; title?: string };
    return { id: problem.id ?? '', told: problem.detail ?? problem.title ?? '' };
  } catch {
    return { id: '', told: '' };
  }
}

export function outcome({ status, body, chunk, ours, retryAfter }: Refused): Outcome {
  const { id, told } = read(body);
  if (status === 0) return { act: 'wait', why: '', seconds: null };
  if (status === 413 && !ours && chunk) return { act: 'smaller' };
  if (!ours && chunk && [400, 403, 405, 501].includes(status)) return { act: 'disguise' };
  if (status === 401) return { act: 'renew' };
  if (id === 'upload.taken_over') return { act: 'elsewhere', why: 'It goes on in another tab or on another device' };
  if (status === 404 || status === 410)
    return { act: 'anew', why: told || 'The server no longer keeps the first part. Start this file again.' };
  if (id === 'media.quota' || id.startsWith('media.too_many_')) return { act: 'refuse', why: told, later: true, full: true };
  if (status === 409) return { act: 'wait', why: 'Finding the place again', seconds: 1 };
  if (status === 429) return { act: 'wait', why: 'A short breath', seconds: retryAfter };
  if ([502, 503, 504].includes(status) && !ours) return { act: 'wait', why: '', seconds: retryAfter };
  if (id === 'media.no_space') return { act: 'wait', why: 'No room on the server', seconds: 60 };
  if ([408, 423, 502, 503, 504].includes(status) || (status >= 500 && !ours))
    return { act: 'wait', why: 'The server is busy', seconds: retryAfter };
  if (status === 413) return { act: 'refuse', why: told || 'The file is larger than this place accepts.', later: false };
  return { act: 'refuse', why: told || 'The server did not accept this file.', later: status === 403 || status === 507 };
}

const least = 256 << 10;
const most = 32 << 20;
const worth = 8; // seconds of a chunk

/** The size of the next chunk after one of `bytes` that took `seconds`: large where the way is wide, small enough to lose little. */
export function nextChunk(bytes: number, seconds: number): number {
  const wanted = (bytes / Math.max(seconds, 0.1)) * worth;
  return Math.round(Math.min(most, Math.max(least, Math.min(wanted, bytes * 2))));
}

export const smallerChunk = (bytes: number): number => Math.max(least, Math.floor(bytes / 4));
export const firstChunk = 8 << 20;
