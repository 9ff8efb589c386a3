import { describe, expect, it } from "vitest";
import { MarkdownDocument, renderMarkdown } from "../markdown/document";
import { findMoments } from "./moments";

const HOURS = 3 * 3_600_000;
const at = (text: string, longest = HOURS) => findMoments(text, longest).map((moment) => moment.at);
const words = (text: string, longest = HOURS) =>
  findMoments(text, longest).map(({ start, end }) => text.slice(start, end));

describe("times in a text", () => {
  it.each([
    ["The cat comes in at 1:23.", [83_000]],
    ["01:23 a cat", [83_000]],
    ["At [1:23] a cat, at [0:05] a dog", [83_000, 5000]],
    ["(1:23)", [83_000]],
    ["1:02:03", [3_723_000]],
    ["01:02:03, then 0:00", [3_723_000, 0]],
    ["75:30", [4_530_000]],
    ["0:05–0:12", [5000, 12_000]],
    ["[0:05-0:12]", [5000, 12_000]],
    ["0:05 — 0:12, 0:20~0:25", [5000, 12_000, 20_000, 25_000]],
    ["from 0:05 to 0:12", [5000, 12_000]],
    ["Ends at 1:23. Then", [83_000]],
    ["1:23, 1:24; 1:25: rain", [83_000, 84_000, 85_000]],
    ["At 0:05.5 exactly", [5500]],
    ["At 0:05.25.", [5250]],
    ["猫在1:23进来。", [83_000]],
    ["在 01:23，猫进来了", [83_000]],
    ["【0:05】开门；0:12至0:20睡觉", [5000, 12_000, 20_000]],
    ["1：23 处", [83_000]],
    ["“1:23”", [83_000]],
  ])("are found in %s", (text, expected) => {
    expect(at(text)).toEqual(expected);
  });

  it.each([
    "at 1:23 pm",
    "At 1:23 p.m. sharp",
    "1:23PM",
    "at 1:30 o'clock",
    "at 1:30 o’clock",
    "14:30 UTC",
    "下午1:30",
    "上午 1:30 出门",
    "北京时间1:30",
    "比例为 1:10",
    "比分是2:10",
    "a ratio of 1:10",
    "the score is 2:10",
    "16:9 and 4:3",
    "1:2:3",
    "1:99",
    "1:60",
    "1:02:3",
    "00:1b:44:11:3a:b7",
    "00:11:22:33",
    "v1:23",
    "line12:34",
    "12:34abc",
    "/a:1:23/b",
    "user@1:23",
    "2026-11-29T01:23",
    "$1:23",
    "-1:23 below",
    "1:23%",
    "#1:23",
    "1:230",
    "0.1:23",
    "1:23:45:56",
  ])("are not found in %s", (text) => {
    expect(at(text)).toEqual([]);
  });

  it("lie within the longest video, its last second included", () => {
    expect(at("1:35, 1:36, 14:30", 95_400)).toEqual([95_000]);
    expect(at("0:00", 0)).toEqual([0]);
    expect(at("99:59", Infinity)).toEqual([5_999_000]);
  });

  it("are told with where they stand", () => {
    expect(words("From [0:05] to 1:02:03.5.")).toEqual(["0:05", "1:02:03.5"]);
  });
});

const page = (html: string): HTMLElement => Object.assign(document.createElement("div"), { innerHTML: html });
const render = (text: string, longest = 95_000) =>
  page(
    renderMarkdown(text, [], longest)
      .map(({ html }) => html)
      .join(""),
  );
const buttons = (root: ParentNode) => [...root.querySelectorAll<HTMLElement>("button.moment")];

