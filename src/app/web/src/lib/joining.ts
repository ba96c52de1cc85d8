// What a new account's fields must be, said before the server is asked. Pure.
import { limits } from './api/limits';

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
  const { username: name, password: secret } = limits.Register;
  const username = form.username.trim();
  const email = form.email.trim();
  if (!/^[^\s@]+@[^\s@]+$/.test(email)) found.email = 'An address such as ines@post.example.';
  if (!username) found.username = `A name for signing in, ${name.minLength} letters or more.`;
  else if (!new RegExp(name.pattern).test(username)) found.username = 'Letters without accents, digits and _ only.';
  else if (letters(username) < name.minLength || letters(username) > name.maxLength)
    found.username = `Between ${name.minLength} and ${name.maxLength} letters.`;
  if (!form.password) found.password = 'A password, the longer the better.';
  else if (letters(form.password) < secret.minLength)
    found.password = `${secret.minLength} characters or more; these are ${letters(form.password)}.`;
  else if ([username, email].some((known) => known && known.toLowerCase() === form.password.toLowerCase()))
    found.password = 'Not your name or address: choose something nobody guesses.';
  return found;
}
