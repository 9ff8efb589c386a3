/** A receipt in one line. */
import type { AttachmentId, DeliveredMedia, DeliveredNotes, MediaKind, ModelRef, Receipt } from "../backend/bindings";
import { locale, t } from "../i18n/i18n.svelte";
import { countOmitted } from "./messages";
import { optionWords, viewWords } from "./view-words";

export interface ReceiptLine {
  text: string;
  /** Something of this question did not reach the model. */
  warns: boolean;
  /** A picture or another file was not looked at because the model only reads text. */
  unseen: boolean;
  /** The model got notes in place of pictures. */
  notes: boolean;
}

const separator = () => (locale.language === "zh" ? "，" : ", ");

/** What became of the lines of text in delivered notes. */
export function linesOf(notes: DeliveredNotes[]): string[] {
  const lines = notes.reduce((sum, note) => sum + note.lines, 0);
  const leftOut = notes.reduce((sum, note) => sum + note.linesLeftOut, 0);
  return [
    ...(lines > 0 ? [t("receiptLines", { count: lines })] : []),
    ...(leftOut > 0 ? [t("receiptLinesLeftOut", { count: leftOut, of: lines + leftOut })] : []),
  ];
}

/** How videos were watched, where the model did not get them as they are. */
function watchedParts(videos: DeliveredMedia[]): string[] {
  const several = (chosen: DeliveredMedia[]) => ({
    count: chosen.reduce((sum, { moments }) => sum + (moments?.length ?? 0), 0),
    videos: new Set(chosen.map(({ attachment }) => attachment)).size,
  });
  const parts: string[] = [];
  const pictures = videos.filter(({ width, notes }) => width > 0 && !notes);
  const usable = videos.filter(({ notes }) => notes?.usable);
  const seen = usable.filter(({ moments }) => (moments?.length ?? 0) > 0);
  const heard = usable.filter(({ moments, attachment }) => !moments?.length && !isIn(pictures, attachment));
  const empty = videos.filter(({ notes }) => notes?.usable === false);
  if (pictures.length > 0) parts.push(t("receiptMomentPictures", several(pictures)));
  if (seen.length > 0) parts.push(t("receiptMoments", several(seen)));
  if (heard.length > 0) parts.push(t("receiptVideoWords", { count: heard.length }));
  if (empty.length > 0) parts.push(t("receiptVideosEmpty", { count: empty.length }));
  return parts;
}
const isIn = (media: DeliveredMedia[], id: AttachmentId): boolean => media.some(({ attachment }) => attachment === id);

/** `kindOf`: what a file is; where that is not known, words in place of it are notes of a picture. */
export function receiptLine(
  receipt: Receipt,
  model: ModelRef,
  name: string,
  kindOf: (id: AttachmentId) => MediaKind | undefined = () => undefined,
): ReceiptLine {
  const { format } = locale;
  const parts: string[] = [];
  const unseen = countOmitted(receipt.omitted, "model-cannot-see");
  const tooMany = countOmitted(receipt.omitted, "too-many");
  const unreadable = countOmitted(receipt.omitted, "unreadable");
  const forgotten = countOmitted(receipt.omitted, "context-full");
  const unread = countOmitted(receipt.omitted, "recognisers-missing");
  const unheard = countOmitted(receipt.omitted, "speech-recogniser-missing");
  const unopened = countOmitted(receipt.omitted, "model-cannot-open");
  const unwatched = countOmitted(receipt.omitted, "video-tools-missing");
  const tooLarge = countOmitted(receipt.omitted, "too-large");
  if (unseen > 0) parts.push(t("receiptNotSeen", { count: unseen, model: name }));
  if (unread > 0) parts.push(t("receiptNotRead", { count: unread }));
  if (unheard > 0) parts.push(t("receiptNotHeard", { count: unheard }));
  if (unopened > 0) parts.push(t("receiptNotOpened", { count: unopened, model: name }));
  if (unwatched > 0) parts.push(t("receiptNotWatched", { count: unwatched }));

  const all = receipt.delivered.filter((media) => media.current);
  // A video that went as it is, is a file like others.
  const isWatched = ({ attachment, notes, moments }: DeliveredMedia): boolean =>
    (moments?.length ?? 0) > 0 || (notes != null && kindOf(attachment) === "video");
  const current = all.filter((media) => !isWatched(media));
  parts.push(...watchedParts(all.filter(isWatched)));
  const worded = current.filter((media) => media.notes);
  const isSound = (id: AttachmentId): boolean => kindOf(id) === "audio";
  const notes = worded.flatMap(({ attachment, notes }) => (notes && !isSound(attachment) ? notes : []));
  const transcripts = worded.flatMap(({ attachment, notes }) => (notes && isSound(attachment) ? notes : []));
  const usable = notes.filter((note) => note.usable);
  const pictures = current.filter((media) => media.width > 0 && !media.notes);
  const media = current.filter(({ mime }) => /^(audio|video|application)\//.test(mime));
  const texts = current.length - pictures.length - worded.length - media.length;
  if (usable.length > 0) {
    const lines = linesOf(usable).join(separator());
    const colon = locale.language === "zh" ? "：" : ": ";
    parts.push([t("receiptNotes", { count: usable.length }), lines].filter((part) => part !== "").join(colon));
  }
  const empty = notes.length - usable.length;
  if (empty > 0) parts.push(t("receiptNotesEmpty", { count: empty, of: notes.length }));
  const heard = transcripts.filter(({ usable }) => usable).length;
  if (heard > 0) parts.push(t("receiptTranscripts", { count: heard }));
  const silent = transcripts.length - heard;
  if (silent > 0) parts.push(t("receiptTranscriptsEmpty", { count: silent, of: transcripts.length }));
  if (pictures.length > 0) {
    const sent = t(model.mind === "gemini" ? "receiptPictures" : "receiptPicturesLocal", { count: pictures.length });
    const [only] = pictures.length === 1 ? pictures : [];
    const size = only ? [`${only.width} × ${only.height}`] : [];
    const bytes = format.bytes(pictures.reduce((sum, media) => sum + media.bytes, 0));
    parts.push([sent, ...size, bytes].join(separator()));
    if (pictures.some((media) => media.metadataRemoved)) parts.push(t("receiptMetadata"));
  }
  if (media.length > 0) {
    const bytes = format.bytes(media.reduce((sum, file) => sum + file.bytes, 0));
    parts.push([t("receiptMedia", { count: media.length }), bytes].join(separator()));
  }
  if (texts > 0) parts.push(t("receiptFiles", { count: texts }));
  if (tooMany > 0) parts.push(t("receiptTooMany", { count: tooMany }));
  if (tooLarge > 0) parts.push(t("receiptTooLarge", { count: tooLarge }));
  if (unreadable > 0) parts.push(t("receiptUnreadable", { count: unreadable }));
  if (forgotten > 0) parts.push(t("receiptContextFull", { count: forgotten }));
  if (parts.length === 0) parts.push(t("receiptTextOnly"));
  const [one, ...others] = all.filter((media) => !media.notes || isWatched(media));
  // With several files it is told for each of them, unfolded.
  if (one && others.length === 0) parts.push(...viewWords(one.view));
  parts.push(...optionWords(receipt.options));
  if (receipt.promptTokens !== null && unseen + unread + unheard + unopened + unwatched === 0) {
    parts.push(t(receipt.estimated ? "receiptAboutTokens" : "receiptTokens", { count: receipt.promptTokens }));
  }
  return {
    text: parts.join(" · "),
    warns: receipt.omitted.length > 0,
    unseen: unseen + unopened > 0,
    notes: notes.length > 0,
  };
}
