/** The last seconds of what a camera saw, to be asked about after they happened. */

export interface Frame {
  /** JPEG. */
  picture: ArrayBuffer;
  /** Milliseconds since 1970. */
  takenAt: number;
}

/** Frames of the last ten seconds: about 400 kB at this rate and size. */
export const RING = { rate: 5, longestEdge: 960, quality: 0.75, atOnce: 1, seconds: 10 };

export class Ring {
  #frames: Frame[] = [];

  push(frame: Frame): void {
    const oldest = frame.takenAt - RING.seconds * 1000;
    this.#frames = [...this.#frames.filter(({ takenAt }) => takenAt > oldest), frame];
  }

  /** The frames of the last `seconds` before the newest one, in order. */
  last(seconds: number): Frame[] {
    const newest = this.#frames.at(-1)?.takenAt ?? 0;
    return this.#frames.filter(({ takenAt }) => takenAt > newest - seconds * 1000);
  }

  clear(): void {
    this.#frames = [];
  }
}
