/** The states of what is tried, in words: colour and icon are never alone. */
import type { PlainKey } from "../i18n/i18n.svelte";
import type { RowState } from "./self-test.svelte";

export const STATE: Record<RowState, PlainKey> = {
  untried: "stateUntried",
  trying: "stateTrying",
  ok: "stateOk",
  warning: "stateWarning",
  failed: "stateFailed",
  skipped: "stateSkipped",
};
