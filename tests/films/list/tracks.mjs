// Films by their tracks: sounds, texts, and what else stands beside the film.
import { readFileSync, writeFileSync } from 'node:fs';
import { aac, at, ffmpeg, h264, join, picture, sound, words } from '../make.mjs';
import { film } from './film.mjs';

// --- sounds ---------------------------------------------------------------------------------------

const sounds = {
  'ac3.mkv': ['ac3'],
  'eac3.mp4': ['eac3'],
  'dts.mkv': ['dca', '-strict', -2],
  'truehd.mkv': ['truehd', '-strict', -2],
  'mlp.mkv': ['mlp', '-strict', -2],
  'flac.mp4': ['flac', '-strict', -2],
  'alac.mov': ['alac'],
  'opus.mp4': ['libopus'],
  'vorbis.mkv': ['libvorbis'],
  'mp2.mkv': ['mp2'],
  'tta.mkv': ['tta'],
  'wavpack.mkv': ['wavpack'],
  'pcm-f32.mov': ['pcm_f32le'],
  'pcm-f64.mkv': ['pcm_f64le'],
  'pcm-s24be.mov': ['pcm_s24be'],
  'pcm-s32.mkv': ['pcm_s32le'],
  'pcm-mulaw.mov': ['pcm_mulaw'],
  'pcm-s8.mov': ['pcm_s8'],
  'adpcm-ms.avi': ['adpcm_ms'],
  'adpcm-ima.avi': ['adpcm_ima_wav'],
  'adpcm-qt.mov': ['adpcm_ima_qt', '-ar', 44100],
  'adpcm-swf.flv': ['adpcm_swf', '-ar', 44100],
  'speex.flv': ['libspeex', '-ar', 16000, '-ac', 1],
  'g722.mkv': ['g722', '-ar', 16000, '-ac', 1],
  'wma1.wmv': ['wmav1'],
  'latm.ts': ['aac', '-mpegts_flags', 'latm'],
  's302m.ts': ['s302m', '-strict', -2],
  'bluray.m2ts': ['pcm_bluray', '-f', 'mpegts', '-mpegts_m2ts_mode', 1],
  'dvd-pcm.vob': ['pcm_dvd', '-f', 'vob'],
  'gsm.avi': ['libgsm_ms', '-ar', 8000, '-ac', 1],
};
for (const [name, how] of Object.entries(sounds))
  film(
    `sound-${name}`,
    (to) =>
      ffmpeg(
        picture(5),
        sound(5),
        name.endsWith('wmv')
          ? ['-c:v', 'wmv2', '-q:v', 3]
          : name.endsWith('vob')
            ? ['-c:v', 'mpeg2video', '-q:v', 3]
            : [h264, '-g', 50, '-bf', name.endsWith('avi') ? 0 : 2],
        '-c:a',
        how,
        to,
      ),
    { seconds: 5, rate: 25, short: name === 'truehd.mkv', loose: /wmv|flv|dvd/.test(name) },
  );
for (const layout of ['mono', '2.1', '3.0', 'quad', '5.0', '5.1', '5.1(side)', '6.1', '7.1'])
  film(`layout-${layout.replace(/[()]/g, '')}.mkv`, (to) => ffmpeg(picture(4), sound(4, { layout }), h264, '-g', 50, '-c:a', 'flac', to), {
    seconds: 4,
    rate: 25,
    short: layout === '7.1',
    surround: /^[567]\.1/.test(layout),
  });
film(
  'layout-unknown-10.mov',
  (to) =>
    ffmpeg(
      picture(4),
      words('-f lavfi -i'),
      `aevalsrc='${Array(10).fill('0.6*sin(2*PI*1000*t)*lt(mod(t+0.00001,1),0.06)').join('|')}':s=48000:d=4`,
      h264,
      words('-g 50 -c:a pcm_s16le'),
      to,
    ),
  { seconds: 4, rate: 25, short: true },
);
film('layout-unknown-3.avi', (to) => ffmpeg(picture(4), sound(4, { layout: '3.0' }), h264, '-bf', 0, '-c:a', 'pcm_s16le', to), {
  seconds: 4,
  rate: 25,
});
film('sound-48-to-8-khz.mp4', (to) => ffmpeg(picture(4), sound(4), h264, '-c:a', 'aac', '-ar', 8000, '-ac', 1, to), {
  seconds: 4,
  rate: 25,
});
film('sound-96-khz.mkv', (to) => ffmpeg(picture(4), sound(4, { rate: 96000 }), h264, '-c:a', 'flac', to), { seconds: 4, rate: 25 });

// --- tracks beside the film -----------------------------------------------------------------------

