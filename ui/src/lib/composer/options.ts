/** How an answer is to be made: what can be switched on, what is on, and what a model does not offer. */
import type { AnswerOptions, AnswerTools, Model, ThinkingLevel } from "../backend/bindings";
import type { PlainKey } from "../i18n/i18n.svelte";

export type Switch = "search" | "readLinks" | "runCode";
export const SWITCHES: Switch[] = ["search", "readLinks", "runCode"];
export type Option = Switch | "thinking" | "schema";

export const OPTION_NAME: Record<Option, PlainKey> = {
  thinking: "toolThinking",
  search: "toolSearch",
  readLinks: "toolReadLinks",
  runCode: "toolRunCode",
  schema: "toolSchema",
};

export const THINKING: Record<ThinkingLevel, PlainKey> = {
  minimal: "thinkMinimal",
  low: "thinkLow",
  medium: "thinkMedium",
  high: "thinkHigh",
};

/** What is on, in the order of the menu. */
export function optionsOn(options: AnswerOptions): Option[] {
  const on: Option[] = [];
  if (options.thinking != null) on.push("thinking");
  for (const name of SWITCHES) if (options[name]) on.push(name);
  if (options.schema != null) on.push("schema");
  return on;
}

/** Whether a model can follow an option. */
export function isOffered(model: Model | undefined, option: Option): boolean {
  const tools: AnswerTools | undefined = model?.capabilities.tools;
  return option === "thinking" ? (tools?.thinking?.length ?? 0) > 0 : tools?.[option] === true;
}

/** Whether a model follows an option as it is set: it may know other levels of thinking. */
export function isFollowed(model: Model | undefined, option: Option, options: AnswerOptions): boolean {
  if (option !== "thinking") return isOffered(model, option);
  return options.thinking != null && (model?.capabilities.tools.thinking ?? []).includes(options.thinking);
}

export function without(options: AnswerOptions, option: Option): AnswerOptions {
  return Object.fromEntries(Object.entries(options).filter(([name]) => name !== option));
}
