import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { findSentence, markSentence, unmark } from "./mark";

describe("a sentence in texts", () => {
  it("is found across texts, by its letters and figures", () => {
    const texts = ["The cappuccino was ", "3.20", ". The three items, ", "“all”", " of them, add up."];
    const first = findSentence(texts, "The cappuccino was 3.20.");
    expect(first).toMatchObject({ start: { text: 0, offset: 0 }, last: { text: 1, offset: 3 } });
    expect(findSentence(texts, "The three items, all of them, add up.", first?.upTo)).toMatchObject({
      start: { text: 2, offset: 2 },
      last: { text: 4, offset: 15 },
    });
  });

  it("is the next one of several alike, and an earlier one where none follows", () => {
    const texts = ["Yes. No. Yes."];
    const first = findSentence(texts, "Yes.");
    const second = findSentence(texts, "Yes.", first?.upTo);
    expect([first?.start.offset, second?.start.offset]).toEqual([0, 9]);
    expect(findSentence(texts, "No.", second?.upTo)?.start.offset).toBe(5);
  });

  it("is found in Chinese, and beyond the first plane", () => {
    expect(findSentence(["一共是 ", "9.35", "。𠮷野家也行。"], "𠮷野家也行。")).toMatchObject({
      start: { text: 2, offset: 1 },
      last: { text: 2, offset: 6 },
    });
  });

  it("is not found where it is said otherwise, or says nothing", () => {
    expect(findSentence(["About 3 %"], "about three percent")).toBeNull();
    expect(findSentence(["…"], "…")).toBeNull();
  });
});

describe("the mark", () => {
  class FakeHighlight {
    readonly text: string;
    constructor(range: Range) {
      this.text = range.toString();
    }
  }
  const highlights = new Map<string, FakeHighlight>();
  beforeEach(() => {
    vi.stubGlobal("Highlight", FakeHighlight);
    vi.stubGlobal("CSS", { highlights });
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    highlights.clear();
  });
  function page(html: string): HTMLElement {
    const root = document.createElement("div");
    root.innerHTML = html;
    return root;
  }

  it("covers the words and the end of their sentence, found across what is not said", () => {
    const root = page("<p>It is <b>free</b><button data-source>1</button>.” And<pre>code</pre> so on.</p>");
    const upTo = markSentence(root, "It is free.", 0);
    expect(highlights.get("spoken")?.text).toBe("It is free");
    markSentence(root, "And so on.", upTo ?? 0);
    expect(highlights.get("spoken")?.text).toBe("Andcode so on.");
    unmark();
    expect(highlights.size).toBe(0);
  });

  it("goes where a sentence is not found, so that no other one seems to be heard", () => {
    const root = page("<p>One. Two.</p>");
    expect(markSentence(root, "One.", 0)).toBe(3);
    expect(markSentence(root, "Three.", 3)).toBeNull();
    expect(highlights.size).toBe(0);
  });

  it("is none in a web view that cannot paint it", () => {
    vi.stubGlobal("CSS", {});
    expect(markSentence(page("<p>One.</p>"), "One.", 0)).toBeNull();
  });
});
