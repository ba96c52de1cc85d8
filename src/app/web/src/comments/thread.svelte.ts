// Comments of one title: pages of threads, writing that survives a lost network.
import { call, get } from '../lib/api/client';
import { toProblem, sentence, type Problem } from '../lib/api/problem';
import { session } from '../lib/api/session.svelte';
import type { Comment, Page } from '../lib/api/types';
import { uuid } from '../lib/ids';
import { whenBack } from '../lib/net.svelte';
import { forget, keep, recall } from '../lib/storage';

/** A comment written here that the server has not confirmed. `key` makes sending it again safe. */
export interface Unsent {
  key: string;
  movieId: string;
  parentId: string | null;
  content: string;
  when: string;
}

const boxName = () => `mozi.unsent.${session.user?.id ?? ''}`;

export const unsent = $state<{ list: Unsent[] }>({ list: [] });

export function loadUnsent() {
  unsent.list = session.user ? (recall<Unsent[]>(boxName()) ?? []) : [];
}

function saveUnsent() {
  if (unsent.list.length) keep(boxName(), unsent.list);
  else forget(boxName());
}

export function dropUnsent(key: string) {
  unsent.list = unsent.list.filter((u) => u.key !== key);
  saveUnsent();
}

type Arrived = (comment: Comment) => void;
const listeners = new Set<Arrived>();

/** `arrived` hears every comment that was sent after waiting. Answers how to stop. */
export function onSent(arrived: Arrived): () => void {
  listeners.add(arrived);
  return () => listeners.delete(arrived);
}

const post = (u: Unsent) =>
  call<Comment>('POST', `/api/movies/${u.movieId}/comments`, { body: { content: u.content, ...(u.parentId ? { parentId: u.parentId } : {}) }, key: u.key });

/** Sends a comment; when nothing answers it is kept and sent later, and null comes back. Throws other Problems. */
export async function write(movieId: string, parentId: string | null, content: string): Promise<Comment | null> {
  const draft: Unsent = { key: uuid(), movieId, parentId, content, when: new Date().toISOString() };
  try {
    return await post(draft);
  } catch (thrown) {
    const problem = toProblem(thrown);
    if (problem.status !== 0) throw problem;
    unsent.list = [...unsent.list, draft].slice(-50);
    saveUnsent();
    return null;
  }
}

whenBack(async () => {
  let sent = 0;
  let refused: Problem | null = null;
  for (const draft of [...unsent.list]) {
    try {
      const comment = await post(draft);
      dropUnsent(draft.key);
      sent++;
      for (const hear of listeners) hear(comment);
    } catch (thrown) {
      const problem = toProblem(thrown);
      if (problem.status === 0) break;
      refused = problem;
    }
  }
  if (refused) return `One comment was not taken: ${sentence(refused)}`;
  return sent ? `Sent, ${sent === 1 ? '1 comment' : `${sent} comments`}.` : null;
});

export const pageSize = 20;

export const listComments = (movieId: string, parentId: string | null, order: 'asc' | 'desc', after: string | null, signal?: AbortSignal) =>
  get<Page<Comment>>(`/api/movies/${movieId}/comments`, { parentId, sortBy: 'createdAt', sortOrder: order, after, limit: pageSize }, signal);
