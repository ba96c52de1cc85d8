// Tiny real videos of two sounds and two texts, each with bytes of its own, rendered once on the spot.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

export function render(folder, name, seconds, size = '160x90', more = []) {
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, name);
  const picture = ['-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=12:duration=${seconds}`];
  const sound = (hertz) => ['-f', 'lavfi', '-i', `sine=frequency=${hertz}:sample_rate=48000:duration=${seconds}`];
  const words = path.join(folder, 'words.srt');
  writeFileSync(words, '1\n00:00:00,500 --> 00:00:01,500\nHello\n');
  const maps = [0, 1, 2, 3, 3].flatMap((input) => ['-map', input]);
  execFileSync(
    'ffmpeg',
    [
      '-v',
      'error',
      '-y',
      ...picture,
      ...sound(1000),
      ...sound(600),
      '-i',
      words,
      ...maps.map(String),
      '-c:v',
      'libx264',
      '-preset',
      'ultrafast',
      '-pix_fmt',
      'yuv420p',
      ...more,
      '-c:a',
      'aac',
      '-c:s',
      'mov_text',
      '-movflags',
      '+faststart',
      file,
    ],
    { stdio: ['ignore', 'ignore', 'inherit'], timeout: 120_000 },
  );
  return readFileSync(file);
}

// Goes through all that such a film offers when it is READY, down to every segment. Answers what is wrong with it.
export async function offered(wire, { tracksUrl, durationSeconds }, token) {
  const wrong = [];
  const fetched = async (address) => {
    const { status, bytes } = await wire.read(address, token);
    if (status !== 200 || !bytes.length) wrong.push(`${address} answers ${status} with ${bytes?.length} bytes`);
    return bytes ?? Buffer.alloc(0);
  };
  const beside = (list, name) => list.slice(0, list.lastIndexOf('/') + 1) + name;
  const named = (text) =>
    text
      .split('\n')
      .map((line) => /URI="([^"]+)"/.exec(line)?.[1] ?? (line.startsWith('#') ? '' : line))
      .filter(Boolean);
  const master = (await fetched(tracksUrl)).toString();
  for (const kind of ['AUDIO', 'SUBTITLES']) if (master.split(`TYPE=${kind}`).length !== 3) wrong.push(`not two ${kind} in ${tracksUrl}`);
  for (const name of named(master)) {
    const list = beside(tracksUrl, name);
    const text = (await fetched(list)).toString();
    const lasts = [...text.matchAll(/#EXTINF:([\d.]+)/g)].reduce((sum, [, seconds]) => sum + Number(seconds), 0);
    if (!text.includes('#EXT-X-ENDLIST') || Math.abs(lasts - durationSeconds) > 0.1)
      wrong.push(`${list} has ${lasts} of ${durationSeconds} s`);
    for (const part of new Set(named(text))) await fetched(beside(list, part));
  }
  return wrong;
}

// The same film with other bytes: an MP4 box that players skip says who it is.
export function stamped(bytes, text) {
  const words = Buffer.from(text);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(8 + words.length);
  head.write('free', 4);
  return Buffer.concat([bytes, head, words]);
}

export const announce = (size, filename) => ({
  'tus-resumable': '1.0.0',
  'upload-length': String(size),
  'upload-metadata': `filename ${Buffer.from(filename).toString('base64')},filetype ${Buffer.from('video/mp4').toString('base64')}`,
});

export const chunk = (offset, checksum) => ({
  'tus-resumable': '1.0.0',
  'upload-offset': String(offset),
  'content-type': 'application/offset+octet-stream',
  ...(checksum ? { 'upload-checksum': `sha256 ${Buffer.from(checksum, 'hex').toString('base64')}` } : {}),
});
