// Which picture addresses the page loads: this house's own, and other sites' over https as its content policy allows.

/** The address to load, or null so that generated art takes its place. */
export function pictureUrl(url: string | null | undefined): string | null {
  if (!url) return null;
  if (url.startsWith('data:image/')) return url;
  try {
    const full = new URL(url, location.origin);
    if (full.origin === location.origin) return full.pathname + full.search;
    return full.protocol === 'https:' ? full.href : null;
  } catch {
    return null;
  }
}
