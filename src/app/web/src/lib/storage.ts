// Small things kept in this browser. Every failure of storage is silent: it may be full or forbidden.

export function keep(name: string, value: unknown) {
  try {
    localStorage.setItem(name, JSON.stringify(value));
  } catch {
    // Kept in memory by whoever asked; it is lost with the tab.
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
