/**
 * Marks the sentence that is heard in the answer that is shown, without touching its page: the CSS Custom Highlight API paints ranges.
 * WebKitGTK has it since 2.44, Safari since 17.2, Chromium since 105.
 */

/** The name of the highlight, styled in `base.css`. */
const NAME = "spoken";
/** What stands in an answer and is not said. */
const UNSPOKEN = "button:not(.moment), [data-source], pre, .katex, .thought, .visually-hidden";
const SAID = /[\p{L}\p{N}]/u;

/** Letters and figures of texts, and where each stands. Marks, spaces and punctuation are spoken otherwise than they are written. */
function lettersOf(texts: string[]): { letters: string; places: { text: number; offset: number }[] } {
  let letters = "";
  const places: { text: number; offset: number }[] = [];
  for (const [text, content] of texts.entries()) {
    let offset = 0;
    for (const character of content) {
      if (SAID.test(character)) {
        const folded = character.toLowerCase();
        letters += folded;
        for (let unit = 0; unit < folded.length; unit += 1) places.push({ text, offset });
      }
      offset += character.length;
    }
  }
  return { letters, places };
}

export interface Found {
  start: { text: number; offset: number };
  /** The last letter, itself within it. */
  last: { text: number; offset: number };
  /** Letters before its end: where to look for the next one. */
  upTo: number;
}

/** Finds a sentence in texts that follow one another: after `from` letters, else anywhere. */
export function findSentence(texts: string[], sentence: string, from = 0): Found | null {
  const { letters: wanted } = lettersOf([sentence]);
  if (wanted === "") return null;
  const { letters, places } = lettersOf(texts);
  let at = letters.indexOf(wanted, from);
  if (at < 0) at = letters.indexOf(wanted);
  const start = places[at];
  const last = places[at + wanted.length - 1];
  return at < 0 || !start || !last ? null : { start, last, upTo: at + wanted.length };
}

/** Behind the letter at `offset` and the punctuation that ends its sentence. */
function afterSentence(text: string, offset: number): number {
  const [letter = ""] = text.slice(offset);
  const [end = ""] = /^[^\p{L}\p{N}\s]*/u.exec(text.slice(offset + letter.length)) ?? [];
  return offset + letter.length + end.length;
}

function textsIn(root: Element): Text[] {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT, (node) =>
    node.parentElement?.closest(UNSPOKEN) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT,
  );
  const texts: Text[] = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) texts.push(node as Text);
  return texts;
}

const canMark = (): boolean => typeof CSS !== "undefined" && "highlights" in CSS && typeof Highlight === "function";

/** Marks a sentence under `root`; where to look for the next one, or `null` where it cannot be marked. */
export function markSentence(root: Element, sentence: string, from: number): number | null {
  if (!canMark()) return null;
  const texts = textsIn(root);
  const found = findSentence(
    texts.map(({ data }) => data),
    sentence,
    from,
  );
  const first = found && texts[found.start.text];
  const last = found && texts[found.last.text];
  if (!found || !first || !last) {
    unmark();
    return null;
  }
  const range = new Range();
  range.setStart(first, found.start.offset);
  range.setEnd(last, afterSentence(last.data, found.last.offset));
  CSS.highlights.set(NAME, new Highlight(range));
  return found.upTo;
}

export function unmark(): void {
  if (canMark()) CSS.highlights.delete(NAME);
}
