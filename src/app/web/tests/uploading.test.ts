// What decides about an upload: the comparison with what the server has, what a refusal means, how large a chunk is.
import { describe, expect, it } from 'vitest';
import './page';
import reasons from '../../../modules/media/src/transcode/reason.hpp?raw';
import { Life } from '../src/lib/api/lives';
import { fileFaults } from '../src/lib/media';
import { Comparison, Different, type Sides } from '../src/upload/comparison';
import { pieces } from '../src/upload/digests';
import { firstChunk, nextChunk, outcome, smallerChunk, type Refused } from '../src/upload/outcome';
import { digestOf, Sha256 } from '../src/upload/sha256';

const sha = async (bytes: Uint8Array) =>
  Array.from(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes.slice().buffer)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
const mebibyte = 1 << 20;

function film(size: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(size);
  for (let i = 0; i < size; i++) bytes[i] = Math.imul(i + seed, 2654435761) >>> 21;
  return bytes;
}

/** A server that has `there` of an upload, and a file here. */
class Pair implements Sides {
  asked: [number, number][] = [];
  fail = false;
  constructor(
    public here: Uint8Array,
    public there: Uint8Array,
  ) {}
  async mine(from: number, to: number) {
    return sha(this.here.subarray(from, to));
  }
  async theirs(from: number, to: number) {
    if (this.fail) throw new Error('no network');
    this.asked.push([from, to]);
    return sha(this.there.subarray(from, to));
  }
}

function altered(bytes: Uint8Array, at: number): Uint8Array {
  const copy = bytes.slice();
  copy[at]! ^= 1;
  return copy;
}

describe('the digest without Web Crypto', () => {
  it('is SHA-256 at every length around its blocks, in any steps', async () => {
    for (const size of [0, 1, 3, 55, 56, 57, 63, 64, 65, 119, 120, 127, 128, 1000, 100_003]) {
      const bytes = film(size, size);
      expect(new Sha256().update(bytes).hex()).toBe(await sha(bytes));
      const stepped = new Sha256();
      for (let at = 0, step = 1; at < size; at += step, step = (step * 7) % 61 || 1) stepped.update(bytes.subarray(at, at + step));
      expect(stepped.hex()).toBe(await sha(bytes));
    }
  });
  it('of parts is that of the parts together, with and without it', async () => {
    const bytes = film(2 * mebibyte + 77, 5);
    const parts = [new Blob([bytes.slice(0, 100)]), new Blob([bytes.slice(100)])];
    const subtle = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(crypto), 'subtle')!;
    const right = await sha(bytes);
    expect(await digestOf(parts)).toBe(right);
    Object.defineProperty(crypto, 'subtle', { value: undefined, configurable: true });
    try {
      expect(await digestOf(parts)).toBe(right);
    } finally {
      Object.defineProperty(crypto, 'subtle', subtle);
    }
  });
});

describe('pieces of a file', () => {
  it('are all of it when it is short', () => expect([pieces(0, 1000, 8, 200), pieces(5, 5, 8, 200)]).toEqual([[[0, 1000]], []]));
  it('lie from its first to its last byte, within it, also in large files', () => {
    for (const size of [3_000_000, 50 * 2 ** 30 + 7]) {
      const found = pieces(100, size, 16, 65536);
      expect(found.length).toBe(16);
      expect([found[0]![0], found[15]![1]]).toEqual([100, size]);
      for (const [from, to] of found) expect(to - from).toBe(65536);
    }
  });
});

