/**
 * One block of tokens to safe HTML.
 *
 * A model's text is untrusted. Raw HTML in it becomes text except for a handful of bare formatting tags; what the renderer makes
 * passes DOMPurify with a short list of tags and attributes; only then highlighted code and formulas, which their libraries
 * escape, are put in the places kept for them. Nothing in the result can run, load, navigate or be submitted.
 */
import DOMPurify from "dompurify";
import { Renderer, type Token, type Tokens } from "marked";
import { formatTime } from "../composer/times";
import { t } from "../i18n/i18n.svelte";
import { testIds } from "../testids";
import { findMoments, type TextMoment } from "../video/moments";
import { extras } from "./extras";
import { allowedAddress } from "./links";
import type { MarkToken } from "./marks";
import { markdown, type FootnoteToken, type MathsToken } from "./syntax";

/** Tags a model may write itself, without attributes. */
const BARE_TAGS = "br|sub|sup|kbd|mark|small|ins|del|u|s|b|i|em|strong|details|summary";
const BARE_TAG = new RegExp(`&lt;(/?(?:${BARE_TAGS}))\\s*/?&gt;`, "gi");

const PURIFY = {
  ALLOWED_TAGS: [
    ...BARE_TAGS.split("|"),
    "p",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "ul",
    "ol",
    "li",
    "blockquote",
    "hr",
    "pre",
    "code",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "a",
    "span",
    "div",
  ],
  ALLOWED_ATTR: ["href", "class", "start", "title", "tabindex", "role", "aria-label", "scope", "draggable", "rel"],
  ALLOW_DATA_ATTR: true,
  ALLOW_ARIA_ATTR: false,
};

