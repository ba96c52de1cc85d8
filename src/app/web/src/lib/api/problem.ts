// A refused or failed request as the interface speaks of it: what happened, what is kept, what next.
import { hour } from '../format';
import type { FieldError } from './types';

export interface ProblemBody {
  title?: string;
  status?: number;
  detail?: string;
  id?: string;
  errors?: FieldError[];
  requestId?: string;
  reason?: string;
  next?: string;
}

/** Thrown by every call of the client. `status` is 0 when no answer came. */
export class Problem extends Error {
  readonly status: number;
  readonly id: string;
  readonly fields: FieldError[];
  readonly requestId: string | null;
  readonly reason: string | null;
  readonly next: string | null;
  readonly retryAfter: number | null;

  constructor(status: number, body: ProblemBody = {}, retryAfter: number | null = null) {
    super(body.detail || body.title || '');
    this.name = 'Problem';
    this.status = status;
    this.id = body.id ?? '';
    this.fields = Array.isArray(body.errors) ? body.errors : [];
    this.requestId = body.requestId ?? null;
    this.reason = body.reason ?? null;
    this.next = body.next ?? null;
    this.retryAfter = retryAfter;
  }
}

/** Makes a Problem of whatever was thrown. */
export function toProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  const detail = thrown instanceof Error ? thrown.message : String(thrown);
  return new Problem(-1, { title: 'This page stumbled', detail, id: 'web.unexpected' });
}

const bytes = (text: string) => text.trim().length > 0;

/** A proxy's word about a server that does not answer it. */
const proxys = (status: number) => [502, 503, 504].includes(status);

/** Whether the server itself answered: its refusals say so by their kind, a proxy's page does not. */
export const answered = ({ status, headers }: Response) =>
  !proxys(status) || (headers.get('Content-Type') ?? '').includes('application/problem+json');

/** Nothing came, or what came is not the server's. */
export const unanswered = ({ status, id }: Problem) => status === 0 || (proxys(status) && !id);

/** What is said of that, wherever the fault is: with the network, on the way, or with the server. */
export const noAnswer = 'The server does not answer. What was typed is kept here; try again when it does.';

/** When something works again, in so many seconds: soon as a span, else as a time of day. */
const opens = (seconds: number) => (seconds > 90 ? `at ${hour(Date.now() + seconds * 1000)}` : `in ${Math.ceil(seconds)} s`);

/** Whether the same once more may end better: nothing answered, the server was busy, or something changed meanwhile. */
export const passes = ({ status }: Problem) => status <= 0 || [408, 409, 412, 425, 429].includes(status) || status >= 500;

/** One heading for a page or panel that could not be shown. */
export function heading(problem: Problem): string {
  if (unanswered(problem)) return 'No answer just now';
  switch (problem.status) {
    case 401:
      return 'This is for people with a seat';
    case 403:
      return 'Not for this account';
    case 404:
      return 'The reel ends here';
    case 409:
    case 412:
      return 'Somebody was here before you';
    case 429:
      return 'A short breath, then on';
    case 503:
      return 'The projector is warming up';
    case 507:
      return problem.id === 'media.quota' ? 'Your room here is full' : 'The server has no room left';
    default:
      return problem.status >= 500 ? 'Something broke behind the screen' : 'This did not go through';
  }
}

/** One or two sentences with the way on. Never blames, never repeats a status code. */
export function sentence(problem: Problem): string {
  if (unanswered(problem)) return noAnswer;
  const told = problem.message;
  switch (problem.status) {
    case 401:
      return bytes(told) && problem.id !== '' && /credential|login|password/.test(problem.id)
        ? told
        : 'Sign in to go on. What you wrote stays here.';
    case 404:
      return problem.id === 'comment.parent_not_found'
        ? told
        : 'There is nothing at this address, or it is not for everyone. If somebody gave you the link, ask them to share it again.';
    case 412:
      return 'It changed a moment ago while you were writing. Load it again and compare; your text stays in the form.';
    case 413:
      return bytes(told) ? told : 'This is larger than this place accepts.';
    case 429:
      if (problem.id === 'auth.too_many') return `Too many wrong passwords. It opens again ${opens(problem.retryAfter ?? 900)}.`;
      return problem.retryAfter
        ? `Many requests came from here. It works again ${opens(problem.retryAfter)}; nothing is lost.`
        : 'Many requests came from here. Wait a few seconds; nothing is lost.';
    case 503:
      return 'The server is busy or starting. Nothing is lost; try again in a moment.';
    case 507:
      if (problem.id === 'media.quota') break;
      return 'The disk of this server is full. What has arrived is kept; the people who run this place have to make room.';
  }
  if (problem.status >= 500 && problem.status !== 507)
    return 'The server could not finish this. Nothing was changed. The number below helps those who run it.';
  const more = [problem.reason, problem.next].filter((part): part is string => !!part && part !== told && !part.startsWith('/'));
  return [bytes(told) ? told : 'The server did not accept this.', ...more].join(' ');
}

/** The first message for each field, by its name in the form (`/genres/2` counts for `genres`). */
export function byField(problem: Problem): Record<string, string> {
  const found: Record<string, string> = {};
  for (const { pointer, message } of problem.fields) {
    const name = pointer.replace(/^#?\//, '').split('/')[0] ?? '';
    if (name && !(name in found)) found[name] = message;
  }
  return found;
}

/** What a form says of a refusal: at each field its own words, else one sentence. */
export function inForm(thrown: unknown): { errors: Record<string, string>; refused: string } {
  const problem = toProblem(thrown);
  const errors = byField(problem);
  return { errors, refused: Object.keys(errors).length ? '' : sentence(problem) };
}
