/** Which addresses a link in an answer may have. */
const ALLOWED = new Set(["http:", "https:", "mailto:"]);

/** A web address as the browser understands it, or `null` for anything else, mail included. */
export function webAddress(uri: string): string | null {
  const address = allowedAddress(uri);
  return address !== null && /^https?:/.test(address) ? address : null;
}

/** The address as the browser understands it, or `null` when it is not one that may be opened. */
export function allowedAddress(href: string): string | null {
  let url: URL;
  try {
    url = new URL(href);
  } catch {
    return null;
  }
  if (!ALLOWED.has(url.protocol)) return null;
  // `https://google.com@evil.example` shows one host and opens another.
  if (url.username !== "" || url.password !== "") return null;
  return url.href;
}
