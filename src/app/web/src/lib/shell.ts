// The service worker's other half: registers it, and tells when a newer build has taken over.
import { toast } from './say.svelte';

const hour = 3_600_000;
const young = 8_000;

export const offerReload = () => toast('A newer version of this page is ready.', { name: 'Load it', run: () => location.reload() });

/** A page that nobody has touched yet is simply loaded again; in any other the person decides. */
function newer(touched: boolean) {
  if (!touched && performance.now() < young) location.reload();
  else offerReload();
}

export function keepShell() {
  const worker = import.meta.env.PROD ? navigator.serviceWorker : undefined;
  if (!worker) return;
  let known = worker.controller !== null;
  let touched = false;
  for (const event of ['pointerdown', 'keydown']) addEventListener(event, () => (touched = true), { once: true, capture: true });
  worker.addEventListener('controllerchange', () => {
    // The first worker of all brings nothing newer than what is here.
    if (known) newer(touched);
    known = true;
  });
  let looked = Date.now();
  const register = () =>
    void worker.register('/sw.js').then(
      (registration) => {
        document.addEventListener('visibilitychange', () => {
          if (document.hidden || Date.now() - looked < hour) return;
          looked = Date.now();
          void registration.update().catch(() => undefined);
        });
      },
      () => undefined,
    );
  // After the first paint has what it needs.
  if (document.readyState === 'complete') register();
  else addEventListener('load', register, { once: true });
}
