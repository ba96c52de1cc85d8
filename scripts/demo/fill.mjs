// Fills a fresh installation through the public API: fill.mjs ADDRESS FILMS_FOLDER, with DEMO_PASSWORD in the environment.
// Repeating it changes nothing that is there already.
import { createHash } from 'node:crypto';
import { Client } from './client.mjs';
import { films, render } from './films.mjs';

const members = [
  { username: 'ilona', displayName: 'Ilona Varga' },
  { username: 'ben', displayName: 'Ben Osei' },
  { username: 'mira', displayName: 'Mira Sato' },
  { username: 'jonas', displayName: 'Jonas Beck' },
  { username: 'petra', displayName: 'Petra Kovac' },
  { username: 'sam', displayName: 'Sam Adeyemi' },
];

// Each: film, member, text. A text with a time is about that moment of the film.
const comments = [
  ['the-test-card', 'jonas', 'Seen it four hundred times and the square still surprises me at 00:00:12.'],
  ['the-test-card', 'petra', 'The sound on every second is the best score of the year. Set your watch by it.'],
  ['coastline', 'sam', 'I gasped at 00:00:18. It had been there all along, only smaller.'],
  ['coastline', 'ilona', 'Patient, exact, and never once asks to be liked.'],
  ['coastline', 'jonas', 'Too long. Also, on reflection, not long enough.'],
  ['a-small-town', 'ben', 'The glider that crosses the whole square between 00:00:05 and 00:00:21 deserves its own film.'],
  ['a-small-town', 'mira', 'Everyone in it dies or settles down. As in life.'],
  ['evening-light', 'petra', 'At 00:00:31 the red gives way, and so did I.'],
  ['evening-light', 'sam', 'Nothing happens, beautifully, for forty seconds.'],
  ['rule-110', 'mira', 'One rule and it can compute anything. My accountant could not sleep.'],
  ['rule-110', 'jonas', 'Pause at 00:00:09, read it from the bottom up.'],
  ['triangle', 'ilona', 'My daughter asked to see it again eleven times. So did I.'],
  ['night-train', 'ben', 'Count the tickets at 00:00:14. Then count them again.'],
  ['night-train', 'petra', 'BUY CHEAP TICKETS NOW at a place I will not name, ask me how!!!'],
];

const replies = [
  ['coastline', 'Too long.', 'sam', 'Depends on your ruler.'],
  ['night-train', 'Count the tickets', 'mira', 'Ten. It is always ten. I checked the poster too.'],
];

const likes = {
  'the-test-card': { jonas: 'LOVE', petra: 'LIKE', sam: 'LAUGH' },
  coastline: { ilona: 'WOW', sam: 'WOW', mira: 'LOVE', jonas: 'LIKE' },
  'a-small-town': { ben: 'LOVE', mira: 'SAD' },
  'evening-light': { petra: 'LOVE', sam: 'LIKE', ben: 'LIKE' },
  'rule-110': { jonas: 'WOW', mira: 'LIKE' },
  triangle: { ilona: 'LOVE', petra: 'LIKE' },
  'night-train': { ben: 'LIKE', jonas: 'WOW' },
};

const [address, folder] = process.argv.slice(2);
const secret = process.env.DEMO_PASSWORD;
if (!address || !folder || !secret) {
  console.error('usage: DEMO_PASSWORD=… node fill.mjs ADDRESS FILMS_FOLDER');
  process.exit(2);
}
const server = new Client(address.replace(/\/$/, ''));
const say = (text) => console.log(`  ${text}`);

// Members' passwords follow from the demonstration's own, so a second run can sign in without keeping them.
const password_of = (username) => createHash('sha256').update(`${secret} ${username}`).digest('hex').slice(0, 24);

async function sign_in_or_register({ username, displayName }) {
  const password = password_of(username);
  const known = await server.call('POST', '/api/auth/login', { emailOrUsername: username, password }, { fine: [401] });
  if (known?.tokens) return server.as(known.tokens.accessToken);
  const made = await server.call('POST', '/api/auth/register', { username, displayName, password, email: `${username}@example.org` });
  return server.as(made.tokens.accessToken);
}

