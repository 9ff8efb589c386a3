/** Why settings were not kept, for the line beside the form. */
import { commandError } from "../backend/errors";
import { t } from "../i18n/i18n.svelte";
import { errorSentence } from "../i18n/sentences";

export function refusal(thrown: unknown): string {
  const error = commandError(thrown);
  return error.code === "invalid-input" && error.detail !== null
    ? t("settingRefusedBecause", { detail: error.detail })
    : t("settingRefused", { why: errorSentence(error) });
}
