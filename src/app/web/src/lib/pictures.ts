// Which picture addresses the page loads: this house's own, as its content policy allows. Another host would learn who looks, and when.

/** The address to load, or null so that generated art takes its place. */
export function pictureUrl(url: string | null | undefined): string | null {
  if (!url) return null;
  if (url.startsWith('data:image/')) return url;
  try {
    const full = new URL(url, location.origin);
    return full.origin === location.origin ? full.pathname + full.search : null;
  } catch {
    return null;
  }
}
