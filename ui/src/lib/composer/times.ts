/** Places in a video as people write them, and how many frames of it are looked at. */
import type { FileView } from "../backend/bindings";

/** "1:02:03", "2:03" or "45" in milliseconds; `null` for anything else. Seconds and minutes below another unit stay under 60. */
export function parseTime(text: string): number | null {
  const trimmed = text.trim().replaceAll("：", ":");
  if (!/^\d{1,5}(:\d{1,2}){0,2}$/.test(trimmed)) return null;
  const units = trimmed.split(":").map(Number);
  if (units.slice(1).some((unit) => unit > 59)) return null;
  return units.reduce((sum, unit) => sum * 60 + unit, 0) * 1000;
}

/** Milliseconds as "0:40" or "1:02:03". */
export function formatTime(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  const two = (value: number) => String(value).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

export const LEAST_FRAMES = 0.1;
export const MOST_FRAMES = 24;

/** Frames per second as written, in frames per 1000 seconds; `null` when it is not a number in the limits. */
export function parseFrames(text: string): number | null {
  const trimmed = text.trim().replace(",", ".");
  if (!/^\d{1,2}(\.\d{1,3})?$/.test(trimmed)) return null;
  const frames = Number(trimmed);
  return frames >= LEAST_FRAMES && frames <= MOST_FRAMES ? Math.round(frames * 1000) : null;
}

export type ClipProblem = "start" | "end" | "order" | "frames";
type Clip = Pick<FileView, "startMs" | "endMs" | "framesPer1000S">;

/** The part of a video as it was written; empty fields leave it to the model. */
export function readClip(start: string, end: string, frames: string): Clip | ClipProblem {
  const [startMs, endMs] = [start, end].map((text) => (text.trim() === "" ? undefined : parseTime(text)));
  const framesPer1000S = frames.trim() === "" ? undefined : parseFrames(frames);
  if (startMs === null) return "start";
  if (endMs === null) return "end";
  if (framesPer1000S === null) return "frames";
  if (endMs !== undefined && endMs <= (startMs ?? 0)) return "order";
  return {
    ...(startMs !== undefined && { startMs }),
    ...(endMs !== undefined && { endMs }),
    ...(framesPer1000S !== undefined && { framesPer1000S }),
  };
}
