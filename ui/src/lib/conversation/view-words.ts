/** How a model was to look and answer, briefly, for the receipt. */
import type { AnswerOptions, Detail, FileView, ThinkingLevel } from "../backend/bindings";
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

/** Milliseconds as "0:10" or "1:02:03". */
function clock(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  const two = (value: number) => String(value).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

export function viewWords(view: FileView | undefined): string[] {
  const words: string[] = [];
  if (!view) return words;
  if (view.detail) words.push(t(LOOKED[view.detail]));
  const { startMs, endMs, framesPer1000S: frames } = view;
  if (endMs != null) words.push(`${clock(startMs ?? 0)}–${clock(endMs)}`);
  else if (startMs != null && startMs > 0) words.push(t("lookedFrom", { time: clock(startMs) }));
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
