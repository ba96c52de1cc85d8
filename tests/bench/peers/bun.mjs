// The fastest peer: Bun's own HTTP server and SQLite, the same content as ours, durable writes one commit each.
import { Database } from 'bun:sqlite';

const [, , port, file, count] = process.argv;
const db = new Database(file);
db.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-64000; PRAGMA mmap_size=268435456');
db.exec(`CREATE TABLE IF NOT EXISTS movie (id INTEGER PRIMARY KEY, title TEXT, description TEXT, release_date TEXT,
  duration INTEGER, language TEXT, country TEXT, genres TEXT, people TEXT, director TEXT, status TEXT,
  likes INTEGER, comments INTEGER, created_at INTEGER);
  CREATE TABLE IF NOT EXISTS movie_genre (genre TEXT, created_at INTEGER, id INTEGER, PRIMARY KEY (genre, created_at, id)) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS movie_created ON movie (status, created_at, id);
  CREATE TABLE IF NOT EXISTS comment (id INTEGER PRIMARY KEY, movie_id INTEGER, author INTEGER, content TEXT, created_at INTEGER);
  CREATE TABLE IF NOT EXISTS reaction (movie_id INTEGER, author INTEGER, type TEXT, PRIMARY KEY (movie_id, author)) WITHOUT ROWID`);
if (db.query('SELECT count(*) AS n FROM movie').get().n === 0) {
  const insert = db.prepare('INSERT INTO movie VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, ?)');
  const shelve = db.prepare('INSERT INTO movie_genre VALUES (?, ?, ?)');
  db.transaction(() => {
    for (let i = 1; i <= Number(count); i++) {
      const genre = `Genre ${i % 10}`;
      insert.run(
        i,
        `Title ${i}`,
        'A description of some length, as films have them on a page. '.repeat(6),
        '2020-01-01',
        90 + (i % 60),
        'hu',
        'HU',
        JSON.stringify([genre]),
        JSON.stringify(['A', 'B', 'C']),
        'D',
        'RELEASED',
        i,
      );
      shelve.run(genre, i, i);
    }
  })();
}
const row = (m) => ({ ...m, id: String(m.id), genres: JSON.parse(m.genres), people: JSON.parse(m.people) });
const one = db.prepare('SELECT * FROM movie WHERE id = ?');
const page = db.prepare('SELECT * FROM movie WHERE status = ? ORDER BY created_at DESC, id DESC LIMIT 20 OFFSET ?');
const shelf = db.prepare(
  'SELECT m.* FROM movie_genre g JOIN movie m ON m.id = g.id WHERE g.genre = ? ORDER BY g.created_at DESC, g.id DESC LIMIT 20 OFFSET ?',
);
const total = db.prepare('SELECT count(*) AS n FROM movie WHERE status = ?');
const shelfTotal = db.prepare('SELECT count(*) AS n FROM movie_genre WHERE genre = ?');
const say = db.prepare('INSERT INTO comment (movie_id, author, content, created_at) VALUES (?, ?, ?, ?) RETURNING id');
const counted = db.prepare('UPDATE movie SET comments = comments + 1 WHERE id = ?');
const react = db.prepare('INSERT INTO reaction VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET type = excluded.type');
const write = db.transaction((id, author, content) => (counted.run(id), say.get(id, author, content, Date.now())));

Bun.serve({
  port: Number(port),
  async fetch(request) {
    const url = new URL(request.url);
    if (url.pathname === '/health/ping') return Response.json({ status: 'pong' });
    const parts = url.pathname.split('/');
    if (parts[2] !== 'movies') return new Response('', { status: 404 });
    if (request.method === 'POST') {
      const { content } = await request.json();
      const { id } = write(Number(parts[3]), 1, content);
      return Response.json({ id: String(id), content, movieId: parts[3] }, { status: 201 });
    }
    if (request.method === 'PUT') {
      const { type } = await request.json();
      react.run(Number(parts[3]), Math.floor(Math.random() * 1e6), type);
      return Response.json({ type });
    }
    if (parts[3]) return Response.json(row(one.get(Number(parts[3]))));
    const offset = (Number(url.searchParams.get('page') ?? 1) - 1) * 20;
    const genre = url.searchParams.get('genre');
    const rows = genre ? shelf.all(genre, offset) : page.all('RELEASED', offset);
    const n = (genre ? shelfTotal.get(genre) : total.get('RELEASED')).n;
    return Response.json({ data: rows.map(row), pagination: { page: offset / 20 + 1, limit: 20, total: n, pages: Math.ceil(n / 20) } });
  },
});
