// Films by their clocks and ends: tracks that begin or end apart, jumps, few pictures, damages.
import { readFileSync, writeFileSync } from 'node:fs';
import { aac, append, apart, at, box, cutShort, ffmpeg, h264, join, patch, picture, sound, words } from '../make.mjs';
import { film } from './film.mjs';

// --- clocks ---------------------------------------------------------------------------------------

for (const by of [0.3, 0.7, 3, 5])
  for (const [who, which] of [
    ['picture', 0],
    ['sound', 1],
  ]) {
    const late = which === 0 ? { picture: by } : { sound: by };
    film(
      `${who}-late-${by}-packaged.mp4`,
      async (to, home) => {
        await ffmpeg(picture(9), sound(9), h264, '-g', 50, aac, at(home, 'l.mp4'));
        await apart(at(home, 'l.mp4'), late, to);
      },
      { seconds: 9 + by, rate: 25, apart: which === 0 ? -by : by, short: by === 0.7 && which === 0 },
    );
    film(
      `${who}-late-${by}-encoded.mkv`,
      async (to, home) => {
        await ffmpeg(picture(9), sound(9), '-c:v', 'mpeg4', '-q:v', 3, '-g', 25, aac, at(home, 'l.mkv'));
        await apart(at(home, 'l.mkv'), late, to);
      },
      { seconds: 9 + by, rate: 25, apart: which === 0 ? -by : by },
    );
  }
film(
  'trimmed-between-keys.mp4',
  async (to, home) => {
    await ffmpeg(picture(12), sound(12), h264, '-g', 75, '-sc_threshold', 0, aac, at(home, 'w.mp4'));
    await ffmpeg('-ss', 4.2, '-i', at(home, 'w.mp4'), '-c', 'copy', to);
  },
  { seconds: 7.8, rate: 25, short: true },
);
film(
  'trimmed-hevc.mov',
  async (to, home) => {
    await ffmpeg(
      picture(12),
      sound(12),
      words('-c:v libx265 -preset ultrafast -x265-params log-level=none:keyint=75 -tag:v hvc1'),
      aac,
      at(home, 'w.mp4'),
    );
    await ffmpeg('-ss', 4.2, '-i', at(home, 'w.mp4'), '-c', 'copy', to);
  },
  { seconds: 7.8, rate: 25 },
);
film('offset-1000.mkv', (to) => ffmpeg(picture(5), sound(5), h264, '-g', 50, aac, '-output_ts_offset', 1000, to), { seconds: 5, rate: 25 });
film('offset-95000.ts', (to) => ffmpeg(picture(5), sound(5), h264, '-g', 50, aac, '-output_ts_offset', 95440, to), {
  seconds: 5,
  rate: 25,
});
const ts = (home, name, offset) =>
  ffmpeg(
    picture(4),
    sound(4),
    words('-c:v mpeg2video -q:v 3 -g 12 -bf 0 -c:a mp2 -output_ts_offset'),
    offset,
    words('-muxdelay 0 -f mpegts'),
    at(home, name),
  );
const jump = (name, from, to, more) =>
  film(
    name,
    async (file, home) => {
      await ts(home, 'a.ts', from);
      await ts(home, 'b.ts', to);
      join(file, at(home, 'a.ts'), at(home, 'b.ts'));
    },
    { seconds: 8, joined: true, ...more },
  );
jump('jump-ahead.ts', 10, 1014, { short: true });
jump('jump-back.ts', 1014, 2);
const hole = async (to, home, more = []) => {
  await ffmpeg(picture(4), sound(4), h264, '-g', 50, aac, at(home, 'a.mkv'));
  writeFileSync(at(home, 'j.txt'), `ffconcat version 1.0\nfile a.mkv\nduration 700\nfile a.mkv\n`);
  await ffmpeg('-f', 'concat', '-i', at(home, 'j.txt'), '-c', 'copy', ...more, to);
};
film('jump-ahead.mkv', (to, home) => hole(to, home), { seconds: 8, joined: true, short: true });
film('jump-ahead.flv', (to, home) => hole(to, home), { seconds: 8, joined: true });
film('jump-ahead-fragmented.mp4', (to, home) => hole(to, home, ['-movflags', 'frag_keyframe+empty_moov']), { seconds: 8, joined: true });
film(
  'fragmented.mp4',
  (to) => ffmpeg(picture(7), sound(7), h264, '-g', 50, aac, '-movflags', 'frag_keyframe+empty_moov+default_base_moof', to),
  { seconds: 7, rate: 25, short: true },
);
film(
  'recorder.webm',
  async (to, home) => {
    await ffmpeg(picture(7), sound(7), '-c:v', 'libvpx', '-deadline', 'realtime', '-c:a', 'libopus', '-f', 'webm', '-live', 1, to);
  },
  { seconds: 7, rate: 25 },
);
film(
  'begins-in-the-middle.ts',
  async (to, home) => {
    await ffmpeg(picture(10), sound(10), h264, '-g', 50, '-sc_threshold', 0, aac, at(home, 'm.ts'));
    const all = readFileSync(at(home, 'm.ts'));
    writeFileSync(to, all.subarray(Math.floor((all.length * 0.33) / 188) * 188 + 40));
  },
  { within: [4.5, 7], rate: 25 },
);
film(
  'ends-in-the-middle.ts',
  async (to) => {
    await ffmpeg(picture(10), sound(10), h264, '-g', 50, aac, to);
    cutShort(to, 0.61);
  },
  { within: [5, 7], rate: 25 },
);

