// Reads parts of files and answers their SHA-256, beside the page and also while nobody looks at it.
import { digestOf } from './sha256';

interface Asked {
  id: number;
  parts: Blob[];
}

addEventListener('message', (event: MessageEvent<Asked>) => {
  const { id, parts } = event.data;
  digestOf(parts).then(
    (sha256) => postMessage({ id, sha256 }),
    (thrown: unknown) => postMessage({ id, name: thrown instanceof Error ? thrown.name : 'Error' }),
  );
});
