import { describe, expect, it } from "vitest";
import { parseJson, tableOf, toCsv, toTsv, type Json } from "./structured";

describe("a table", () => {
  it.each<[string, Json, boolean]>([
    ["flat objects", [{ a: 1 }, { a: 2, b: "x" }], true],
    ["an object that only holds them", { items: [{ a: 1 }] }, true],
    ["an object that holds more", { items: [{ a: 1 }], total: 1 }, false],
    ["nested objects", [{ a: { b: 1 } }], false],
    ["lists inside", [{ a: [1] }], false],
    ["a list of numbers", [1, 2], false],
    ["mixed rows", [{ a: 1 }, 2], false],
    ["an empty list", [], false],
    ["empty objects", [{}], false],
    ["a single value", "x", false],
    ["nothing", null, false],
    ["very wide rows", [Object.fromEntries(Array.from({ length: 41 }, (_, index) => [`c${index}`, index]))], false],
  ])("is made of %s: %j is %s", (_, value, expected) => {
    expect(tableOf(value) !== null).toBe(expected);
  });

  it("has every column once, in the order they come", () => {
    expect(tableOf([{ b: 1 }, { a: "x", b: 2 }])).toEqual({
      columns: ["b", "a"],
      rows: [
        [1, undefined],
        [2, "x"],
      ],
      figures: [true, false],
    });
  });

  it("takes no value from what every object has", () => {
    expect(tableOf([{ toString: "own" }, { a: 1 }])?.rows).toEqual([
      ["own", undefined],
      [undefined, 1],
    ]);
  });
});

describe("copies for other programs", () => {
  const table = tableOf([
    { name: 'a "b", c', note: "two\nlines\tand tab" },
    { name: "=SUM(A1)", note: -3 },
    { name: null, note: "@x" },
  ]);
  if (!table) throw new Error("no table");

  it("are tab-separated, a row on a line", () => {
    expect(toTsv(table)).toBe("name\tnote\na \"b\", c\ttwo lines and tab\n'=SUM(A1)\t-3\n\t'@x");
  });

  it("are comma-separated, quoted where it matters", () => {
    expect(toCsv(table)).toBe('name,note\r\n"a ""b"", c","two\nlines\tand tab"\r\n\'=SUM(A1),-3\r\n,\'@x');
  });
});

it("tells JSON from what is none", () => {
  expect(parseJson('{"a": 1')).toBeUndefined();
  expect(parseJson("null")).toBeNull();
});
