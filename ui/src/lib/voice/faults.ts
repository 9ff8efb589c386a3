/** Why a recording is not what it was meant to be, and what helps. */
import type { CommandError } from "../backend/bindings";
import type { Platform } from "../components/keys";
import { t } from "../i18n/i18n.svelte";
import { errorSentence } from "../i18n/sentences";
import type { Recorded } from "./recording.svelte";

export type Fault =
  /** It could not be begun. */
  | { code: "refused"; error: CommandError }
  /** `kept`: what was said until then. */
  | { code: "unplugged" | "disk-full" | "too-long" | "failed" | "nothing-heard"; kept: boolean };

/** `null` where it ended as the person meant it. */
export function faultOf({ attachment, reason, error }: Recorded): Fault | null {
  if (error) return error.code === "cancelled" ? null : { code: "refused", error };
  if (reason === null || reason === "stopped" || reason === "cancelled" || reason === "silence") return null;
  return { code: reason, kept: attachment !== null };
}

function refusedSentence(error: CommandError, platform: Platform): string {
  switch (error.code) {
    case "microphone-refused":
      if (platform === "macos") return t("faultRefusedMacos");
      return t(platform === "windows" ? "faultRefusedWindows" : "faultRefused");
    case "no-microphone":
    case "microphone-busy":
    case "microphone-lost":
      return errorSentence(error);
    case "disk-full":
      return t("faultDiskFull");
    default:
      return t("faultRecordingBecause", { why: errorSentence(error) });
  }
}

export function faultSentence(fault: Fault, platform: Platform): string {
  switch (fault.code) {
    case "refused":
      return refusedSentence(fault.error, platform);
    case "unplugged":
      return t(fault.kept ? "faultUnplugged" : "faultLost");
    case "disk-full":
      return t(fault.kept ? "faultDiskFullKept" : "faultDiskFull");
    case "too-long":
      return t("faultTooLong");
    case "nothing-heard":
      return t("faultNothingHeard");
    case "failed":
      return t(fault.kept ? "faultRecordingKept" : "faultRecording");
  }
}

/** The name of a fault, for tests. */
export const faultCode = (fault: Fault): string => (fault.code === "refused" ? fault.error.code : fault.code);

/** Whether choosing another microphone, or testing this one, may help. */
export const leadsToSettings = (fault: Fault): boolean =>
  ["no-microphone", "microphone-busy", "microphone-lost", "unplugged", "nothing-heard"].includes(faultCode(fault));
