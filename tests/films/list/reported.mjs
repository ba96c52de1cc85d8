// Films as users of other products reported them: clocks that drift, parts of another shape, edits that cut, mirrored phones.
import { readFileSync, writeFileSync } from 'node:fs'
import { aac, at, ffmpeg, h264, join, picture, sound } from '../make.mjs'
import { film } from './film.mjs'

for (const by of [1.001, 0.999])
  film(
    `sound-drifts-${by}.mkv`,
    (to) => ffmpeg(picture(20), sound(20), '-c:v', 'mpeg4', '-q:v', 5, '-c:a', 'pcm_s16le', '-bsf:a', `setts=ts=TS*${by}`, to),
    { seconds: Math.max(20, 20 * by), rate: 25, short: by === 1.001 },
  )

const part = (home, name, offset, size, pixels = 'yuv420p') =>
  ffmpeg(
    ...[picture(4, { size }), sound(4), '-c:v', 'mpeg2video', '-pix_fmt', pixels, '-q:v', 3, '-c:a', 'mp2'],
    ...['-output_ts_offset', offset, '-muxdelay', 0, '-f', 'mpegts', at(home, name)],
  )
const changing = (name, size, pixels) =>
  film(
    name,
    async (to, home) => {
      await part(home, 'a.ts', 10, '320x180')
      await part(home, 'b.ts', 14, size, pixels)
      join(to, at(home, 'a.ts'), at(home, 'b.ts'))
    },
    { seconds: 8, rate: 25, joined: true, even: true, short: pixels === undefined },
  )
changing('size-changes.ts', '256x144')
changing('pixels-change.ts', '320x180', 'yuv422p')

// Every edit list of the file says that so much of the track is shown.
function cutTo(file, milliseconds) {
  const all = readFileSync(file)
  for (let found = all.indexOf('elst'); found > 0; found = all.indexOf('elst', found + 4)) all.writeUInt32BE(milliseconds, found + 12)
  writeFileSync(file, all)
}
film(
  'edit-cuts-the-end.mp4',
  async (to) => {
    await ffmpeg(picture(10), sound(10), h264, '-bf', 0, '-g', 25, aac, to)
    cutTo(to, 6000)
  },
  { seconds: 6, rate: 25, short: true },
)

film(
  'upside-down-by-its-matrix.mp4',
  async (to) => {
    await ffmpeg(picture(5, { size: '640x480', more: 'vflip' }), sound(5), h264, '-g', 50, aac, to)
    const all = readFileSync(to)
    const matrix = all.indexOf('tkhd') + 44
    for (const [i, value] of [65536, 0, 0, 0, -65536, 0, 0, 480 * 65536, 1 << 30].entries()) all.writeInt32BE(value, matrix + i * 4)
    writeFileSync(to, all)
  },
  { seconds: 5, rate: 25, size: [640, 480], upright: true },
)
