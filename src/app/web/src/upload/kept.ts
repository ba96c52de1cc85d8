// What is kept of each upload in this browser, so that it survives a reload.
import { forget, keep, recall } from '../lib/storage';

export interface Kept {
  key: string;
  name: string;
  size: number;
  sent: number;
  /** Address of the upload on the server, once it is known. */
  url: string | null;
  began: number;
  /** Idempotency key of the creation; a new one when the server has forgotten the upload. */
  creation?: string;
  /** Fingerprint of the file. */
  print?: string;
}

const most = 20;
const storeName = (person: string | undefined) => `mozi.uploads.${person ?? ''}`;

export const keptOf = (person: string | undefined) => recall<Kept[]>(storeName(person)) ?? [];

/** Puts an upload before the others of its person; with `done` only forgets it. */
export function keepFor(person: string | undefined, upload: Kept, done: boolean) {
  const rest = keptOf(person).filter((k) => k.key !== upload.key);
  const all = done ? rest : [upload, ...rest].slice(0, most);
  if (all.length) keep(storeName(person), all);
  else forget(storeName(person));
}