const chapter = (name, from, to) => `[CHAPTER]\nTIMEBASE=1/1000\nSTART=${from}\nEND=${to}\ntitle=${name}\n`;
const chapters = `;FFMETADATA1\n${chapter('One', 0, 2000)}${chapter('Two', 2000, 5000)}`;
const subtitles = '1\n00:00:00,500 --> 00:00:02,000\n<i>Hello</i>\n\n2\n00:00:02,500 --> 00:00:04,000\n{\\an8}above\n';
const beside = async (home) => {
  await ffmpeg(picture(5), sound(5), h264, '-g', 50, aac, at(home, 'plain.mp4'));
  writeFileSync(at(home, 's.srt'), subtitles);
  await ffmpeg('-f', 'lavfi', '-i', 'color=red:s=120x180:d=0.04', '-frames:v', 1, at(home, 'cover.png'));
  return at(home, 'plain.mp4');
};
const with_text = (name, codec, expect = {}) =>
  film(
    name,
    async (to, home) =>
      ffmpeg(
        '-i',
        await beside(home),
        '-i',
        at(home, 's.srt'),
        words('-map 0 -map 1 -c copy -c:s'),
        codec,
        '-metadata:s:s:0',
        'language=hun',
        to,
      ),
    { seconds: 5, rate: 25, texts: 1, ...expect },
  );
with_text('text-mov.mp4', 'mov_text', { short: true, unplaced: true });
with_text('text-srt.mkv', 'srt');
with_text('text-ass.mkv', 'ass', { short: true });
with_text('text-webvtt.mkv', 'webvtt', { unplaced: true });
// Saved as windows-1250, with an empty line in the middle of a cue.
for (const [name, codec] of [
  ['text-old-srt.mkv', 'copy'],
  ['text-old-ass.mkv', 'ass'],
  ['text-old-mov.mp4', 'mov_text'],
])
  film(
    name,
    async (to, home) => {
      await beside(home);
      const text = '1\n00:00:00,500 --> 00:00:02,000\nHello sz\xf5ke\n##hossz\xfa \xf5r\xfclt\n';
      writeFileSync(at(home, 'o.srt'), text, 'latin1');
      const tracks = words('-map 0 -map 1 -c copy -metadata:s:s:0 language=hun -c:s');
      await ffmpeg('-i', at(home, 'plain.mp4'), words('-sub_charenc_mode:s ignore -i'), at(home, 'o.srt'), tracks, codec, to);
      writeFileSync(to, readFileSync(to, 'latin1').replace('##', codec === 'copy' ? '\n\n' : '##'), 'latin1');
    },
    { seconds: 5, rate: 25, texts: 1, unplaced: true, said: ['Hello szőke', 'hosszú őrült'], short: true },
  );
