/**
 * A Markdown text that grows. Finished blocks are parsed once and never again; only the open one at the end is parsed anew as it
 * grows, and less often the larger it gets, so that the work stays proportional to the text however the chunks fall.
 */
import type { Links, Token, Tokens, TokensList } from "marked";
import { placeMarks, type Mark } from "./marks";
import { codeFrame, escapeHtml, highlighted, renderTokens, type Rendering } from "./render";
import { repair } from "./repair";
import { markdown } from "./syntax";

/** A block on the page. Its key stays while the text grows, its HTML is final once a later block exists. */
export interface Block {
  key: number;
  html: string;
  /** Part of the list the block before it belongs to. */
  continues: boolean;
}

/** Up to this length the open block is parsed at every update. */
const ALWAYS_PARSED = 2_000;
/** A longer one once it has grown by this share. */
const GROWTH = 1 / 24;
const FENCE = /^( {0,3})(`{3,}|~{3,})([^\n`]*)\n/;

export class MarkdownDocument {
  /** Characters given to the parser so far: what the tests hold to be proportional to the text. */
  parsedCharacters = 0;
  #finished: Block[] = [];
  #open: Block | null = null;
  /** The source after the finished blocks. */
  #tail = "";
  #tailContinues = false;
  #parsedTailLength = 0;
  #text: string[] = [];
  #links: Links = {};
  #fence: OpenFence | null = null;

  /** `longest`: how long the longest video or recording before the text is, in milliseconds; times in the text are moments of it. */
  constructor(
    private readonly render: (tokens: Token[], how: Rendering) => string = renderTokens,
    private readonly longest = 0,
  ) {}

  get text(): string {
    if (this.#text.length > 1) this.#text = [this.#text.join("")];
    return this.#text[0] ?? "";
  }

  append(chunk: string): void {
    // The parser counts in "\n"; a lone carriage return is no line end in any model's answer.
    const text = chunk.replaceAll("\r", "");
    this.#text.push(text);
    this.#tail += text;
  }

  /** The blocks as they stand. Cheap when nothing came. */
  blocks(): Block[] {
    this.#update();
    return this.#open ? [...this.#finished, this.#open] : [...this.#finished];
  }

  /**
   * The blocks of the whole text. With link definitions it is parsed as a whole once more: they also name earlier links. With
   * marks as well, for they are placed by the whole text.
   */
  finish(marks: Mark[] = []): Block[] {
    this.#fence = null;
    let tokens = this.#lex(this.#tail);
    if (marks.length > 0 || Object.keys(this.#links).length > 0 || tokens.some((token) => token.type === "def")) {
      this.#finished = [];
      this.#tailContinues = false;
      tokens = this.#lex(this.text);
    }
    if (marks.length > 0) placeMarks(tokens, this.text, marks);
    for (const piece of pieces(tokens))
      this.#push(piece.tokens, piece.continues || (this.#tailContinues && piece.first));
    this.#tail = "";
    this.#open = null;
    return [...this.#finished];
  }

  #lex(source: string): TokensList {
    this.parsedCharacters += source.length;
    const lexer = new markdown.Lexer(markdown.defaults);
    Object.assign(lexer.tokens.links, this.#links);
    return lexer.lex(source);
  }

  #push(tokens: Token[], continues: boolean): void {
    for (const token of tokens) {
      if (token.type === "def") this.#links[token.tag] ??= { href: token.href, title: token.title };
    }
    this.#finished.push({
      key: this.#finished.length,
      html: this.render(tokens, { longest: this.longest, open: false }),
      continues,
    });
  }

  #update(): void {
    // Each round finishes something; the last one shows what is open.
    while (this.#finishSome());
  }

  /** Moves finished blocks out of the tail and shows the open one. True when the tail should be looked at again. */
  #finishSome(): boolean {
    this.#fence ??= OpenFence.at(this.#tail);
    if (this.#fence) {
      const end = this.#fence.follow(this.#tail);
      if (end === null) {
        this.#showOpen(this.#fence.html());
        return false;
      }
      this.#push(this.#lex(this.#tail.slice(0, end)), false);
      this.#startTail(end, false);
      return this.#tail !== "";
    }

    const grown = this.#tail.length - this.#parsedTailLength;
    const enough = this.#tail.length <= ALWAYS_PARSED || grown >= this.#parsedTailLength * GROWTH;
    if (grown === 0 || !enough) return false;

