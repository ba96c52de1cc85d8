// Which picture addresses the page may load: only those of this house, as its content policy says.

/** The address if it is ours (or data), else null, so that generated art takes its place. */
export function ownPicture(url: string | null | undefined): string | null {
  if (!url) return null;
  if (url.startsWith('data:image/')) return url;
  try {
    const full = new URL(url, location.origin);
    return full.origin === location.origin ? full.pathname + full.search : null;
  } catch {
    return null;
  }
}
