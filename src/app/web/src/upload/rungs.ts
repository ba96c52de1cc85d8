// How far one version of a film is, read from the server's words. Pure.
import type { Rendition } from '../lib/api/types';

export type Rung = 'done' | 'runs' | 'waits' | 'stopped' | 'none';

export function rungOf(r: Pick<Rendition, 'status' | 'progress'>): Rung {
  const s = r.status.toUpperCase();
  if (/READY|DONE|COMPLETE|FINISHED/.test(s)) return 'done';
  if (/FAIL|ERROR|STOPPED/.test(s)) return 'stopped';
  if (/SKIP|NOT_MADE|CANCEL/.test(s)) return 'none';
  if (/PROCESS|RUNN|ACTIVE|CONVERT|TRANSCOD|ENCOD/.test(s)) return 'runs';
  return r.progress > 0 && r.progress < 1 ? 'runs' : 'waits';
}
