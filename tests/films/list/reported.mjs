// Films as users of other products reported them: clocks that drift, parts of another shape, edits that cut, mirrored phones.
import { readFileSync, writeFileSync } from 'node:fs';
import { aac, at, ffmpeg, h264, join, picture, sound } from '../make.mjs';
import { film } from './film.mjs';

for (const by of [1.001, 0.999])
  film(
    `sound-drifts-${by}.mkv`,
    (to) => ffmpeg(picture(20), sound(20), '-c:v', 'mpeg4', '-q:v', 5, '-c:a', 'pcm_s16le', '-bsf:a', `setts=ts=TS*${by}`, to),
    { seconds: Math.max(20, 20 * by), rate: 25, short: by === 1.001 },
  );

const part = (home, name, offset, size, pixels = 'yuv420p') =>
  ffmpeg(
    ...[picture(4, { size }), sound(4), '-c:v', 'mpeg2video', '-pix_fmt', pixels, '-q:v', 3, '-c:a', 'mp2'],
    ...['-output_ts_offset', offset, '-muxdelay', 0, '-f', 'mpegts', at(home, name)],
  );
const changing = (name, size, pixels) =>
  film(
    name,
    async (to, home) => {
      await part(home, 'a.ts', 10, '320x180');
      await part(home, 'b.ts', 14, size, pixels);
      join(to, at(home, 'a.ts'), at(home, 'b.ts'));
    },
    { seconds: 8, rate: 25, joined: true, even: true, short: pixels === undefined },
  );
changing('size-changes.ts', '256x144');
changing('pixels-change.ts', '320x180', 'yuv422p');

const h264_part = (home, name, offset, size) =>
  ffmpeg(...[picture(4, { size }), h264, '-g', 50, '-output_ts_offset', offset, '-muxdelay', 0], ...['-f', 'mpegts', at(home, name)]);
// a.ts and b.ts, and one behind the other as j.ts.
async function of_two_sizes(home) {
  await h264_part(home, 'a.ts', 10, '320x180');
  await h264_part(home, 'b.ts', 14, '256x144');
  join(at(home, 'j.ts'), at(home, 'a.ts'), at(home, 'b.ts'));
}
// Both are of the kind that is packaged as it is: new parameter sets among the pictures, or beside them.
film(
  'size-changes.mkv',
  async (to, home) => {
    await of_two_sizes(home);
    await ffmpeg('-i', at(home, 'j.ts'), sound(8), '-c:v', 'copy', aac, to);
  },
  { seconds: 8, rate: 25, joined: true, steady: true, short: true },
);

// The box behind these names, each in the one before: [where it begins, how long it is] of all of them.
function boxes(bytes, ...names) {
  const found = [];
  let begin = 0;
  for (const name of names) {
    while (bytes.toString('latin1', begin + 4, begin + 8) !== name) begin += bytes.readUInt32BE(begin);
    found.push([begin, bytes.readUInt32BE(begin)]);
    begin += 8;
  }
  return found;
}
const table = (name) => ['moov', 'trak', 'mdia', 'minf', 'stbl', name];
const numbers = (...list) => Buffer.concat(list.map((each) => Buffer.from([each >>> 24, each >>> 16, each >>> 8, each])));

// A table of the first track by another one; nothing that counts stands behind the index.
function replaced(bytes, name, make) {
  const all = boxes(bytes, ...table(name));
  const [begin, length] = all.pop();
  const now = make(bytes.subarray(begin, begin + length));
  now.writeUInt32BE(now.length);
  for (const [at, size] of all) bytes.writeUInt32BE(size + now.length - length, at);
  return Buffer.concat([bytes.subarray(0, begin), now, bytes.subarray(begin + length)]);
}
film(
  'two-descriptions.mp4',
  async (to, home) => {
    await of_two_sizes(home);
    await ffmpeg('-i', at(home, 'j.ts'), '-c', 'copy', '-bsf:v', 'filter_units=remove_types=7-8', to);
    await ffmpeg('-i', at(home, 'b.ts'), '-c', 'copy', at(home, 'b.mp4'));
    const second = readFileSync(at(home, 'b.mp4'));
    const [begin, length] = boxes(second, ...table('stsd')).at(-1);
    const entry = second.subarray(begin + 16, begin + length);
    let all = readFileSync(to);
    const sizes = boxes(all, ...table('stsz')).at(-1)[0] + 20;
    let half = 0;
    for (let i = 0; i < 100; i += 1) half += all.readUInt32BE(sizes + i * 4);
    all = replaced(all, 'stsd', (box) => Buffer.concat([box.subarray(0, 12), numbers(2), box.subarray(16), entry]));
    all = replaced(all, 'stsc', (box) => Buffer.concat([box.subarray(0, 12), numbers(2, 1, 100, 1, 2, 100, 2)]));
    all = replaced(all, 'stco', (box) =>
      Buffer.concat([box.subarray(0, 12), numbers(2), box.subarray(16, 20), numbers(box.readUInt32BE(16) + half)]),
    );
    writeFileSync(to, all);
  },
  { seconds: 8, rate: 25, joined: true, steady: true, mute: true, short: true },
);

// Every edit list of the file says that so much of the track is shown.
function cutTo(file, milliseconds) {
  const all = readFileSync(file);
  for (let found = all.indexOf('elst'); found > 0; found = all.indexOf('elst', found + 4)) all.writeUInt32BE(milliseconds, found + 12);
  writeFileSync(file, all);
}
film(
  'edit-cuts-the-end.mp4',
  async (to) => {
    await ffmpeg(picture(10), sound(10), h264, '-bf', 0, '-g', 25, aac, to);
    cutTo(to, 6000);
  },
  { seconds: 6, rate: 25, short: true },
);

film(
  'upside-down-by-its-matrix.mp4',
  async (to) => {
    await ffmpeg(picture(5, { size: '640x480', more: 'vflip' }), sound(5), h264, '-g', 50, aac, to);
    const all = readFileSync(to);
    const matrix = all.indexOf('tkhd') + 44;
    for (const [i, value] of [65536, 0, 0, 0, -65536, 0, 0, 480 * 65536, 1 << 30].entries()) all.writeInt32BE(value, matrix + i * 4);
    writeFileSync(to, all);
  },
  { seconds: 5, rate: 25, size: [640, 480], upright: true },
);
