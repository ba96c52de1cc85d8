// Requests whose outcome is told apart: answered, never sent, or unknown. Unknown is what a killed server leaves behind.
import http from 'node:http';

export class Wire {
  constructor(port) {
    this.port = port;
    this.agent = new http.Agent({ keepAlive: true, maxSockets: 64 });
  }

  // After the server was restarted: the old connections are nobody's.
  renew() {
    this.agent.destroy();
    this.agent = new http.Agent({ keepAlive: true, maxSockets: 64 });
  }

  // Never throws. Answers {outcome: 'answered', status, headers, body, text} or {outcome: 'unsent' | 'unknown', why}.
  send(method, path, { token, key, json, bytes, headers = {}, timeout = 15_000 } = {}) {
    const body = json === undefined ? bytes : Buffer.from(JSON.stringify(json));
    const head = { accept: 'application/json', ...headers };
    if (token) head.authorization = `Bearer ${token}`;
    if (key) head['idempotency-key'] = key;
    if (json !== undefined) head['content-type'] = 'application/json';
    if (body !== undefined) head['content-length'] = body.length;
    return new Promise((resolve) => {
      const fail = (cause) => resolve({ outcome: cause.code === 'ECONNREFUSED' ? 'unsent' : 'unknown', why: cause.code ?? cause.message });
      const request = http.request(
        { host: '127.0.0.1', port: this.port, method, path, headers: head, agent: this.agent, timeout },
        (response) => {
          const parts = [];
          response.on('data', (part) => parts.push(part));
          response.on('error', fail);
          response.on('aborted', () => fail({ code: 'ECONNRESET' }));
          response.on('end', () => {
            if (!response.complete) return;
            const all = Buffer.concat(parts);
            resolve({
              outcome: 'answered',
              status: response.statusCode,
              headers: response.headers,
              bytes: all,
              text: all.toString('utf8'),
            });
          });
        },
      );
      request.on('error', fail);
      request.on('timeout', () => request.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })));
      request.end(body);
    });
  }

  // A read that has to be answered; connections cut by a restart are tried again.
  async read(path, token, tries = 5) {
    for (let n = 1; ; n += 1) {
      const answer = await this.send('GET', path, { token });
      if (answer.outcome === 'answered' && answer.status !== 503) return answer;
      if (n === tries) throw new Error(`GET ${path} was not answered: ${answer.why ?? answer.status}`);
    }
  }

  // The parsed body of a 200, or null for 404 and 410.
  async get(path, token) {
    const answer = await this.read(path, token);
    if (answer.status === 404 || answer.status === 410) return null;
    if (answer.status !== 200) throw new Error(`GET ${path}: ${answer.status} ${answer.text.slice(0, 300)}`);
    return JSON.parse(answer.text);
  }

  // All entries of a list, cursor by cursor. `enough(page)` ends it early.
  async list(path, token, enough = () => false) {
    const all = [];
    for (let after = null, pages = 0; pages < 10_000; pages += 1) {
      const more = path.includes('?') ? '&' : '?';
      const page = await this.get(`${path}${more}limit=100${after ? `&after=${encodeURIComponent(after)}` : ''}`, token);
      if (!page) return all;
      all.push(...page.data);
      after = page.pagination.nextCursor;
      if (!after || enough(page.data)) return all;
    }
    throw new Error(`GET ${path}: the list does not end`);
  }
}
