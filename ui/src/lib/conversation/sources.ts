/** What an answer rests on: places of marks, and names of pages. */
import type { Sources } from "../backend/bindings";
import type { Mark } from "../markdown/marks";
import { webAddress } from "../markdown/links";

/** Where Google's search leads through; the page itself is named by its title. */
const REDIRECT = "vertexaisearch.cloud.google.com";

/**
 * The marks of an answer's text, by UTF-16 units of that text without carriage returns. Passages count bytes of UTF-8; one that
 * ends inside a character ends after it.
 */
export function marksOf(text: string, sources: Sources | null): Mark[] {
  const pages = sources?.pages?.length ?? 0;
  const wanted = (sources?.passages ?? [])
    .map(({ end, pages: places }) => ({
      end,
      numbers: places
        .filter((place) => Number.isInteger(place) && place >= 0 && place < pages)
        .map((place) => place + 1),
    }))
    .filter(({ end, numbers }) => end > 0 && numbers.length > 0)
    .sort((one, other) => one.end - other.end);
  const marks: Mark[] = [];
  let bytes = 0;
  let at = 0;
  let next = 0;
  for (const character of text) {
    while (next < wanted.length && (wanted[next]?.end ?? 0) <= bytes) {
      marks.push({ at, numbers: wanted[next]?.numbers ?? [] });
      next += 1;
    }
    if (next >= wanted.length) return marks;
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    if (character !== "\r") at += character.length;
  }
  for (const { numbers } of wanted.slice(next)) marks.push({ at, numbers });
  return marks;
}

/** The marks that fall into a stretch of the text, counted from its beginning. */
export const marksIn = (marks: Mark[], start: number, end: number): Mark[] =>
  marks.filter(({ at }) => at > start && at <= end).map((mark) => ({ ...mark, at: mark.at - start }));

/** Whose page it is, for people. Empty when the title says it already or nobody can tell. */
export function siteOf(uri: string, title: string): string {
  const address = webAddress(uri);
  if (address === null) return "";
  const host = new URL(address).hostname.replace(/^www\./, "");
  return host === REDIRECT || host === title.trim().replace(/^www\./, "") ? "" : host;
}

/** An address as a person reads it: without the scheme everybody has, and with its own letters. */
export function readable(uri: string): string {
  return uri.replace(/^https:\/\//, "").replace(/\/$/, "");
}
