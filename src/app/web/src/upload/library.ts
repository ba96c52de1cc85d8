// What reads and sends files. The page of uploads fetches it before there is one: later there may be no network.
import { reader } from './digests';

export const library = () => import('tus-js-client');

export function warm() {
  reader();
  void library().catch(() => undefined);
}
