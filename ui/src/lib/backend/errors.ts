/** What a rejected promise of the backend holds. */
import type { CommandError, CommandErrorCode } from "./bindings";

const CODES: Record<CommandErrorCode, true> = {
  notice: true,
  "not-found": true,
  "disk-full": true,
  "read-only": true,
  "history-damaged": true,
  "history-newer": true,
  "keychain-unavailable": true,
  "wrong-passphrase": true,
  "fetch-failed": true,
  "recognisers-missing": true,
  "speech-recogniser-missing": true,
  "no-microphone": true,
  "microphone-busy": true,
  "microphone-refused": true,
  "microphone-lost": true,
  "no-speaker": true,
  "no-voice": true,
  "no-camera": true,
  "camera-busy": true,
  "camera-denied": true,
  "camera-lost": true,
  "video-tools-missing": true,
  "video-damaged": true,
  "no-screen": true,
  "screen-denied": true,
  "screen-gone": true,
  cancelled: true,
  "local-only": true,
  "invalid-input": true,
  "bad-endpoint": true,
  "bad-proxy": true,
  "certificates-unreadable": true,
  "certificates-unusable": true,
  internal: true,
};

/** The error as the backend meant it; anything else is a fault of the window or the bridge. */
export function commandError(error: unknown): CommandError {
  if (typeof error === "object" && error !== null && "code" in error && String(error.code) in CODES) {
    return error as CommandError;
  }
  return { code: "internal", notice: null, detail: error instanceof Error ? error.message : String(error) };
}
