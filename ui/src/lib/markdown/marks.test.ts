import { describe, expect, it } from "vitest";
import { renderMarkdown } from "./document";
import type { Mark } from "./marks";

/** The text with each mark as [numbers], whatever stands around it. */
function marked(text: string, marks: Mark[]): string {
  const page = document.createElement("div");
  page.innerHTML = renderMarkdown(text, marks)
    .map(({ html }) => html)
    .join("\n");
  for (const group of page.querySelectorAll(".source-marks")) {
    const numbers = [...group.querySelectorAll("button")].map((button) => button.dataset["source"]);
    group.replaceWith(`[${numbers.join(",")}]`);
  }
  return page.innerHTML;
}
const after = (text: string, words: string, ...numbers: number[]): Mark => ({
  at: text.indexOf(words) + words.length,
  numbers,
});

describe("marks of sources", () => {
  it("stand after the words they belong to", () => {
    const text = "One thing. Another thing.";
    expect(marked(text, [after(text, "One thing.", 1), after(text, "Another thing.", 2, 3)])).toContain(
      "<p>One thing.[1] Another thing.[2,3]</p>",
    );
  });

  it.each([
    ["bold", "A **bold claim.** More.", "bold claim.**", "<strong>bold claim.[1]</strong> More."],
    ["emphasis before a Chinese character", "**三成**费用", "**三成**", "<strong>三成[1]</strong>费用"],
    ["the middle of emphasis", "*One. Two.*", "One.", "<em>One.[1] Two.</em>"],
    ["a list", "- first\n- second *one*\n", "second *one*", "second <em>one[1]</em>"],
    ["a nested list", "- a\n  - inner words\n", "inner words", "inner words[1]"],
    ["a quote over two lines", "> quoted\n> words. More\n", "words.", "quoted\nwords.[1] More"],
    ["a table", "| a | b |\n|---|---|\n| x | 1,900 € |\n", "1,900 €", "1,900 €[1]</td>"],
    ["a heading", "## A title\n\ntext", "A title", "A title[1]</h4>"],
    ["a word it would cut", "Understanding it", "Under", "Understanding[1] it"],
  ])("stand in %s", (_, text, words, expected) => {
    expect(marked(text, [after(text, words, 1)])).toContain(expected);
  });

  it.each([
    ["inline code", "Run `rm it` now", "rm", "<code>rm it</code>[1] now"],
    ["a link", "See [the page](https://example.com/x) now", "the", "the page</a>[1] now"],
    ["a formula", "So $x + y$ is", "$x", "[1] is"],
    ["an address", "See https://example.com/a/b now", "example", "</a>[1] now"],
  ])("never cut %s", (_, text, words, expected) => {
    expect(marked(text, [after(text, words, 1)])).toContain(expected);
  });

  it("follow a code block as a whole", () => {
    const text = "Before\n\n```js\nlet a = 1;\nlet b = 2;\n```\n\nAfter";
    const html = marked(text, [after(text, "let a = 1;", 1)]);
    expect(html).toMatch(/<\/pre><\/div>\s*<p>\[1\]<\/p>\s*<p>After/);
    expect(html).toContain("let a = 1;\nlet b = 2;");
  });

  it("become one where they share a place", () => {
    const text = "A claim.";
    expect(marked(text, [after(text, text, 2), after(text, text, 1, 2)])).toContain("A claim.[1,2]");
  });

  it("change nothing else", () => {
    const text = "# T\n\nA **b** `c` $d$\n\n- x\n- y\n\n| a |\n|---|\n| 1 |\n\n[l]: https://example.com\n\nsee [l]";
    const without = (html: string) => html.replace(/<span class="source-marks">.*?<\/span>/g, "");
    const html = (blocks: { html: string }[]) => blocks.map((block) => without(block.html)).join("");
    const marks = [..."bxy1"].map((words) => after(text, words, 1));
    expect(html(renderMarkdown(text, marks))).toBe(html(renderMarkdown(text)));
  });

  it("hold no more than numbers", () => {
    const html = renderMarkdown("a", [{ at: 1, numbers: [1] }])[0]?.html ?? "";
    expect(html).toContain('aria-label="Source 1"');
    expect(html).not.toContain("data-piece");
  });
});
