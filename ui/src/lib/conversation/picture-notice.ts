/** Why an answer cannot be about the pictures of its question. */
import type { Attachment, AttachmentId, Message } from "../backend/bindings";
import { attachmentsOf } from "./messages";

export type PictureNotice =
  /** The notes of these pictures say nothing; the numbers are empty where the conversation has one picture. */
  | { code: "nothing-found"; numbers: number[] }
  /** The recognisers were not there to make notes. */
  | { code: "recognisers-missing" };

/** `files`: those of the conversation. What was not heard or seen of a recording or video is told with the question itself. */
export function pictureNotice(
  { receipt }: Message,
  question: Message,
  numbers: ReadonlyMap<AttachmentId, number> | undefined,
  files: ReadonlyMap<AttachmentId, Attachment> | undefined,
): PictureNotice | null {
  if (!receipt) return null;
  const own = new Set<AttachmentId | null>(attachmentsOf(question));
  if (receipt.omitted.some(({ attachment, reason }) => reason === "recognisers-missing" && own.has(attachment))) {
    return { code: "recognisers-missing" };
  }
  const isPicture = (id: AttachmentId): boolean => (files?.get(id)?.kind ?? "image") === "image";
  const empty = receipt.delivered.filter(
    ({ attachment, current, notes }) => current && notes?.usable === false && isPicture(attachment),
  );
  if (empty.length === 0) return null;
  return { code: "nothing-found", numbers: empty.flatMap(({ attachment }) => numbers?.get(attachment) ?? []) };
}
