/** Pictures as JPEG, drawn from whatever shows them, and their names. */

/** In pixels. */
export interface Size {
  width: number;
  height: number;
}

export interface Picture extends Size {
  /** JPEG. */
  picture: ArrayBuffer;
}

const two = (value: number): string => String(value).padStart(2, "0");

/** A moment in local time as it stands in the name of a picture: "2026-11-29 23-10-05". */
export function timeInName(milliseconds: number): string {
  const at = new Date(milliseconds);
  const date = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join("-");
  return `${date} ${[at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join("-")}`;
}

/** `size` made smaller until no edge is longer than `longestEdge`, in whole pixels. */
export function fit({ width, height }: Size, longestEdge: number): Size {
  const scale = Math.min(1, longestEdge / Math.max(width, height, 1));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/** Draws something at `size` and encodes it; `quality` from 0 to 1. `canvas` is free again once this has returned its promise. Rejects where the web view cannot. */
export async function jpeg(
  canvas: HTMLCanvasElement,
  drawn: CanvasImageSource,
  size: Size,
  quality: number,
): Promise<ArrayBuffer> {
  // Setting either clears the canvas and lets its memory go, also where nothing changes.
  if (canvas.width !== size.width) canvas.width = size.width;
  if (canvas.height !== size.height) canvas.height = size.height;
  const context = canvas.getContext("2d", { alpha: false });
  if (!context) throw new Error("no canvas to draw on");
  context.drawImage(drawn, 0, 0, size.width, size.height);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/jpeg", quality));
  if (!blob) throw new Error("the picture could not be encoded");
  return blob.arrayBuffer();
}
