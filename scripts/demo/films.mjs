// The demonstration's films: what they are called and how ffmpeg draws them. Every picture is computed, nothing is borrowed.
import { spawn } from 'node:child_process';
import { access, mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';

const font = '/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf';

// `picture` is an ffmpeg source of exactly the size and rate given; `tone` is the pitch struck on every second, in Hz.
export const films = [
  {
    slug: 'the-test-card',
    title: 'The Test Card',
    seconds: 24,
    size: '1280x720',
    rate: 25,
    tone: 1000,
    picture: 'testsrc2=s=1280x720:r=25',
    genres: ['Documentary'],
    director: 'Ilona Varga',
    cast: ['The Grid', 'The Clock'],
    releaseDate: '2021-03-04',
    description: 'A pattern, a clock and a moving square. The one film every screen has seen and nobody has reviewed.',
  },
  {
    slug: 'coastline',
    title: 'Coastline',
    seconds: 32,
    size: '960x540',
    rate: 20,
    tone: 440,
    picture: 'mandelbrot=s=960x540:r=20:start_scale=2:end_scale=0.02:end_pts=640:maxiter=300,gblur=sigma=1.2',
    genres: ['Science Fiction', 'Drama'],
    director: 'Ben Osei',
    cast: ['Nora Lind', 'Tamás Erdei'],
    releaseDate: '2019-10-11',
    description: 'A surveyor is sent to measure a coast, and finds that the closer she looks, the longer it grows.',
  },
  {
    slug: 'a-small-town',
    title: 'A Small Town',
    seconds: 30,
    size: '960x540',
    rate: 12,
    tone: 523,
    picture:
      'life=s=192x108:r=12:mold=12:ratio=0.28:seed=7:' +
      'death_color=#24323f:life_color=#ffd36b:mold_color=#7a5a2e,scale=960:540:flags=neighbor',
    genres: ['Drama'],
    director: 'Ilona Varga',
    cast: ['Everyone'],
    releaseDate: '2023-05-19',
    description: 'Neighbours thrive between two and three. With one they leave, with four they quarrel. Based on true rules.',
  },
  {
    slug: 'evening-light',
    title: 'Evening Light',
    seconds: 40,
    size: '960x540',
    rate: 24,
    tone: 330,
    picture: 'gradients=s=960x540:r=24:c0=#110f0d:c1=#ae1e1b:c2=#ffa869:c3=#2e4ca3:n=4:speed=0.02:seed=5',
    genres: ['Romance'],
    director: 'Mira Sato',
    cast: ['Aida Rossi', 'Jon Falk'],
    releaseDate: '2022-08-26',
    description: 'Two people miss the last ferry, and have until the first one to say what they came to say.',
  },
  {
    slug: 'rule-110',
    title: 'Rule 110',
    seconds: 20,
    size: '640x360',
    rate: 25,
    tone: 660,
    picture: 'cellauto=s=320x180:r=25:rule=110:seed=3:scroll=1,scale=640:360:flags=neighbor',
    genres: ['Thriller', 'Science Fiction'],
    director: 'Ben Osei',
    cast: ['Petra Kovac', 'Sam Adeyemi'],
    releaseDate: '2020-01-31',
    description: 'One line of ones and zeros decides the next. An auditor notices that the ledger has started to compute.',
  },
  {
    slug: 'triangle',
    title: 'Triangle',
    seconds: 16,
    size: '640x360',
    rate: 25,
    tone: 784,
    picture: 'sierpinski=s=640x360:r=25:seed=11:type=triangle',
    genres: ['Animation'],
    director: 'Mira Sato',
    cast: ['Three Sides'],
    releaseDate: '2024-02-09',
    description: 'A shape walks out of itself and keeps finding itself there. For children and geometers.',
  },
  {
    slug: 'night-train',
    title: 'Night Train',
    seconds: 26,
    size: '854x480',
    rate: 24,
    tone: 392,
    picture: 'gradients=s=214x120:r=24:c0=#0b1020:c1=#ffd36b:c2=#24323f:n=3:speed=0.09:seed=9,scale=854:480:flags=neighbor',
    genres: ['Mystery', 'Thriller'],
    director: 'Dóra Halász',
    cast: ['Aida Rossi', 'Tamás Erdei'],
    releaseDate: '2018-11-02',
    description: 'The sleeping car has nine compartments, eight passengers and, by the border, ten tickets.',
  },
];

// Renders one film into `folder` and returns its path; an earlier rendering is used again. Fails with ffmpeg's last words.
export async function render(film, folder) {
  const path = join(folder, `${film.slug}.mp4`);
  if (
    await access(path).then(
      () => true,
      () => false,
    )
  )
    return path;
  await mkdir(folder, { recursive: true });
  const unfinished = join(folder, `${film.slug}.part.mp4`);
  const height = Number(film.size.split('x')[1]);
  const clock =
    `drawtext=fontfile=${font}:fontcolor=white:box=1:boxcolor=black@0.6:boxborderw=8:fontsize=${Math.round(height / 16)}` +
    `:x=(w-text_w)/2:y=h-2*text_h:text='%{pts\\:hms}  frame %{n}'`;
  const sound = `aevalsrc=0.35*sin(2*PI*${film.tone}*t)*lt(mod(t\\,1)\\,0.08)+0.05*sin(2*PI*${film.tone / 4}*t):s=48000`;
  await ffmpeg([
    '-f',
    'lavfi',
    '-i',
    `${film.picture},${clock},format=yuv420p`,
    '-f',
    'lavfi',
    '-i',
    sound,
    '-t',
    String(film.seconds),
    '-c:v',
    'libx264',
    '-preset',
    'veryfast',
    '-crf',
    '24',
    '-g',
    String(film.rate * 2),
    '-c:a',
    'aac',
    '-b:a',
    '96k',
    '-movflags',
    '+faststart',
    unfinished,
  ]);
  await rename(unfinished, path);
  return path;
}

function ffmpeg(words) {
  return new Promise((resolve, reject) => {
    const child = spawn('ffmpeg', ['-hide_banner', '-nostdin', '-loglevel', 'error', '-y', ...words], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let errors = '';
    child.stderr.on('data', (part) => {
      errors = (errors + part).slice(-2000);
    });
    child.on('error', reject);
    child.on('close', (status) => (status === 0 ? resolve() : reject(new Error(`ffmpeg: ${errors.trim()}`))));
  });
}
