// Small files that claim much: what they say of themselves is not what is in them.
import { readFileSync, writeFileSync } from 'node:fs';
import { at, ffmpeg, picture, words } from '../make.mjs';
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
