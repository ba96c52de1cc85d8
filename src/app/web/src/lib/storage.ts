// Small things kept in this browser. Failures of storage are answered, never thrown: it may be full or forbidden.

/** The name of what belongs to one person here; nobody else who uses this browser is shown it. */
export const personal = (name: string, person: string | null | undefined) => `mozi.${name}.${person ?? 'guest'}`;

/** Answers whether it is kept. What is not is lost with the tab. */
export function keep(name: string, value: unknown): boolean {
  try {
    localStorage.setItem(name, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}

export function recall<T>(name: string): T | null {
  try {
    const text = localStorage.getItem(name);
    return text === null ? null : (JSON.parse(text) as T);
  } catch {
    return null;
  }
}

export function forget(name: string) {
  try {
    localStorage.removeItem(name);
  } catch {
    // Nothing to do.
  }
}

/** Every name that begins so. */
export function namesOf(start: string): string[] {
  try {
    return Object.keys(localStorage).filter((name) => name.startsWith(start));
  } catch {
    return [];
  }
}
