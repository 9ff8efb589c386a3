/**
 * Makes the open end of a streaming text presentable: what is begun is closed, what cannot be told yet is held back. It works on
 * the last block only and never changes what was already final; the finished text is rendered without it.
 */

/** A line of which nobody can tell yet what it becomes: a bullet, a number, a heading, a fence, an underline, a rule. */
const UNDECIDED_LINE = /(^|\n)[ \t>]*(?:[-+*]|\d{1,9}[.)]?|#{1,6}|`{1,3}|~{1,3}|-+|=+|\*+|_+|\||\$\$?|\[\^?|\\)[ \t]*$/;
const TABLE_ROW = /^[ \t]*\|/;
const DELIMITER_ROW = /^[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$/;
/** Longest run after a lone `$` that is taken for maths on its way rather than for money. */
const LONGEST_PENDING_MATHS = 400;

/** Where an unclosed span begins, or -1. */
function openMaths(text: string): number {
  // Code and finished formulas are blanked so that only what is open remains.
  const blank = (match: string) => " ".repeat(match.length);
  const rest = text
    .replace(/(`+)[^`](?:[\s\S]*?[^`])?\1(?!`)/g, blank)
    .replace(/\$\$[\s\S]+?\$\$|\\\([\s\S]+?\\\)|\\\[[\s\S]+?\\\]/g, blank)
    .replace(/\$(?![\s$])(?:\\.|[^$\\\n])*?(?:\\.|[^$\\\s])\$(?!\d)/g, blank);
  const open = /\$\$|\\\(|\\\[/.exec(rest);
  if (open && !rest.slice(0, open.index).includes("`")) return open.index;
  const single = /(?<![\\\w])\$(?=[^\s\d$])[^\n]*$/.exec(rest);
  if (!single || single[0].length > LONGEST_PENDING_MATHS) return -1;
  return /[\\^_{=]/.test(single[0]) || single[0].length <= 12 ? single.index : -1;
}

/** Closes a begun table head so that it is a table from its first row on. */
function repairTable(lines: string[]): string[] {
  const last = lines.at(-1) ?? "";
  let start = lines.length - 1;
  while (start > 0 && TABLE_ROW.test(lines[start - 1] ?? "")) start -= 1;
  const head = lines[start] ?? "";
  if (!TABLE_ROW.test(head)) return lines;
  const row = start === lines.length - 1 ? last : head;
  const columns = row
    .replace(/\\\|/g, "")
    .replace(/^[ \t]*\|/, "")
    .replace(/\|[ \t]*$/, "")
    .split("|").length;
  const delimiter = `|${" --- |".repeat(columns)}`;
  if (start === lines.length - 1)
    return [...lines.slice(0, -1), last.trimEnd().endsWith("|") ? last : `${last} |`, delimiter];
  const second = lines[start + 1] ?? "";
  if (start + 1 === lines.length - 1 && (DELIMITER_ROW.test(second) || /^[ \t]*\|[ \t]*:?$/.test(second))) {
    return [...lines.slice(0, start + 1), delimiter];
  }
  return lines;
}

/** Appends the closing marks of emphasis that is still open, and drops opening marks with nothing behind them. */
function closeEmphasis(text: string): string {
  const paragraph = text.slice(Math.max(text.lastIndexOf("\n\n"), 0));
  const visible = paragraph
    .replace(/\\[\s\S]/g, "  ")
    .replace(/(`+)[^`](?:[\s\S]*?[^`])?\1(?!`)/g, (match) => " ".repeat(match.length))
    .replace(/\]\([^)\s]*\)/g, (match) => " ".repeat(match.length))
    .replace(/(^|\n)[ \t>]*[*+-][ \t]/g, (match) => match.replace(/[*]/g, " "));
  const backticks = /(`+)[^`]*$/.exec(visible);
  if (backticks) {
    const fence = backticks[1] ?? "`";
    const before = closeEmphasis(text.slice(0, text.length - (backticks[0]?.length ?? 0)));
    const inside = text.slice(text.length - (backticks[0]?.length ?? 0));
    if (inside.length === fence.length) return before;
    const open = openMarks(visible.slice(0, visible.length - backticks[0].length));
    const plain = text.slice(0, text.length - inside.length);
    return plain + inside + fence + open.reverse().join("");
  }
  const trailing = /(?:\*{1,3}|_{1,3}|~~?)$/.exec(visible)?.[0];
  const open = openMarks(visible);
  if (trailing && open.join("").endsWith(trailing)) {
    // An opening mark with nothing behind it yet.
    return closeEmphasis(text.slice(0, text.length - trailing.length).replace(/[ \t]+$/, ""));
  }
  // Half of a closing mark: `**bold*`.
  if (open.length > 0 && /[^*]\*$/.test(visible) && open.at(-1) === "*" && open.at(-2) === "**") {
    return `${text}*${open.slice(0, -2).reverse().join("")}`;
  }
  if (open.length === 0) return text;
  return text.replace(/[ \t\n]+$/, "") + open.reverse().join("");
}

function openMarks(visible: string): string[] {
  const open: string[] = [];
  for (const match of visible.matchAll(/\*{1,3}|_{1,3}|~~/g)) {
    const mark = match[0];
    const before = visible[match.index - 1] ?? " ";
    const after = visible[match.index + mark.length] ?? " ";
    const canOpen = /\S/.test(after) || match.index + mark.length === visible.length;
    const canClose = /\S/.test(before);
    if (mark.startsWith("_") && /\w/.test(before) && /\w/.test(after)) continue;
    const parts = mark.length === 3 ? [mark.slice(0, 2), mark.slice(0, 1)] : [mark];
    for (const part of canClose ? [...parts].reverse() : parts) {
      if (canClose && open.at(-1) === part) open.pop();
      else if (canClose && open.includes(part)) open.splice(open.lastIndexOf(part));
      else if (canOpen) open.push(part);
    }
  }
  return open;
}

/** Shows a begun link as its text, and a begun picture or tag not at all. */
function closeLinks(text: string): string {
  const lineStart = text.lastIndexOf("\n\n") + 1;
  const paragraph = text.slice(lineStart);
  const repaired = paragraph
    .replace(/!\[[^\]\n]*(?:\](?:\([^)\n]*)?)?$/, "")
    .replace(/!$/, "")
    .replace(/(?<!\\)\[([^[\]\n]*)\]\([^()\n]*(?:\([^()\n]*\)[^()\n]*)*$/, "$1")
    // Figures in brackets wait for the closing one: as a time they would move by its width.
    .replace(/(?<![\\\w])\[\d[\d:：.\s–—~-]*$/, "")
    .replace(/(?<![\\\w])\[([^[\]\n^][^[\]\n]*)$/, "$1")
    .replace(/<\/?[a-z]*$/i, "")
    .replace(/(?<!\\)\\$/, "");
  return text.slice(0, lineStart) + repaired;
}

/** The last block of a streaming text, made presentable. Not for the inside of a code fence. */
export function repair(text: string): string {
  let result = text.replace(UNDECIDED_LINE, "$1");
  const maths = openMaths(result);
  if (maths >= 0) result = result.slice(0, maths);
  result = closeLinks(result);
  result = closeEmphasis(result);
  return repairTable(result.replace(/\n+$/, "").split("\n")).join("\n");
}
