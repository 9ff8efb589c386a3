/** A look through the camera for a few seconds, as the web view opens it or, where that cannot, the system. Nothing of it is kept. */
import type { Backend } from "../backend/backend";
import type { CameraOptions, CommandErrorCode, Consent, FindingCode, Settings } from "../backend/bindings";
import { commandError } from "../backend/errors";
import type { Found } from "./findings";

/** It closes by itself, so that it is not forgotten. */
export const SHOWN_FOR_MS = 10_000;

/**
 * What the web view's refusal means: the names are those of `getUserMedia` in the Media Capture and Streams specification.
 * It asks Castor first; where the person has allowed it, it is the system that refuses.
 */
export function cameraCode(name: string, consent: Consent): FindingCode {
  switch (name) {
    case "NotAllowedError":
    case "SecurityError":
      return consent === "allowed" ? "camera-no-rights" : "camera-refused";
    case "NotFoundError":
    case "OverconstrainedError":
      return "camera-none";
    case "NotReadableError":
    case "AbortError":
      return "camera-busy";
    default:
      return "camera-plugin-missing";
  }
}

/** What the system's refusal means; `null` where it says nothing of use. */
export function nativeCode(code: CommandErrorCode): FindingCode | null {
  switch (code) {
    case "no-camera":
    case "camera-lost":
      return "camera-none";
    case "camera-busy":
      return "camera-busy";
    case "camera-denied":
      return "camera-no-rights";
    default:
      return null;
  }
}

/** Every picture of the system's comes over the bridge: small ones will do. */
const NATIVE: CameraOptions = { width: 640, height: 480, frameRate: 15 };

/** The web view's stream of the camera of that name, or of the system's choice where it names none so. */
async function streamOf(name: string | null): Promise<MediaStream> {
  // Web views that were built without cameras have no such object.
  const devices = (navigator as { mediaDevices?: MediaDevices }).mediaDevices;
  if (!devices) throw new DOMException("", "NotSupportedError");
  // Names are told only once a camera was open.
  const known = name === null ? [] : await devices.enumerateDevices();
  const chosen = known.find(({ kind, label }) => kind === "videoinput" && label === name);
  return devices.getUserMedia({ video: chosen ? { deviceId: chosen.deviceId } : true, audio: false });
}

function stop(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

interface Host {
  backend: Backend;
  settings: Settings;
  saveSettings: (change: Partial<Settings>) => Promise<boolean>;
  selfTest: { tell: (found: Found) => void };
}

const nameOf = (error: unknown): string =>
  typeof error === "object" && error !== null && "name" in error ? String(error.name) : "";
const messageOf = (error: unknown): string | null => {
  const message = typeof error === "object" && error !== null && "message" in error ? String(error.message) : "";
  return message === "" ? null : message;
};

export class CameraTry {
  /** What it sees, while the web view has it open. */
  stream = $state.raw<MediaStream | null>(null);
  /** Address of what it sees now, while the system has it open. */
  picture = $state.raw<string | null>(null);
  opening = $state(false);
  readonly shows = $derived(this.stream !== null || this.picture !== null);
  /** Counts every opening and closing: what was asked for before is not wanted any more. */
  #turn = 0;
  #native = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly host: Host) {}

  #tell(state: Found["state"], code: FindingCode, detail: string | null): void {
    this.host.selfTest.tell({ subject: "camera", state, code, detail });
  }

  /** Opens it, where the person has allowed that. */
  async open(): Promise<void> {
    this.close();
    const { consent, device } = this.host.settings.camera;
    if (consent !== "allowed") {
      this.#tell("skipped", consent === "denied" ? "camera-refused" : "camera-not-asked", null);
      return;
    }
    const turn = this.#turn;
    this.opening = true;
    try {
      const stream = await streamOf(device);
      if (turn === this.#turn) this.#show(stream);
      else stop(stream);
    } catch (error) {
      const name = nameOf(error);
      const code = cameraCode(name, consent);
      // Who was told no does not go round.
      const refusal = code === "camera-no-rights" ? code : await this.#openNative(turn, device, code);
      if (turn === this.#turn && refusal) this.#tell("failed", refusal, messageOf(error));
    }
    if (turn === this.#turn) this.opening = false;
  }

  #show(stream: MediaStream): void {
    const [track] = stream.getVideoTracks();
    track?.addEventListener("ended", () => {
      if (this.stream === stream) this.#lost();
    });
    this.stream = stream;
    this.#opened(track?.label || null);
  }

  #opened(name: string | null): void {
    this.#timer = setTimeout(() => this.close(), SHOWN_FOR_MS);
    this.#tell("ok", "works", name);
  }

  #lost(): void {
    this.close();
    this.#tell("failed", "camera-none", null);
  }

  /** Why the system shows nothing either, or `null` once it does; `otherwise`: where it has nothing to say. */
  async #openNative(turn: number, name: string | null, otherwise: FindingCode): Promise<FindingCode | null> {
    const { backend } = this.host;
    const cameras = await backend.cameras().catch(() => []);
    const camera = cameras.find((one) => one.name === name) ?? cameras[0];
    if (!camera || turn !== this.#turn) return otherwise;
    this.#native = true;
    return new Promise((resolve) => {
      const draw = (frame: ArrayBuffer): void => {
        if (turn !== this.#turn) return;
        const first = this.picture === null;
        this.#draw(frame);
        if (!first) return;
        this.#opened(camera.name);
        resolve(null);
      };
      const gone = (code: FindingCode): void => {
        if (turn !== this.#turn) return resolve(null);
        this.#native = false;
        if (this.picture === null) resolve(code);
        else this.#lost();
      };
      backend.openCamera(camera.id, NATIVE, draw).then(
        () => gone(otherwise),
        (error) => gone(nativeCode(commandError(error).code) ?? otherwise),
      );
    });
  }

  #draw(frame: ArrayBuffer): void {
    if (this.picture !== null) URL.revokeObjectURL(this.picture);
    this.picture = URL.createObjectURL(new Blob([frame], { type: "image/jpeg" }));
  }

  /** The person allows the camera, and looks through it. */
  async allow(): Promise<void> {
    const { camera } = this.host.settings;
    if (await this.host.saveSettings({ camera: { ...camera, consent: "allowed" } })) await this.open();
  }

  /** Closes it, also one that is still being opened. */
  close(): void {
    this.#turn += 1;
    clearTimeout(this.#timer);
    this.opening = false;
    if (this.stream) stop(this.stream);
    this.stream = null;
    if (this.#native) void this.host.backend.closeCamera().catch(() => undefined);
    this.#native = false;
    if (this.picture !== null) URL.revokeObjectURL(this.picture);
    this.picture = null;
  }
}
