/** Choosing a rectangle of a frozen screen. Everything is in the shot's own pixels, whole ones, and stays inside it. */
import type { Region } from "../backend/bindings";

export interface Point {
  x: number;
  y: number;
}
export interface Size {
  width: number;
  height: number;
}

/** Sides of a rectangle that a handle moves. */
export const HANDLES = ["nw", "n", "ne", "e", "se", "s", "sw", "w"] as const;
export type Handle = (typeof HANDLES)[number];

/** Less than this many pixels of the page is a click, not a drag. */
export const SLACK = 3;

const clamp = (value: number, least: number, most: number): number => Math.min(Math.max(value, least), most);

/** A place on the page, which the shot fills, in the shot's pixels. The two sides may differ: a page is whole pixels high, a screen may not be. */
export function toShot({ x, y }: Point, page: Size, shot: Size): Point {
  return {
    x: clamp(Math.round((x * shot.width) / Math.max(1, page.width)), 0, shot.width),
    y: clamp(Math.round((y * shot.height) / Math.max(1, page.height)), 0, shot.height),
  };
}

/** The same back, for where something is drawn. */
export function toPage({ x, y, width, height }: Region, page: Size, shot: Size): Region {
  const across = page.width / Math.max(1, shot.width);
  const down = page.height / Math.max(1, shot.height);
  return { x: x * across, y: y * down, width: width * across, height: height * down };
}

/** What a drag from one point to the other spans; at least one pixel. */
export function spanned(from: Point, to: Point, shot: Size): Region {
  const x = clamp(Math.min(from.x, to.x), 0, shot.width - 1);
  const y = clamp(Math.min(from.y, to.y), 0, shot.height - 1);
  return {
    x,
    y,
    width: clamp(Math.max(from.x, to.x), x + 1, shot.width) - x,
    height: clamp(Math.max(from.y, to.y), y + 1, shot.height) - y,
  };
}

export const whole = ({ width, height }: Size): Region => ({ x: 0, y: 0, width, height });

/** Moved as a whole; it stops at the edge of the shot and keeps its size. */
export function moved(region: Region, by: Point, shot: Size): Region {
  return {
    ...region,
    x: clamp(region.x + by.x, 0, shot.width - region.width),
    y: clamp(region.y + by.y, 0, shot.height - region.height),
  };
}

/** With the sides of `handle` moved. A side that is pulled past the opposite one becomes that one. */
export function resized(region: Region, handle: Handle, by: Point, shot: Size): Region {
  const left = region.x + (handle.includes("w") ? by.x : 0);
  const right = region.x + region.width + (handle.includes("e") ? by.x : 0);
  const top = region.y + (handle.includes("n") ? by.y : 0);
  const bottom = region.y + region.height + (handle.includes("s") ? by.y : 0);
  return spanned({ x: left, y: top }, { x: right, y: bottom }, shot);
}

/** How far an arrow key goes: a pixel, ten with Shift. */
export function nudge({ key, shiftKey }: Pick<KeyboardEvent, "key" | "shiftKey">): Point | null {
  const step = shiftKey ? 10 : 1;
  if (key === "ArrowLeft") return { x: -step, y: 0 };
  if (key === "ArrowRight") return { x: step, y: 0 };
  if (key === "ArrowUp") return { x: 0, y: -step };
  if (key === "ArrowDown") return { x: 0, y: step };
  return null;
}

/** Where a bar of `bar` pixels stands best: under the rectangle, else over it, else inside at its foot; always on the page. */
export function barPlace(rect: Region, bar: Size, page: Size, gap = 10): Point {
  const x = clamp(rect.x + rect.width - bar.width, gap, Math.max(gap, page.width - bar.width - gap));
  const under = rect.y + rect.height + gap;
  if (under + bar.height + gap <= page.height) return { x, y: under };
  const over = rect.y - gap - bar.height;
  if (over >= gap) return { x, y: over };
  return {
    x: clamp(x - gap, gap, Math.max(gap, page.width - bar.width - gap)),
    y: clamp(rect.y + rect.height - bar.height - gap, gap, Math.max(gap, page.height - bar.height - gap)),
  };
}
