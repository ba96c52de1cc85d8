// A film with several sounds and texts as an HLS folder, made by hand, and how a page gets it in place of the server's.
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { picture } from './films.mjs';

const run = promisify(execFile);
const seconds = 24;
const hls = ['-f', 'hls', '-hls_time', '4', '-hls_playlist_type', 'vod', '-hls_segment_type', 'fmp4', '-hls_flags', 'independent_segments'];

// [folder, pitch in Hz, how the playlist speaks of it]
export const sounds = [
  ['norwegian', 400, 'NAME="Norsk",LANGUAGE="no",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="2"'],
  ['hungarian', 900, 'NAME="Magyar",LANGUAGE="hu",DEFAULT=NO,AUTOSELECT=YES,CHANNELS="2"'],
  [
    'described',
    1600,
    'NAME="English",LANGUAGE="en",DEFAULT=NO,AUTOSELECT=YES,CHANNELS="1",CHARACTERISTICS="public.accessibility.describes-video"',
  ],
  ['commentary', 2500, 'NAME="Commentary by Hedda Voss-Okoro",LANGUAGE="en",DEFAULT=NO,AUTOSELECT=NO,CHANNELS="2"'],
];

const clock = (at) => new Date(at * 1000).toISOString().slice(11, 23);
// One line for each two seconds, with its number to be found by, and a few that say where they want to stand.
const lines = (word) => Array.from({ length: seconds / 2 }, (_, i) => [i * 2 + 0.2, i * 2 + 1.8, '', `${word} ${i}`]);

// [folder, how the playlist speaks of it, cues: begin, end, settings, text]
export const texts = [
  [
    'english',
    'NAME="English",LANGUAGE="en",FORCED=NO',
    [
      ...lines('Line').slice(0, 4),
      [8.2, 9.8, '', 'Two <i>instruments</i>, <b>one</b> wall.\nOne of &lt;them&gt; is <u>polite</u>. <script>x</script>'],
      [10.2, 11.8, 'line:0 align:start', '<v Hedda>At the upper edge'],
      [12.2, 13.8, 'line:50% position:20% size:40% align:left', 'Lower left of the middle'],
      [14.2, 17.8, '', 'First of two'],
      [15, 17, '', 'Second of two'],
      [18.2, 23.8, '', 'The last line'],
    ],
  ],
  [
    'heard',
    'NAME="English SDH",LANGUAGE="en",FORCED=NO,' +
      'CHARACTERISTICS="public.accessibility.transcribes-spoken-dialog,public.accessibility.describes-music-and-sound"',
    lines('[bell]'),
  ],
  ['magyar', 'NAME="Magyar",LANGUAGE="hu",FORCED=NO', lines('Sor')],
  ['signs', 'NAME="Norsk",LANGUAGE="no",FORCED=YES', [[4, 6, '', 'STASJON']]],
];

function writeText(folder, cues) {
  mkdirSync(folder, { recursive: true });
  const parts = [];
  for (let from = 0; from < seconds; from += 4) {
    const inside = cues.filter(([begin, end]) => begin < from + 4 && end > from);
    const body = inside.map(([begin, end, settings, text]) => `${clock(begin)} --> ${clock(end)} ${settings}\n${text}\n`).join('\n');
    writeFileSync(path.join(folder, `${from}.vtt`), `WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000\n\n${body}`);
    parts.push(`#EXTINF:4.0,\n${from}.vtt`);
  }
  writeFileSync(
    path.join(folder, 'index.m3u8'),
    `#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:4\n#EXT-X-PLAYLIST-TYPE:VOD\n${parts.join('\n')}\n#EXT-X-ENDLIST\n`,
  );
}

// Renders the folder once and answers where it is.
export async function renderRenditions(home) {
  const folder = path.join(home, 'renditions');
  if (existsSync(path.join(folder, 'master.m3u8'))) return folder;
  mkdirSync(path.join(folder, 'picture'), { recursive: true });
  const ffmpeg = (...words) => run('ffmpeg', ['-v', 'error', '-y', ...words], { timeout: 120_000 });
  await ffmpeg(
    '-f',
    'lavfi',
    '-i',
    picture([640, 360], 24, seconds),
    '-c:v',
    'libx264',
    '-preset',
    'ultrafast',
    '-pix_fmt',
    'yuv420p',
    '-g',
    '48',
    '-bf',
    '0',
    ...hls,
    path.join(folder, 'picture/index.m3u8'),
  );
  for (const [name, pitch] of sounds) {
    mkdirSync(path.join(folder, name), { recursive: true });
    await ffmpeg(
      '-f',
      'lavfi',
      '-i',
      `sine=frequency=${pitch}:sample_rate=48000:duration=${seconds}`,
      '-c:a',
      'aac',
      '-b:a',
      '96k',
      ...hls,
      path.join(folder, name, 'index.m3u8'),
    );
  }
  for (const [name, , cues] of texts) writeText(path.join(folder, name), cues);
  const media = (type, group, list) =>
    list.map(([name, , about]) => `#EXT-X-MEDIA:TYPE=${type},GROUP-ID="${group}",${about},URI="${name}/index.m3u8"`);
  writeFileSync(
    path.join(folder, 'master.m3u8'),
    [
      '#EXTM3U',
      '#EXT-X-VERSION:7',
      '#EXT-X-INDEPENDENT-SEGMENTS',
      ...media('AUDIO', 'sound', sounds),
      ...media(
        'SUBTITLES',
        'text',
        texts.map(([name, about]) => [name, null, about]),
      ),
      '#EXT-X-STREAM-INF:BANDWIDTH=900000,RESOLUTION=640x360,CODECS="avc1.42c01e,mp4a.40.2",AUDIO="sound",SUBTITLES="text"',
      'picture/index.m3u8',
      '',
    ].join('\n'),
  );
  return folder;
}

const types = { m3u8: 'application/vnd.apple.mpegurl', vtt: 'text/vtt', m4s: 'video/iso.segment', mp4: 'video/mp4' };

// Every film of this page is the one in the folder. `refuse` names files that do not come.
export async function playRenditions(page, folder, refuse = () => false) {
  await page.route(/\/media\/\d+\/[^/]+\/(?!.*poster)/, async (route) => {
    const name = new URL(route.request().url()).pathname.split('/').slice(4).join('/');
    const file = path.join(folder, name);
    const there = !refuse(name) && existsSync(file);
    const answer = there
      ? { status: 200, contentType: types[name.split('.').pop()], body: await readFile(file) }
      : { status: 404, body: '' };
    return route.fulfill(answer).catch(() => undefined); // the page may have gone on
  });
}
