/** What is shown to Castor for as long as it is open, a camera or a screen: each question takes its picture of the moment along, or its last seconds. */
import type { Draft } from "./composer/drafts.svelte";

/** What goes with a question by itself: the picture of the moment, the last seconds, or nothing. */
export const ALONG = ["picture", 5, 10, "nothing"] as const;
export type Along = (typeof ALONG)[number];

/** The picture was taken, or may have been, but never came into the question. */
export class NotArrived extends Error {}

/** How long a question waits for what goes along, in milliseconds. */
export const ARRIVES_WITHIN = 10_000;

/** Rejects with {@link NotArrived} where `promise` has not settled after `limit` milliseconds. */
export async function inTime<T>(promise: Promise<T>, limit = ARRIVES_WITHIN): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new NotArrived()), limit);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

export interface Showing {
  /** What it is called, in the person's language. */
  readonly label: string;
  /** Whether the next question takes something of it along. */
  readonly along: boolean;
  /** Puts the picture of this moment, or the last seconds, into `draft` and waits until it is there. Rejects with a `CommandError` or {@link NotArrived}. */
  takeAlong(draft: Draft): Promise<void>;
  /** A question was asked: what was taken for it stays with it. */
  asked(): void;
}
