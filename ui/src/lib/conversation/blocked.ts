/** Why Gemini blocked a question or an answer, and its ratings, in words. Reasons and categories are open lists: an unknown one is shown as it is. */
import type { SafetyRating } from "../backend/bindings";
import { t, type PlainKey } from "../i18n/i18n.svelte";

const REASONS: Record<string, PlainKey> = {
  SAFETY: "blockedSafety",
  PROHIBITED_CONTENT: "blockedProhibited",
  BLOCKLIST: "blockedBlocklist",
  RECITATION: "blockedRecitation",
  IMAGE_RECITATION: "blockedRecitation",
  SPII: "blockedPersonal",
  IMAGE_SAFETY: "blockedImage",
  IMAGE_PROHIBITED_CONTENT: "blockedImage",
  JAILBREAK: "blockedJailbreak",
  MODEL_ARMOR: "blockedModelArmor",
  LANGUAGE: "blockedLanguage",
  OTHER: "blockedOther",
  IMAGE_OTHER: "blockedOther",
  BLOCKED_REASON_UNSPECIFIED: "blockedOther",
};

const CATEGORIES: Record<string, PlainKey> = {
  HARM_CATEGORY_HARASSMENT: "harmHarassment",
  HARM_CATEGORY_HATE_SPEECH: "harmHate",
  HARM_CATEGORY_SEXUALLY_EXPLICIT: "harmSexual",
  HARM_CATEGORY_DANGEROUS_CONTENT: "harmDangerous",
};

const PROBABILITIES: Record<string, PlainKey> = {
  NEGLIGIBLE: "ratedNegligible",
  LOW: "ratedLow",
  MEDIUM: "ratedMedium",
  HIGH: "ratedHigh",
};

const own = (record: Record<string, PlainKey>, name: string): PlainKey | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined;

/** The reason as a sentence; `null` when it is none we know. `detail` is the provider's word, perhaps with more behind it. */
export function blockedReason(detail: string | null): string | null {
  const key = own(REASONS, /^[A-Z_]+/.exec(detail ?? "")?.[0] ?? "");
  return key ? t(key) : null;
}

/** Whether other thresholds in the settings could let it through. */
export const thresholdsMatter = (detail: string | null): boolean => /^(IMAGE_)?SAFETY\b/.test(detail ?? "");

export function ratingInWords({ category, probability }: SafetyRating): { category: string; probability: string } {
  const known = own(CATEGORIES, category);
  const level = own(PROBABILITIES, probability);
  return { category: known ? t(known) : category, probability: level ? t(level) : probability };
}
