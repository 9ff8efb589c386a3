/** Codes of the backend in words. Each is exhaustive: a new code does not compile without its sentence. */
import type { CommandError, Notice, NoticeCode, OmissionReason, ProblemCode } from "../backend/bindings";
import type { RefusedFile } from "../composer/drafts.svelte";
import { t, type PlainKey } from "./i18n.svelte";

/** A notice as one sentence. `model`: who was asked; `hasText`: whether part of an answer came. */
export function noticeSentence(code: NoticeCode, model: string, hasText: boolean): string {
  switch (code) {
    case "key-missing":
      return t("noticeKeyMissing");
    case "key-invalid":
      return t("noticeKeyInvalid");
    case "key-forbidden":
      return t("noticeKeyForbidden");
    case "region-or-billing":
      return t("noticeRegionOrBilling");
    case "balance-empty":
      return t("noticeBalanceEmpty");
    case "rate-limited":
      return t("noticeRateLimited");
    case "quota-exhausted":
      return t("noticeQuotaExhausted", { name: model });
    case "overloaded":
      return t("noticeOverloaded");
    case "model-not-found":
      return t("noticeModelNotFound", { name: model });
    case "request-rejected":
      return t("noticeRequestRejected");
    case "request-too-large":
      return t("noticeRequestTooLarge");
    case "file-unusable":
      return t("noticeFileUnusable");
    case "file-unavailable":
      return t("noticeFileUnavailable");
    case "offline":
      return t("noticeOffline");
    case "timed-out":
      return t("noticeTimedOut");
    case "unexpected-reply":
      return t("noticeUnexpectedReply");
    case "prompt-blocked":
      return t("noticePromptBlocked");
    case "answer-blocked":
      return t(hasText ? "noticeAnswerBlocked" : "noticeAnswerBlockedEmpty");
    case "empty-answer":
      return t("noticeEmptyAnswer");
    case "cut-off":
      return t(hasText ? "noticeCutOff" : "noticeCutOffEmpty");
    case "length-limit":
      return t("noticeLengthLimit");
    case "interrupted":
      return t(hasText ? "noticeInterrupted" : "noticeInterruptedEmpty");
    case "model-missing":
      return t("noticeModelMissing", { name: model });
    case "model-unusable":
      return t("noticeModelUnusable", { name: model });
    case "out-of-memory":
      return t("noticeOutOfMemory", { name: model });
    case "context-full":
      return t("noticeContextFull");
    case "local-only":
      return t("noticeLocalOnly", { name: model });
    case "spending-cap":
      return t("noticeSpendingCap");
    case "internal":
      return t("noticeInternal");
  }
}

/** Why a question is being sent again by itself. */
export function retryReason(notice: Notice): string {
  if (notice.code === "overloaded") return t("whyOverloaded");
  if (notice.code === "rate-limited") return t("whyRateLimited");
  if (notice.code === "offline" || notice.code === "timed-out") return t("whyOffline");
  return t("whyOther");
}

export function errorSentence(error: CommandError): string {
  switch (error.code) {
    case "notice":
      return error.notice ? noticeSentence(error.notice.code, "Gemini", false) : t("errorInternal");
    case "not-found":
      return t("errorNotFound");
    case "disk-full":
      return t("errorDiskFull");
    case "read-only":
      return t("errorReadOnly");
    case "history-damaged":
      return t("errorHistoryDamaged");
    case "history-newer":
      return t("errorHistoryNewer");
    case "keychain-unavailable":
      return t("errorKeychainUnavailable");
    case "wrong-passphrase":
      return t("errorWrongPassphrase");
    case "fetch-failed":
      return t("errorFetchFailed");
    case "recognisers-missing":
      return t("errorRecognisersMissing");
    case "speech-recogniser-missing":
      return t("speechMissing");
    case "no-microphone":
      return t("faultNoMicrophone");
    case "microphone-busy":
      return t("faultMicrophoneBusy");
    case "microphone-refused":
      return t("faultRefused");
    case "microphone-lost":
      return t("faultLost");
    case "no-camera":
      return t("errorNoCamera");
    case "camera-busy":
      return t("errorCameraBusy");
    case "camera-denied":
      return t("errorCameraDenied");
    case "camera-lost":
      return t("errorCameraLost");
    case "video-tools-missing":
      return t("errorVideoTools");
    case "video-damaged":
      return t("errorVideoDamaged");
    case "no-screen":
      return t("errorNoScreen");
    case "screen-denied":
      return t("errorScreenDenied");
    case "screen-gone":
      return t("errorScreenGone");
    case "no-speaker":
      return t("errorNoSpeaker");
    case "no-voice":
      return t("errorNoVoice");
    case "cancelled":
      return t("errorCancelled");
    case "local-only":
      return t("errorLocalOnly");
    case "invalid-input":
      return t("errorInvalidInput");
    case "bad-endpoint":
      return t("errorBadEndpoint");
    case "bad-proxy":
      return t("errorBadProxy");
    case "certificates-unreadable":
      return t("errorCertificatesUnreadable");
    case "certificates-unusable":
      return t("errorCertificatesUnusable");
    case "internal":
      return error.detail ? `${t("errorInternal")} (${error.detail})` : t("errorInternal");
  }
}

const REFUSED = {
  unsupported: "refusedUnsupported",
  "too-large": "refusedTooLarge",
  damaged: "refusedDamaged",
  empty: "refusedEmpty",
  unreadable: "refusedUnreadable",
  folder: "refusedFolder",
  "disk-full": "refusedDiskFull",
  internal: "refusedInternal",
} as const satisfies Record<Exclude<ProblemCode, "remote-address">, string>;

/** What a file that is neither picture nor text looks like; the names are `media`'s. */
const LOOKS_LIKE = {
  video: "looksLikeVideo",
  audio: "looksLikeAudio",
  archive: "looksLikeArchive",
  document: "looksLikeDocument",
  picture: "looksLikePicture",
  program: "looksLikeProgram",
  font: "looksLikeFont",
} as const;

const isKnownKind = (kind: string): kind is keyof typeof LOOKS_LIKE => kind in LOOKS_LIKE;

export function refusedSentence({ name, problem }: RefusedFile): string {
  const { code, detail } = problem;
  if (code === "remote-address") return t("refusedRemoteAddress");
  if (code !== "unsupported") return t(REFUSED[code], { name, detail });
  const kind = detail !== null && isKnownKind(detail) ? t(LOOKS_LIKE[detail]) : null;
  return t(REFUSED[code], { name, detail: kind });
}

export const OMISSION: Record<OmissionReason, PlainKey> = {
  "model-cannot-see": "reasonCannotSee",
  "recognisers-missing": "reasonRecognisersMissing",
  "speech-recogniser-missing": "reasonSpeechRecogniserMissing",
  "model-cannot-open": "reasonCannotOpen",
  "video-tools-missing": "reasonVideoTools",
  "too-large": "reasonTooLarge",
  "too-many": "reasonTooMany",
  unreadable: "reasonUnreadable",
  "context-full": "reasonContextFull",
};
