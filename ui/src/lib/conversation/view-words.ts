/** How a model was to look and answer, briefly, for the receipt. */
import type { AnswerOptions, Detail, FileView, ThinkingLevel } from "../backend/bindings";
import { formatTime } from "../composer/times";
import { locale, t, type PlainKey } from "../i18n/i18n.svelte";

const LOOKED: Record<Detail, PlainKey> = {
  low: "lookedCoarsely",
  medium: "lookedMedium",
  high: "lookedFinely",
  "ultra-high": "lookedFinest",
};
const THOUGHT: Record<ThinkingLevel, PlainKey> = {
  minimal: "thinkingMinimal",
  low: "thinkingLow",
  medium: "thinkingMedium",
  high: "thinkingHigh",
};

export function viewWords(view: FileView | undefined): string[] {
  const words: string[] = [];
  if (!view) return words;
  if (view.detail) words.push(t(LOOKED[view.detail]));
  const { startMs, endMs, framesPer1000S: frames } = view;
  if (endMs != null) words.push(`${formatTime(startMs ?? 0)}–${formatTime(endMs)}`);
  else if (startMs != null && startMs > 0) words.push(t("lookedFrom", { time: formatTime(startMs) }));
  if (frames != null) words.push(t("lookedFrames", { frames: locale.format.decimal(frames / 1000) }));
  return words;
}

export function optionWords(options: AnswerOptions | undefined): string[] {
  if (!options) return [];
  return [
    ...(options.search ? [t("optionSearch")] : []),
    ...(options.readLinks ? [t("optionReadLinks")] : []),
    ...(options.runCode ? [t("optionRunCode")] : []),
    ...(options.thinking ? [t("optionThinking", { level: t(THOUGHT[options.thinking]) })] : []),
    ...(options.schema ? [t("optionSchema")] : []),
  ];
}
