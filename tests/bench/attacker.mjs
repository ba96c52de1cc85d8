// One attack, until it is ended: `node attacker.mjs ADDRESS NAME`. Whom it is refused to waits a moment and tries again.
import { ask, at, json } from './attacks.mjs';
import { sleep } from './lib.mjs';

const [url, name] = process.argv.slice(2);
const server = { url };

function greedy(addresses, connections, make) {
  addresses.forEach((address, a) => {
    const agent = at(address, connections);
    for (let c = 0; c < connections; c++)
      void (async () => {
        for (let i = 0; ; i++) if ((await ask(agent, server, make(a * connections + c, i))) !== 200) await sleep(100);
      })();
  });
}

const attacks = {
  'expensive searches': () =>
    greedy(['127.0.0.66', '127.0.0.67'], 20, (n, i) => ({ path: `/api/movies?search=${'a'.repeat(90)}b${n}x${i}` })),
  'deep pages over several genres': () =>
    greedy(['127.0.0.68'], 300, (n, i) => ({ path: `/api/movies?genre=Genre%20${n % 10},Genre%20${(n + i + 1) % 10}&page=${9000 + i}` })),
  'long lists in every coding': () =>
    greedy(['127.0.0.69'], 20, (n, i) => ({
      path: `/api/movies?genre=Long&limit=${100 - ((n + i) % 40)}`,
      headers: { 'accept-encoding': ['br', 'gzip', 'identity'][i % 3] },
    })),
  '50 sign-ins a second': () => {
    const agent = at('127.0.0.70', 50);
    const body = () => JSON.stringify({ email: 'ada@example.org', password: `guess ${Math.random()}` });
    setInterval(() => void ask(agent, server, { method: 'POST', path: '/api/auth/login', headers: json, body: body() }), 20);
  },
};
attacks[name]();
