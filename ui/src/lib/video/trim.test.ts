import { describe, expect, it } from "vitest";
import type { Capabilities } from "../backend/bindings";
import { canClip, detailsFor } from "../composer/views";
import { endAt, momentsAlong, placeAfterKey, startAt, stretchOf, viewWith } from "./trim";

const DURATION = 95_300;

describe("the part of a video", () => {
  it("is the whole where nothing is said, and what is said within it", () => {
    expect(stretchOf(undefined, DURATION)).toEqual({ start: 0, end: DURATION });
    expect(stretchOf({ startMs: 7000 }, DURATION)).toEqual({ start: 7000, end: DURATION });
    expect(stretchOf({ endMs: 20_000, framesPer1000S: 2000 }, DURATION)).toEqual({ start: 0, end: 20_000 });
    expect(stretchOf({ startMs: 200_000, endMs: 300_000 }, DURATION)).toEqual({ start: DURATION - 500, end: DURATION });
    expect(stretchOf(undefined, 200)).toEqual({ start: 0, end: 200 });
  });

  it("keeps half a second between its ends", () => {
    const stretch = { start: 7000, end: 20_000 };
    expect(startAt(stretch, 19_900)).toEqual({ start: 19_500, end: 20_000 });
    expect(startAt(stretch, -300)).toEqual({ start: 0, end: 20_000 });
    expect(endAt(stretch, 100, DURATION)).toEqual({ start: 7000, end: 7500 });
    expect(endAt(stretch, 999_999, DURATION)).toEqual({ start: 7000, end: DURATION });
    expect(endAt({ start: 95_000, end: DURATION }, 0, DURATION)).toEqual({ start: 95_000, end: DURATION });
  });

  it("lies on tenths of a second", () => {
    expect(startAt({ start: 0, end: 20_000 }, 7049).start).toBe(7000);
    expect(endAt({ start: 0, end: 20_000 }, 7051, DURATION).end).toBe(7100);
  });

  it("says nothing of an edge of the video itself, and keeps what else was chosen", () => {
    expect(viewWith(undefined, { start: 0, end: DURATION }, DURATION)).toBeUndefined();
    expect(viewWith({ startMs: 5000, endMs: 9000 }, { start: 0, end: DURATION }, DURATION)).toBeUndefined();
    expect(viewWith({ detail: "low", endMs: 9000 }, { start: 7000, end: DURATION }, DURATION)).toEqual({
      detail: "low",
      startMs: 7000,
    });
    expect(viewWith({ framesPer1000S: 2000 }, { start: 0, end: 9000 }, DURATION)).toEqual({
      framesPer1000S: 2000,
      endMs: 9000,
    });
  });

  it("is moved with keys, more finely in a short video", () => {
    expect(placeAfterKey("ArrowRight", 7000, DURATION)).toBe(8000);
    expect(placeAfterKey("ArrowLeft", 7000, 20_000)).toBe(6500);
    expect(placeAfterKey("PageUp", 0, DURATION)).toBe(9530);
    expect(placeAfterKey("Home", 7000, DURATION)).toBe(0);
    expect(placeAfterKey("End", 7000, DURATION)).toBe(DURATION);
    expect(placeAfterKey("x", 7000, DURATION)).toBeUndefined();
  });

  it("is shown by eight to twelve moments in the middle of their stretches", () => {
    expect(momentsAlong(80_000, 0)).toEqual([5000, 15_000, 25_000, 35_000, 45_000, 55_000, 65_000, 75_000]);
    expect(momentsAlong(DURATION, 2000)).toHaveLength(12);
    expect(momentsAlong(DURATION, 840)).toHaveLength(10);
  });
});

describe("what can be chosen of a video", () => {
  const capabilities = (change: Partial<Capabilities>): Capabilities => ({
    images: null,
    noteTokens: null,
    files: null,
    contextTokens: 8192,
    outputTokens: 1024,
    tools: {},
    ...change,
  });
  const files = { accepts: ["video/mp4"], maxBytes: 1, maxSentAhead: 1 };
  const images = { longestEdge: 768, maxBytes: 1, tokens: 1, accepts: ["image/png"], maxCount: 1 };

  it.each([
    ["takes videos", { files }, true, ["low", "medium", "high"]],
    ["sees pictures of it", { images }, true, []],
    ["gets notes of it", { noteTokens: 512 }, true, []],
    ["only reads text", {}, false, []],
  ] as const)("by a model that %s", (_, change, clips, details) => {
    expect(canClip("video", capabilities(change))).toBe(clips);
    expect(detailsFor("video", capabilities(change))).toEqual(details);
  });

  it("is for videos, and for a model that is known", () => {
    expect(canClip("image", capabilities({ images }))).toBe(false);
    expect(canClip("audio", capabilities({ files }))).toBe(false);
    expect(canClip("video", undefined)).toBe(false);
  });
});
