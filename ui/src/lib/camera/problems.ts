/** Why a camera shows nothing, and what helps. */
import type { CommandError } from "../backend/bindings";
import type { Platform } from "../components/keys";
import { t } from "../i18n/i18n.svelte";

export type CameraProblem =
  /** None is there. */
  | "no-camera"
  | "camera-denied"
  | "camera-busy"
  /** It went away while it was open. */
  | "camera-lost"
  /** It did not start, for a reason nobody tells. */
  | "camera-failed";

/** What the web view says of a camera it did not open, by the names of `getUserMedia`'s exceptions. */
export function webProblem(error: unknown): CameraProblem {
  switch (error instanceof Error || error instanceof DOMException ? error.name : "") {
    // WebKitGTK says the second where there is no camera at all.
    case "NotFoundError":
    case "OverconstrainedError":
      return "no-camera";
    case "NotAllowedError":
      return "camera-denied";
    case "NotReadableError":
      return "camera-busy";
    default:
      return "camera-failed";
  }
}

/** What the system says of a camera it did not open; `null` where it says nothing of use. */
export function nativeProblem({ code }: CommandError): CameraProblem | null {
  return code === "no-camera" || code === "camera-denied" || code === "camera-busy" || code === "camera-lost"
    ? code
    : null;
}

export function problemSentence(problem: CameraProblem, platform: Platform): string {
  switch (problem) {
    case "no-camera":
      return t("errorNoCamera");
    case "camera-busy":
      return t("errorCameraBusy");
    case "camera-denied":
      if (platform === "macos") return t("cameraRefusedMacos");
      return t(platform === "windows" ? "cameraRefusedWindows" : "errorCameraDenied");
    case "camera-lost":
      return t("cameraGone");
    case "camera-failed":
      return t("cameraFailed");
  }
}
