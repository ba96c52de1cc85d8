// What the server shows after a restart, gathered through its lists: how often each mark is seen, and as what.
const firstWord = (text) => (text ?? '').split(' ', 1)[0];

export async function parallel(list, act, width = 12) {
  const queue = [...list];
  const worker = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await act(item);
  };
  await Promise.all(Array.from({ length: width }, worker));
}

export class Seen {
  constructor() {
    this.marks = new Map(); // mark → [ids]
    this.trees = new Map(); // movie → its comments, of any depth
    this.reports = new Map();
  }

  add(mark, id) {
    if (!this.marks.has(mark)) this.marks.set(mark, []);
    this.marks.get(mark).push(id);
  }

  of(mark) {
    return this.marks.get(mark) ?? [];
  }
}

// `since` (ms) ends the lists of titles early; 0 reads them all.
export async function look(ledger, wire, admin, since) {
  const seen = new Seen();
  const old = (page) => page.length > 0 && Date.parse(page.at(-1).createdAt) < since;
  const movies = '/api/movies?sortBy=createdAt&sortOrder=desc';
  for (const which of ['&status=RELEASED', '&status=DRAFT', '&hidden=true']) {
    for (const movie of await wire.list(movies + which, admin, old)) seen.add(movie.title, movie.id);
  }
  const gone = (id) => ledger.movies.get(id)?.gone.may.includes(true);
  const wanted = new Set(since === 0 ? ledger.movies.keys() : ledger.touched.movies);
  await parallel(
    [...wanted].filter((id) => !gone(id)),
    async (id) => {
      const tree = await commentsBelow(wire, admin, id);
      seen.trees.set(id, tree);
      for (const comment of tree) seen.add(firstWord(comment.content), comment.id);
    },
  );
  for (const report of await wire.list('/api/reports', admin)) {
    seen.add(report.description, report.id);
    seen.reports.set(report.id, report);
  }
  for (const who of ['u', 'x']) {
    for (const person of await wire.list(`/api/users?search=${who}_${ledger.seed.toString(36)}`, admin))
      seen.add(person.username, person.id);
  }
  const owners = new Set(ledger.ops.filter((op) => op.kind === 'upload').map((op) => op.token));
  await parallel(owners, async (token) => {
    for (const medium of await wire.list('/api/media', token)) seen.add(medium.filename, medium.id);
  });
  return seen;
}

async function commentsBelow(wire, token, movie) {
  const all = [];
  let level = [null];
  while (level.length) {
    const next = [];
    for (const parent of level) {
      const found = await wire.list(`/api/movies/${movie}/comments?sortOrder=asc${parent ? `&parentId=${parent}` : ''}`, token);
      all.push(...found);
      next.push(...found.filter((comment) => comment.hasReplies).map((comment) => comment.id));
    }
    level = next;
  }
  return all;
}
