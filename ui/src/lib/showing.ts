/** What is shown to Castor for as long as it is open, a camera or a screen: each question takes its picture of the moment along. */
import type { Draft } from "./composer/drafts.svelte";

/** The picture was taken, or may have been, but never came into the question. */
export class NotArrived extends Error {}

export interface Showing {
  /** What it is called, in the person's language. */
  readonly label: string;
  /** Whether the next question takes its picture along. */
  readonly along: boolean;
  /** Puts the picture of this moment into `draft` and waits until it is there. Rejects with a `CommandError` or {@link NotArrived}. */
  takeAlong(draft: Draft): Promise<void>;
  /** A question was asked: what was switched off for that one alone is on again. */
  asked(): void;
}
