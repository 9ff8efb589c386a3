/** A made-up camera of the system and the clips recorded from frames, for the backend in memory. */
import type { Attachment, CameraOptions, ClipEvent, ClipOptions, CommandError, NativeCamera } from "./bindings";

export class FakeCamera {
  readonly #calls: string[];
  named: NativeCamera[] = [];
  /** What recording or opening is refused with. */
  problem: CommandError | null = null;
  /** What a clip becomes. */
  clip: Attachment | null = null;
  /** Frames of the clip that is recorded. */
  readonly frames: { bytes: number; takenAt: number }[] = [];
  #ended: ((kept: boolean) => void) | null = null;
  #closed: (() => void) | null = null;

  constructor(calls: string[]) {
    this.#calls = calls;
  }

  keepPicture(picture: ArrayBuffer, name: string): Promise<void> {
    this.#calls.push(`keepPicture ${name} ${String(picture.byteLength)}`);
    return Promise.resolve();
  }
  cameras(): Promise<NativeCamera[]> {
    return Promise.resolve(this.named);
  }
  openCamera(id: string, options: CameraOptions, onFrame: (picture: ArrayBuffer) => void): Promise<void> {
    this.#calls.push(`openCamera ${id} ${String(options.width)}`);
    if (this.problem) return Promise.reject(this.problem);
    onFrame(new ArrayBuffer(4));
    return new Promise((resolve) => (this.#closed = resolve));
  }
  closeCamera(): Promise<void> {
    this.#calls.push("closeCamera");
    this.#closed?.();
    this.#closed = null;
    return Promise.resolve();
  }
  recordClip(options: ClipOptions, onEvent: (event: ClipEvent) => void): Promise<Attachment | null> {
    this.#calls.push(`recordClip ${String(options.frameRate)} ${String(options.sound)}`);
    if (this.problem) return Promise.reject(this.problem);
    this.frames.length = 0;
    onEvent({ type: "started" });
    return new Promise((resolve) => {
      this.#ended = (kept) => {
        onEvent({ type: "ended", reason: kept ? "stopped" : "cancelled" });
        resolve(kept ? this.clip : null);
      };
    });
  }
  clipFrame(picture: ArrayBuffer, takenAt: number): Promise<void> {
    this.frames.push({ bytes: picture.byteLength, takenAt });
    return Promise.resolve();
  }
  stopClip(): Promise<void> {
    this.#calls.push("stopClip");
    this.#end(true);
    return Promise.resolve();
  }
  cancelClip(): Promise<void> {
    this.#calls.push("cancelClip");
    this.#end(false);
    return Promise.resolve();
  }
  #end(kept: boolean): void {
    this.#ended?.(kept);
    this.#ended = null;
  }
}
