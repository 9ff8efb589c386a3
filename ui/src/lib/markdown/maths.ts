/** Maths through KaTeX. Loaded lazily through `extras`, with its style sheet and fonts. */
import katex from "katex";
import "katex/dist/katex.min.css";

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
