/** Which kinds of data a question takes out of this computer. */
import type { AskAction, Attachment, DataKind, MediaKind, Message, MessageId } from "../backend/bindings";
import { attachmentsOf, textOf } from "../conversation/messages";
import type { Thread } from "../conversation/thread.svelte";

const KIND: Record<MediaKind, DataKind> = {
  image: "pictures",
  text: "text",
  document: "documents",
  audio: "sound",
  video: "video",
};
const ORDER: DataKind[] = ["text", "pictures", "documents", "sound", "video"];

/** The message after which nothing more goes along; `undefined` when nothing goes before the question. */
function leafOf(action: AskAction, thread: Thread): MessageId | null | undefined {
  switch (action.type) {
    case "new":
      return action.parent;
    case "edit":
      return thread.message(action.question)?.parent;
    case "again":
      return action.question;
    case "continue":
      return action.answer;
  }
}

/** The messages that go along, the newest first. */
export function messagesBefore(action: AskAction, thread: Thread | null): Message[] {
  const messages: Message[] = [];
  let next = thread ? leafOf(action, thread) : undefined;
  while (next != null) {
    const message: Message | undefined = thread?.message(next);
    if (!message) break;
    messages.push(message);
    next = message.parent;
  }
  return messages;
}

/** Everything that leaves with a question: its own words and files, and those of earlier messages that go along. */
export function kindsLeaving(action: AskAction, attachments: Attachment[], thread: Thread | null): DataKind[] {
  const kinds = new Set<DataKind>(attachments.map(({ kind }) => KIND[kind]));
  if ("text" in action && action.text.trim() !== "") kinds.add("text");
  for (const message of messagesBefore(action, thread)) {
    if (textOf(message).trim() !== "") kinds.add("text");
    for (const id of attachmentsOf(message)) {
      const attachment = thread?.attachments.get(id);
      if (attachment) kinds.add(KIND[attachment.kind]);
    }
  }
  return ORDER.filter((kind) => kinds.has(kind));
}
