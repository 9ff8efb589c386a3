/** A made-up camera of the system and the clips recorded from frames, for the backend in memory. */
import type {
  Attachment,
  AttachmentEvent,
  CameraOptions,
  ClipEnd,
  ClipEvent,
  ClipOptions,
  CommandError,
  NativeCamera,
} from "./bindings";

export function fakeClip(id: string, name = "Clip.mp4"): Attachment {
  return {
    id,
    hash: "0".repeat(64),
    name,
    kind: "video",
    mime: "video/mp4",
    bytes: 1_240_000,
    width: 1280,
    height: 720,
    createdAt: Date.now(),
  };
}

export class FakeCamera {
  readonly #calls: string[];
  readonly #arrives: (event: AttachmentEvent) => void;
  named: NativeCamera[] = [];
  /** What recording, opening or keeping is refused with. */
  problem: CommandError | null = null;
  /** Whether a picture that is kept arrives, is refused as damaged, or is never heard of again. */
  arrival: "added" | "refused" | "never" = "added";
  /** Whether a clip begins by itself; otherwise {@link tell} says so. */
  begins = true;
  /** Whether a frame of a clip is taken at once, or only once {@link takeFrames} is called. */
  slow = false;
  /** What a clip becomes. */
  clip: Attachment | null = fakeClip("clip-1");
  /** The picture that was kept last. */
  kept: ArrayBuffer | null = null;
  /** Frames of the clip that is recorded. */
  readonly frames: { bytes: number; takenAt: number }[] = [];
  #ended: ((reason: ClipEnd) => void) | null = null;
  #tell: (event: ClipEvent) => void = () => undefined;
  #closed: ((problem: CommandError | null) => void) | null = null;
  #show: (picture: ArrayBuffer) => void = () => undefined;
  #waiting: (() => void)[] = [];
  #next = 1;

  constructor(calls: string[], arrives: (event: AttachmentEvent) => void) {
    this.#calls = calls;
    this.#arrives = arrives;
  }

  get isOpen(): boolean {
    return this.#closed !== null;
  }
  get isRecording(): boolean {
    return this.#ended !== null;
  }

  keepPicture(picture: ArrayBuffer, name: string): Promise<void> {
    this.#calls.push(`keepPicture ${name} ${String(picture.byteLength)}`);
    if (this.problem) return Promise.reject(this.problem);
    this.kept = picture;
    const number = this.#next++;
    const token = 1000 + number;
    if (this.arrival === "never") return Promise.resolve();
    this.#arrives({ type: "adding", token, name });
    if (this.arrival === "refused") {
      this.#arrives({ type: "refused", token, name, problem: { code: "damaged", detail: null } });
      return Promise.resolve();
    }
    const id = `camera-${String(number)}`;
    this.#arrives({ type: "added", token, attachment: { ...fakeClip(id, name), kind: "image", mime: "image/jpeg" } });
    return Promise.resolve();
  }
  cameras(): Promise<NativeCamera[]> {
    return Promise.resolve(this.named);
  }
  openCamera(id: string, options: CameraOptions, onFrame: (picture: ArrayBuffer) => void): Promise<void> {
    this.#calls.push(`openCamera ${id} ${String(options.width)}`);
    if (this.problem) return Promise.reject(this.problem);
    this.#show = onFrame;
    onFrame(new ArrayBuffer(4));
    return new Promise((resolve, reject) => {
      this.#closed = (problem) => (problem ? reject(problem) : resolve());
    });
  }
  /** The camera that is open shows the next frame. */
  show(bytes: number): void {
    this.#show(new ArrayBuffer(bytes));
  }
  closeCamera(): Promise<void> {
    this.#calls.push("closeCamera");
    this.lose(null);
    return Promise.resolve();
  }
  /** The camera that is open goes away. */
  lose(problem: CommandError | null): void {
    this.#closed?.(problem);
    this.#closed = null;
  }
  recordClip(options: ClipOptions, onEvent: (event: ClipEvent) => void): Promise<Attachment | null> {
    this.#calls.push(`recordClip ${String(options.frameRate)} ${String(options.sound)}`);
    if (this.problem) return Promise.reject(this.problem);
    this.frames.length = 0;
    this.#tell = onEvent;
    if (this.begins) onEvent({ type: "started" });
    return new Promise((resolve) => {
      this.#ended = (reason) => {
        onEvent({ type: "ended", reason });
        resolve(reason === "cancelled" || reason === "no-frames" ? null : this.clip);
      };
    });
  }
  /** What happens while a clip is recorded. */
  tell(event: ClipEvent): void {
    this.#tell(event);
  }
  clipFrame(picture: ArrayBuffer, takenAt: number): Promise<void> {
    this.frames.push({ bytes: picture.byteLength, takenAt });
    return this.slow ? new Promise((resolve) => this.#waiting.push(resolve)) : Promise.resolve();
  }
  /** Takes the frames that wait. */
  takeFrames(): void {
    for (const taken of this.#waiting.splice(0)) taken();
  }
  stopClip(): Promise<void> {
    this.#calls.push("stopClip");
    this.endClip("stopped");
    return Promise.resolve();
  }
  cancelClip(): Promise<void> {
    this.#calls.push("cancelClip");
    this.endClip("cancelled");
    return Promise.resolve();
  }
  /** The clip that is recorded ends, for whatever reason. */
  endClip(reason: ClipEnd): void {
    this.#ended?.(reason);
    this.#ended = null;
  }
}
