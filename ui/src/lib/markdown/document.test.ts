import { beforeAll, describe, expect, it } from "vitest";
import { MarkdownDocument, renderMarkdown, type Block } from "./document";
import { prepareAll } from "./extras";

beforeAll(() => prepareAll());

const ANSWER = `# Heat pumps

A heat pump moves heat, it does **not** make it. For \`COP = 4\` one kilowatt hour gives four; it costs $5 to $10.

1. Measure the flow
2. Set the curve
   - nested *one*
   - nested two

   A paragraph in the item.
3. Wait

| Item | Price |
|------|------:|
| Espresso | 2.50 |
| Cappuccino | 3.20 |

\`\`\`python
def cop(heat, power):
    # a comment
    return heat / power
\`\`\`

Maths: $E = mc^2$ and

$$
\\int_0^1 x^2 \\, dx = \\frac{1}{3}
$$

> A quote
> in two lines

- [x] done
- [ ] open

See [the manual](https://example.com/a_b) and ~~that~~ this.
`;

function stream(text: string, sizes: (index: number) => number, document = new MarkdownDocument()) {
  for (let at = 0, index = 0; at < text.length; index += 1) {
    const size = sizes(index);
    document.append(text.slice(at, at + size));
    document.blocks();
    at += size;
  }
  return { blocks: document.finish(), document };
}

const html = (blocks: Block[]) =>
  blocks
    .map((block) => block.html)
    .join("")
    // Whether a list is tight is only known at its end; the style sheet sets both alike.
    .replace(/<\/?p>/g, "")
    .replace(/\s+/g, "");

describe("a growing document", () => {
  it.each([1, 2, 3, 7, 19, 64])("ends as the whole text does, in chunks of %i", (size) => {
    expect(html(stream(ANSWER, () => size).blocks)).toBe(html(renderMarkdown(ANSWER)));
  });

  it("ends as the whole text does however the chunks fall", () => {
    let seed = 1;
    const random = () => (seed = (seed * 48271) % 2147483647);
    for (let round = 0; round < 40; round += 1) {
      expect(html(stream(ANSWER, () => 1 + (random() % 30)).blocks)).toBe(html(renderMarkdown(ANSWER)));
    }
  });

  it("never changes a finished block", () => {
    const document = new MarkdownDocument();
    const seen = new Map<number, string>();
    for (const character of ANSWER) {
      document.append(character);
      for (const block of document.blocks().slice(0, -1)) {
        expect(seen.get(block.key) ?? block.html).toBe(block.html);
        seen.set(block.key, block.html);
      }
    }
  });

  it.each([
    ["prose", ANSWER],
    ["one long paragraph", "A sentence without an end, "],
    ["one long list", "- an item of the list\n"],
    ["one long table", "| a | 1 |\n"],
    ["nested lists", "- a\n  - b\n"],
    ["quotes", "> quoted words\n"],
  ])("parses in proportion to the text: %s", (name, unit) => {
    const parsed = (length: number) => {
      let text = name === "one long table" ? "| x | y |\n|---|---|\n" : "";
      while (text.length < length) text += unit;
      // Only parsing is counted, so nothing is rendered.
      return (
        stream(text.slice(0, length), () => 12, new MarkdownDocument(() => "x")).document.parsedCharacters / length
      );
    };
    const short = parsed(20_000);
    expect(short).toBeLessThan(200);
    expect(parsed(80_000)).toBeLessThan(short * 1.3 + 10);
  });

  it("does not parse open code at all", () => {
    const text = "```js\n" + "const x = 1;\n".repeat(2000);
    const document = new MarkdownDocument();
    for (let at = 0; at < text.length; at += 20) {
      document.append(text.slice(at, at + 20));
      document.blocks();
    }
    expect(document.parsedCharacters).toBeLessThan(20);
    expect(document.blocks()[0]?.html).toContain("const");
  });

  it("resolves links whose definitions come later, at the end", () => {
    const { blocks } = stream("See [the page][1].\n\nMore.\n\n[1]: https://example.com/x\n", () => 5);
    expect(html(blocks)).toContain('href="https://example.com/x"');
  });

  it("shows footnotes as text, without inner links", () => {
    const result = html(renderMarkdown("It is so.[^1]\n\n[^1]: Because it is.\n"));
    expect(result).toContain('<supclass="footnote-mark">1</sup>Becauseitis.');
    expect(result).not.toContain("href");
  });

  it("numbers a cut list on", () => {
    const blocks = renderMarkdown("3. c\n4. d\n5. e\n");
    expect(blocks.map((block) => /start="(\d+)"/.exec(block.html)?.[1])).toEqual(["3", "4", "5"]);
    expect(blocks.map((block) => block.continues)).toEqual([false, true, true]);
  });
});

describe("the open end", () => {
  const open = (text: string) => {
    const document = new MarkdownDocument();
    document.append(text);
    return document
      .blocks()
      .map((block) => block.html)
      .join("");
  };

  it.each([
    ["it is **bo", "<strong>bo</strong>"],
    ["it is **bold*", "<strong>bold</strong>"],
    ["it is *sl", "<em>sl</em>"],
    ["**bold and *both", "<strong>bold and <em>both</em></strong>"],
    ["use `code", "<code>code</code>"],
    ["~~gone", "<del>gone</del>"],
  ])("closes %s", (text, expected) => expect(open(text)).toContain(expected));

  it.each([
    ["see [the page](https://exa", "see the page"],
    ["see [the pa", "see the pa"],
    ["a **", "a"],
    ["a `", "a"],
    ["text\n--", "text"],
    ["text\n=", "text"],
    ["Then $\\frac{1", "Then"],
    ["Then \\(x + ", "Then"],
    ["Then\n\n$$\n\\int_0", "Then"],
    ["a ![alt](https://x", "a"],
    ["one<su", "one"],
  ])("holds back what is not told yet: %s", (text, expected) => {
    expect(
      open(text)
        .replace(/<[^>]*>/g, "")
        .trim(),
    ).toBe(expected);
  });

  it("keeps money while it cannot be maths", () => expect(open("costs $5 and $1")).toContain("costs $5 and $1"));

  it.each(["| a | b", "| a | b |\n", "| a | b |\n|", "| a | b |\n|--", "| a | b |\n|---|---|\n| 1"])(
    "is a table from its first row on: %j",
    (text) => expect(open(text)).toContain("<th"),
  );

  it("shows open code as code", () => {
    expect(open("```js\nconst a")).toContain("<pre");
    expect(open("```js\nconst a\n``")).not.toContain("``");
  });
});
