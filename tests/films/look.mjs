// What came out: pictures by their burnt-in clock, sound by its beeps, both on the clock of the segments themselves, as media
// sources take it (no edit list).
import { writeFileSync } from 'node:fs';
import { run } from './make.mjs';

// The packets' times of a track in joined init and segments: [{number, timescale, kind}, times in seconds in the order shown].
export function tracksOf(bytes) {
  const tracks = new Map();
  const walk = (from, to, visit) => {
    for (let at = from; at + 8 <= to;) {
      let size = bytes.readUInt32BE(at);
      let head = 8;
      if (size === 1) {
        size = Number(bytes.readBigUInt64BE(at + 8));
        head = 16;
      }
      if (size < head || at + size > to) throw new Error(`a box of ${size} bytes at ${at}`);
      visit(bytes.toString('latin1', at + 4, at + 8), at + head, at + size);
      at += size;
    }
  };
  const trak = (from, to) => {
    const track = { times: [] };
    walk(from, to, (kind, a, b) => {
      if (kind === 'tkhd') track.number = bytes.readUInt32BE(a + 12);
      if (kind === 'edts') track.edited = true;
      if (kind === 'mdia')
        walk(a, b, (inner, c) => {
          if (inner === 'mdhd') track.timescale = bytes.readUInt32BE(c + 12);
          if (inner === 'hdlr') track.kind = bytes.toString('latin1', c + 8, c + 12);
        });
    });
    tracks.set(track.number, track);
  };
  const traf = (from, to) => {
    let track = null,
      dts = 0;
    walk(from, to, (kind, a) => {
      if (kind === 'tfhd') track = tracks.get(bytes.readUInt32BE(a + 4));
      if (kind === 'tfdt') dts = bytes[a] === 1 ? Number(bytes.readBigUInt64BE(a + 4)) : bytes.readUInt32BE(a + 4);
      if (kind !== 'trun') return;
      const count = bytes.readUInt32BE(a + 4);
      for (let i = 0, p = a + 12; i < count; i += 1, p += 16) {
        const duration = bytes.readUInt32BE(p);
        const pts = dts + bytes.readInt32BE(p + 12);
        track.times.push({ at: pts / track.timescale, end: (pts + duration) / track.timescale, decoded: dts / track.timescale });
        dts += duration;
      }
    });
  };
  walk(0, bytes.length, (kind, a, b) => {
    if (kind === 'moov')
      walk(a, b, (inner, c, d) => {
        if (inner === 'trak') trak(c, d);
      });
    if (kind === 'moof')
      walk(a, b, (inner, c, d) => {
        if (inner === 'traf') traf(c, d);
      });
  });
  for (const track of tracks.values()) track.times.sort((a, b) => a.at - b.at);
  return [...tracks.values()];
}

const width = 96,
  height = 54;

// Hundredths that the clock in each decoded picture shows, in the order shown; NaN where it cannot be read.
export async function clocks(file, more = []) {
  const { out } = await run('ffmpeg', [
    '-nostdin',
    '-v',
    'error',
    ...more,
    '-i',
    file,
    '-map',
    '0:v:0',
    '-fps_mode',
    'passthrough',
    '-vf',
    `scale=${width}:${height}:flags=area,format=gray`,
    '-f',
    'rawvideo',
    'pipe:1',
  ]);
  const read = [];
  for (let frame = 0; (frame + 1) * width * height <= out.length; frame += 1) {
    let value = 0,
      doubt = false;
    for (let bit = 0; bit < 16; bit += 1) {
      const x = Math.round(width * ((bit % 8) * 0.12 + 0.07)),
        y = Math.round(height * (bit < 8 ? 0.275 : 0.725));
      let sum = 0;
      for (let dy = -4; dy <= 4; dy += 1)
        for (let dx = -2; dx <= 2; dx += 1) sum += out[frame * width * height + (y + dy) * width + x + dx];
      const mean = sum / 45;
      if (mean > 90 && mean < 150) doubt = true;
      if (mean >= 120) value += 2 ** bit;
    }
    read.push(doubt ? NaN : value);
  }
  return read;
}

// The sizes of all pictures, each once, and that some cannot be decoded.
export async function kindsOfPictures(file) {
  const shown = ['-v', 'error', '-select_streams', 'v', '-show_entries', 'frame=width,height', '-of', 'compact=p=0:nk=1', file];
  const { out, said } = await run('ffprobe', shown);
  return [...new Set(String(out).match(/\d+.\d+/g)), ...(said ? ['none'] : [])];
}

