/** How a model is to look at a file: what can be chosen, and the choice in words. */
import type { Capabilities, Detail, FileView, MediaKind } from "../backend/bindings";
import { locale, t, type PlainKey } from "../i18n/i18n.svelte";
import { formatTime } from "./times";

const DETAIL: Record<Detail, PlainKey> = {
  low: "detailLow",
  medium: "detailMedium",
  high: "detailHigh",
  "ultra-high": "detailUltraHigh",
};

export const detailWord = (detail: Detail | null): string => t(detail === null ? "detailUsual" : DETAIL[detail]);

/** The details a model can be asked for with a file of this kind, the coarsest first; none where it looks in its own way only. */
export function detailsFor(kind: MediaKind, capabilities: Capabilities | undefined): Detail[] {
  if (kind === "image" && capabilities?.images) return ["low", "medium", "high", "ultra-high"];
  if ((kind === "document" || kind === "video") && capabilities?.files) return ["low", "medium", "high"];
  return [];
}

/** Whether only a part of a video can be looked at: by who takes videos, and by who gets pictures or notes of their moments. */
export const canClip = (kind: MediaKind, capabilities: Capabilities | undefined): boolean =>
  kind === "video" &&
  capabilities !== undefined &&
  (capabilities.files !== null || capabilities.images !== null || capabilities.noteTokens !== null);

/** Without what says nothing: `undefined` is the model's own way. */
export function trimmedView(view: FileView): FileView | undefined {
  const said = Object.fromEntries(Object.entries(view).filter(([, value]) => value != null)) as FileView;
  return Object.keys(said).length > 0 ? said : undefined;
}

/** "fine · 0:10–0:40 · 2 frames/s"; empty for the model's own way. */
export function viewInWords(view: FileView | undefined): string {
  if (!view) return "";
  const words: string[] = [];
  if (view.detail != null) words.push(detailWord(view.detail));
  if (view.startMs != null || view.endMs != null) {
    words.push(`${formatTime(view.startMs ?? 0)}–${view.endMs == null ? t("clipToEnd") : formatTime(view.endMs)}`);
  }
  if (view.framesPer1000S != null) {
    const frames = new Intl.NumberFormat(locale.language, { maximumFractionDigits: 3 }).format(
      view.framesPer1000S / 1000,
    );
    words.push(t("framesEachSecond", { frames }));
  }
  return words.join(" · ");
}
