/** What jsdom lacks of cameras, videos and canvases, for the tests of this folder: cameras that are plugged in, frames that come when told. */
import { vi } from "vitest";

class Track extends EventTarget {
  readonly kind = "video";
  stopped = false;
  constructor(
    readonly label: string,
    readonly deviceId: string,
  ) {
    super();
  }
  getSettings() {
    return { deviceId: this.deviceId };
  }
  stop(): void {
    this.stopped = true;
  }
}

interface Plugged {
  id: string;
  name: string;
}

export class MadeUpCameras extends EventTarget {
  plugged: Plugged[] = [
    { id: "front", name: "Integrated Camera" },
    { id: "desk", name: "Document Camera" },
  ];
  /** The name of the exception that opening one fails with. */
  refusal: string | null = null;
  /** Cameras open, and show nothing. */
  silent = false;
  /** What `performance.now()` says: the time goes on with the frames. */
  now = 500;
  /** Every track that was opened. */
  readonly tracks: Track[] = [];
  readonly asked: (string | null)[] = [];
  /** Sizes of what was drawn, with the quality it was encoded at. */
  readonly encoded: { width: number; height: number; quality: number }[] = [];
  #named = false;
  #listeners = new Map<number, VideoFrameRequestCallback>();
  #next = 1;

  get isOn(): boolean {
    return this.tracks.some(({ stopped }) => !stopped);
  }

  getUserMedia({ video }: { video: { deviceId?: { exact: string } } }): Promise<unknown> {
    const wanted = video.deviceId?.exact ?? null;
    this.asked.push(wanted);
    if (this.refusal !== null) return Promise.reject(new DOMException("made up", this.refusal));
    const camera = wanted === null ? this.plugged[0] : this.plugged.find(({ id }) => id === wanted);
    if (!camera) return Promise.reject(new DOMException("made up", wanted ? "OverconstrainedError" : "NotFoundError"));
    this.#named = true;
    const track = new Track(camera.name, camera.id);
    this.tracks.push(track);
    return Promise.resolve({ getTracks: () => [track], getVideoTracks: () => [track] });
  }
  enumerateDevices(): Promise<unknown[]> {
    return Promise.resolve(
      this.plugged.map(({ id, name }) => ({ kind: "videoinput", deviceId: id, label: this.#named ? name : "" })),
    );
  }
  /** The newest camera shows a frame, taken at this moment of `performance.now()`. */
  frame(takenAt: number): void {
    this.now = takenAt;
    for (const [handle, listener] of [...this.#listeners]) {
      this.#listeners.delete(handle);
      listener(takenAt, {} as VideoFrameCallbackMetadata);
    }
  }
  /** Whether anybody looks at frames. */
  get isWatched(): boolean {
    return this.#listeners.size > 0;
  }
  /** The camera that was opened last is pulled out. */
  unplug(): void {
    this.tracks.at(-1)?.dispatchEvent(new Event("ended"));
  }

  install(): void {
    // eslint-disable-next-line @typescript-eslint/no-this-alias -- `this` is the element in what follows
    const cameras = this;
    vi.spyOn(performance, "now").mockImplementation(() => this.now);
    Object.defineProperty(navigator, "mediaDevices", { value: this, configurable: true });
    vi.spyOn(HTMLMediaElement.prototype, "play").mockImplementation(function (this: HTMLMediaElement) {
      if (!cameras.silent) queueMicrotask(() => this.dispatchEvent(new Event("loadeddata")));
      return Promise.resolve();
    });
    vi.spyOn(HTMLVideoElement.prototype, "videoWidth", "get").mockReturnValue(1920);
    vi.spyOn(HTMLVideoElement.prototype, "videoHeight", "get").mockReturnValue(1080);
    HTMLVideoElement.prototype.requestVideoFrameCallback = (listener) => {
      cameras.#listeners.set(cameras.#next, listener);
      return cameras.#next++;
    };
    HTMLVideoElement.prototype.cancelVideoFrameCallback = (handle) => void cameras.#listeners.delete(handle);
    vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockReturnValue({ drawImage: () => undefined } as never);
    vi.spyOn(HTMLCanvasElement.prototype, "toBlob").mockImplementation(function (
      this: HTMLCanvasElement,
      callback,
      type,
      quality,
    ) {
      const { width, height } = this;
      cameras.encoded.push({ width, height, quality: quality as number });
      queueMicrotask(() => callback(new Blob([new Uint8Array(width)], { type: type ?? "image/png" })));
    });
    globalThis.createImageBitmap = () =>
      Promise.resolve({ width: 640, height: 480, close: () => undefined } as ImageBitmap);
  }
}
