// A small client of the public API, as any program could have it: JSON, bearer tokens, tus uploads, polite retries.
import { createHash } from 'node:crypto';
import { open, stat } from 'node:fs/promises';

const tries = 20;
const chunk = 4 * 1024 * 1024;

export class Client {
  // `base` is the server's address without a slash at the end; `token` that of a person, or nothing for a stranger.
  constructor(base, token = '') {
    this.base = base;
    this.token = token;
  }

  as(token) {
    return new Client(this.base, token);
  }

  // Answers the parsed body. Anything but 2xx or a status in `fine` throws with the server's own words; 429 and 503 are
  // tried again after the time the server names.
  async call(method, path, body, { fine = [] } = {}) {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const headers = { accept: 'application/json' };
    if (text !== undefined) headers['content-type'] = 'application/json';
    // The same call is the same key: repeating the demonstration repeats nothing.
    if (method === 'POST')
      headers['idempotency-key'] = createHash('sha256')
        .update(`demo ${path} ${text ?? ''}`)
        .digest('hex')
        .slice(0, 32);
    const response = await this.send(method, path, headers, text);
    const answer = await response.text();
    if (!response.ok && !fine.includes(response.status)) throw new Error(`${method} ${path}: ${response.status} ${answer.slice(0, 500)}`);
    return answer && response.headers.get('content-type')?.includes('json') ? JSON.parse(answer) : null;
  }

  // Uploads a file by tus and answers its media id. `on_progress` gets a fraction.
  async upload(path, filename, type, on_progress) {
    const { size } = await stat(path);
    const base64 = (text) => Buffer.from(text).toString('base64');
    const created = await this.send('POST', '/api/media/uploads', {
      'tus-resumable': '1.0.0',
      'upload-length': String(size),
      'upload-metadata': `filename ${base64(filename)},filetype ${base64(type)}`,
    });
    if (created.status !== 201) throw new Error(`creating an upload: ${created.status} ${(await created.text()).slice(0, 500)}`);
    const place = new URL(created.headers.get('location'), this.base).pathname;
    const file = await open(path);
    try {
      for (let offset = 0; offset < size;) {
        const part = Buffer.alloc(Math.min(chunk, size - offset));
        await file.read(part, 0, part.length, offset);
        const answer = await this.send(
          'PATCH',
          place,
          {
            'tus-resumable': '1.0.0',
            'upload-offset': String(offset),
            'content-type': 'application/offset+octet-stream',
          },
          part,
        );
        if (answer.status !== 204) throw new Error(`uploading ${filename}: ${answer.status} ${(await answer.text()).slice(0, 500)}`);
        offset = Number(answer.headers.get('upload-offset'));
        on_progress(offset / size);
      }
    } finally {
      await file.close();
    }
    return place.split('/').pop();
  }

  async send(method, path, headers, body) {
    if (this.token) headers.authorization = `Bearer ${this.token}`;
    for (let n = 1; ; n += 1) {
      const response = await fetch(this.base + path, { method, headers, body, signal: AbortSignal.timeout(60_000) });
      if ((response.status !== 429 && response.status !== 503) || n === tries) return response;
      const seconds = Math.min(Math.max(Number(response.headers.get('retry-after')) || 1, 1), 60);
      await response.body?.cancel();
      await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    }
  }
}
