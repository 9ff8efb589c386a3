/** A look through the camera for a few seconds, as the web view opens it; nothing of it is kept. */
import type { Consent, FindingCode, Settings } from "../backend/bindings";
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

interface Host {
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
  /** What it sees, while it is open. */
  stream = $state.raw<MediaStream | null>(null);
  opening = $state(false);
  /** Counts every opening and closing: what was asked for before is not wanted any more. */
  #turn = 0;
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
      // Web views that were built without cameras have no such object.
      const devices = (navigator as { mediaDevices?: MediaDevices }).mediaDevices;
      if (!devices) throw new DOMException("", "NotSupportedError");
      const video = device === null ? true : { deviceId: { exact: device } };
      const stream = await devices.getUserMedia({ video, audio: false });
      if (turn === this.#turn) this.#show(stream);
      else for (const track of stream.getTracks()) track.stop();
    } catch (error) {
      if (turn === this.#turn) this.#tell("failed", cameraCode(nameOf(error), consent), messageOf(error));
    }
    if (turn === this.#turn) this.opening = false;
  }

  #show(stream: MediaStream): void {
    const [track] = stream.getVideoTracks();
    track?.addEventListener("ended", () => {
      if (this.stream !== stream) return;
      this.close();
      this.#tell("failed", "camera-none", null);
    });
    this.stream = stream;
    this.#timer = setTimeout(() => this.close(), SHOWN_FOR_MS);
    this.#tell("ok", "works", track?.label || null);
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
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = null;
  }
}
