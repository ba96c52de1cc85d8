// MP4 by hand (ISO/IEC 14496-12): tables that say what no muxer would write.
import { readFileSync, writeFileSync } from 'node:fs';
import { at, ffmpeg, picture, words } from './make.mjs';

const u16 = (...numbers) => Buffer.concat(numbers.map((n) => Buffer.from([n >> 8, n & 255])));
const u32 = (...numbers) => table(numbers);
const table = (numbers) => {
  const out = Buffer.alloc(numbers.length * 4);
  numbers.forEach((n, i) => out.writeUInt32BE(n >>> 0, i * 4));
  return out;
};
const box = (type, ...parts) => {
  const inside = Buffer.concat(parts);
  return Buffer.concat([u32(8 + inside.length), Buffer.from(type), inside]);
};
const full = (type, flags, ...parts) => box(type, u32(flags), ...parts);
const matrix = u32(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000);

// One JPEG of that size, as ffmpeg makes it.
export async function jpeg(home, size) {
  await ffmpeg(picture(0.04, { size }), words('-frames:v 1 -c:v mjpeg -q:v 31 -f image2pipe'), at(home, 'one.jpg'));
  return readFileSync(at(home, 'one.jpg'));
}

// A film of `stills` (JPEGs): sample i is stills[which[i]] and lasts lasts[i] seconds. Samples may be the same bytes.
export function stillsFilm(to, size, stills, which, lasts, edits = []) {
  const [width, height] = size.split('x').map(Number);
  const ftyp = box('ftyp', Buffer.from('isom'), u32(512), Buffer.from('isomiso2mp41'));
  const mdat = box('mdat', ...stills);
  const begins = [];
  stills.reduce((offset, still) => (begins.push(offset), offset + still.length), ftyp.length + 8);
  const scale = 600;
  const ticks = lasts.map((seconds) => Math.round(seconds * scale));
  const length = ticks.reduce((a, b) => a + b, 0);
  const entry = box(
    'jpeg',
    u32(0),
    u16(0, 1),
    u32(0, 0, 0, 0),
    u16(width, height),
    u32(0x480000, 0x480000, 0),
    u16(1),
    Buffer.alloc(32),
    u16(24, 0xffff),
  );
  const stbl = box(
    'stbl',
    full('stsd', 0, u32(1), entry),
    full('stts', 0, u32(ticks.length), table(ticks.flatMap((n) => [1, n]))),
    full('stsc', 0, u32(1), u32(1, 1, 1)),
    full('stsz', 0, u32(0, which.length), table(which.map((i) => stills[i].length))),
    full('stco', 0, u32(which.length), table(which.map((i) => begins[i]))),
  );
  const minf = box('minf', full('vmhd', 1, u16(0, 0, 0, 0)), box('dinf', full('dref', 0, u32(1), full('url ', 1))), stbl);
  const mdia = box(
    'mdia',
    full('mdhd', 0, u32(0, 0, scale, length), u16(0x55c4, 0)),
    full('hdlr', 0, u32(0), Buffer.from('vide'), Buffer.alloc(13)),
    minf,
  );
  const edts = edits.length
    ? [box('edts', full('elst', 0, u32(edits.length), table(edits.flatMap(([seconds, from]) => [seconds * scale, from * scale, 0x10000]))))]
    : [];
  const tkhd = full('tkhd', 3, u32(0, 0, 1, 0, length, 0, 0), u16(0, 0, 0, 0), matrix, u32(width << 16, height << 16));
  const mvhd = full('mvhd', 0, u32(0, 0, scale, length, 0x10000), u16(0x100, 0), u32(0, 0), matrix, Buffer.alloc(24), u32(2));
  writeFileSync(to, Buffer.concat([ftyp, mdat, box('moov', mvhd, box('trak', tkhd, ...edts, mdia))]));
}
