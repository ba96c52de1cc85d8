// What the player is doing: one phase, told from the facts of its media element. Pure.

export type Phase = 'opening' | 'ready' | 'playing' | 'waiting' | 'paused' | 'ended' | 'stopped';

export type Trouble = 'network' | 'damaged' | 'unsupported' | 'gone';

export interface Facts {
  /** A picture has moved since the film was opened. */
  begun: boolean;
  paused: boolean;
  ended: boolean;
  seeking: boolean;
  /** As `HTMLMediaElement.readyState`. */
  ready: number;
  /** Why nothing more arrives, while nothing arrives. */
  trouble: Trouble | null;
}

/** Whether the film runs or is about to: then the button says "Pause". */
export const moving = (phase: Phase) => phase === 'playing' || phase === 'waiting';

export const nothing: Facts = { begun: false, paused: true, ended: false, seeking: false, ready: 0, trouble: null };

/** Trouble stops a film only where nothing is left to show: what has arrived is always played to its end. */
export function phaseOf({ begun, paused, ended, seeking, ready, trouble }: Facts): Phase {
  if (ended) return 'ended';
  const more = ready >= 3 && !seeking;
  if (trouble && !more) return 'stopped';
  if (!begun) return paused && ready >= 2 ? 'ready' : 'opening';
  if (paused) return 'paused';
  return more ? 'playing' : 'waiting';
}
