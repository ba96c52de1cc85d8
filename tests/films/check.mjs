// One film: made, prepared, and held against what it is.
import { at } from './make.mjs';
import { beeps, clocks, kindsOfPictures, offsets, sourceOffsets, version } from './look.mjs';

const near = (a, b, by) => Math.abs(a - b) <= by;
const sync_s = 0.02,
  whole_s = 0.1;

// The master playlist's addresses: {variants: [{address, height}], sounds: [address], texts: [address]}.
async function read_master(get, address) {
  const text = (await get(address)).toString('utf8');
  const base = address.slice(0, address.lastIndexOf('/') + 1);
  const out = { variants: [], sounds: [], texts: [] };
  let height = 0;
  for (const line of text.split('\n')) {
    const uri = /URI="([^"]+)"/.exec(line)?.[1];
    if (line.startsWith('#EXT-X-MEDIA:TYPE=AUDIO'))
      out.sounds.push({ address: uri && base + uri, surround: line.includes('GROUP-ID="surround"') });
    else if (line.startsWith('#EXT-X-MEDIA:TYPE=SUBTITLES')) out.texts.push(base + uri);
    else if (line.startsWith('#EXT-X-STREAM-INF')) height = Number(/RESOLUTION=\d+x(\d+)/.exec(line)[1]);
    else if (line && !line.startsWith('#')) out.variants.push({ address: base + line, height });
  }
  return out;
}

// Every track begins with the film and ends with it, without a gap in between.
function check_track(film, label, track, length, wrong) {
  const { times } = track;
  if (track.edited) wrong.push(`${label}: has an edit list`);
  if (!near(times[0].at, 0, whole_s)) wrong.push(`${label}: begins at ${times[0].at.toFixed(3)}`);
  if (!near(times.at(-1).end, length, whole_s)) wrong.push(`${label}: ends at ${times.at(-1).end.toFixed(3)} of ${length.toFixed(3)}`);
  const gap = times.slice(1).find((each, i) => each.at - times[i].end > 0.03);
  if (gap) wrong.push(`${label}: nothing before ${gap.at.toFixed(2)}`);
  const crammed = film.even && times.slice(1).find((each, i) => each.at - times[i].at < 0.5 / film.rate);
  if (crammed) wrong.push(`${label}: two pictures at ${crammed.at.toFixed(2)}`);
}

function check_segments(label, made, film, wrong) {
  const longest = Math.max(...made.durations);
  if (longest > (film.held ? 61 : 6.1)) wrong.push(`${label}: a segment of ${longest.toFixed(1)} s`);
  if (!made.ended) wrong.push(`${label}: the playlist has not ended`);
}

// Pictures and beeps stand where the source has them.
async function check_sync(label, made, film, source, wrong, hertz) {
  const read = film.still || film.dim ? [] : await clocks(made.file);
  if (film.still || film.dim) return;
  const heard = made.sound ? await beeps(made.file, { hertz }) : { found: [] };
  const times = made.picture.times.map((each) => each.at);
  const out = offsets(
    times,
    read,
    heard.found.map((each) => each + made.sound.times[0].at),
    film.rate,
  );
  const unreadable = read.filter(Number.isNaN).length;
  if (unreadable > read.length * (film.fields ? 0.2 : 0.05)) wrong.push(`${label}: ${unreadable} of ${read.length} pictures show no clock`);
  if (film.joined || film.broken) return;
  if (Number.isNaN(out.picture)) return wrong.push(`${label}: no picture shows its clock`);
  if (film.rate && !film.loose && out.spread > 0.5 / film.rate + 0.02)
    wrong.push(`${label}: a picture stands ${(out.spread * 1000).toFixed(0)} ms from its place`);
  if (!made.sound || film.mute) return;
  if (Number.isNaN(out.sound)) return wrong.push(`${label}: no beep is heard`);
  const error = out.sound - (Number.isNaN(source.sound) ? 0 : source.sound);
  if (Math.abs(error) > sync_s + (film.rate ? 0 : 0.006))
    wrong.push(`${label}: sound is ${(error * 1000).toFixed(0)} ms late against the pictures`);
}

async function check_tracks(film, media, master, wrong) {
  if (film.texts !== undefined && media.texts.length !== film.texts) wrong.push(`${media.texts.length} texts, not ${film.texts}`);
  if (film.sounds && media.sounds.length !== film.sounds.length) wrong.push(`${media.sounds.length} sounds, not ${film.sounds.length}`);
  if (film.mute && media.sounds.length) wrong.push('a sound where there is none');
  if (!film.mute && !media.sounds.length) wrong.push('no sound');
  const surround = master.sounds.filter((each) => each.surround).length;
  if (film.surround && surround !== 1) wrong.push(`${surround} surround sounds`);
  for (const id of film.warnings ?? []) if (!media.warnings.some((each) => each.id === id)) wrong.push(`no warning ${id}`);
  if (!film.warnings && !film.broken && media.warnings.some((each) => /no_usable|partly|sound_left/.test(each.id)))
    wrong.push(`warned: ${media.warnings.map((each) => each.id).join(' ')}`);
}

