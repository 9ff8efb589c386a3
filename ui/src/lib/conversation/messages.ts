/** Small questions to messages and models, without state. */
import type { AttachmentId, Message, Mind, Model, ModelRef, Omission } from "../backend/bindings";

export function textOf(message: Message): string {
  return message.parts.map((part) => (part.type === "text" ? part.text : "")).join("");
}

export function attachmentsOf(message: Message): AttachmentId[] {
  return message.parts.flatMap((part) => (part.type === "attachment" ? [part.id] : []));
}

export const sameModel = (one: ModelRef | null, other: ModelRef | null): boolean =>
  one !== null && other !== null && one.mind === other.mind && one.id === other.id;

export const findModel = (models: Model[], reference: ModelRef | null): Model | undefined =>
  models.find((model) => sameModel(model, reference));

/** The name to show for a model, which may have left the catalogue since. */
export const modelName = (models: Model[], reference: ModelRef): string =>
  findModel(models, reference)?.name ?? reference.id;

/** The name beside its mind's: "Gemini · 3.5 Flash", not "Gemini · Gemini 3.5 Flash". */
export const shortName = (name: string): string => name.replace(/^Gemini\s+/, "");

/** The best model of a mind: ready before not ready, and one that sees when there is something to see. */
export function bestModel(models: Model[], mind: Mind, needsSight: boolean): Model | undefined {
  const rank = (model: Model) =>
    (needsSight && model.capabilities.images === null ? 10 : 0) +
    { ready: 0, "needs-key": 1, "not-fetched": 2 }[model.state.type];
  return models.filter((model) => model.mind === mind).sort((one, other) => rank(one) - rank(other))[0];
}

/** Whether a model that does not see pictures gets notes of them. */
export const readsPictures = ({ capabilities }: Model, recognisersHere: boolean): boolean =>
  capabilities.noteTokens !== null && recognisersHere;

/** Whether a model takes sound as it is. */
export const hears = ({ capabilities }: Model): boolean =>
  capabilities.files?.accepts.some((mime) => mime.startsWith("audio/")) ?? false;

/** What a model makes of pictures, for people. */
export function senseOf(model: Model, recognisersHere: boolean): "seesPictures" | "readsNotes" | "readsText" {
  if (model.capabilities.images) return "seesPictures";
  return readsPictures(model, recognisersHere) ? "readsNotes" : "readsText";
}

/** Tokens written each second, once an answer is done and long enough to tell. */
export function speedOf(message: Message): number | null {
  if (!message.usage || !message.timing) return null;
  const writing = message.timing.totalMs - message.timing.firstTextMs;
  const tokens = message.usage.answerTokens;
  return writing >= 50 && tokens >= 5 ? (tokens * 1000) / writing : null;
}

export const countOmitted = (omitted: Omission[], reason: Omission["reason"]): number =>
  omitted.filter((omission) => omission.reason === reason).reduce((sum, omission) => sum + omission.count, 0);
