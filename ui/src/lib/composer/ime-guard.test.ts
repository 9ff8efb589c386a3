import { describe, expect, it } from "vitest";
import { ImeGuard } from "./ime-guard";

const enter = (timeStamp: number, isComposing = false) => ({ timeStamp, isComposing });

describe("the Enter that confirms a candidate", () => {
  it("is recognised in Chromium's order: keydown, then compositionend", () => {
    const guard = new ImeGuard();
    guard.compositionStart();
    expect(guard.keyDown(enter(1000, true))).toBe(true);
    guard.compositionEnd({ timeStamp: 1001 });
    guard.keyUp();
    expect(guard.keyDown(enter(1060))).toBe(false);
  });

  it("is recognised in WebKit's order: compositionend, then keydown", () => {
    const guard = new ImeGuard();
    guard.compositionStart();
    guard.compositionEnd({ timeStamp: 1000 });
    expect(guard.keyDown(enter(1002))).toBe(true);
    guard.keyUp();
    expect(guard.keyDown(enter(1050))).toBe(false);
  });

  it("is recognised when WebKit stamps the keydown before the composition's end", () => {
    const guard = new ImeGuard();
    guard.compositionStart();
    guard.compositionEnd({ timeStamp: 1000 });
    expect(guard.keyDown(enter(994))).toBe(true);
  });

  it("is only one: the next Enter sends, also without a keyup between", () => {
    const guard = new ImeGuard();
    guard.compositionStart();
    guard.compositionEnd({ timeStamp: 1000 });
    expect(guard.keyDown(enter(1001))).toBe(true);
    expect(guard.keyDown(enter(1002))).toBe(false);
  });

  it("is not a later Enter after a candidate was chosen with the space bar", () => {
    const guard = new ImeGuard();
    guard.compositionStart();
    guard.compositionEnd({ timeStamp: 1000 });
    expect(guard.keyDown({ timeStamp: 1001, isComposing: false })).toBe(true);
    expect(guard.keyDown(enter(1400))).toBe(false);
  });

  it("is not a later Enter after a candidate was chosen with the mouse", () => {
    const guard = new ImeGuard();
    guard.compositionStart();
    guard.compositionEnd({ timeStamp: 1000 });
    expect(guard.keyDown(enter(1600))).toBe(false);
  });

  it("works again for the next composition", () => {
    const guard = new ImeGuard();
    for (const start of [1000, 2000]) {
      guard.compositionStart();
      expect(guard.keyDown(enter(start + 1, true))).toBe(true);
      guard.compositionEnd({ timeStamp: start + 2 });
      expect(guard.keyDown(enter(start + 3))).toBe(true);
      expect(guard.keyDown(enter(start + 300))).toBe(false);
    }
  });
});
