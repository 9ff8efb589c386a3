/** One camera at a time, opened by the web view or, where that cannot, by the system: what it shows, and pictures of it. */
import type { Backend } from "../backend/backend";
import { commandError } from "../backend/errors";
import type { Feed, FeedElement } from "./feed";
import { openNativeFeed } from "./native-feed";
import { fit, jpeg, type Picture, type Size } from "./picture";
import { nativeProblem, webProblem, type CameraProblem } from "./problems";
import { openWebFeed, webDevices } from "./web-feed";

export interface FrameWishes {
  /** Frames a second, at most. */
  rate: number;
  /** In pixels. */
  longestEdge: number;
  /** Of the JPEG, from 0 to 1. */
  quality: number;
  /** How many frames may be on their way at once: more are dropped. */
  atOnce: number;
}

/** A frame that comes so much of the pause between two frames too early comes in time. */
const EARLY = 0.25;

export class CameraSource {
  state = $state<"closed" | "starting" | "live" | "failed">("closed");
  /** Why it failed. */
  problem = $state.raw<CameraProblem | null>(null);
  /** Shows what the camera sees; there as soon as the camera is on, and for exactly that long. */
  element = $state.raw<FeedElement | null>(null);
  /** As much as the camera gives, in pixels. */
  size = $state.raw<Size | null>(null);
  /** The camera's name. */
  name = $state<string | null>(null);
  /** The names of the cameras there are. */
  names = $state.raw<readonly string[]>([]);
  #feed: Feed | null = null;
  #opening: AbortController | null = null;
  /** Settles once the camera that was open is let go. */
  #released: Promise<unknown> = Promise.resolve();
  readonly #canvas = document.createElement("canvas");

  /** `onLost`: told when the camera that was live went away by itself; `onReturn`: when one may be there again. */
  constructor(
    readonly backend: Backend,
    readonly onLost: () => void,
    readonly onReturn: () => void,
  ) {}

  /** Opens the camera of that name, or the system's choice. Settles once it shows something or has failed. */
  async start(name: string | null): Promise<void> {
    this.#release();
    const opening = new AbortController();
    this.#opening = opening;
    this.state = "starting";
    this.problem = null;
    navigator.mediaDevices?.addEventListener("devicechange", this.#devicesChanged);
    await this.#released;
    try {
      const feed = await this.#open(name, opening.signal);
      if (opening.signal.aborted) return await feed.close();
      this.#feed = feed;
      this.size = feed.size;
      this.name = feed.name;
      this.state = "live";
    } catch (problem) {
      if (opening.signal.aborted) return;
      this.#fail(problem as CameraProblem);
    }
    await this.#list();
  }

  /** Lets the camera go. Settles once it is off. */
  async close(): Promise<void> {
    navigator.mediaDevices?.removeEventListener("devicechange", this.#devicesChanged);
    this.#release();
    this.state = "closed";
    this.problem = null;
    await this.#released;
  }

  /** A picture of what it shows now, at most so large. Rejects where it shows nothing. */
  async grab(quality: number, longestEdge = Infinity): Promise<Picture> {
    const feed = this.#feed;
    if (!feed) throw new Error("the camera is not open");
    const size = fit(feed.size, longestEdge);
    return { picture: await jpeg(this.#canvas, feed.element, size, quality), ...size };
  }

  /**
   * Tells of frames, in order, with when they were taken in milliseconds since 1970, until the function it returns is called: that one settles
   * once all that were taken are told. `onFrame` has a frame on its way until its promise settles.
   */
  frames(
    { rate, longestEdge, quality, atOnce }: FrameWishes,
    onFrame: (picture: ArrayBuffer, takenAt: number) => Promise<void>,
  ): () => Promise<void> {
    const feed = this.#feed;
    if (!feed) return () => Promise.resolve();
    const canvas = document.createElement("canvas");
    const pause = 1000 / rate;
    let due = -Infinity;
    let onTheirWay = 0;
    let told: Promise<void> = Promise.resolve();

    const stop = feed.onFrame((takenAt) => {
      this.#sized(feed);
      if (takenAt < due - pause * EARLY || onTheirWay >= atOnce) return;
      due = (takenAt - due > pause ? takenAt : due) + pause;
      onTheirWay += 1;
      const encoding = jpeg(canvas, feed.element, fit(feed.size, longestEdge), quality);
      const before = told;
      const tell = async () => {
        try {
          const picture = await encoding;
          await before;
          await onFrame(picture, performance.timeOrigin + takenAt);
        } catch {
          // One frame less: whoever takes them is told in its own way why it ended.
        } finally {
          onTheirWay -= 1;
        }
      };
      told = tell();
    });
    return () => {
      stop();
      return told;
    };
  }

  /** The camera was turned, or changed its mind. */
  #sized(feed: Feed): void {
    const { width, height } = feed.size;
    if (this.size?.width !== width || this.size.height !== height) this.size = { width, height };
  }

  /** Rejects with a `CameraProblem`. */
  async #open(name: string | null, signal: AbortSignal): Promise<Feed> {
    const wishes = {
      onOpen: (element: FeedElement) => (this.element = element),
      onLost: () => this.#lost(signal),
      signal,
    };
    let problem: CameraProblem;
    try {
      return await openWebFeed({ name, ...wishes });
    } catch (error) {
      problem = webProblem(error);
    }
    if (!signal.aborted) this.element = null;
    // The person, or the system for them, said no: not to be gone round.
    if (problem === "camera-denied" || signal.aborted) throw problem;
    const cameras = await this.backend.cameras().catch(() => []);
    const camera = cameras.find((one) => one.name === name) ?? cameras[0];
    if (!camera || signal.aborted) throw problem;
    const opening = openNativeFeed(this.backend, camera, wishes);
    this.#released = opening.catch(() => undefined);
    try {
      return await opening;
    } catch (error) {
      throw nativeProblem(commandError(error)) ?? problem;
    }
  }

  #release(): void {
    this.#opening?.abort();
    this.#opening = null;
    const feed = this.#feed;
    this.#feed = null;
    this.element = null;
    this.size = null;
    this.name = null;
    if (feed) this.#released = feed.close();
  }

  #fail(problem: CameraProblem): void {
    this.#release();
    this.state = "failed";
    this.problem = problem;
  }

  #lost(signal: AbortSignal): void {
    if (signal.aborted) return;
    const live = this.state === "live";
    if (live) this.onLost();
    this.#fail("camera-lost");
  }

  async #list(): Promise<void> {
    const native = this.element instanceof HTMLCanvasElement;
    try {
      this.names = (native ? await this.backend.cameras() : await webDevices()).map(({ name }) => name);
    } catch {
      // Whichever is open can still be used; there is only no choice.
      this.names = [];
    }
  }

  readonly #devicesChanged = (): void => {
    void this.#list();
    // Plugged in again, or at last.
    const awaited = this.problem === "no-camera" || this.problem === "camera-lost";
    if (this.state === "failed" && awaited) this.onReturn();
  };
}