// When beeps of that height begin, in seconds from the first sample.
export async function beeps(file, { hertz = 1000, track = 0, filters = '', beside = [] } = {}) {
  const { out } = await run('ffmpeg', [
    '-nostdin',
    '-v',
    'error',
    '-i',
    file,
    '-map',
    `0:a:${track}`,
    '-ac',
    '1',
    '-ar',
    '48000',
    '-af',
    `${filters}bandpass=f=${hertz}:width_type=h:w=300`,
    '-f',
    's16le',
    'pipe:1',
    ...beside,
  ]);
  const samples = new Int16Array(out.buffer, out.byteOffset, out.length >> 1);
  const window = 96,
    found = [];
  let loudest = 0;
  const level = [];
  for (let at = 0; at + window <= samples.length; at += window) {
    let sum = 0;
    for (let i = 0; i < window; i += 1) sum += Math.abs(samples[at + i]);
    level.push(sum / window);
    loudest = Math.max(loudest, sum / window);
  }
  if (loudest < 150) return { found, seconds: samples.length / 48000 };
  for (let i = 1; i < level.length; i += 1) {
    const last = found.at(-1) ?? -1;
    if (level[i] > loudest * 0.4 && level[i - 1] <= loudest * 0.4 && (i * window) / 48000 - last > 0.3) found.push((i * window) / 48000);
  }
  return { found, seconds: samples.length / 48000 };
}

const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];

// How much later pictures are shown than their clock says, and beeps are heard than on the full second. `rate` makes hundredths exact.
export function offsets(times, read, beepTimes, rate) {
  const pictures = [];
  for (let i = 0; i < Math.min(times.length, read.length); i += 1) {
    if (i === 0 || Number.isNaN(read[i]) || read[i] === read[i - 1]) continue; // held, the first for as long as it takes, or not readable
    const exact = rate ? Math.ceil((read[i] / 100) * rate - 0.02) / rate : read[i] / 100 + 0.005;
    pictures.push(times[i] - exact);
  }
  if (!pictures.length) return { picture: NaN, sound: NaN };
  const picture = median(pictures);
  const heard = beepTimes.map((at) => at - picture - Math.round(at - picture));
  return { picture, sound: heard.length ? median(heard) : NaN, spread: Math.max(...pictures.map((each) => Math.abs(each - picture))) };
}

// The same of a file as ffmpeg itself reads it: what its maker meant.
// Both are read in either run: ffmpeg counts from where the first of what it reads begins.
export async function sourceOffsets(file, rate, track = 0, hertz = 1000) {
  const shown = ['-map', '0:v:0', '-fps_mode', 'passthrough', '-vf', 'showinfo', '-f', 'null', '-'];
  const { said } = await run('ffmpeg', ['-nostdin', '-v', 'info', '-i', file, ...shown, '-map', `0:a:${track}?`, '-f', 'null', '-']).catch(
    () => run('ffmpeg', ['-nostdin', '-v', 'info', '-i', file, ...shown]),
  );
  const times = [...said.matchAll(/\bn: *\d+ pts: *\S+ pts_time:(\S+)/g)].map((match) => Number(match[1]));
  const read = await clocks(file);
  const { found } = await beeps(file, {
    hertz,
    track,
    filters: 'aresample=48000:async=1:first_pts=0,',
    beside: ['-map', '0:v:0', '-f', 'null', '-'],
  }).catch(() => ({ found: [] }));
  return offsets(times, read, found, rate);
}

// One version of a READY film: its playlist, its tracks, its file on disk.
export async function version(get, address, file) {
  const text = (await get(address)).toString('utf8');
  const base = address.slice(0, address.lastIndexOf('/') + 1);
  const parts = [],
    durations = [];
  let range = null;
  for (const line of text.split('\n')) {
    if (line.startsWith('#EXT-X-MAP')) parts.push(await get(base + /URI="([^"]+)"/.exec(line)[1]));
    else if (line.startsWith('#EXTINF:')) durations.push(Number.parseFloat(line.slice(8)));
    else if (line.startsWith('#EXT-X-BYTERANGE:')) range = /(\d+)@(\d+)/.exec(line).slice(1).map(Number);
    else if (line && !line.startsWith('#')) {
      const bytes = await get(base + line);
      parts.push(range ? bytes.subarray(range[1], range[1] + range[0]) : bytes);
      range = null;
    }
  }
  const bytes = Buffer.concat(parts);
  writeFileSync(file, bytes);
  const tracks = tracksOf(bytes);
  return {
    text,
    durations,
    ended: text.includes('#EXT-X-ENDLIST'),
    bytes,
    file,
    picture: tracks.find((each) => each.kind === 'vide'),
    sound: tracks.find((each) => each.kind === 'soun'),
  };
}
