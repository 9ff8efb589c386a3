/** One clip of what a camera sees, from the wish for it to what came of it. */
import type { Backend } from "../backend/backend";
import type { Attachment, ClipEnd, ClipEvent, CommandError } from "../backend/bindings";
import { commandError } from "../backend/errors";
import type { Frame } from "./ring";
import type { CameraSource } from "./source.svelte";

/** The most there is of one. */
export const CLIP_MS = 60_000;
export const CLIP = { rate: 15, longestEdge: 1280, quality: 0.8, atOnce: 2 };
/** How long the reason may come after the clip itself: the two travel on ways of their own. */
const REASON_WITHIN_MS = 300;

export interface Clipped {
  attachment: Attachment | null;
  /** `null` where it never began. */
  reason: ClipEnd | null;
  error: CommandError | null;
}

export class Clip {
  /** It records. */
  open = $state(false);
  /** When it began to. */
  since = $state<number | null>(null);
  /** How loud it was last, from 0 to 1. */
  level = $state(0);
  /** It was told to end, and is kept. */
  ending = $state(false);
  /** Settles once it is made. Never rejects. */
  readonly done: Promise<Clipped>;
  #stopFrames: () => Promise<void> = () => Promise.resolve();
  #reason: ClipEnd | null = null;
  #reasonCame: () => void = () => undefined;
  #cancelled = false;

  constructor(
    readonly backend: Backend,
    readonly source: CameraSource,
    readonly sound: boolean,
  ) {
    this.done = this.#run();
  }

  async #run(): Promise<Clipped> {
    const reasonCame = new Promise<void>((resolve) => (this.#reasonCame = resolve));
    try {
      const options = { frameRate: CLIP.rate, sound: this.sound };
      const attachment = await this.backend.recordClip(options, (event) => this.#told(event));
      if (this.#reason === null) {
        await Promise.race([reasonCame, new Promise((resolve) => setTimeout(resolve, REASON_WITHIN_MS))]);
      }
      return { attachment, reason: this.#reason ?? this.#likely(attachment), error: null };
    } catch (error) {
      return { attachment: null, reason: this.#reason, error: commandError(error) };
    } finally {
      this.#ended();
    }
  }

  #likely(attachment: Attachment | null): ClipEnd {
    if (attachment) return "stopped";
    return this.#cancelled ? "cancelled" : "no-frames";
  }

  #told(event: ClipEvent): void {
    switch (event.type) {
      case "started":
        this.open = true;
        this.since = Date.now();
        this.#stopFrames = this.source.frames(CLIP, (picture, takenAt) => this.backend.clipFrame(picture, takenAt));
        break;
      case "level":
        this.level = event.level;
        break;
      case "ended":
        this.#ended();
        this.#reason = event.reason;
        this.#reasonCame();
        break;
    }
  }

  #ended(): void {
    this.open = false;
    // Until it is made.
    this.ending = true;
    void this.#stopFrames();
  }

  /** Ends it and keeps it. */
  async stop(): Promise<void> {
    if (this.ending) return;
    this.ending = true;
    await this.#stopFrames();
    await this.backend.stopClip();
  }

  /** Ends it and throws it away, also what was told to be kept and is not yet. */
  async cancel(): Promise<void> {
    if (this.#cancelled) return;
    this.#cancelled = true;
    void this.#stopFrames();
    await this.backend.cancelClip();
  }
}

/** Makes a clip without sound of frames that were taken before. `null` where it came to nothing; rejects with a `CommandError`. */
export async function clipOf(backend: Backend, frames: Frame[], frameRate: number): Promise<Attachment | null> {
  let started: () => void = () => undefined;
  const begun = new Promise<void>((resolve) => (started = resolve));
  const made = backend.recordClip({ frameRate, sound: false }, ({ type }) => type === "started" && started());
  await Promise.race([begun, made]);
  try {
    for (const { picture, takenAt } of frames) await backend.clipFrame(picture, takenAt);
    await backend.stopClip();
  } catch (error) {
    made.catch(() => undefined);
    await backend.cancelClip();
    throw error;
  }
  return made;
}