// --- tracks that end apart ------------------------------------------------------------------------

film('sound-ends-first.mp4', (to) => ffmpeg(picture(12), sound(5), h264, '-g', 50, aac, to), { seconds: 12, rate: 25, short: true });
film('sound-ends-first.mkv', (to) => ffmpeg(picture(12), sound(5), '-c:v', 'mpeg4', '-q:v', 3, aac, to), { seconds: 12, rate: 25 });
film('picture-ends-first.mp4', (to) => ffmpeg(picture(5), sound(12), h264, '-g', 50, aac, to), { seconds: 12, rate: 25 });
film(
  'sound-pauses.mkv',
  async (to, home) => {
    await ffmpeg(picture(12), sound(12), h264, '-g', 50, aac, at(home, 'p.mp4'));
    await ffmpeg('-i', at(home, 'p.mp4'), '-c', 'copy', '-bsf:a', "noise=drop='between(pts*tb,3,8)'", to);
  },
  { seconds: 12, rate: 25, short: true },
);
film(
  'picture-pauses.mkv',
  async (to, home) => {
    await ffmpeg(picture(12), sound(12), h264, '-g', 25, '-bf', 0, aac, at(home, 'p.mp4'));
    await ffmpeg('-i', at(home, 'p.mp4'), '-c', 'copy', '-bsf:v', "noise=drop='between(pts*tb,3,7.99)'", to);
  },
  { seconds: 12, rate: 25 },
);

// --- few pictures ---------------------------------------------------------------------------------

film('still.mp4', (to) => ffmpeg('-f', 'lavfi', '-i', 'testsrc=s=192x108:r=25:d=0.04', sound(8), h264, aac, to), {
  seconds: 8,
  still: true,
  short: true,
});
film('still.mkv', (to) => ffmpeg('-f', 'lavfi', '-i', 'testsrc=s=192x108:r=25:d=0.04', sound(8), h264, aac, to), {
  seconds: 8,
  still: true,
});
film('one-a-second.mp4', (to) => ffmpeg(picture(20, { rate: 1 }), sound(20), h264, aac, to), { seconds: 20, rate: 1 });
film('one-in-ten-seconds.mp4', (to) => ffmpeg(picture(60, { rate: '1/10' }), sound(60), h264, aac, to), { seconds: 60, still: true });
film(
  'slides.mkv',
  (to) => ffmpeg(picture(30, { rate: 10, more: "select='not(mod(n,37))'" }), sound(30), '-fps_mode', 'vfr', h264, aac, to),
  { seconds: 30, still: true },
);
film('one-frame.mp4', (to) => ffmpeg('-f', 'lavfi', '-i', 'testsrc=s=192x108:r=25:d=0.04', h264, to), {
  within: [0.03, 0.1],
  mute: true,
  still: true,
});

// --- damages --------------------------------------------------------------------------------------

