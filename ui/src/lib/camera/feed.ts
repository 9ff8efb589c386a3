/** What a camera that is open gives, whoever opened it: the web view or the system. */
import type { Size } from "./picture";

export type FeedElement = HTMLVideoElement | HTMLCanvasElement;

export interface Feed {
  /** The camera's name. */
  readonly name: string;
  /** Shows what it sees. */
  readonly element: FeedElement;
  /** As much as the camera gives. */
  readonly size: Size;
  /** Tells of every new frame, with when it was taken by the clock of `performance.now()`, until the function it returns is called. */
  onFrame(listener: (takenAt: number) => void): () => void;
  /** Lets the camera go; settles once another one may be opened. */
  close(): Promise<void>;
}

export interface FeedWishes {
  /** The camera's name; `null`: the system's choice, which also stands in for one that is not there. */
  name: string | null;
  /** The camera is on: its element, before the first frame is there. */
  onOpen: (element: FeedElement) => void;
  /** It went away by itself. */
  onLost: () => void;
  /** Aborted once nobody wants it any more: the promise of the feed rejects, and the camera is let go. */
  signal: AbortSignal;
}

/** How long a camera that is open may take to show something. */
export const FIRST_FRAME_MS = 8000;