export function escapeHtml(text: string): string {
  return text
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/"/g, "&quot;")
    .replace(/'/g, "&#39;");
}

const bareTagsOnly = (html: string) => escapeHtml(html.replace(/<!--[\s\S]*?(?:-->|$)/g, "")).replace(BARE_TAG, "<$1>");

/** A column of figures is set right-aligned with tabular figures. */
const FIGURE =
  /^[-+−–~≈<>≤≥]?\s*(?:[$€£¥₹]|US\$|CHF|CNY|RMB)?\s*[-+−]?\d[\d\s.,'’:/×x]*\s*(?:%|‰|°C?|[$€£¥元]|[a-zA-Zµ]{1,3}(?:\/[a-z]+)?)?$/;

function isFigures(cells: Tokens.TableCell[]): boolean {
  const filled = cells
    .map((cell) => plainText(cell.tokens).trim())
    .filter((text) => text !== "" && !/^[-–—]$|^n\/a$/i.test(text));
  return filled.length > 0 && filled.every((text) => FIGURE.test(text));
}

function plainText(tokens: Token[]): string {
  return tokens
    .map((token) =>
      "tokens" in token && token.tokens ? plainText(token.tokens) : "text" in token ? String(token.text) : "",
    )
    .join("");
}

/** Trusted pieces of one block, put in after sanitising. */
let pieces: string[] = [];
const keepPlace = (html: string, tag: "span" | "div"): string =>
  `<${tag} data-piece="${pieces.push(html) - 1}"></${tag}>`;

/** The name on a code block: `c++ title=x` is C++. */
const codeLanguage = (info: string | undefined): string => /^[\w+#.-]*/.exec(info ?? "")?.[0]?.toLowerCase() ?? "";

/** The numbers of sources; whoever shows the block says what they stand for. */
function sourceMarks({ numbers, alone }: MarkToken): string {
  const marks = numbers
    .map((number) => {
      const label = escapeHtml(t("sourceNumber", { number }));
      return `<button type="button" class="source-mark" data-source="${number}" aria-haspopup="dialog" aria-label="${label}">${number}</button>`;
    })
    .join("");
  const group = keepPlace(`<span class="source-marks">${marks}</span>`, "span");
  return alone ? `<p>${group}</p>\n` : group;
}

/** What the times in a text are about. */
export interface Rendering {
  /** How long the longest video or recording before the text is, in milliseconds: times up to it are buttons. 0 where there is none. */
  longest: number;
  /** The text still grows: whether its last word is a whole time cannot be told yet. */
  open: boolean;
}
const FINAL: Rendering = { longest: 0, open: false };
let rendering = FINAL;
/** What the open end of the text stands in. */
let lastText: Token | undefined;

/** A time as a button, in a place of its own: nothing of the text but its figures gets into it. Whoever shows it says what it does. */
function momentButton(text: string, { at }: TextMoment): string {
  const label = escapeHtml(t("jumpTo", { time: formatTime(at) }));
  return keepPlace(
    `<button type="button" class="moment" data-testid="${testIds.moment}" data-at="${at}" aria-label="${label}" title="${label}">${escapeHtml(text)}</button>`,
    "span",
  );
}

/** The beginning of what may make a time another thing: `1:02` of `1:02:03`, `1:30` of `1:30 pm`. */
const UNSETTLED = /^[:：.,]?\s?[\p{L}'’.]{0,7}$/u;

/** Running text with the times in it as buttons. */
function withMoments(token: Tokens.Text): string {
  const { text } = token;
  let html = "";
  let from = 0;
  for (const moment of findMoments(text, rendering.longest)) {
    if (token === lastText && UNSETTLED.test(text.slice(moment.end))) break;
    html += escapeHtml(text.slice(from, moment.start)) + momentButton(text.slice(moment.start, moment.end), moment);
    from = moment.end;
  }
  return html + escapeHtml(text.slice(from));
}

/** The last piece of running text. */
function lastTextOf(tokens: Token[]): Token | undefined {
  const last = tokens.findLast(({ type }) => type !== "space");
  if (!last) return undefined;
  if (last.type === "list") return lastTextOf((last as Tokens.List).items.at(-1)?.tokens ?? []);
  if (last.type === "table") {
    const { header, rows } = last as Tokens.Table;
    const cells = (rows.at(-1) ?? header).filter(({ tokens }) => tokens.length > 0);
    return lastTextOf(cells.at(-1)?.tokens ?? []);
  }
  return "tokens" in last && last.tokens ? lastTextOf(last.tokens) : last;
}

/** A code block with its label and buttons. `code` is safe HTML. Also used for a block that is still open. */
export function codeFrame(language: string, code: string): string {
  const label = escapeHtml(language || t("codeLabel"));
  return (
    `<div class="code" role="group" aria-label="${label}"><div class="code-bar"><span class="code-language">${label}</span>` +
    `<button type="button" data-code="wrap" aria-pressed="false">${escapeHtml(t("wrapCode"))}</button>` +
    `<button type="button" data-code="copy" aria-label="${escapeHtml(t("copyCode"))}">${escapeHtml(t("copy"))}</button></div>` +
    `<pre tabindex="0"><code>${code}</code></pre></div>`
  );
}

export function highlighted(code: string, language: string): string {
  return extras.highlight?.(code, language) ?? escapeHtml(code);
}

class AnswerRenderer extends Renderer {
  #inLink = false;

  override text(token: Tokens.Text | Tokens.Escape): string {
    const plain = token.type === "text" && !token.tokens && !token.escaped;
    return plain && !this.#inLink && rendering.longest > 0 ? withMoments(token) : super.text(token);
  }

  override code({ text, lang }: Tokens.Code): string {
    const language = codeLanguage(lang);
    return keepPlace(codeFrame(language, highlighted(text, language)), "div");
  }

  override html({ text }: Tokens.HTML | Tokens.Tag): string {
    return bareTagsOnly(text);
  }

  override heading({ tokens, depth }: Tokens.Heading): string {
    // The page's own headings stand above those of an answer.
    const level = Math.min(depth + 2, 6);
    return `<h${level} class="level-${depth}">${this.parser.parseInline(tokens)}</h${level}>\n`;
  }

  override link({ href, title, tokens }: Tokens.Link): string {
    this.#inLink = true;
    const label = this.parser.parseInline(tokens);
    this.#inLink = false;
    const address = allowedAddress(href);
    if (address === null) return label;
    return `<a href="${escapeHtml(address)}" title="${escapeHtml(title ? `${title} (${address})` : address)}" draggable="false" rel="noreferrer noopener">${label}</a>`;
  }

  override image({ href, text }: Tokens.Image): string {
    const address = allowedAddress(href);
    const host = address === null ? "" : new URL(address).host;
    const label = `<span class="picture-name">${escapeHtml(text || t("remotePicture"))}</span>${host ? ` <span class="picture-host">${escapeHtml(host)}</span>` : ""}`;
    if (address === null || host === "") return `<span class="remote-picture">${label}</span>`;
    return `<a class="remote-picture" href="${escapeHtml(address)}" title="${escapeHtml(`${t("remotePicture")}: ${address}`)}" draggable="false" rel="noreferrer noopener">${label}</a>`;
  }

  override checkbox({ checked }: Tokens.Checkbox): string {
    return `<span class="checkbox${checked ? " checked" : ""}" role="img" aria-label="${checked ? "✓" : "○"}"></span> `;
  }

  override listitem(item: Tokens.ListItem): string {
    return `<li${item.task ? ' class="task"' : ""}>${this.parser.parse(item.tokens)}</li>\n`;
  }

  override table(token: Tokens.Table): string {
    const classes = token.header.map((_, column) => {
      const align = token.align[column];
      if (isFigures(token.rows.map((row) => row[column]).filter((cell) => cell !== undefined))) return "figures";
      return align === "right" || align === "center" ? align : "";
    });
    const cell = (tag: "th" | "td", content: Tokens.TableCell, column: number) => {
      const name = classes[column] ? ` class="${classes[column]}"` : "";
      return `<${tag}${name}${tag === "th" ? ' scope="col"' : ""}>${this.parser.parseInline(content.tokens)}</${tag}>`;
    };
    const head = token.header.map((content, column) => cell("th", content, column)).join("");
    const body = token.rows
      .map((row) => `<tr>${row.map((content, column) => cell("td", content, column)).join("")}</tr>`)
      .join("");
    return `<div class="table" tabindex="0" role="region" aria-label="${escapeHtml(t("tableLabel"))}"><table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>\n`;
  }
}

function maths(token: MathsToken): string {
  const source = token.display ? `$$${token.source}$$` : `$${token.source}$`;
  const html = extras.maths?.(token.source, token.display) ?? `<code>${escapeHtml(source)}</code>`;
  const shown = token.display ? `<span class="maths-block" tabindex="0">${html}</span>` : html;
  return keepPlace(`<span class="maths">${shown}</span>`, "span");
}

markdown.setOptions({ renderer: new AnswerRenderer() });
markdown.use({
  extensions: [
    { name: "blockMaths", renderer: (token) => `<div>${maths(token as MathsToken)}</div>\n` },
    { name: "inlineMaths", renderer: (token) => maths(token as MathsToken) },
    { name: "sourceMark", renderer: (token) => sourceMarks(token as MarkToken) },
    {
      name: "footnoteReference",
      renderer: (token) => `<sup class="footnote-mark">${escapeHtml((token as FootnoteToken).label)}</sup>`,
    },
    {
      name: "footnote",
      renderer(token) {
        const note = token as FootnoteToken;
        return `<p class="footnote"><sup class="footnote-mark">${escapeHtml(note.label)}</sup> ${this.parser.parseInline(note.tokens ?? [])}</p>\n`;
      },
    },
  ],
});

/** Safe HTML of some tokens of one text. */
export function renderTokens(tokens: Token[], how: Rendering = FINAL): string {
  pieces = [];
  rendering = how;
  lastText = how.open ? lastTextOf(tokens) : undefined;
  const html = markdown.parser(tokens);
  const safe = DOMPurify.sanitize(html, PURIFY);
  return safe.replace(
    /<(span|div) data-piece="(\d+)"><\/\1>/g,
    (_, _tag: string, index: string) => pieces[Number(index)] ?? "",
  );
}