describe("times in an answer", () => {
  it("are buttons that say where they go, with the text as it was", () => {
    const shown = render("The cat comes in at **[1:23]**.");
    const [button] = buttons(shown);
    expect(button?.dataset).toMatchObject({ at: "83000", testid: "moment" });
    expect(button?.getAttribute("aria-label")).toBe("Jump to 1:23");
    expect(button?.getAttribute("type")).toBe("button");
    expect(shown.textContent?.trim()).toBe("The cat comes in at [1:23].");
    expect(shown.querySelector("strong button")).not.toBeNull();
  });

  it.each([
    ["a list", "- 0:05 door\n- 0:12 cat\n", 2],
    ["a table", "| when | what |\n|---|---|\n| 0:05 | door |\n| 0:12–0:20 | cat |\n", 3],
    ["a heading and a quote", "## 0:05\n\n> at 0:12\n", 2],
    ["footnotes", "See[^1]\n\n[^1]: at 0:12\n", 1],
    ["Chinese", "**0:05**：开门。0:12，猫进来。", 2],
  ])("stand in %s", (_, text, count) => {
    expect(buttons(render(text))).toHaveLength(count);
  });

  it.each([
    ["inline code", "`1:23`"],
    ["code", "```\n1:23\n```"],
    ["indented code", "    1:23\n"],
    ["links", "[at 1:23](https://example.com)"],
    ["emphasis in links", "[at **1:23**](https://example.com)"],
    ["bare addresses", "https://example.com/?t=1:23"],
    ["maths", "$1:23$ and \\(1:23\\)"],
    ["names of pictures", "![1:23](https://example.com/a.png)"],
    ["answers about no video", "at 1:23", 0],
  ])("are no buttons in %s", (_, text, longest = 95_000) => {
    expect(buttons(render(text, longest))).toHaveLength(0);
  });

  it("are found after a link as before it", () => {
    expect(buttons(render("0:05 [x 0:06](https://example.com) 0:07")).map(({ dataset }) => dataset["at"])).toEqual([
      "5000",
      "7000",
    ]);
  });

  it("bring nothing a model wrote into the page but figures", () => {
    const shown = render(
      'At 1:23<img src=x onerror=alert(1)> <button class="moment" data-at="1" onclick="alert(1)">0:01x</button> ' +
        '<span data-piece="0">x</span> 0:05"onmouseover="alert(1)',
    );
    expect(buttons(shown).map(({ dataset, textContent }) => [dataset["at"], textContent])).toEqual([
      ["83000", "1:23"],
      ["5000", "0:05"],
    ]);
    expect(shown.querySelector("img, script, [data-piece]")).toBeNull();
    for (const element of shown.querySelectorAll("*")) {
      expect(element.getAttributeNames().filter((name) => name.startsWith("on"))).toEqual([]);
    }
    expect(shown.textContent).toContain('<button class="moment" data-at="1" onclick="alert(1)">');
  });

  it("never change the text as it comes, nor become another time or none", () => {
    const text =
      "At 1:02:03, not 1:30 p.m., not 1:30 o'clock, not 1:30点, and [0:13], **0:21–0:34**, then `1:23`.\n\n- 0:42 rain\n- 1:05 end 1:2";
    const growing = new MarkdownDocument(undefined, HOURS);
    const plain = new MarkdownDocument();
    const seen = new Set<string>();
    for (const character of text) {
      growing.append(character);
      plain.append(character);
      const shown = page(
        growing
          .blocks()
          .map(({ html }) => html)
          .join(""),
      );
      const without = page(
        plain
          .blocks()
          .map(({ html }) => html)
          .join(""),
      );
      expect(shown.textContent).toBe(without.textContent);
      for (const button of buttons(shown)) seen.add(button.textContent ?? "");
    }
    expect([...seen]).toEqual(["1:02:03", "0:13", "0:21", "0:34", "0:42", "1:05"]);
    const finished = page(
      growing
        .finish()
        .map(({ html }) => html)
        .join(""),
    );
    expect(finished.innerHTML).toBe(render(text, HOURS).innerHTML);
  });

  it("wait for what may follow, and are buttons once the text is whole", () => {
    const growing = new MarkdownDocument(undefined, HOURS);
    growing.append("At 1:23");
    const shown = () =>
      growing
        .blocks()
        .map(({ html }) => html)
        .join("");
    expect(buttons(page(shown()))).toHaveLength(0);
    growing.append(" p");
    expect(buttons(page(shown()))).toHaveLength(0);
    growing.append("eople, ");
    expect(buttons(page(shown()))).toHaveLength(1);
    growing.append("[0:1");
    expect(page(shown()).textContent?.trim()).toBe("At 1:23 people,");
    growing.append("3] at last 0:40");
    expect(buttons(page(shown()))).toHaveLength(2);
    expect(
      buttons(
        page(
          growing
            .finish()
            .map(({ html }) => html)
            .join(""),
        ),
      ),
    ).toHaveLength(3);
  });
});
