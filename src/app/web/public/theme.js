// Sets the chosen theme before the first paint; lib/settings.svelte.ts writes the same key.
(function () {
  try {
    var theme = localStorage.getItem('mozi.theme');
    if (theme === 'light' || theme === 'auto') document.documentElement.dataset.theme = theme;
  } catch {
    // Storage may be forbidden; the default theme stays.
  }
})();
