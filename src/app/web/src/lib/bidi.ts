// People's words inside ours: what turns around turns around only itself. Pure.

const open = '\u2068';
const close = '\u2069';

/** Letters and marks that can change the direction of what stands beside them. */
const turning = /[\u0590-\u08ff\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

function line(text: string): string {
  let depth = 0;
  let out = '';
  for (const mark of text) {
    if (mark >= '\u2066' && mark <= '\u2068') depth++;
    else if (mark === close && --depth < 0) {
      depth = 0;
      continue;
    }
    out += mark;
  }
  return out + close.repeat(depth);
}

/** A stray end of an isolate would end the one of the page around it, in browsers too: it goes, and what is open is closed in its line. */
export const balanced = (text: string) =>
  /[\u2066-\u2069]/.test(text)
    ? text
        .split(/(?<=[\n\r\u0085\u2029])/)
        .map(closedLine)
        .join('')
    : text;

function closedLine(text: string): string {
  const end = /[\n\r\u0085\u2029]$/.exec(text)?.[0] ?? '';
  return line(end ? text.slice(0, -1) : text) + end;
}

/** A person's words inside a sentence that is text and not markup. Words that cannot turn anything stay as they are. */
export const isolated = (text: string) => (turning.test(text) ? open + balanced(text) + close : text);

/** Of somebody's words in a sentence of ours: it stays a sentence. */
const most = 80;
const short = (text: string) => (text.length > most ? `${[...text.slice(0, most)].slice(0, -1).join('').trimEnd()}…` : text);

/** A sentence of ours: phrase`Delete ${title}?` isolates every value and cuts long ones. */
export const phrase = (parts: TemplateStringsArray, ...values: (string | number)[]) =>
  parts.reduce((said, part, i) => said + isolated(short(String(values[i - 1]))) + part);