// All pages of a list; stops at 20 pages.
async function all(client, path) {
  const found = [];
  for (let page = 1; page <= 20; page += 1) {
    const { data, pagination } = await client.call('GET', `${path}${path.includes('?') ? '&' : '?'}limit=100&page=${page}`);
    found.push(...data);
    if (page >= pagination.pages) break;
  }
  return found;
}

async function ensure_film(admin, film, known) {
  const existing = known.find(({ title }) => title === film.title);
  if (existing) return existing;
  const file = await render(film, folder);
  const mediaId = await admin.upload(file, `${film.slug}.mp4`, 'video/mp4', () => {});
  const { title, description, releaseDate, genres, cast, director } = film;
  const made = await admin.call('POST', '/api/movies', {
    title,
    description,
    releaseDate,
    genres,
    cast,
    director,
    language: 'en',
    country: 'HU',
    duration: 1,
    status: 'RELEASED',
    mediaId,
  });
  say(`film      ${title} (${film.seconds} s)`);
  return made;
}

async function ensure_comments(people, titles) {
  const ids = {};
  for (const [slug, title] of Object.entries(titles)) ids[slug] = await all(server, `/api/movies/${title.id}/comments`);
  let made = 0;
  const comment = async (slug, username, content, parentId) => {
    if (ids[slug].some((known) => known.content === content)) return;
    const body = parentId ? { content, parentId } : { content };
    ids[slug].push(await people[username].call('POST', `/api/movies/${titles[slug].id}/comments`, body));
    made += 1;
  };
  for (const [slug, username, content] of comments) await comment(slug, username, content);
  for (const [slug, start, username, content] of replies) {
    const parent = ids[slug].find((known) => known.content.startsWith(start));
    if (parent.repliesCount > 0) ids[slug].push(...(await all(server, `/api/movies/${titles[slug].id}/comments?parentId=${parent.id}`)));
    await comment(slug, username, content, parent.id);
  }
  say(`comments  ${made} written`);
  return ids;
}

// Waits, at most fifteen minutes, until every film can be played; says how far each one is.
async function wait_for_films(admin, titles) {
  const waiting = new Map(
    Object.values(titles)
      .filter(({ video }) => video?.mediaId)
      .map(({ title, video }) => [video.mediaId, title]),
  );
  const deadline = Date.now() + 15 * 60_000;
  while (waiting.size && Date.now() < deadline) {
    for (const [id, title] of waiting) {
      const media = await admin.call('GET', `/api/media/${id}`);
      if (media.status === 'READY') say(`ready     ${title}`);
      if (media.status === 'FAILED') say(`failed    ${title}: ${JSON.stringify(media.error)}`);
      if (media.status === 'READY' || media.status === 'FAILED') waiting.delete(id);
    }
    if (waiting.size) await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  if (waiting.size) say(`still being prepared: ${[...waiting.values()].join(', ')}`);
}

const signed = await server.call('POST', '/api/auth/login', { emailOrUsername: 'demo', password: secret }, { fine: [401] });
if (!signed?.tokens) {
  console.error(`demo: ${address} knows no account demo with this password; the demonstration needs an installation of its own.`);
  process.exit(1);
}
const admin = server.as(signed.tokens.accessToken);
const people = {};
for (const member of members) people[member.username] = await sign_in_or_register(member);
say(`members   ${members.map(({ username }) => username).join(', ')}`);

const known = await all(admin, '/api/movies');
const titles = {};
for (const film of films) titles[film.slug] = await ensure_film(admin, film, known);
const written = await ensure_comments(people, titles);

for (const [slug, by] of Object.entries(likes)) {
  for (const [username, type] of Object.entries(by)) await people[username].call('PUT', `/api/movies/${titles[slug].id}/like`, { type });
}
say(`likes     ${Object.values(likes).reduce((sum, by) => sum + Object.keys(by).length, 0)}`);

const advert = written['night-train'].find(({ content }) => content.startsWith('BUY CHEAP'));
await people.ben.call('POST', '/api/reports', {
  contentType: 'COMMENT',
  contentId: advert.id,
  reportType: 'SPAM',
  description: 'An advertisement, and it gives away the ending.',
});
say('reports   1, waiting at the moderation desk');
await wait_for_films(admin, titles);
