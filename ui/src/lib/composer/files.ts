/** The files of a question that was asked. */
import type { AskFile, Message } from "../backend/bindings";

/** As a request names them, with how they were looked at. */
export const filesOf = (question: Message): AskFile[] =>
  question.parts.flatMap((part): AskFile[] =>
    part.type === "attachment" ? [part.view ? { id: part.id, view: part.view } : { id: part.id }] : [],
  );
