import { describe, expect, it } from "vitest";
import { makeFormat } from "./format";
import { messages } from "./messages";
import { asking } from "./messages-asking";
import { speaking } from "./messages-speaking";
import { voice } from "./messages-voice";

const en = makeFormat("en");
const zh = makeFormat("zh");

describe("the catalogue", () => {
  it("has each key once, in whichever of its files", () => {
    for (const [key, message] of Object.entries({ ...asking, ...voice, ...speaking }))
      expect(messages[key as keyof typeof messages]).toBe(message);
    const keys = [asking, voice, speaking].flatMap((catalogue) => Object.keys(catalogue));
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
  });

  const plain = Object.entries(messages).filter(([, message]) => typeof message.en === "string");
  it.each(plain)("says %s in both languages", (key, message) => {
    expect(message.en).not.toBe("");
    expect(message.zh).not.toBe("");
    const latinInBoth = ["gemini", "english", "chinese"];
    if (!latinInBoth.includes(key)) expect(message.zh).toMatch(/\p{Script=Han}/u);
    expect(message.zh).not.toMatch(/[,;!?]\s|\.$/);
  });
});

describe("formatting", () => {
  it("writes sizes as file managers do", () => {
    expect([0, 999, 1000, 312_000, 999_600, 1_117_320_768].map(en.bytes)).toEqual([
      "0 byte",
      "999 byte",
      "1 kB",
      "312 kB",
      "1 MB",
      "1.1 GB",
    ]);
    expect(zh.bytes(1_117_320_768)).toBe("1.1 GB");
  });
  it("writes durations", () => {
    expect([80, 1900, 12_400, 125_000, 180_000].map(en.duration)).toEqual([
      "0.1 s",
      "1.9 s",
      "12 s",
      "2 min 5 s",
      "3 min",
    ]);
    expect(zh.duration(1900)).toBe("1.9 秒");
  });
  it("counts", () => {
    expect(en.plural(1, { one: "# token", other: "# tokens" })).toBe("1 token");
    expect(en.plural(1240, { one: "# token", other: "# tokens" })).toBe("1,240 tokens");
  });
});
