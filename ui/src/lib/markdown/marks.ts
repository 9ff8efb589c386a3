/**
 * Numbered marks at places of a Markdown text, for the sources of an answer.
 *
 * The places are counted in the source, so the text is parsed as it is and each mark goes to the piece of running text its place
 * falls into: emphasis, lists, quotes and tables stay what they are. Code, formulas and links are never cut; their mark follows
 * them.
 */
import type { Token, Tokens } from "marked";

export interface Mark {
  /** Where it stands: UTF-16 units from the beginning of the text, which has no carriage returns. */
  at: number;
  /** What it says, ascending. */
  numbers: number[];
}

export interface MarkToken extends Tokens.Generic {
  type: "sourceMark";
  numbers: number[];
  /** Stands between blocks, not in a line of text. */
  alone: boolean;
}

/** A piece of the text that holds no others. */
interface Leaf {
  /** The list it stands in, and it. */
  siblings: Token[];
  token: Token;
  /** Its lines in the source; more than one where a quote or a list indents them. */
  lines: { inToken: number; at: number; length: number }[];
  inline: boolean;
}

/** They hold no words to mark. */
const SKIPPED = new Set(["space", "def", "hr", "br", "checkbox"]);
/** Never cut, whatever they hold. */
const WHOLE = new Set(["link", "image", "code", "codespan", "html", "escape", "blockMaths", "inlineMaths"]);
const BLOCKS = new Set(["code", "html", "blockMaths"]);
const LATIN = /[\p{Script=Latin}\p{N}]/u;

/** The lists of tokens inside a token, in the order of the source. */
function listsIn(token: Token): Token[][] {
  if (token.type === "table") {
    const table = token as Tokens.Table;
    return [table.header, ...table.rows].flat().map((cell) => cell.tokens);
  }
  if (token.type === "list") return (token as Tokens.List).items.map((item) => item.tokens);
  return "tokens" in token && token.tokens ? [token.tokens] : [];
}

class Leaves {
  readonly found: Leaf[] = [];
  #cursor = 0;

  constructor(private readonly source: string) {}

  add(tokens: Token[]): void {
    for (const token of tokens) {
      const start = this.source.indexOf(token.raw, this.#cursor);
      // A block that does not stand in the source word for word gets no marks.
      if (start < 0 || SKIPPED.has(token.type)) continue;
      const end = start + token.raw.length;
      this.#cursor = start;
      this.#walk(tokens, token, end);
      this.#cursor = end;
    }
  }

  #walk(siblings: Token[], token: Token, limit: number): void {
    if (SKIPPED.has(token.type)) return;
    const lists = WHOLE.has(token.type) ? [] : listsIn(token);
    if (lists.length === 0) return this.#leaf(siblings, token, limit);
    for (const list of lists) for (const inner of [...list]) this.#walk(list, inner, limit);
  }

  #leaf(siblings: Token[], token: Token, limit: number): void {
    const lines: Leaf["lines"] = [];
    let inToken = 0;
    for (const line of token.raw.split(/(?<=\n)/)) {
      const words = line.replace(/\n$/, "");
      const at = words === "" ? -1 : this.source.indexOf(words, this.#cursor);
      if (at >= 0 && at + words.length <= limit) {
        lines.push({ inToken, at, length: words.length });
        this.#cursor = at + words.length;
      }
      inToken += line.length;
    }
    const inline = !BLOCKS.has(token.type) || (token.type === "html" && "block" in token && token.block === false);
    if (lines.length > 0) this.found.push({ siblings, token, lines, inline });
  }
}

/** Not within a word; a Chinese one ends after every character. */
function afterWord(source: string, at: number): number {
  let place = Math.min(at, source.length);
  while (LATIN.test(source[place - 1] ?? "") && LATIN.test(source[place] ?? "")) place += 1;
  return place;
}

/** Puts marks into the tokens of `source`. Marks that share a place become one. */
export function placeMarks(tokens: Token[], source: string, marks: Mark[]): void {
  const leaves = new Leaves(source);
  leaves.add(tokens);
  const cuts = new Map<Leaf, Map<number, Set<number>>>();
  for (const mark of marks) {
    const place = afterWord(source, mark.at);
    const leaf = leaves.found.findLast(({ lines }) => (lines[0]?.at ?? 0) < place);
    if (!leaf) continue;
    const line = leaf.lines.findLast(({ at }) => at < place);
    if (!line) continue;
    const whole = leaf.token.type !== "text" || !("text" in leaf.token) || leaf.token.text !== leaf.token.raw;
    let cut = whole ? leaf.token.raw.length : line.inToken + Math.min(place - line.at, line.length);
    // After the words, not after the space behind them.
    if (!whole) cut = leaf.token.raw.slice(0, cut).trimEnd().length || cut;
    const ofLeaf = cuts.get(leaf) ?? new Map<number, Set<number>>();
    cuts.set(leaf, ofLeaf);
    ofLeaf.set(cut, new Set([...(ofLeaf.get(cut) ?? []), ...mark.numbers]));
  }
  for (const [leaf, ofLeaf] of cuts) {
    const replaced: Token[] = [];
    let from = 0;
    for (const [cut, numbers] of [...ofLeaf].sort(([one], [other]) => one - other)) {
      replaced.push(slice(leaf.token, from, cut), markToken(numbers, !leaf.inline));
      from = cut;
    }
    if (from < leaf.token.raw.length) replaced.push(slice(leaf.token, from, leaf.token.raw.length));
    leaf.siblings.splice(leaf.siblings.indexOf(leaf.token), 1, ...replaced);
  }
}

function slice(token: Token, from: number, to: number): Token {
  if (from === 0 && to === token.raw.length) return token;
  const raw = token.raw.slice(from, to);
  return { ...token, raw, text: raw } as Token;
}

const markToken = (numbers: Set<number>, alone: boolean): MarkToken => ({
  type: "sourceMark",
  raw: "",
  numbers: [...numbers].sort((one, other) => one - other),
  alone,
});