    const all = pieces(this.#lex(this.#tail));
    const last = all.pop();
    for (const piece of all) this.#push(piece.tokens, piece.continues || (piece.first && this.#tailContinues));
    if (last && all.length > 0) {
      // Raw texts leave out some blank lines, so the last block is measured from the end.
      const start = this.#tail.trimEnd().length - last.raw.trimEnd().length;
      this.#startTail(start, last.continues);
      if (OpenFence.at(this.#tail)) return true;
    }
    this.#parsedTailLength = this.#tail.length;
    const source = repair(this.#tail);
    const tokens = !last || source.trim() === "" ? [] : source === this.#tail ? last.tokens : this.#lex(source);
    this.#showOpen(this.render(tokens, { longest: this.longest, open: true }));
    return false;
  }

  #startTail(start: number, continues: boolean): void {
    this.#tail = this.#tail.slice(start).replace(/^\n+/, "");
    this.#tailContinues = continues;
    this.#parsedTailLength = 0;
    this.#fence = null;
    this.#open = null;
  }

  #showOpen(html: string): void {
    const key = this.#finished.length;
    this.#open = html === "" ? null : { key, html, continues: this.#tailContinues };
  }
}

interface Piece {
  tokens: Token[];
  raw: string;
  continues: boolean;
  first: boolean;
}

/** Tokens in blocks: blank lines go with what precedes them, and a list is cut into its items so that a long one stays cheap. */
function pieces(tokens: Token[]): Piece[] {
  const result: Piece[] = [];
  for (const token of tokens) {
    const previous = result.at(-1);
    if (token.type === "space" && previous) {
      previous.raw += token.raw;
      continue;
    }
    if (token.type === "list") {
      const items = cutList(token as Tokens.List);
      items.forEach((list, index) => {
        result.push({ tokens: [list], raw: list.raw, continues: index > 0, first: result.length === 0 });
      });
      continue;
    }
    result.push({ tokens: [token], raw: token.raw, continues: false, first: result.length === 0 });
  }
  // Only blank lines so far.
  if (result.length === 1 && result[0]?.tokens[0]?.type === "space") return [];
  return result;
}

function cutList(list: Tokens.List): Tokens.List[] {
  const raw = list.items.map((item) => item.raw).join("");
  if (list.items.length < 2 || !list.raw.startsWith(raw.trimEnd())) return [list];
  let rest = list.raw;
  return list.items.map((item, index) => {
    const isLast = index === list.items.length - 1;
    const own = isLast ? rest : item.raw;
    rest = rest.slice(item.raw.length);
    return { ...list, raw: own, items: [item], start: list.ordered ? Number(list.start || 1) + index : list.start };
  });
}

/** A fence without its end yet: followed line by line, never parsed. */
class OpenFence {
  #checked: number;
  #html = "";
  #highlightedTo = 0;
  #code = "";

  private constructor(
    private readonly head: number,
    private readonly language: string,
    private readonly closing: RegExp,
    private readonly indent: number,
  ) {
    this.#checked = head;
  }

  static at(source: string): OpenFence | null {
    const match = FENCE.exec(source);
    if (!match) return null;
    const mark = match[2] ?? "```";
    return new OpenFence(
      match[0].length,
      /^[\w+#.-]*/.exec((match[3] ?? "").trim())?.[0]?.toLowerCase() ?? "",
      new RegExp(`^ {0,3}${mark.charAt(0) === "~" ? "~" : "`"}{${mark.length},}[ \\t]*$`),
      match[1]?.length ?? 0,
    );
  }

  /** Reads the lines that came. The end of the block once its closing line is whole, `null` while it is open. */
  follow(source: string): number | null {
    for (;;) {
      const end = source.indexOf("\n", this.#checked);
      if (end < 0) break;
      if (this.closing.test(source.slice(this.#checked, end))) return end + 1;
      this.#checked = end + 1;
    }
    // A last line that may become the closing one is held back.
    const held = /^ {0,3}[`~]+[ \t]*$/.test(source.slice(this.#checked)) ? this.#checked : source.length;
    const code = source.slice(this.head, held);
    this.#code = this.indent > 0 ? code.replace(new RegExp(`^ {1,${this.indent}}`, "gm"), "") : code;
    return null;
  }

  html(): string {
    return codeFrame(this.language, this.#body());
  }

  /** Highlights in steps that grow, so that all of them together cost a small multiple of the code; the rest stays plain meanwhile. */
  #body(): string {
    const code = this.#code.replace(/\n$/, "");
    if (code.length < ALWAYS_PARSED) return highlighted(code, this.language);
    if (code.length > this.#highlightedTo * (1 + GROWTH * 4)) {
      const end = code.lastIndexOf("\n") + 1;
      this.#html = highlighted(code.slice(0, end), this.language);
      this.#highlightedTo = end;
    }
    return this.#html + escapeHtml(code.slice(this.#highlightedTo));
  }
}

/** All blocks of a finished text. `longest`: as for {@link MarkdownDocument}. */
export function renderMarkdown(text: string, marks: Mark[] = [], longest = 0): Block[] {
  const document = new MarkdownDocument(renderTokens, longest);
  document.append(text);
  return document.finish(marks);
}
