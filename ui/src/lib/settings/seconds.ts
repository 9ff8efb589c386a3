/** Waiting times as they are written. */
export const MOST_SECONDS = 3600;

/** Whole seconds in the limits; `null` for anything else. */
export function parseSeconds(text: string): number | null {
  const trimmed = text.trim();
  const seconds = /^\d{1,4}$/.test(trimmed) ? Number(trimmed) : 0;
  return seconds >= 1 && seconds <= MOST_SECONDS ? seconds : null;
}
