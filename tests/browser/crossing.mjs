// A page of another site that may use the API: it signs somebody in and uploads with tus, as a stranger to cookies and to our origin.
import { readFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { root } from '../chaos/server.mjs';
import { password } from './house.mjs';

const client = path.join(root, 'src/app/web/node_modules/tus-js-client/dist/tus.min.js');

const html = '<!doctype html><title>elsewhere</title><link rel="icon" href="data:,"><script src="/tus.js"></script>';

// One page with the upload client. It answers at both names of this machine; only one of them is an allowed origin.
function elsewhere(port) {
  const site = http.createServer((request, response) => {
    const script = request.url === '/tus.js';
    response.setHeader('content-type', script ? 'text/javascript' : 'text/html; charset=utf-8');
    response.end(script ? readFileSync(client) : html);
  });
  return new Promise((resolve) => {
    site.listen(port, '127.0.0.1', () => resolve(site));
  });
}

export async function crossing(house) {
  if (!house.elsewhere) return house.skip('pages of another site', 'this server was started by somebody else');
  const site = await elsewhere(house.elsewhere);
  const page = await house.person('elsewhere');
  await page.goto(`http://127.0.0.1:${house.elsewhere}/`);
  try {
    await house.check('a page of an allowed origin joins, and reads what it is told', () => page.evaluate(join, [house.base, password]));
    // proves S22
    await house.check('it uploads in pieces with tus, finds the upload and gives it up', () => page.evaluate(upload, house.base));
    await house.check('it may ask for a method by header, in networks that let no other through', () =>
      house.excuse(/status of 4\d\d/, () => page.evaluate(override, house.base)),
    );
    await house.check('a page of any other origin may nothing', async () => {
      await page.goto(`http://localhost:${house.elsewhere}/`);
      return house.excuse(/CORS policy|Failed to load resource/, () => page.evaluate(stranger, house.base));
    });
  } finally {
    await page.context().close();
    site.close();
  }
}

// --- in the page -------------------------------------------------------------------------------------------------------------------

async function join([base, secret]) {
  const account = { email: 'far@orpheum.example', username: 'far_away', password: secret };
  const headers = { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() };
  const answer = await fetch(`${base}/api/auth/register`, { method: 'POST', headers, body: JSON.stringify(account) });
  if (answer.status !== 201) return `joining answers ${answer.status}`;
  if (!answer.headers.get('location')) return 'the address of the account cannot be read';
  window.bearer = `Bearer ${(await answer.json()).tokens.accessToken}`;
  return answer.headers.get('x-request-id') ? '' : 'the id of the request cannot be read';
}

async function upload(base) {
  const headers = { authorization: window.bearer };
  const bytes = new Uint8Array(300_000).map((_, i) => i);
  const sent = [];
  const url = await new Promise((resolve, reject) => {
    const one = new window.tus.Upload(new Blob([bytes], { type: 'video/mp4' }), {
      endpoint: `${base}/api/media/uploads`,
      chunkSize: 100_000,
      retryDelays: null,
      addRequestId: true,
      headers,
      metadata: { filename: 'from far.mp4', filetype: 'video/mp4' },
      onProgress: (done) => sent.push(done),
      onError: reject,
      onSuccess: () => resolve(one.url),
    });
    one.start();
  });
  if (!sent.includes(300_000)) return `only ${sent.at(-1)} bytes were sent`;
  const id = url.split('/').pop();
  const medium = await fetch(`${base}/api/media/${id}`, { headers });
  if (medium.status !== 200) return `the upload is not there: ${medium.status}`;
  if ((await medium.json()).size !== 300_000) return 'the upload has another size';
  const given = await fetch(`${base}/api/media/${id}`, { method: 'DELETE', headers });
  return given.status === 204 ? '' : `giving up answers ${given.status}`;
}

async function override(base) {
  const headers = { authorization: window.bearer, 'tus-resumable': '1.0.0', 'x-http-method-override': 'HEAD', 'upload-offset': '0' };
  const answer = await fetch(`${base}/api/uploads/7`, { method: 'POST', headers });
  return answer.headers.get('x-request-id') ? '' : 'its answer cannot be read';
}

async function stranger(base) {
  const tried = { 'a plain question': {}, 'an upload': { method: 'POST', headers: { 'tus-resumable': '1.0.0', 'upload-length': '1' } } };
  for (const [what, options] of Object.entries(tried)) {
    const answer = await fetch(`${base}/api/media/uploads`, options).catch(() => null);
    if (answer) return `${what} was answered with ${answer.status}`;
  }
  return '';
}
