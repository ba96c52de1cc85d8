// What is said about a new account before the server is asked.
import { describe, expect, it } from 'vitest';
import { Problem, passes } from '../src/lib/api/problem';
import { joinFaults } from '../src/lib/joining';

const good = { email: 'ines@post.example', username: 'ines_1', displayName: '', password: 'the last row' };

describe('a new account', () => {
  it('is let through when nothing is wrong', () => expect(joinFaults(good)).toEqual({}));
  it('hears everything that is wrong at once', () => {
    expect(Object.keys(joinFaults({ email: 'ines', username: 'é', displayName: '', password: 'short' }))).toEqual([
      'email',
      'username',
      'password',
    ]);
    expect(Object.keys(joinFaults({ email: '', username: '', displayName: '', password: '' }))).toEqual(['email', 'username', 'password']);
  });
  it('may not be its own password', () => {
    expect(joinFaults({ ...good, username: 'longer_name', password: 'Longer_Name' }).password).toContain('Not your name');
    expect(joinFaults({ ...good, password: 'INES@post.example' }).password).toContain('Not your name');
  });
  it('counts letters, not their bytes', () =>
    expect(joinFaults({ ...good, password: '🎬🎬🎬🎬🎬🎬🎬' }).password).toContain('these are 7'));
});

describe('"Try again"', () => {
  it('is offered where it may help', () => {
    for (const status of [0, -1, 408, 409, 412, 429, 500, 502, 503, 507])
      expect([status, passes(new Problem(status))]).toEqual([status, true]);
  });
  it('is not where it cannot', () => {
    for (const status of [400, 401, 403, 404, 405, 410, 413, 415, 422])
      expect([status, passes(new Problem(status))]).toEqual([status, false]);
  });
});
