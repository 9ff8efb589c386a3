/**
 * What answers hold beyond GitHub's Markdown: maths in `$…$`, `$$…$$`, `\(…\)` and `\[…\]`, and footnotes.
 *
 * `$` follows Pandoc's rule, which keeps "$5 and $10" text and still takes `$x$` before a Chinese character: the opening sign has
 * no space after it, the closing one none before it and no digit after it. The known marked extensions take either rule, not both.
 */
import { Marked, type TokenizerAndRendererExtension, type Tokens } from "marked";

export interface MathsToken extends Tokens.Generic {
  type: "blockMaths" | "inlineMaths";
  source: string;
  display: boolean;
}

export interface FootnoteToken extends Tokens.Generic {
  type: "footnote" | "footnoteReference";
  label: string;
}

const BLOCK_DOLLARS = /^ {0,3}\$\$[ \t]*\n?([\s\S]+?)\n?[ \t]*\$\$[ \t]*(?:\n+|$)/;
const BLOCK_BRACKETS = /^ {0,3}\\\[[ \t]*\n?([\s\S]+?)\n?[ \t]*\\\][ \t]*(?:\n+|$)/;
const INLINE_DOUBLE = /^\$\$((?:\\[\s\S]|[^$\\])+?)\$\$/;
const INLINE_SINGLE = /^\$(?![\s$])((?:\\[^\n]|[^$\\\n])*?(?:\\[^\n]|[^$\\\s]))\$(?!\d)/;
const INLINE_PARENTHESES = /^\\\(([\s\S]+?)\\\)/;
const INLINE_BRACKETS = /^\\\[([\s\S]+?)\\\]/;

const firstIndex = (source: string, pattern: RegExp): number | undefined => {
  const index = source.search(pattern);
  return index < 0 ? undefined : index;
};

const blockMaths: TokenizerAndRendererExtension = {
  name: "blockMaths",
  level: "block",
  start: (source) => firstIndex(source, /\n {0,3}(?:\$\$|\\\[)/),
  tokenizer(source) {
    const match = BLOCK_DOLLARS.exec(source) ?? BLOCK_BRACKETS.exec(source);
    if (!match) return undefined;
    return { type: "blockMaths", raw: match[0], source: match[1]?.trim() ?? "", display: true };
  },
};

const inlineMaths: TokenizerAndRendererExtension = {
  name: "inlineMaths",
  level: "inline",
  start: (source) => firstIndex(source, /\$|\\\(|\\\[/),
  tokenizer(source) {
    const double = INLINE_DOUBLE.exec(source) ?? INLINE_BRACKETS.exec(source);
    if (double) return { type: "inlineMaths", raw: double[0], source: double[1]?.trim() ?? "", display: true };
    const single = INLINE_SINGLE.exec(source) ?? INLINE_PARENTHESES.exec(source);
    if (single) return { type: "inlineMaths", raw: single[0], source: single[1]?.trim() ?? "", display: false };
    return undefined;
  },
};

const footnote: TokenizerAndRendererExtension = {
  name: "footnote",
  level: "block",
  start: (source) => firstIndex(source, /\n {0,3}\[\^[^\]\s]+\]:/),
  tokenizer(source) {
    const match = /^ {0,3}\[\^([^\]\s]+)\]:[ \t]*([^\n]*(?:\n(?! {0,3}\[\^)[^\n]+)*)(?:\n+|$)/.exec(source);
    if (!match) return undefined;
    return {
      type: "footnote",
      raw: match[0],
      label: match[1] ?? "",
      tokens: this.lexer.inlineTokens((match[2] ?? "").replace(/\n[ \t]+/g, "\n")),
    };
  },
};

const footnoteReference: TokenizerAndRendererExtension = {
  name: "footnoteReference",
  level: "inline",
  start: (source) => firstIndex(source, /\[\^/),
  tokenizer(source) {
    const match = /^\[\^([^\]\s]+)\](?!:)/.exec(source);
    return match ? { type: "footnoteReference", raw: match[0], label: match[1] ?? "" } : undefined;
  },
};

/** The parser of answers: GitHub's Markdown with the above. */
export const markdown = new Marked({
  gfm: true,
  breaks: false,
  extensions: [blockMaths, inlineMaths, footnote, footnoteReference],
});
