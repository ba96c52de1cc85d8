// Films by their pictures: codecs and containers, rates, shapes, colours.
import { aac, apart, at, ffmpeg, h264, picture, sound, words } from '../make.mjs';
import { film } from './film.mjs';

// --- codecs and containers ------------------------------------------------------------------------

const codecs = {
  'h264-aac.mp4': [h264, aac],
  'h264-aac.mov': [h264, aac],
  'h264-mp3.mkv': [h264, '-c:a', 'libmp3lame'],
  'h264-aac.ts': [h264, aac],
  'h264-aac.flv': [h264, aac],
  'h264-mp3.avi': [h264, '-bf', 0, '-c:a', 'libmp3lame'],
  'h264-aac.3gp': [h264, '-profile:v', 'baseline', aac],
  'h264-10bit.mkv': ['-c:v', 'libx264', '-pix_fmt', 'yuv420p10le', aac],
  'h264-444.mkv': ['-c:v', 'libx264', '-pix_fmt', 'yuv444p', aac],
  'hevc-aac.mp4': ['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'log-level=none', '-tag:v', 'hvc1', aac],
  'hevc-10bit-opus.mkv': [words('-c:v libx265 -preset ultrafast -x265-params log-level=none -pix_fmt yuv420p10le -c:a libopus')],
  'vp8-vorbis.webm': ['-c:v', 'libvpx', '-deadline', 'realtime', '-c:a', 'libvorbis'],
  'vp9-opus.webm': ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', 8, '-c:a', 'libopus'],
  'av1-opus.webm': ['-c:v', 'libsvtav1', '-preset', 12, '-c:a', 'libopus'],
  'theora-vorbis.ogv': ['-c:v', 'libtheora', '-q:v', 7, '-c:a', 'libvorbis'],
  'xvid-mp3.avi': ['-c:v', 'mpeg4', '-vtag', 'XVID', '-bf', 2, '-q:v', 3, '-c:a', 'libmp3lame'],
  'divx3-mp3.avi': ['-c:v', 'msmpeg4', '-q:v', 3, '-c:a', 'libmp3lame'],
  'wmv2-wmav2.wmv': ['-c:v', 'wmv2', '-q:v', 3, '-c:a', 'wmav2'],
  'flv1-mp3.flv': ['-c:v', 'flv1', '-q:v', 3, '-c:a', 'libmp3lame', '-ar', 44100],
  'mpeg1-mp2.mpg': ['-c:v', 'mpeg1video', '-q:v', 3, '-c:a', 'mp2'],
  'mpeg2-ac3.vob': ['-c:v', 'mpeg2video', '-q:v', 3, '-c:a', 'ac3', '-f', 'vob'],
  'mpeg2-mp2.ts': ['-c:v', 'mpeg2video', '-q:v', 3, '-c:a', 'mp2'],
  'mjpeg-pcm.avi': ['-c:v', 'mjpeg', '-pix_fmt', 'yuvj422p', '-q:v', 3, '-c:a', 'pcm_u8', '-ar', 11025],
  'mjpeg-alaw.mov': ['-c:v', 'mjpeg', '-q:v', 3, '-c:a', 'pcm_alaw'],
  'prores-pcm.mov': ['-c:v', 'prores_ks', '-c:a', 'pcm_s24le'],
  'dnxhr.mov': ['-c:v', 'dnxhd', '-profile:v', 'dnxhr_lb', '-pix_fmt', 'yuv422p', '-c:a', 'pcm_s16be'],
  'ffv1-flac.mkv': ['-c:v', 'ffv1', '-c:a', 'flac'],
  'huffyuv-pcm.avi': ['-c:v', 'huffyuv', '-c:a', 'pcm_s16le'],
  'utvideo.avi': ['-c:v', 'utvideo', '-c:a', 'pcm_s16le'],
  'rawvideo.avi': ['-c:v', 'rawvideo', '-pix_fmt', 'yuv420p', '-c:a', 'pcm_s16le'],
  'v210.mov': ['-c:v', 'v210', '-c:a', 'pcm_s16le'],
  'png.mov': ['-c:v', 'png', '-c:a', 'pcm_s16le'],
  'qtrle.mov': ['-c:v', 'qtrle', '-c:a', 'adpcm_ima_qt', '-ar', 44100],
  'cinepak.avi': ['-c:v', 'cinepak', '-c:a', 'adpcm_ms'],
  'svq1.mov': ['-c:v', 'svq1', '-q:v', 3, '-c:a', 'pcm_s16be'],
  'zmbv.avi': ['-c:v', 'zmbv', '-c:a', 'pcm_s16le'],
  'flashsv.flv': ['-c:v', 'flashsv', '-c:a', 'nellymoser', '-ar', 44100, '-ac', 1],
  'rv20.rm': ['-c:v', 'rv20', '-q:v', 3, '-c:a', 'ac3'],
  'mpeg2-pcm.mxf': ['-c:v', 'mpeg2video', '-q:v', 3, '-c:a', 'pcm_s16le', '-ar', 48000],
  'magicyuv.mkv': ['-c:v', 'magicyuv', '-c:a', 'flac'],
  'jpeg2000.mkv': ['-c:v', 'jpeg2000', '-c:a', 'flac'],
};
const short = new Set(['h264-aac.mp4', 'hevc-10bit-opus.mkv', 'vp9-opus.webm', 'mpeg2-mp2.ts', 'xvid-mp3.avi']);
for (const [name, how] of Object.entries(codecs))
  film(name, (to) => ffmpeg(picture(5), sound(5), how, '-g', 50, to), {
    seconds: 5,
    rate: 25,
    short: short.has(name),
    loose: /wmv|rm$|flv$|theora/.test(name),
  });
film('h263-aac.3gp', (to) => ffmpeg(picture(5, { size: '352x288' }), sound(5), '-c:v', 'h263', '-q:v', 3, aac, '-ar', 8000, '-ac', 1, to), {
  seconds: 5,
  rate: 25,
});
film(
  'dv.avi',
  (to) => ffmpeg(picture(4, { size: '720x576' }), sound(4), '-c:v', 'dvvideo', '-pix_fmt', 'yuv420p', '-c:a', 'pcm_s16le', to),
  { seconds: 4, rate: 25 },
);

// Pictures without a container; who says no pace has 25 a second.
const raw = {
  'raw.h264': [h264],
  'raw.hevc': [words('-c:v libx265 -preset ultrafast -x265-params log-level=none')],
  'raw.y4m': ['-pix_fmt', 'yuv420p'],
  'raw.m2v': ['-c:v', 'mpeg2video', '-q:v', 3],
  'raw.m1v': ['-c:v', 'mpeg1video', '-q:v', 3],
  'raw.m4v': ['-c:v', 'mpeg4', '-bf', 2, '-q:v', 3, '-f', 'm4v'],
  'raw-vp9.ivf': ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', 8],
  'raw-av1.ivf': ['-c:v', 'libsvtav1', '-preset', 12],
  'raw.obu': ['-c:v', 'libsvtav1', '-preset', 12],
};
for (const [name, how] of Object.entries(raw))
  film(name, (to) => ffmpeg(picture(5), how, '-g', 50, to), {
    seconds: 5,
    rate: 25,
    mute: true,
    short: ['raw.h264', 'raw.hevc', 'raw.y4m'].includes(name),
  });
film('raw-24000by1001.h264', (to) => ffmpeg(picture(5, { rate: '24000/1001' }), h264, '-g', 50, to), {
  seconds: 5,
  rate: 24000 / 1001,
  mute: true,
});
film(
  'raw-without-a-clock.hevc',
  (to) => ffmpeg(picture(5), words('-c:v libx265 -preset ultrafast -x265-params log-level=none:vui-timing-info=0'), to),
  { seconds: 5, rate: 25, mute: true },
);

// --- rates, with and without B-frames, packaged and encoded ---------------------------------------

for (const rate of ['12', '15', '24000/1001', '24', '25', '30000/1001', '30', '48', '50', '60000/1001', '60']) {
  const [over, under = 1] = rate.split('/').map(Number);
  const name = rate.replace('/', 'by');
  film(`rate-${name}-packaged.mp4`, (to) => ffmpeg(picture(7, { rate }), sound(7), h264, '-g', Math.round((over / under) * 2), aac, to), {
    seconds: 7,
    rate: over / under,
    short: ['24000/1001', '60'].includes(rate),
    packaged: true,
  });
  film(
    `rate-${name}-encoded.mkv`,
    (to) => ffmpeg(picture(7, { rate }), sound(7), '-c:v', 'libx264', '-preset', 'veryfast', '-pix_fmt', 'yuv422p', aac, to),
    { seconds: 7, rate: over / under, short: rate === '60000/1001' },
  );
}
// Segments begin at every fourth second; of these rates hardly one picture stands there.
for (const rate of ['10', '25/2', '15000/1001', '24000/1001', '30000/1001', '48000/1001', '60000/1001', '19001/317']) {
  const [over, under = 1] = rate.split('/').map(Number);
  film(
    `cuts-${rate.replace('/', 'by')}.mkv`,
    (to) => ffmpeg(picture(62, { rate }), sound(62), '-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv422p', aac, to),
    { seconds: 62, rate: over / under },
  );
}
film('rate-120.mp4', (to) => ffmpeg(picture(4, { rate: 120 }), sound(4), h264, '-g', 240, aac, to), { seconds: 4 });
film('no-b-frames.mp4', (to) => ffmpeg(picture(7), sound(7), h264, '-bf', 0, '-g', 50, aac, to), { seconds: 7, rate: 25, packaged: true });
film(
  'many-b-frames.mp4',
  (to) => ffmpeg(picture(7), sound(7), '-c:v', 'libx264', '-preset', 'slow', '-pix_fmt', 'yuv420p', '-bf', 8, '-g', 50, aac, to),
  { seconds: 7, rate: 25, packaged: true },
);
film('open-groups.mp4', (to) => ffmpeg(picture(7), sound(7), h264, '-x264-params', 'open-gop=1:keyint=50', aac, to), {
  seconds: 7,
  rate: 25,
});
film('key-every-10-s.mp4', (to) => ffmpeg(picture(24), sound(24), h264, '-g', 250, '-sc_threshold', 0, aac, to), {
  seconds: 24,
  rate: 25,
  short: true,
  packaged: false,
});
film(
  'key-far-apart-later.mp4',
  async (to, home) => {
    await ffmpeg(
      picture(50),
      sound(50),
      h264,
      words('-force_key_frames expr:if(lt(t,44),gte(t,n_forced*2),0) -g 9999 -sc_threshold 0'),
      aac,
      at(home, 'k.mp4'),
    );
    await ffmpeg('-i', at(home, 'k.mp4'), '-c', 'copy', to);
  },
  { seconds: 50, rate: 25, packaged: false },
);
film('all-key.mp4', (to) => ffmpeg(picture(5), sound(5), h264, '-g', 1, aac, to), { seconds: 5, rate: 25 });
film(
  'variable-rate.mkv',
  (to) => ffmpeg(picture(8, { rate: 30, more: "select='if(lt(t,4),1,not(mod(n,3)))'" }), sound(8), '-fps_mode', 'vfr', h264, aac, to),
  { seconds: 8 },
);
film(
  'phone-variable.mp4',
  (to) => ffmpeg(picture(8, { rate: 30, more: "select='gt(random(1),0.2)'" }), sound(8), '-fps_mode', 'vfr', h264, '-g', 60, aac, to),
  { seconds: 8 },
);

// --- shapes ---------------------------------------------------------------------------------------

for (const degrees of [90, 180, 270])
  film(
    `turned-${degrees}.mp4`,
    async (to, home) => {
      const stored = { 90: 'transpose=cclock', 180: 'hflip,vflip', 270: 'transpose=clock' }[degrees];
      await ffmpeg(picture(5, { more: stored }), sound(5), h264, '-g', 50, aac, at(home, 't.mp4'));
      await ffmpeg('-i', at(home, 't.mp4'), '-c', 'copy', '-metadata:s:v:0', `rotate=${360 - degrees}`, to);
    },
    { seconds: 5, rate: 25, size: [320, 180], short: degrees === 90, upright: true },
  );
film(
  'anamorphic.mpg',
  (to) => ffmpeg(picture(5, { size: '720x576', more: 'setsar=64/45' }), sound(5), '-c:v', 'mpeg2video', '-q:v', 3, '-c:a', 'mp2', to),
  { seconds: 5, rate: 25, size: [1024, 576] },
);
film('odd-size.mkv', (to) => ffmpeg(picture(4, { size: '321x181' }), sound(4), '-c:v', 'libx264', '-pix_fmt', 'yuv444p', aac, to), {
  seconds: 4,
  rate: 25,
});
film(
  'interlaced.ts',
  (to) =>
    ffmpeg(
      picture(5, { size: '720x576', rate: '60000/1001', more: 'tinterlace=interleave_top,fieldorder=tff' }),
      sound(5),
      words('-c:v mpeg2video -flags +ilme+ildct -q:v 3 -c:a mp2'),
      to,
    ),
  { seconds: 5, fields: true },
);
film('tall.mp4', (to) => ffmpeg(picture(4, { size: '180x320' }), sound(4), h264, '-g', 50, aac, to), {
  seconds: 4,
  rate: 25,
  size: [180, 320],
});
film('large.mp4', (to) => ffmpeg(picture(5, { size: '1920x1080', rate: 30 }), sound(5), h264, '-g', 60, aac, to), {
  seconds: 5,
  rate: 30,
  versions: 4,
  packaged: true,
  short: true,
});
film('large-encoded.mkv', (to) => ffmpeg(picture(5, { size: '1280x720', rate: 30 }), sound(5), '-c:v', 'mpeg4', '-q:v', 3, aac, to), {
  seconds: 5,
  rate: 30,
  versions: 3,
});

// --- colours --------------------------------------------------------------------------------------

const hevc = (to, tags) =>
  ffmpeg(
    picture(3),
    sound(3),
    words('-c:v libx265 -preset ultrafast -pix_fmt yuv420p10le -x265-params'),
    `log-level=none:${tags}`,
    '-tag:v',
    'hvc1',
    aac,
    to,
  );
for (const [name, tags] of Object.entries({
  'pq.mp4': 'colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc',
  'pq-transfer-only.mp4': 'transfer=smpte2084',
  'hlg-only.mkv': 'transfer=arib-std-b67',
  'pq-no-matrix.mp4': 'colorprim=bt2020:transfer=smpte2084',
  'hlg-full-range.mp4': 'colorprim=bt2020:transfer=arib-std-b67:colormatrix=bt2020nc:range=full',
  'pq-709.mp4': 'colorprim=bt709:transfer=smpte2084:colormatrix=bt709',
  'sdr-2020.mp4': 'colorprim=bt2020:transfer=bt2020-10:colormatrix=bt2020nc',
}))
  film(`colour-${name}`, (to) => hevc(to, tags), { seconds: 3, rate: 25, dim: true, short: name === 'pq-transfer-only.mp4' });
for (const reserved of [3, 0])
  film(
    `colour-reserved-${reserved}.mp4`,
    async (to, home) => {
      await ffmpeg(picture(5), sound(5), h264, '-g', 50, aac, at(home, 'c.mp4'));
      await ffmpeg(
        '-i',
        at(home, 'c.mp4'),
        words('-c copy -bsf:v'),
        `h264_metadata=colour_primaries=${reserved}:transfer_characteristics=${reserved}:matrix_coefficients=3`,
        to,
      );
    },
    { seconds: 5, rate: 25 },
  );