film(
  'text-utf16.mp4',
  async (to, home) => {
    await beside(home);
    writeFileSync(at(home, 'w.srt'), '1\n00:00:00,500 --> 00:00:02,000\n######## there\n');
    await ffmpeg('-i', at(home, 'plain.mp4'), '-i', at(home, 'w.srt'), words('-map 0 -map 1 -c copy -c:s mov_text'), to);
    writeFileSync(to, readFileSync(to, 'latin1').replace('########', '\xfe\xff\0H\0e\0y'), 'latin1');
  },
  { seconds: 5, rate: 25, texts: 0, warnings: ['media.text_left_out'] },
);
film(
  'text-many.mkv',
  async (to, home) =>
    ffmpeg(
      '-i',
      await beside(home),
      ...Array(12)
        .fill(['-i', at(home, 's.srt')])
        .flat(),
      '-map',
      0,
      ...Array.from({ length: 12 }, (_, i) => ['-map', i + 1]).flat(),
      words('-c copy -c:s ass'),
      to,
    ),
  { seconds: 5, rate: 25, texts: 12 },
);
film(
  'text-empty.mkv',
  async (to, home) => {
    await beside(home);
    writeFileSync(
      at(home, 'e.ass'),
      ['[Script Info]', 'ScriptType: v4.00+', '', '[V4+ Styles]', 'Format: Name, Fontname', 'Style: Default,Arial', '', '[Events]']
        .concat('Format: Layer, Start, End, Style, Text', '')
        .join('\n'),
    );
    await ffmpeg('-i', at(home, 'plain.mp4'), '-i', at(home, 'e.ass'), '-map', 0, '-map', 1, '-c', 'copy', to);
  },
  { seconds: 5, rate: 25, texts: 0 },
);
film(
  'cover.mp4',
  async (to, home) =>
    ffmpeg('-i', await beside(home), '-i', at(home, 'cover.png'), words('-map 0 -map 1 -c copy -disposition:v:1 attached_pic'), to),
  { seconds: 5, rate: 25, warnings: ['media.attachment_left_out'], short: true },
);
film(
  'cover-first.mkv',
  async (to, home) =>
    ffmpeg(
      '-i',
      await beside(home),
      '-i',
      at(home, 'cover.png'),
      words('-map 1 -map 0 -c:v:0 mjpeg -c:v:1 copy -c:a copy -disposition:v:0 attached_pic'),
      to,
    ),
  { seconds: 5, rate: 25 },
);
film(
  'fonts.mkv',
  async (to, home) => {
    await beside(home);
    writeFileSync(at(home, 'f.ttf'), Buffer.alloc(4000, 7));
    await ffmpeg(
      '-i',
      at(home, 'plain.mp4'),
      words('-c copy -attach'),
      at(home, 'f.ttf'),
      '-metadata:s:t',
      'mimetype=application/x-truetype-font',
      to,
    );
  },
  { seconds: 5, rate: 25, warnings: ['media.attachment_left_out'] },
);
film('timecode.mov', (to) => ffmpeg(picture(5), sound(5), h264, '-g', 50, aac, '-timecode', '01:00:00:00', to), {
  seconds: 5,
  rate: 25,
  warnings: ['media.data_left_out'],
});
film(
  'chapters.mkv',
  async (to, home) => {
    await beside(home);
    writeFileSync(at(home, 'c.txt'), chapters);
    await ffmpeg('-i', at(home, 'plain.mp4'), '-i', at(home, 'c.txt'), '-map_metadata', 1, '-map', 0, '-c', 'copy', to);
  },
  { seconds: 5, rate: 25 },
);
film(
  'chapters.mp4',
  async (to, home) => {
    await beside(home);
    writeFileSync(at(home, 'c.txt'), chapters);
    await ffmpeg('-i', at(home, 'plain.mp4'), '-i', at(home, 'c.txt'), '-map_metadata', 1, '-map', 0, '-c', 'copy', to);
  },
  { seconds: 5, rate: 25 },
);
film(
  'two-pictures.mkv',
  (to) =>
    ffmpeg(
      picture(5),
      sound(5),
      words('-f lavfi -i testsrc2=s=160x90:r=25:d=5 -map 0 -map 1 -map 2'),
      h264,
      '-g',
      50,
      aac,
      words('-disposition:v:0 default -disposition:v:1 0'),
      to,
    ),
  { seconds: 5, rate: 25, warnings: ['media.picture_left_out'] },
);
film(
  'two-sounds-second-default.mkv',
  (to) =>
    ffmpeg(
      picture(5),
      sound(5, { hertz: 3000 }),
      sound(5),
      words('-map 0 -map 1 -map 2'),
      h264,
      '-g',
      50,
      aac,
      words('-disposition:a:0 0 -disposition:a:1 default -metadata:s:a:0 language=ger -metadata:s:a:1 language=eng'),
      to,
    ),
  { seconds: 5, rate: 25, sounds: [1000, 3000], track: 1, short: true },
);
film(
  'commentary-first.mkv',
  (to) =>
    ffmpeg(
      picture(5),
      sound(5, { hertz: 3000 }),
      sound(5),
      words('-map 0 -map 1 -map 2'),
      h264,
      '-g',
      50,
      aac,
      words('-disposition:a:0 comment -disposition:a:1 0'),
      to,
    ),
  { seconds: 5, rate: 25, sounds: [1000, 3000], track: 1 },
);
film(
  'four-languages.mp4',
  (to) =>
    ffmpeg(
      picture(5),
      sound(5),
      sound(5, { hertz: 2000 }),
      sound(5, { hertz: 3000 }),
      sound(5, { hertz: 4000 }),
      ...[0, 1, 2, 3, 4].flatMap((i) => ['-map', i]),
      h264,
      '-g',
      50,
      aac,
      ...['eng', 'hun', 'ger', 'jpn'].flatMap((l, i) => [`-metadata:s:a:${i}`, `language=${l}`]),
      to,
    ),
  { seconds: 5, rate: 25, sounds: [1000, 2000, 3000, 4000] },
);
film(
  'surround-and-stereo.mkv',
  (to) =>
    ffmpeg(
      picture(5),
      sound(5, { layout: '5.1' }),
      sound(5, { hertz: 2000 }),
      words('-map 0 -map 1 -map 2'),
      h264,
      words('-g 50 -c:a:0 ac3 -c:a:1 aac'),
      to,
    ),
  { seconds: 5, rate: 25, sounds: [1000, 2000], surround: true },
);
film(
  'empty-sound.mkv',
  async (to, home) => {
    await ffmpeg(picture(5), sound(5), h264, aac, at(home, 'e.mkv'));
    await ffmpeg('-i', at(home, 'e.mkv'), '-map', 0, '-c', 'copy', '-bsf:a', 'noise=drop=1', to);
  },
  { seconds: 5, rate: 25, mute: true },
);
film('no-sound.mp4', (to) => ffmpeg(picture(5), h264, '-g', 50, to), { seconds: 5, rate: 25, mute: true, packaged: true });
film(
  'unknown-sound.mp4',
  async (to, home) => {
    await ffmpeg(picture(5), sound(5), h264, '-g', 50, aac, at(home, 'u.mp4'));
    const bytes = readFileSync(at(home, 'u.mp4'));
    const entry = bytes.indexOf('mp4a', bytes.indexOf('stsd', bytes.indexOf('soun')));
    bytes.write('zzzz', entry, 'latin1'); // a codec that nobody decodes
    bytes.write('free', bytes.indexOf('esds', entry), 'latin1');
    writeFileSync(to, bytes);
  },
  { seconds: 5, rate: 25, mute: true, warnings: ['media.sound_left_out', 'media.no_usable_sound'], short: true },
);