async function check_files(film, house, place, media, master, source, wrong) {
  const length = media.durationSeconds;
  for (const [i, variant] of master.variants.entries()) {
    const made = await version(house.get, variant.address, at(place, `out-${i}.mp4`));
    const label = `${variant.height}p`;
    check_track(film, `${label} picture`, made.picture, length, wrong);
    check_segments(label, made, film, wrong);
    if (!film.mute && !made.sound) wrong.push(`${label}: no sound`);
    if (made.sound) check_track(film, `${label} sound`, made.sound, length, wrong);
    await check_sync(label, made, film, source, wrong, film.sounds?.[0]);
    const kinds = film.steady ? await kindsOfPictures(made.file) : [];
    if (kinds.length > 1) wrong.push(`${label}: pictures of ${kinds.join(' and ')}`);
  }
  const apart = await read_master(house.get, media.tracksUrl);
  const stereo = apart.sounds.filter((each) => !each.surround);
  for (const [i, sound] of stereo.entries()) {
    const made = await version(house.get, sound.address, at(place, `sound-${i}.mp4`));
    check_track(film, `sound ${i}`, made.sound, length, wrong);
    if (film.sounds) {
      const heard = await beeps(made.file, { hertz: film.sounds[i] });
      if (!heard.found.length) wrong.push(`sound ${i}: not the one of ${film.sounds[i]} Hz`);
    }
  }
  const pictures = apart.variants[0] && (await version(house.get, apart.variants[0].address, at(place, 'apart.mp4')));
  if (pictures) {
    check_track(film, 'picture apart', pictures.picture, length, wrong);
    if (pictures.sound) wrong.push('there is sound in the pictures apart');
  }
  if (film.texts !== undefined && apart.texts.length !== film.texts) wrong.push(`${apart.texts.length} texts in the playlist`);
  for (const text of apart.texts) {
    const list = (await house.get(text)).toString('utf8');
    const vtt = (
      await house.get(text.slice(0, text.lastIndexOf('/') + 1) + list.split('\n').find((line) => line.endsWith('.vtt')))
    ).toString('utf8');
    const begins = Number(/^WEBVTT\n\n00:00:0(\S+) -->/.exec(vtt)?.[1]);
    const placed = film.unplaced || /line:0\n.*above/.test(vtt);
    const said = ['Hello', ...(film.said ?? [])].every((words) => vtt.includes(words));
    if (!near(begins, 0.5, 0.05) || !said || !placed) wrong.push(`a text reads ${JSON.stringify(vtt.slice(0, 120))}`);
  }
  return apart;
}

export async function check(film, house, place, screen) {
  const file = at(place, film.name);
  await film.make(file, place);
  const media = await house.prepare(file);
  const why = media.error?.id;
  if (film.reason)
    return media.status === 'FAILED' && [film.reason].flat().includes(why)
      ? []
      : [`is ${media.status} ${why ?? ''}, should fail with ${film.reason}`];
  if (film.broken && media.status === 'FAILED')
    return why === 'media.damaged' || why === 'media.input_truncated' ? [] : [`failed with ${why}`];
  if (media.status !== 'READY') return [`is ${media.status} (${why})`];
  const wrong = [];
  if (film.broken && !media.warnings.some((each) => each.id === 'media.partly_damaged')) wrong.push('passed off as whole');
  const length = media.durationSeconds;
  const slack = film.loose ? 0.25 : whole_s;
  if (film.seconds && !near(length, film.seconds, slack)) wrong.push(`lasts ${length}, should last ${film.seconds}`);
  if (film.within && !(length >= film.within[0] && length <= film.within[1]))
    wrong.push(`lasts ${length}, not ${film.within.join(' to ')}`);
  if (film.size && (Math.abs(media.width - film.size[0]) > 1 || Math.abs(media.height - film.size[1]) > 1))
    wrong.push(`is ${media.width} by ${media.height}`);
  if (film.versions && media.renditions.length !== film.versions) wrong.push(`${media.renditions.length} versions`);
  if (!media.posterUrl || !(await house.get(media.posterUrl)).subarray(0, 2).equals(Buffer.from([0xff, 0xd8])))
    wrong.push('there is no still');
  const master = await read_master(house.get, media.hlsUrl);
  const source =
    film.still || film.dim || film.joined || film.broken || film.upright
      ? { sound: 0 }
      : await sourceOffsets(file, film.rate, film.track ?? 0, film.sounds?.[0]);
  const apart = await check_files(film, house, place, media, master, source, wrong);
  await check_tracks(film, media, apart, wrong);
  if (screen) wrong.push(...(await screen.watch(film, media, house, source)));
  return wrong;
}