const plain = (to, more = []) => ffmpeg(picture(8), sound(8), h264, '-g', 50, aac, ...more, to);
film(
  'cut-front-index.mp4',
  async (to) => {
    await plain(to, ['-movflags', '+faststart']);
    cutShort(to, 0.6);
  },
  { reason: 'media.input_truncated', short: true },
);
film(
  'cut-back-index.mp4',
  async (to) => {
    await plain(to);
    cutShort(to, 0.6);
  },
  { reason: 'media.input_truncated' },
);
film(
  'cut.mkv',
  async (to) => {
    await plain(to);
    cutShort(to, 0.6);
  },
  { reason: 'media.input_truncated', short: true },
);
film(
  'cut.avi',
  async (to) => {
    await ffmpeg(picture(8), sound(8), '-c:v', 'mpeg4', '-q:v', 5, '-c:a', 'libmp3lame', to);
    cutShort(to, 0.6);
  },
  { reason: 'media.input_truncated' },
);
film(
  'cut.webm',
  async (to) => {
    await ffmpeg(picture(8), sound(8), '-c:v', 'libvpx', '-deadline', 'realtime', '-c:a', 'libopus', to);
    cutShort(to, 0.6);
  },
  { reason: 'media.input_truncated' },
);
film(
  'cut.flv',
  async (to) => {
    await plain(to);
    cutShort(to, 0.5);
  },
  { reason: 'media.input_truncated' },
);
film(
  'cut.wmv',
  async (to) => {
    await ffmpeg(picture(8), sound(8), '-c:v', 'wmv2', '-c:a', 'wmav2', to);
    cutShort(to, 0.5);
  },
  { reason: 'media.input_truncated' },
);
film(
  'index-promises-more.mp4',
  async (to) => {
    await plain(to, ['-movflags', '+faststart']);
    const begin = box(to, 'mdat');
    const all = readFileSync(to);
    const size = Math.floor((all.length - begin) / 2);
    const kept = Buffer.from(all.subarray(0, begin + size));
    kept.writeUInt32BE(size, begin);
    writeFileSync(to, kept);
  },
  { reason: 'media.input_truncated' },
);
film(
  'text-behind.mp4',
  async (to) => {
    await plain(to);
    append(to, '\n<!-- served by a friendly proxy -->\n');
  },
  { seconds: 8, rate: 25 },
);
film(
  'nulls-behind.mp4',
  async (to) => {
    await plain(to);
    append(to, Buffer.alloc(70000));
  },
  { seconds: 8, rate: 25, short: true },
);
film(
  'nulls-behind.mkv',
  async (to) => {
    await plain(to);
    append(to, Buffer.alloc(70000));
  },
  { seconds: 8, rate: 25 },
);
film(
  'mdat-too-long.mp4',
  async (to) => {
    await plain(to, ['-movflags', '+faststart']);
    const begin = box(to, 'mdat');
    const size = Buffer.alloc(4);
    size.writeUInt32BE(readFileSync(to).length - begin + 5000);
    patch(to, begin, size);
  },
  { seconds: 8, rate: 25 },
);
film(
  'riff-wrong.avi',
  async (to) => {
    await ffmpeg(picture(5), sound(5), '-c:v', 'mjpeg', '-q:v', 3, '-c:a', 'pcm_s16le', to);
    patch(to, 4, [0xff, 0xff, 0xff, 0x7f]);
  },
  { seconds: 5, rate: 25 },
);
film(
  'junk-before.ts',
  async (to, home) => {
    await ffmpeg(picture(5), sound(5), h264, '-g', 50, aac, at(home, 'j.ts'));
    writeFileSync(to, Buffer.concat([Buffer.from('RECORDER v2\0\x01\x02\x03\x04'.repeat(5), 'latin1'), readFileSync(at(home, 'j.ts'))]));
  },
  { seconds: 5, rate: 25, short: true },
);
film(
  'wrong-name.jpg',
  async (to, home) => {
    await plain(at(home, 'n.mp4'));
    writeFileSync(to, readFileSync(at(home, 'n.mp4')));
  },
  { seconds: 8, rate: 25 },
);
film(
  'zeros-in-the-middle.mp4',
  async (to) => {
    await plain(to, ['-movflags', '+faststart']);
    const begin = box(to, 'mdat'),
      size = readFileSync(to).length - begin;
    patch(to, begin + Math.floor(size * 0.1), Buffer.alloc(Math.floor(size * 0.8)));
  },
  { broken: true },
);
// A copy that never came: its room is there and holds nothing.
const hollow = (seconds, from, to) => async (file) => {
  await ffmpeg(picture(seconds), sound(seconds), h264, '-g', 25, '-b:v', '200k', aac, '-cluster_time_limit', 1000, file);
  const all = readFileSync(file);
  writeFileSync(file, all.fill(0, Math.floor(all.length * from), Math.floor(all.length * to)));
};
const shorter = { joined: true, warnings: ['media.parts_missing'] };
film('hollow-end.mkv', hollow(20, 0.5, 1), { ...shorter, within: [8, 12], short: true });
film('hollow-middle.mkv', hollow(60, 0.3, 0.6), { ...shorter, within: [38, 46] });
film('hollow-moment.mkv', hollow(20, 0.3, 0.45), { broken: true });
film(
  'flipped-bits.ts',
  async (to) => {
    await ffmpeg(picture(10), sound(10), h264, '-g', 25, aac, to);
    const all = readFileSync(to);
    for (let at = 20_000; at < all.length; at += 2_777) all[at] ^= 0x55;
    writeFileSync(to, all);
  },
  { broken: true },
);
film('song.mp3', (to) => ffmpeg(sound(5), '-c:a', 'libmp3lame', to), { reason: ['media.no_video', 'media.not_a_video'] });
film('song.m4a', (to) => ffmpeg(sound(5), aac, to), { reason: 'media.no_video' });
film('picture.png', (to) => ffmpeg('-f', 'lavfi', '-i', 'testsrc=s=64x64:d=0.04', '-frames:v', 1, to), { reason: 'media.not_a_video' });
film('letter.txt', async (to) => writeFileSync(to, 'Dear diary, no film today.\n'.repeat(40)), { reason: 'media.not_a_video' });
film(
  'noise.bin',
  async (to) => writeFileSync(to, Buffer.from(Array.from({ length: 90000 }, (_, i) => (i * 7919 + (i >> 3) * 104729) & 255))),
  { reason: ['media.not_a_video', 'media.unsupported', 'media.damaged'] },
);
