/** Maths through KaTeX. Loaded lazily through `extras`, with its style sheet and fonts. */
import katex from "katex";
import "katex/dist/katex.min.css";

/** The faces nearly every formula uses, loaded before the first one is shown: until then its signs would be invisible. */
const FACES = [
  "1em KaTeX_Main",
  "bold 1em KaTeX_Main",
  "italic 1em KaTeX_Math",
  "1em KaTeX_Size1",
  "1em KaTeX_Size2",
  "1em KaTeX_AMS",
];

export async function loadFonts(): Promise<void> {
  // A face that does not load only costs its look.
  await Promise.allSettled(FACES.map((face) => document.fonts?.load(face)));
}

/** HTML for a formula. What KaTeX does not understand is shown as it was written. */
export function renderMaths(source: string, display: boolean): string {
  return katex.renderToString(source, {
    displayMode: display,
    throwOnError: false,
    // The colour of the text: a formula KaTeX cannot read is no alarm.
    errorColor: "currentColor",
    // No \href, \includegraphics or \htmlStyle from a model, and no macro bombs.
    trust: false,
    strict: "ignore",
    maxExpand: 200,
    maxSize: 20,
  });
}
