// What a new account's fields must be, said before the server is asked; a test holds the limits against the server's own. Pure.

export const joinLimits = {
  email: { min: 3, max: 254 },
  username: { min: 3, max: 30 },
  password: { min: 8, max: 256 },
  displayName: { min: 1, max: 100 },
};

export interface JoinFields {
  email: string;
  username: string;
  displayName: string;
  password: string;
}

const letters = (text: string) => [...text].length;

/** Every fault at once, each with how to mend it. */
export function joinFaults(form: JoinFields): Record<string, string> {
  const found: Record<string, string> = {};
  const { username: name, password: secret } = joinLimits;
  const username = form.username.trim();
  const email = form.email.trim();
  if (!/^[^\s@]+@[^\s@]+$/.test(email)) found.email = 'An address such as ines@post.example.';
  if (!username) found.username = `A name for signing in, ${name.min} letters or more.`;
  else if (!/^[A-Za-z0-9_]+$/.test(username)) found.username = 'Letters without accents, digits and _ only.';
  else if (letters(username) < name.min || letters(username) > name.max) found.username = `Between ${name.min} and ${name.max} letters.`;
  if (!form.password) found.password = 'A password, the longer the better.';
  else if (letters(form.password) < secret.min) found.password = `${secret.min} characters or more; these are ${letters(form.password)}.`;
  else if ([username, email].some((known) => known && known.toLowerCase() === form.password.toLowerCase()))
    found.password = 'Not your name or address: choose something nobody guesses.';
  return found;
}
