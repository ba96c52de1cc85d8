// How far one version of a film is. Pure.
import type { MediaStatus, Rendition } from '../lib/api/types';

export type Rung = 'done' | 'runs' | 'waits' | 'stopped' | 'none';

/** `whole` is the state of the whole conversion: after its end nothing runs or waits any more. */
export function rungOf(r: Pick<Rendition, 'status'>, whole: MediaStatus): Rung {
  if (r.status === 'READY') return 'done';
  if (whole === 'FAILED') return r.status === 'PROCESSING' ? 'stopped' : 'none';
  return r.status === 'PROCESSING' ? 'runs' : 'waits';
}
