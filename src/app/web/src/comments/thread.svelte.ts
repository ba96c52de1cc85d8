// Comments of one title, and the answers below one of them.
import { get } from '../lib/api/client';
import { sentence, toProblem } from '../lib/api/problem';
import type { Comment, Page } from '../lib/api/types';
import { toast } from '../lib/say.svelte';

export const listComments = (movieId: string, parentId: string | null, order: 'asc' | 'desc', after: string | null, signal?: AbortSignal) =>
  get<Page<Comment>>(`/api/movies/${movieId}/comments`, { parentId, sortBy: 'createdAt', sortOrder: order, after, limit: 20 }, signal);

export const getComment = (id: string, signal?: AbortSignal) => get<Comment>(`/api/comments/${encodeURIComponent(id)}`, undefined, signal);

/** A comment as it stands now: what is left of it, or null where it is gone. */
export async function standing(comment: Comment): Promise<Comment | null> {
  try {
    return await getComment(comment.id);
  } catch (thrown) {
    return toProblem(thrown).status === 404 ? null : comment;
  }
}

/** The answers below a comment, as far as they were opened. Outlives its row in a long list. */
export class Thread {
  replies = $state.raw<Comment[]>([]);
  shown = $state(false);
  cursor = $state<string | null>(null);
  busy = $state(false);

  async more(comment: Comment) {
    if (this.busy) return;
    this.busy = true;
    try {
      const page = await listComments(comment.contentId, comment.id, 'asc', this.cursor);
      page.data.forEach((reply) => this.add(reply));
      this.cursor = page.pagination.nextCursor;
      this.shown = true;
    } catch (thrown) {
      toast(sentence(toProblem(thrown)));
    } finally {
      this.busy = false;
    }
  }

  add(reply: Comment) {
    if (!this.replies.some((known) => known.id === reply.id)) this.replies = [...this.replies, reply];
  }

  /** Puts what became of a reply in its place; null takes it away. */
  change(id: string, next: Comment | null) {
    this.replies = next ? this.replies.map((r) => (r.id === id ? next : r)) : this.replies.filter((r) => r.id !== id);
  }
}

/** The thread of a comment among what a list keeps of its rows. */
export function threadOf(kept: Map<string, unknown>, id: string): Thread {
  let found = kept.get(id) as Thread | undefined;
  if (!found) kept.set(id, (found = new Thread()));
  return found;
}
