// Comments that wait to be sent: kept in this browser under their writer, sent when the server is back, also by a later page.
import { call } from './api/client';
import { sentence, toProblem, type Problem } from './api/problem';
import { session } from './api/session.svelte';
import type { Comment } from './api/types';
import { count } from './format';
import { exclusive, uuid } from './ids';
import { net, whenBack } from './net.svelte';
import { on, tell } from './news';
import { go } from './router.svelte';
import { copy, toast, type Said } from './say.svelte';
import { forget, keep, personal, recall } from './storage';

/** A comment the server has not confirmed. `key` makes sending it again safe; `why` says that it was refused. */
export interface Unsent {
  key: string;
  movieId: string;
  parentId: string | null;
  content: string;
  when: string;
  why?: string;
}

const boxName = (person = session.user?.id) => personal('unsent', person);
const box = () => (session.user ? (recall<Unsent[]>(boxName()) ?? []) : []);

export const unsent = $state<{ list: Unsent[] }>({ list: [] });

/** Another tab may have changed the box meanwhile, so every change begins with what is there. */
function change(how: (list: Unsent[]) => Unsent[]) {
  unsent.list = how(box()).slice(-50);
  if (unsent.list.length) keep(boxName(), unsent.list);
  else forget(boxName());
}

export const dropUnsent = (key: string) => change((list) => list.filter((u) => u.key !== key));

/** Sends it, and tells of it. */
async function post(u: Unsent): Promise<Comment> {
  const comment = await call<Comment>('POST', `/api/movies/${u.movieId}/comments`, {
    body: { content: u.content, ...(u.parentId ? { parentId: u.parentId } : {}) },
    key: u.key,
  });
  if (session.user?.id === comment.author?.id) tell({ what: 'comments', id: u.movieId, part: comment.id, value: comment });
  return comment;
}

/** Sends a comment; when nothing answers it is kept and sent later, and null comes back. Throws other Problems. */
export async function write(movieId: string, parentId: string | null, content: string): Promise<Comment | null> {
  const draft: Unsent = { key: uuid(), movieId, parentId, content, when: new Date().toISOString() };
  try {
    return await post(draft);
  } catch (thrown) {
    const problem = toProblem(thrown);
    if (problem.status !== 0) throw problem;
    change((list) => [...list, draft]);
    return null;
  }
}

/** Whether sending the same again later may succeed. */
const maySoon = ({ status, id }: Problem) => [0, 401, 429].includes(status) || status >= 500 || id === 'request.in_progress';

async function sendAll(person: string): Promise<Said | null> {
  const sent: Comment[] = [];
  let refused: Unsent | null = null;
  for (const draft of box()) {
    if (session.user?.id !== person) return null;
    if (draft.why) continue;
    try {
      const comment = await post(draft);
      dropUnsent(draft.key);
      sent.push(comment);
    } catch (thrown) {
      const problem = toProblem(thrown);
      if (maySoon(problem) || session.user?.id !== person) break;
      refused = { ...draft, why: sentence(problem) };
      change((list) => list.map((u) => (u.key === draft.key ? refused! : u)));
    }
  }
  if (refused)
    return { text: `One comment was not taken: ${refused.why}`, act: { name: 'Copy its words', run: () => copy(refused.content) } };
  return sent.length
    ? {
        text: `Sent, ${count(sent.length, 'comment')}.`,
        act: { name: 'See', run: () => go(`/film/${sent[0]!.contentId}#comment-${sent[0]!.id}`) },
      }
    : null;
}

let later: ReturnType<typeof setTimeout> | undefined;

/** Sends what waits, one tab at a time. Answers what came of it, or null. */
async function flush(): Promise<Said | null> {
  clearTimeout(later);
  const person = session.user?.id;
  const waits = () => box().some((u) => !u.why);
  if (!person || !waits()) return null;
  const said = await exclusive('mozi.unsent', () => sendAll(person));
  if (waits() && net.up) later = setTimeout(() => void loadUnsent(), 30_000);
  return said;
}

/** Called when another person comes or goes: shows what waits of theirs and sends it. */
export async function loadUnsent() {
  unsent.list = box();
  const said = net.up ? await flush() : null;
  if (said) toast(said.text, said.act);
}

whenBack(flush);

on('unsent', undefined, ({ id }) => {
  if (id === session.user?.id) unsent.list = box();
});
