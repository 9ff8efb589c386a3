/** Which answers are read aloud without being asked to. */
import type { AttachmentId, Message, ReadAloud } from "../backend/bindings";
import { attachmentsOf } from "../conversation/messages";

/** `recorded`: what was said into the microphone of this window; a sound file that was dropped is no spoken question. */
export function readsByItself(when: ReadAloud, question: Message, recorded: ReadonlySet<AttachmentId>): boolean {
  if (when !== "spoken-questions") return when === "always";
  return attachmentsOf(question).some((id) => recorded.has(id));
}
