import { describe, expect, it } from "vitest";
import type { Sources } from "../backend/bindings";
import { marksIn, marksOf, siteOf } from "./sources";

const pages = [1, 2, 3].map((number) => ({ uri: `https://example.com/${number}`, title: `Page ${number}` }));
const passages = (...list: [number, number[]][]): Sources => ({
  pages,
  passages: list.map(([end, places]) => ({ start: 0, end, pages: places })),
});
const bytes = (text: string) => new TextEncoder().encode(text).length;

describe("places of marks", () => {
  it("are counted in bytes of UTF-8", () => {
    const text = "Ж 三成 🌧️ end";
    for (const words of ["Ж", "Ж 三成", "Ж 三成 🌧️", text]) {
      expect(marksOf(text, passages([bytes(words), [1]]))).toEqual([{ at: words.length, numbers: [2] }]);
    }
  });

  it("round up inside a character and stop at the end", () => {
    expect(marksOf("三成", passages([1, [0]], [4, [1]], [99, [2]]))).toEqual([
      { at: 1, numbers: [1] },
      { at: 2, numbers: [2] },
      { at: 2, numbers: [3] },
    ]);
  });

  it("leave out carriage returns, as rendering does", () => {
    expect(marksOf("a\r\nb", passages([4, [0]]))).toEqual([{ at: 3, numbers: [1] }]);
  });

  it("leave out pages that do not exist", () => {
    expect(marksOf("abc", passages([1, [3]], [2, [-1, 0, 7]], [0, [0]]))).toEqual([{ at: 2, numbers: [1] }]);
    expect(marksOf("abc", null)).toEqual([]);
  });

  it("belong to one stretch of the text each", () => {
    const marks = marksOf("abcdef", passages([3, [0]], [6, [1]]));
    expect(marksIn(marks, 0, 3)).toEqual([{ at: 3, numbers: [1] }]);
    expect(marksIn(marks, 3, 6)).toEqual([{ at: 3, numbers: [2] }]);
  });
});

describe("the site of a page", () => {
  it("is named once", () => {
    expect(siteOf("https://www.example.com/a", "A title")).toBe("example.com");
    expect(siteOf("https://www.example.com/a", "example.com")).toBe("");
    expect(siteOf("https://vertexaisearch.cloud.google.com/grounding-api-redirect/x", "kfw.de")).toBe("");
    expect(siteOf("javascript:alert(1)", "A title")).toBe("");
  });
});
