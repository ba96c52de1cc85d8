// What a refusal says to a person, and how calls keep their keys.
import { describe, expect, it } from 'vitest';
import { Act } from '../src/lib/api/act';
import { answered, byField, heading, noAnswer, Problem, sentence, toProblem } from '../src/lib/api/problem';

describe('a refusal', () => {
  it('keeps what was written in mind when no network is there', () => expect(sentence(new Problem(0))).toContain('kept'));
  it('says how long the breath is', () => expect(sentence(new Problem(429, {}, 24))).toContain('24 s'));
  it('says a longer one as a time of day', () =>
    expect(sentence(new Problem(429, {}, 895))).toMatch(/^Many requests came from here\. It works again at \d\d:\d\d; nothing is lost\.$/));
  it('names wrong passwords as the cause of a lock', () =>
    expect(sentence(new Problem(429, { id: 'auth.too_many' }, 895))).toMatch(/^Too many wrong passwords\. It opens again at \d\d:\d\d\.$/));
  it('says the same of no network and of a proxy before a server that is down, and not of the server', () => {
    for (const status of [0, 502, 503, 504])
      expect([heading(new Problem(status)), sentence(new Problem(status))]).toEqual(['No answer just now', noAnswer]);
    expect(sentence(new Problem(503, { id: 'server.busy' }))).not.toBe(noAnswer);
    const page = (status: number, type: string) => answered(new Response('', { status, headers: { 'Content-Type': type } }));
    expect([page(502, 'text/html'), page(503, 'application/problem+json'), page(200, 'text/html')]).toEqual([false, true, true]);
  });
  it('speaks the same for missing and hidden', () => expect(heading(new Problem(404))).toBe('The reel ends here'));
  it('prefers the words of the server, with reason and next step', () => {
    expect(
      sentence(
        new Problem(403, { detail: 'You cannot comment until 27 November.', reason: 'Decision 418.', next: 'Ask for another look.' }),
      ),
    ).toBe('You cannot comment until 27 November. Decision 418. Ask for another look.');
  });
  it('tells a full share from a full disk', () => {
    const share = new Problem(507, { id: 'media.quota', detail: 'Delete something first.' });
    expect([heading(share), sentence(share)]).toEqual(['Your room here is full', 'Delete something first.']);
    expect(sentence(new Problem(507, { id: 'media.no_space', detail: 'x' }))).toContain('disk of this server');
  });
  it('never shows a number as its words', () => {
    for (const status of [0, 400, 401, 403, 404, 409, 412, 413, 422, 429, 500, 503, 507])
      expect(sentence(new Problem(status))).not.toMatch(/\b[45]\d\d\b/);
  });
  it('maps pointers to fields, the first message wins', () => {
    const problem = new Problem(422, {
      errors: [
        { pointer: '/username', id: 'a', message: 'Letters, digits and _ only.' },
        { pointer: '/username', id: 'b', message: 'Second.' },
        { pointer: '#/genres/2', id: 'c', message: 'Too long.' },
      ],
    });
    expect(byField(problem)).toEqual({ username: 'Letters, digits and _ only.', genres: 'Too long.' });
  });
  it('is made of anything thrown', () => expect(toProblem(new TypeError('x')).id).toBe('web.unexpected'));
});

describe('the key of an act', () => {
  const run = async (act: Act, body: unknown, end: Problem | null) => {
    let used = '';
    await act
      .run(body, async (key) => {
        used = key;
        if (end) throw end;
      })
      .catch(() => undefined);
    return used;
  };

  it('stays while nothing answered', async () => {
    const act = new Act();
    expect(await run(act, { a: 1 }, new Problem(0))).toBe(await run(act, { a: 1 }, new Problem(0)));
  });
  it('changes after an answer and with the body', async () => {
    const act = new Act();
    const first = await run(act, { a: 1 }, new Problem(0));
    const other = await run(act, { a: 2 }, new Problem(422));
    const third = await run(act, { a: 2 }, null);
    expect(new Set([first, other, third]).size).toBe(3);
  });
});
