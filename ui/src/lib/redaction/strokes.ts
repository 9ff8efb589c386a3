/** From the pointer on a shown picture to the strokes that are painted into its pixels. */
import type { Stroke } from "../backend/bindings";

export interface Size {
  width: number;
  height: number;
}
export interface Box extends Size {
  left: number;
  top: number;
}
/** A place as fractions of the upright picture. */
export type Place = [number, number];

/** Where a picture lies in a box it is fitted into without being cut or distorted. */
export function fitted(box: Box, picture: Size): Box {
  const scale = Math.min(box.width / Math.max(picture.width, 1), box.height / Math.max(picture.height, 1));
  const [width, height] = [picture.width * scale, picture.height * scale];
  return { left: box.left + (box.width - width) / 2, top: box.top + (box.height - height) / 2, width, height };
}

/** The place of a point of the window on a picture that is shown in `shown`. Places beside the picture are below 0 or above 1. */
export const placeAt = (x: number, y: number, shown: Box): Place => [
  (x - shown.left) / Math.max(shown.width, 1e-6),
  (y - shown.top) / Math.max(shown.height, 1e-6),
];

const clamp = (value: number) => Math.min(1, Math.max(0, value));

export const rectangle = (one: Place, other: Place): Stroke => ({
  type: "rect",
  left: clamp(Math.min(one[0], other[0])),
  top: clamp(Math.min(one[1], other[1])),
  right: clamp(Math.max(one[0], other[0])),
  bottom: clamp(Math.max(one[1], other[1])),
});

/** Brushes as fractions of the longer edge. */
export const BRUSHES = { small: 0.012, medium: 0.03, large: 0.07 } as const;
export type Brush = keyof typeof BRUSHES;

/** Whether a stroke covers nothing: a rectangle that was not drawn out, or a line beside the picture. */
export function isEmpty(stroke: Stroke): boolean {
  if (stroke.type === "rect") return stroke.right - stroke.left < 1e-3 || stroke.bottom - stroke.top < 1e-3;
  const margin = stroke.width;
  return stroke.points.every(([x, y]) => x < -margin || x > 1 + margin || y < -margin || y > 1 + margin);
}
