/**
 * The two lazily loaded halves of rendering: highlighting and maths. `prepare` loads what a text needs; rendering itself stays
 * synchronous, so that a block never changes its size after it was shown.
 */
export interface Extras {
  highlight: ((code: string, language: string) => string | null) | null;
  maths: ((source: string, display: boolean) => string) | null;
}

export const extras: Extras = { highlight: null, maths: null };

const CODE = /```|~~~|^ {4}\S/m;
const MATHS = /\$|\\\(|\\\[/;

let highlightLoad: Promise<void> | undefined;
let mathsLoad: Promise<void> | undefined;

const loadHighlight = () =>
  (highlightLoad ??= import("./highlight").then((module) => {
    extras.highlight = module.highlight;
  }));
const loadMaths = () =>
  (mathsLoad ??= import("./maths").then(async (module) => {
    await module.loadFonts();
    extras.maths = module.renderMaths;
  }));

/** Whether everything `text` needs is here. */
export function prepared(text: string): boolean {
  return (extras.highlight !== null || !CODE.test(text)) && (extras.maths !== null || !MATHS.test(text));
}

/** Loads what the texts need. */
export async function prepare(texts: Iterable<string>): Promise<void> {
  const loads: Promise<void>[] = [];
  for (const text of texts) {
    if (CODE.test(text)) loads.push(loadHighlight());
    if (MATHS.test(text)) loads.push(loadMaths());
  }
  await Promise.all(loads);
}

/** Loads everything, for when the window is idle. */
export async function prepareAll(): Promise<void> {
  await Promise.all([loadHighlight(), loadMaths()]);
}
