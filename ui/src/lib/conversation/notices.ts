/** The one thing to do about each notice. */
import type { NoticeCode } from "../backend/bindings";

export type NoticeAction =
  | "retry"
  | "add-key"
  | "change-key"
  | "address"
  | "other-mind"
  | "choose-model"
  | "get-model"
  | "change-question"
  | "continue"
  | "unlock"
  | "spending"
  | "new-conversation";

/** `hasText`: part of an answer came; `customAddress`: another endpoint than Google's is set. */
export function actionFor(code: NoticeCode, hasText: boolean, customAddress: boolean): NoticeAction {
  switch (code) {
    case "key-missing":
      return "add-key";
    case "key-invalid":
    case "key-forbidden":
      return "change-key";
    case "region-or-billing":
    case "balance-empty":
    case "quota-exhausted":
      return "other-mind";
    case "local-only":
      return "unlock";
    case "spending-cap":
      return "spending";
    case "model-not-found":
      return "choose-model";
    case "offline":
    case "unexpected-reply":
      return customAddress ? "address" : "retry";
    case "request-too-large":
    case "file-unusable":
    case "prompt-blocked":
      return "change-question";
    case "answer-blocked":
      return hasText ? "retry" : "change-question";
    case "cut-off":
    case "interrupted":
      return hasText ? "continue" : "retry";
    case "length-limit":
      return "continue";
    case "model-missing":
    case "model-unusable":
      return "get-model";
    case "context-full":
      return "new-conversation";
    case "rate-limited":
    case "overloaded":
    case "request-rejected":
    case "timed-out":
    case "file-unavailable":
    case "empty-answer":
    case "out-of-memory":
    case "internal":
      return "retry";
  }
}
