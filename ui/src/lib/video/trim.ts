/** The part of a video that is looked at, in milliseconds, and how it may be changed. */
import type { FileView } from "../backend/bindings";
import { trimmedView } from "../composer/views";

export interface Stretch {
  start: number;
  end: number;
}

/** The least that is left of a video. */
export const LEAST_MS = 500;
/** What a pointer can hit. */
const GRID_MS = 100;

const clamp = (value: number, least: number, most: number): number => Math.min(Math.max(value, least), most);
const onGrid = (value: number): number => Math.round(value / GRID_MS) * GRID_MS;

/** The stretch of a view; the whole video where it says none. What lies beyond the end is the end. */
export function stretchOf(view: FileView | undefined, duration: number): Stretch {
  const end = clamp(view?.endMs ?? duration, Math.min(LEAST_MS, duration), duration);
  return { start: clamp(view?.startMs ?? 0, 0, Math.max(0, end - LEAST_MS)), end };
}

/** With its beginning as near `to` as it may be. */
export const startAt = ({ end }: Stretch, to: number): Stretch => ({
  start: clamp(onGrid(to), 0, Math.max(0, end - LEAST_MS)),
  end,
});

/** With its end as near `to` as it may be; the video's own end need not lie on the grid. */
export const endAt = ({ start }: Stretch, to: number, duration: number): Stretch => ({
  start,
  end: to >= duration ? duration : clamp(onGrid(to), Math.min(start + LEAST_MS, duration), duration),
});

/** The view with another stretch; an edge of the video itself says nothing. `undefined` where nothing is left to say. */
export function viewWith(view: FileView | undefined, { start, end }: Stretch, duration: number): FileView | undefined {
  return trimmedView({
    ...view,
    startMs: start > 0 ? Math.round(start) : null,
    endMs: end < duration ? Math.round(end) : null,
  });
}

/** Where a key takes a place; `undefined` for any other key. */
export function placeAfterKey(key: string, place: number, duration: number): number | undefined {
  const step = duration < 30_000 ? 500 : 1000;
  return {
    ArrowRight: place + step,
    ArrowUp: place + step,
    ArrowLeft: place - step,
    ArrowDown: place - step,
    PageUp: place + duration / 10,
    PageDown: place - duration / 10,
    Home: 0,
    End: duration,
  }[key];
}

/** As many pictures of a video as fit well side by side, and their moments: the middles of equal stretches. */
export function momentsAlong(duration: number, width: number): number[] {
  const count = clamp(Math.round(width / 84), 8, 12);
  return Array.from({ length: count }, (_, index) => Math.round(((index + 0.5) * duration) / count));
}
