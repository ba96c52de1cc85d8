// The inputs: a picture that carries its own clock, a sound that beeps on every full second, and ways to bring both into a file.
import { execFile } from 'node:child_process';
import { writeFileSync, readFileSync, truncateSync, statSync, appendFileSync } from 'node:fs';
import path from 'node:path';

export function run(tool, args, options = {}) {
  return new Promise((resolve, reject) => {
    execFile(tool, args.map(String), { maxBuffer: 512 << 20, encoding: 'buffer', ...options }, (cause, out, said) => {
      if (cause)
        reject(new Error(`${tool} ${args.slice(0, 60).join(' ').slice(0, 400)}: ${String(said).split('\n').slice(-6).join(' | ')}`));
      else resolve({ out, said: String(said) });
    });
  });
}

export const ffmpeg = (...args) => run('ffmpeg', ['-nostdin', '-v', 'error', '-y', '-threads', '2', ...args.flat(9)]);

// Hundredths of a second of the film in sixteen bits: two rows of eight boxes, white for one. Read again by look.mjs.
export function clock(width, height) {
  const boxes = [];
  for (let bit = 0; bit < 16; bit += 1) {
    const x = `iw*${(bit % 8) * 0.12 + 0.02}`,
      y = `ih*${bit < 8 ? 0.1 : 0.55}`;
    boxes.push(`drawbox=x=${x}:y=${y}:w=iw*0.1:h=ih*0.35:c=white:t=fill:enable='mod(floor((t+0.0005)*100/${2 ** bit}),2)'`);
  }
  return boxes.join(',');
}

// The picture of `seconds` at `rate` pictures a second ("30000/1001" as well); `more` filters behind it.
export const picture = (seconds, { size = '320x180', rate = 25, more = '' } = {}) => [
  '-f',
  'lavfi',
  '-i',
  `color=0x303030:s=${size}:r=${rate}:d=${seconds},${clock()}${more ? `,${more}` : ''}`,
];

// A beep of 60 ms at every full second, `hertz` high; quiet hum in between so that no encoder sleeps.
export const sound = (seconds, { hertz = 1000, rate = 48000, layout = 'stereo' } = {}) => [
  '-f',
  'lavfi',
  '-i',
  `aevalsrc='0.6*sin(2*PI*${hertz}*t)*lt(mod(t+0.00001,1),0.06)+0.002*sin(2*PI*180*t)':` +
    `s=${rate}:d=${seconds},aformat=channel_layouts=${layout}`,
];

export const h264 = ['-c:v', 'libx264', '-preset', 'veryfast', '-pix_fmt', 'yuv420p'];
export const aac = ['-c:a', 'aac', '-b:a', '96k'];

// A command's words, which have no spaces in them.
export const words = (text) => text.split(' ');

export const at = (home, name) => path.join(home, name);

// Both tracks of an existing file, each `by` seconds later.
export const apart = (from, { picture: v = 0, sound: a = 0 }, to, how = ['-c', 'copy']) =>
  ffmpeg('-itsoffset', v, '-i', from, '-itsoffset', a, '-i', from, '-map', '0:v', '-map', '1:a', ...how, to);

export function cutShort(file, share) {
  truncateSync(file, Math.floor(statSync(file).size * share));
}
export function append(file, bytes) {
  appendFileSync(file, bytes);
}
export function patch(file, offset, bytes) {
  const all = readFileSync(file);
  Buffer.from(bytes).copy(all, offset);
  writeFileSync(file, all);
}
export function join(to, ...parts) {
  writeFileSync(to, Buffer.concat(parts.map((part) => readFileSync(part))));
}

// Where an MP4's box of that kind begins; -1 when there is none on the outside.
export function box(file, kind) {
  const all = readFileSync(file);
  for (let offset = 0; offset + 8 <= all.length;) {
    const size = all.readUInt32BE(offset);
    if (all.toString('latin1', offset + 4, offset + 8) === kind) return offset;
    if (size < 8) break;
    offset += size;
  }
  return -1;
}
