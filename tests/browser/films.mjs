// Films rendered on the spot: a clock to read, a strip of squares that says the second to a machine, a beep each second.
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
export const squares = 18; // 16 bits of the second, lowest first; then one always white and one always black

const ffmpeg = (...words) => run('ffmpeg', ['-v', 'error', '-y', ...words], { timeout: 240_000 });

// The picture as a filter: colours that change, the clock, the strip along the upper edge.
export function picture(size, rate, seconds, grain) {
  const [width, height] = size;
  const side = width / squares;
  const tall = Math.round(height / 10);
  const box = (i, colour, when) =>
    `drawbox=x=${Math.round(i * side)}:y=0:w=${Math.ceil(side)}:h=${tall}:color=${colour}:t=fill${when ? `:enable='${when}'` : ''}`;
  const strip = [`drawbox=x=0:y=0:w=${width}:h=${tall}:color=black:t=fill`, box(squares - 2, 'white')];
  for (let bit = 0; bit < 16; bit += 1) strip.push(box(bit, 'white', `mod(floor((t+0.001)/${2 ** bit}),2)`));
  const clock =
    `drawtext=text='%{pts\\:hms}':fontsize=${Math.round(Math.min(width, height) / 9)}:fontcolor=white:` +
    'box=1:boxcolor=black@0.6:boxborderw=12:x=(w-tw)/2:y=h*0.72';
  return [
    `gradients=size=${width}x${height}:rate=${rate}:duration=${seconds}:speed=0.02:` +
      'c0=0x2a1a3a:c1=0xb8622e:c2=0x1d4d5e:c3=0xe0b15a:nb_colors=4',
    ...(grain ? [`format=yuv420p,noise=c0s=${grain}:c0f=t`] : []),
    clock,
    ...strip,
  ].join(',');
}

const beep = (seconds) => `aevalsrc='0.5*sin(2*PI*1000*t)*lt(mod(t,1),0.1)':sample_rate=48000:duration=${seconds}`;
const h264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-g', '48'];
const source = (size, rate, seconds, grain) => [
  '-f',
  'lavfi',
  '-i',
  picture(size, rate, seconds, grain),
  '-f',
  'lavfi',
  '-i',
  beep(seconds),
];

// The film that most of the walk is about: large enough to be interrupted on its way.
async function mainFilm(folder, long) {
  const seconds = long ? 60 : 12;
  const file = path.join(folder, 'Night train.mp4');
  await ffmpeg(
    ...source([1280, 720], 24, seconds, 6),
    ...h264,
    '-b:v',
    '4500k',
    '-maxrate',
    '4500k',
    '-bufsize',
    '4500k',
    '-c:a',
    'aac',
    '-movflags',
    '+faststart',
    file,
  );
  return { file, title: 'Night train', seconds };
}

// What else people bring: [name, arguments after the inputs].
const others = [
  ['Packed.mkv', ['-c:v', 'copy', '-c:a', 'copy']],
  ['From the camera.mov', ['-c:v', 'copy', '-c:a', 'pcm_s16le']],
  ['Without a sound.mp4', ['-c:v', 'copy', '-an']],
  ['Six channels.mkv', ['-c:v', 'copy', '-af', 'pan=5.1|FL=c0|FR=c0|FC=c0|LFE=c0|BL=c0|BR=c0', '-c:a', 'ac3']],
  ['Newer picture.mp4', ['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'log-level=error', '-tag:v', 'hvc1', '-c:a', 'copy']],
  ['From the web.webm', ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', '-b:v', '600k', '-c:a', 'libopus']],
  ['Uneven pace.mp4', ['-vf', 'select=lt(t\\,3)+not(mod(n\\,4))', '-vsync', 'vfr', ...h264, '-c:a', 'copy']],
];

// A phone held upright stores the picture lying and says how to turn it.
async function phoneVideo(folder, seconds) {
  const lying = path.join(folder, 'lying.mp4');
  const file = path.join(folder, 'Phone upright.mp4');
  await ffmpeg(
    '-f',
    'lavfi',
    '-i',
    `${picture([360, 640], 24, seconds)},transpose=2`,
    '-f',
    'lavfi',
    '-i',
    beep(seconds),
    ...h264,
    '-c:a',
    'aac',
    lying,
  );
  await ffmpeg('-i', lying, '-c', 'copy', '-metadata:s:v:0', 'rotate=270', file);
  return { file, title: 'Phone upright', seconds, upright: true };
}

export async function renderFilms(folder, { long }) {
  const seconds = long ? 20 : 7;
  const master = path.join(folder, 'master.mp4');
  const main = await mainFilm(folder, long);
  await ffmpeg(...source([640, 360], 24, seconds), ...h264, '-c:a', 'aac', master);
  const rest = [];
  for (const [name, how] of others) {
    const file = path.join(folder, name);
    await ffmpeg('-i', master, ...how, file);
    rest.push({ file, title: name.replace(/\.\w+$/, ''), seconds });
  }
  return { main, rest: [...rest, await phoneVideo(folder, seconds)] };
}

// In the page: the second the strip says now, or null while there is no whole picture to read.
export function readStrip(count) {
  const video = document.querySelector('video');
  if (!video || !video.videoWidth || video.readyState < 2) return null;
  const canvas = document.createElement('canvas');
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  const pen = canvas.getContext('2d', { willReadFrequently: true });
  pen.drawImage(video, 0, 0);
  const light = (i) => {
    const [r, g, b] = pen.getImageData(Math.round(((i + 0.5) * canvas.width) / count), Math.round(canvas.height / 20), 1, 1).data;
    return (r + g + b) / 3;
  };
  if (light(count - 2) < 160 || light(count - 1) > 90) return null;
  let second = 0;
  for (let bit = 0; bit < 16; bit += 1) if (light(bit) > 127) second += 2 ** bit;
  return { second, at: video.currentTime, width: video.videoWidth, height: video.videoHeight };
}
