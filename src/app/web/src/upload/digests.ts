// SHA-256 of parts of a file, and the fingerprint by which an upload is found again.

interface Answered {
  id: number;
  sha256?: string;
  name?: string;
}

let worker: Worker | null = null;
let last = 0;
const waiting = new Map<number, { resolve: (sha256: string) => void; reject: (why: Error) => void }>();

const failed = (name: string | undefined) => Object.assign(new Error('This file cannot be read.'), { name });

/** What reads files, fetched when it is first asked for. */
export function reader(): Worker {
  if (worker) return worker;
  const made = new Worker(new URL('./digests.worker.ts', import.meta.url), { type: 'module' });
  made.addEventListener('message', (event: MessageEvent<Answered>) => {
    const { id, sha256, name } = event.data;
    const who = waiting.get(id);
    waiting.delete(id);
    if (sha256) who?.resolve(sha256);
    else who?.reject(failed(name));
  });
  made.addEventListener('error', () => {
    worker = null; // the next file asks for it again
    for (const { reject } of waiting.values()) reject(failed('NetworkError'));
    waiting.clear();
  });
  return (worker = made);
}

function ask(parts: Blob[]): Promise<string> {
  const id = ++last;
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve, reject });
    reader().postMessage({ id, parts });
  });
}

export const digest = (file: Blob, from: number, to: number): Promise<string> => ask([file.slice(from, to)]);

/** Places of `count` pieces of `length` bytes between `from` and `to`, the first and the last among them; all of it when it is short. */
export function pieces(from: number, to: number, count: number, length: number): [number, number][] {
  if (to - from <= count * length) return from < to ? [[from, to]] : [];
  const step = (to - from - length) / (count - 1);
  return Array.from({ length: count }, (_, i) => {
    const at = from + Math.floor(i * step);
    return [at, at + length];
  });
}

/** Says which file this is, on any device: of its size and sixteen pieces of it. That two files have the same proves nothing. */
export const fingerprint = async (file: Blob): Promise<string> =>
  `1-${await ask([new Blob([`${file.size}\n`]), ...pieces(0, file.size, 16, 1 << 16).map(([from, to]) => file.slice(from, to))])}`;