describe('a comparison', () => {
  const whole = film(40 * mebibyte, 1);

  it('asks nothing about what this page has sent', async () => {
    const pair = new Pair(whole, whole);
    const comparison = new Comparison(pair);
    for (let at = 0; at < 5 * mebibyte; at += mebibyte) {
      await comparison.reach(at);
      comparison.own(at + mebibyte);
    }
    await comparison.whole();
    expect(pair.asked).toEqual([]);
  });
  it('lets the same file go on after some spots, and ends when every byte has been compared', async () => {
    const pair = new Pair(whole, whole.subarray(0, 37 * mebibyte));
    const parts: number[] = [];
    const comparison = new Comparison(pair, (part) => parts.push(part));
    await comparison.reach(37 * mebibyte);
    expect(pair.asked.slice(0, 8).reduce((sum, [from, to]) => sum + to - from, 0)).toBe(8 * 65536);
    comparison.own(38 * mebibyte);
    await comparison.reach(38 * mebibyte);
    await comparison.whole();
    expect(pair.asked.slice(8)).toEqual([
      [0, 16 * mebibyte],
      [16 * mebibyte, 32 * mebibyte],
      [32 * mebibyte, 37 * mebibyte],
    ]);
    expect(parts.at(-1)).toBe(1);
  });
  it('refuses another film before a byte of it is sent', async () => {
    const comparison = new Comparison(new Pair(film(40 * mebibyte, 2), whole));
    await expect(comparison.reach(20 * mebibyte)).rejects.toThrow(Different);
  });
  it('finds one byte that differs, wherever it is in what has arrived', async () => {
    for (const at of [0, 700_000, 5 * mebibyte + 3, 16 * mebibyte, 29 * mebibyte, 30 * mebibyte - 1]) {
      const comparison = new Comparison(new Pair(altered(whole, at), whole));
      await expect(comparison.reach(30 * mebibyte).then(() => comparison.whole())).rejects.toThrow(Different);
      await expect(comparison.reach(30 * mebibyte)).rejects.toThrow(Different); // for ever
    }
  });
  it('does not mind what differs in what has not arrived', async () => {
    const comparison = new Comparison(new Pair(altered(whole, 31 * mebibyte), whole));
    await comparison.reach(30 * mebibyte);
    await comparison.whole();
  });
  it('compares what somebody else has sent behind this page', async () => {
    const pair = new Pair(altered(whole, 12 * mebibyte), whole);
    const comparison = new Comparison(pair);
    await comparison.reach(0);
    comparison.own(8 * mebibyte);
    await comparison.reach(8 * mebibyte);
    expect(pair.asked).toEqual([]);
    await expect(comparison.reach(16 * mebibyte).then(() => comparison.whole())).rejects.toThrow(Different);
  });
  it('forgets what the server has lost', async () => {
    const pair = new Pair(altered(whole, 20 * mebibyte), whole);
    const comparison = new Comparison(pair);
    pair.mine = async (from, to) => sha((to - from > mebibyte ? whole : pair.here).subarray(from, to)); // the spots would find it
    pair.fail = false;
    await comparison.reach(10 * mebibyte);
    comparison.own(24 * mebibyte);
    await comparison.reach(4 * mebibyte);
    comparison.own(24 * mebibyte);
    await comparison.whole();
    for (const [, to] of pair.asked) expect(to).toBeLessThanOrEqual(10 * mebibyte);
  });
  it('says when it could not compare, and goes on where it was', async () => {
    const pair = new Pair(whole, whole);
    const comparison = new Comparison(pair);
    await comparison.reach(30 * mebibyte);
    pair.fail = true;
    await expect(comparison.whole()).rejects.toThrow('no network');
    pair.fail = false;
    await comparison.whole();
    expect(pair.asked.filter(([from, to]) => to - from > mebibyte).map(([from]) => from)).toEqual([0, 16 * mebibyte]);
  });
});

