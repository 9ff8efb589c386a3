/** Which addresses a link in an answer may have. */
const ALLOWED = new Set(["http:", "https:", "mailto:"]);

/** No link ever navigates the window; allowed ones are handed to `open` after a person's click. */
export function followLink(event: MouseEvent, open: (address: string) => void): void {
  const anchor = (event.target as Element | null)?.closest?.("a[href]");
  if (!anchor) return;
  event.preventDefault();
  if (event.type === "auxclick" && event.button !== 1) return;
  const address = allowedAddress(anchor.getAttribute("href") ?? "");
  if (address !== null) open(address);
}

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
