// Films for the measurements: made by ffmpeg, sent by tus.
import { spawnSync } from 'node:child_process';
import http from 'node:http';
import { api, until } from './lib.mjs';

// Sends a file in chunks by tus; returns the address.
export async function tusUpload(url, path, file, size, chunk, token) {
  const headers = { 'Tus-Resumable': '1.0.0', ...(token ? { authorization: `Bearer ${token}` } : {}) };
  const made = await fetch(url + path, {
    method: 'POST',
    headers: {
      ...headers,
      'Upload-Length': `${size}`,
      'Upload-Metadata': `filename ${Buffer.from('film.mp4').toString('base64')},filetype ${Buffer.from('video/mp4').toString('base64')}`,
    },
  });
  if (made.status !== 201) throw new Error(`creating the upload: ${made.status}`);
  const location = new URL(made.headers.get('location'), url);
  const agent = new http.Agent({ keepAlive: true });
  for (let offset = 0; offset < size; offset += chunk) {
    const body = file(offset, Math.min(chunk, size - offset));
    const status = await new Promise((done, failed) => {
      const request = http.request(
        location,
        {
          method: 'PATCH',
          agent,
          headers: {
            ...headers,
            'Upload-Offset': `${offset}`,
            'Content-Type': 'application/offset+octet-stream',
            'Content-Length': body.length,
          },
        },
        (answer) => {
          answer.resume();
          answer.on('end', () => done(answer.statusCode));
        },
      );
      request.on('error', failed);
      request.end(body);
    });
    if (status !== 204) throw new Error(`PATCH at ${offset}: ${status}`);
  }
  agent.destroy();
  return location;
}

// Sends a film and waits until it is ready; its id.
export async function readyFilm(server, bytes, token, within) {
  const take = (at, n) => bytes.subarray(at, at + n);
  const address = await tusUpload(server.url, '/api/media/uploads', take, bytes.length, 8 << 20, token);
  const id = address.pathname.split('/').pop();
  await until('the film', async () => (await api(server, 'GET', `/api/media/${id}`, null, token)).status === 'READY', within);
  return id;
}

export function render(file, seconds, extra) {
  const made = spawnSync(
    'ffmpeg',
    [
      '-v',
      'error',
      '-y',
      '-f',
      'lavfi',
      '-i',
      `testsrc2=s=1920x1080:r=30:d=${seconds}`,
      '-f',
      'lavfi',
      '-i',
      `sine=1000:d=${seconds}`,
      ...extra,
      '-c:a',
      'aac',
      '-shortest',
      file,
    ],
    { stdio: 'inherit' },
  );
  if (made.status) throw new Error('ffmpeg could not render the input');
}