describe('what a refusal means', () => {
  const of = (status: number, more: Partial<Refused> = {}, id = '') =>
    outcome({
      status,
      body: id ? JSON.stringify({ id, detail: 'The reason.' }) : '<html>',
      chunk: true,
      ours: id !== '',
      retryAfter: null,
      ...more,
    });

  it('shows the reason of this server', () => {
    expect(of(413, {}, 'upload.too_large')).toEqual({ act: 'refuse', why: 'The reason.', later: false });
    expect(of(403, {}, 'account.suspended')).toEqual({ act: 'refuse', why: 'The reason.', later: true });
    expect(of(415, {}, 'upload.type').act).toBe('refuse');
  });
  it('leads to where room is made when a person keeps as much as they may', () => {
    for (const [status, id] of [
      [507, 'media.quota'],
      [409, 'media.too_many_uploads'],
      [409, 'media.too_many_unused'],
    ] as const)
      expect(of(status, {}, id)).toEqual({ act: 'refuse', why: 'The reason.', later: true, full: true });
  });
  it('waits where time helps, as long as it is told', () => {
    expect(of(0)).toEqual({ act: 'wait', why: '', seconds: null });
    expect(of(429, { retryAfter: 7 }, 'request.rate')).toEqual({ act: 'wait', why: 'A short breath', seconds: 7 });
    expect(of(507, {}, 'media.no_space')).toMatchObject({ act: 'wait', seconds: 60 });
    for (const status of [408, 423, 520]) expect(of(status)).toMatchObject({ act: 'wait', why: 'The server is busy' });
    expect(of(503, {}, 'server.busy')).toMatchObject({ act: 'wait', why: 'The server is busy' });
  });
  it("says of a proxy's word that nothing answers", () => {
    for (const status of [502, 503, 504]) expect(of(status)).toMatchObject({ act: 'wait', why: '' });
  });
  it('asks again for the place, or for a token', () => {
    expect(of(409, {}, 'upload.offset').act).toBe('wait');
    expect(of(401, {}, 'auth.token').act).toBe('renew');
  });
  it('does not take an upload back from whoever goes on with it', () => expect(of(400, {}, 'upload.taken_over').act).toBe('elsewhere'));
  it('begins anew where the server has forgotten', () =>
    expect([of(404, {}, 'upload.not_found').act, of(410, {}, 'upload.expired').act]).toEqual(['anew', 'anew']));
  it('sends less at once, or a POST, when something on the way refuses', () => {
    expect(of(413).act).toBe('smaller');
    for (const status of [400, 403, 405, 501]) expect(of(status).act).toBe('disguise');
    expect(of(413, { chunk: false }).act).toBe('refuse');
  });
});

describe('the size of a chunk', () => {
  it('follows the speed, within bounds', () => {
    expect(nextChunk(firstChunk, 8)).toBe(firstChunk);
    expect(nextChunk(firstChunk, 0.2)).toBe(2 * firstChunk);
    expect(nextChunk(32 * mebibyte, 0.5)).toBe(32 * mebibyte);
    expect(nextChunk(mebibyte, 600)).toBe(256 * 1024);
  });
  it('shrinks to what every proxy takes', () => {
    let size = firstChunk;
    for (let i = 0; i < 9; i++) size = smallerChunk(size);
    expect(size).toBeLessThanOrEqual(mebibyte);
    expect(size).toBe(smallerChunk(size));
  });
});

describe('the life of a token', () => {
  it('is counted from its answer, whatever the clock on the wall says', () => {
    const life = new Life(900, 1000);
    expect(life.ahead(1000)).toBe(840_000);
    expect([life.fresh(1000), life.fresh(884_000), life.fresh(887_000)]).toEqual([true, true, false]);
  });
  it('that is short is renewed in time and not without end', () => {
    const life = new Life(60, 0);
    expect(life.ahead(0)).toBe(48_000);
    expect([life.fresh(0), life.fresh(50_000), life.fresh(53_000)]).toEqual([true, true, false]);
    expect(new Life(1, 0).ahead(0)).toBe(1000);
  });
});

it('blames a file for what the server says only another one puts right', () => {
  const all = [...reasons.matchAll(/"(media\.\w+)"sv/g)].map(([, id]) => id);
  const others = ['cancelled', 'internal', 'no_jail', 'no_space', 'output_incomplete', 'program_missing', 'source_missing', 'timed_out'];
  expect(all.sort()).toEqual([...fileFaults, ...others.map((name) => `media.${name}`)].sort());
});
