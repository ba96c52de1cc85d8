// Small files that claim much: what they say of themselves is not what is in them.
import { readFileSync, writeFileSync } from 'node:fs';
import { at, ffmpeg, picture, sound, words } from '../make.mjs';
import { jpeg, stillsFilm } from '../mp4.mjs';
import { film } from './film.mjs';

// EBML (RFC 8794): an element of an id in hexadecimal and its parts; numbers are written in eight bytes.
function element(id, ...parts) {
  const inside = Buffer.concat(
    parts.map((part) => {
      if (typeof part !== 'number') return Buffer.from(part);
      const bytes = Buffer.alloc(8);
      bytes.writeBigUInt64BE(BigInt(part));
      return bytes;
    }),
  );
  const size = Buffer.alloc(8);
  size.writeBigUInt64BE((1n << 56n) | BigInt(inside.length));
  return Buffer.concat([Buffer.from(id, 'hex'), size, inside]);
}

const ebml = (type) => element('1a45dfa3', element('4282', type));
const block = (track, ms, bytes) => Buffer.concat([Buffer.from([0x80 | track, ms >> 8, ms & 255, 0x80]), bytes]);

// Matroska (RFC 9559) of a second of pictures, and one packet of sound that nobody decodes and that says it lasts `claimed` seconds.
film(
  'sound-claims-ten-minutes.mkv',
  async (to, home) => {
    await ffmpeg(picture(1, { size: '160x90' }), words('-c:v mjpeg -f image2pipe'), at(home, 'pictures'));
    const all = readFileSync(at(home, 'pictures'));
    const begins = [];
    for (let i = all.indexOf('ffd8ff', 0, 'hex'); i >= 0; i = all.indexOf('ffd8ff', i + 3, 'hex')) begins.push(i);
    const pictures = begins.map((begin, i) => element('a3', block(1, i * 40, all.subarray(begin, begins[i + 1]))));
    const video = element(
      'ae',
      element('d7', 1),
      element('73c5', 1),
      element('83', 1),
      element('86', 'V_MJPEG'),
      element('23e383', 40_000_000),
      element('e0', element('b0', 160), element('ba', 90)),
    );
    const header = Buffer.concat([Buffer.from('TTA1'), Buffer.from([1, 0, 2, 0, 16, 0, 0x80, 0xbb, 0, 0]), Buffer.alloc(8, 255)]);
    const rate = Buffer.alloc(8);
    rate.writeDoubleBE(48000);
    const audio = element(
      'ae',
      element('d7', 2),
      element('73c5', 2),
      element('83', 2),
      element('86', 'A_TTA1'),
      element('63a2', header),
      element('e1', element('b5', rate), element('9f', 2), element('6264', 16)),
    );
    const sound = element('a0', element('a1', block(2, 0, Buffer.alloc(50, 97))), element('9b', 600_000));
    writeFileSync(
      to,
      Buffer.concat([
        ebml('matroska'),
        element(
          '18538067',
          element('1549a966', element('2ad7b1', 1_000_000)),
          element('1654ae6b', video, audio),
          element('1f43b675', element('e7', 0), sound, ...pictures),
        ),
      ]),
    );
  },
  { seconds: 1, mute: true, still: true, warnings: ['media.sound_left_out'] },
);
film('dv-of-nothing.dv', async (to) => writeFileSync(to, Buffer.concat([Buffer.from('1f07003f', 'hex'), Buffer.alloc(119_996)])), {
  reason: 'media.not_a_video',
});
film(
  'two-thousand-million-a-second.y4m',
  async (to) => writeFileSync(to, Buffer.concat([Buffer.from('YUV4MPEG2 W16 H16 F2147483647:1\nFRAME\n'), Buffer.alloc(384)])),
  { reason: 'media.too_many_frames' },
);
film('camera.dv', (to) => ffmpeg(picture(2, { size: '720x576' }), words('-c:v dvvideo -pix_fmt yuv420p'), to), {
  seconds: 2,
  rate: 25,
  mute: true,
});

// --- hours of few pictures: each costs what it is ---------------------------------------------------

film(
  'four-pictures-of-twelve-hours.mp4',
  async (to, home) => {
    const still = await jpeg(home, '640x360');
    stillsFilm(to, '640x360', [still], [0, 0, 0, 0], [1, 1, 42_998, 1]);
  },
  { within: [42_990, 43_010], mute: true, still: true, held: true, short: true },
);
film(
  'two-of-4k-eleven-hours-apart.mp4',
  async (to, home) => {
    const still = await jpeg(home, '3840x2160');
    stillsFilm(to, '3840x2160', [still, still], [0, 1], [39_600, 1]);
  },
  { within: [39_590, 39_610], mute: true, still: true, held: true },
);
// Every sample is the same bytes: a hundred thousand pictures in half a megabyte.
film(
  'one-picture-a-hundred-thousand-times.mp4',
  async (to, home) => {
    const still = await jpeg(home, '320x180');
    const many = Array.from({ length: 100_000 }, () => 0);
    stillsFilm(
      to,
      '320x180',
      [still],
      many,
      many.map(() => 0.04),
    );
  },
  { reason: 'media.claims_too_much', short: true },
);
// And an edit list that shows a second of it again and again.
film(
  'edited-thirty-thousand-times.mp4',
  async (to, home) => {
    const still = await jpeg(home, '320x180');
    const edits = Array.from({ length: 30_000 }, () => [1, 0]);
    stillsFilm(
      to,
      '320x180',
      Array(25).fill(still),
      Array.from({ length: 25 }, (_, i) => i),
      Array(25).fill(0.04),
      edits,
    );
  },
  { reason: ['media.claims_too_much', 'media.damaged', 'media.timed_out'] },
);
// Eight sounds of six channels, each a second long, beside a picture of eight hours: silence is not made without end.
film(
  'eight-sounds-of-a-second.mkv',
  async (to, home) => {
    const still = await jpeg(home, '320x180');
    stillsFilm(at(home, 'p.mp4'), '320x180', [still], [0, 0], [14_400, 14_400]);
    await ffmpeg(sound(1, { layout: '5.1' }), words('-c:a ac3 -b:a 192k'), at(home, 's.ac3'));
    const maps = ['-map', '0:v', ...Array.from({ length: 8 }, (_, i) => ['-map', `${i + 1}:a`]).flat()];
    const inputs = Array.from({ length: 8 }, () => ['-i', at(home, 's.ac3')]).flat();
    await ffmpeg('-i', at(home, 'p.mp4'), inputs, maps, '-c', 'copy', to);
  },
  { within: [28_790, 28_810], still: true, held: true, warnings: ['media.too_many_tracks'] },
);
// A talk of twenty minutes with five slides: they are held, and nothing of the talk is lost.
film(
  'slides-of-a-talk.mkv',
  async (to) => {
    await ffmpeg(
      words('-f lavfi -i color=0x303030:s=320x180:r=1:d=5'),
      sound(1200),
      words('-vf settb=1/1000,setpts=N*240/TB -fps_mode passthrough -enc_time_base 1/1000 -c:v mjpeg -c:a flac'),
      to,
    );
  },
  { within: [1199, 1201], still: true, held: true, short: true },
);
