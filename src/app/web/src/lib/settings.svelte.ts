// Choices that belong to this browser: theme and single-key shortcuts.
import { keep, recall } from './storage';

export type Theme = 'dark' | 'light' | 'auto';

function startTheme(): Theme {
  const set = document.documentElement.dataset.theme;
  return set === 'light' || set === 'auto' ? set : 'dark';
}

export const settings = $state({ theme: startTheme(), keys: recall<boolean>('mozi.keys') ?? true });

export function setTheme(theme: Theme) {
  settings.theme = theme;
  document.documentElement.dataset.theme = theme;
  try {
    localStorage.setItem('mozi.theme', theme);
  } catch {
    // The theme lasts until the page is closed.
  }
}

export function setKeys(on: boolean) {
  settings.keys = on;
  keep('mozi.keys', on);
}
