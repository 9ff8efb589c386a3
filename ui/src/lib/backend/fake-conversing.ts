/** Made-up states about answers read aloud and about talking in turns. */
import type { FakeBackend } from "./fake";

export const CONVERSING_SCENARIOS = [
  "reading-aloud",
  "reading-aloud-loading",
  "reading-aloud-live",
  "reading-aloud-no-voice",
  "settings-speaking",
  "settings-speaking-none",
  "conversation-listening",
  "conversation-thinking",
  "conversation-speaking",
  "conversation-failed",
  "conversation-no-voice",
  "conversation-missing",
] as const;
type ConversingScenario = (typeof CONVERSING_SCENARIOS)[number];

export const isConversingScenario = (name: string): name is ConversingScenario =>
  (CONVERSING_SCENARIOS as readonly string[]).includes(name);

const LOCAL = { mind: "local", id: "qwen2.5-coder-1.5b-instruct-q4_k_m" } as const;
const WORDS = {
  en: {
    spoken: "And what would it be with a ten percent tip?",
    answer:
      "With a ten percent tip it comes to **9.35**. That is 85 cents on top of the 8.50 on the receipt. Most people would round it up to 9.50, which is just as easy to pay in coins. If three of you share it, each pays about 3.17.",
  },
  zh: {
    spoken: "如果再加百分之十的小费，一共多少钱？",
    answer:
      "加上百分之十的小费，一共是 **9.35**。也就是在小票的 8.50 之外再加 0.85。多数人会凑成 9.50，付硬币也方便。如果三个人平摊，每人大约 3.17。",
  },
};

const press = (testid: string, wait: number) =>
  setTimeout(() => document.querySelector<HTMLElement>(`[data-testid=${testid}]`)?.click(), wait);

/** Arranges one of the states on top of a conversation with one answer; `open`: `local` asks the other mind, `fetch` begins to fetch. */
export function arrangeConversing(
  scenario: ConversingScenario,
  backend: FakeBackend,
  language: "en" | "zh",
  open: URLSearchParams,
): void {
  const { state, voice, speaking } = backend;
  const { start } = state;
  const words = WORDS[language];
  voice.pace = 50;
  voice.language = language;
  voice.speech = words.spoken;
  voice.questions = 1;
  speaking.pace = 2500;
  backend.script = { text: words.answer, pace: 40 };
  const files = { accepts: ["audio/flac"], maxBytes: 20_000_000, maxSentAhead: 2_000_000_000 };
  start.models = start.models.map((model) =>
    model.mind === "gemini" ? { ...model, capabilities: { ...model.capabilities, files } } : model,
  );
  if (open.has("local") || scenario === "conversation-missing")
    state.messages = state.messages.map((message) => (message.model ? { ...message, model: LOCAL } : message));

  if (scenario.startsWith("conversation")) press("conversation-mode", 500);
  switch (scenario) {
    case "reading-aloud":
      press("read-aloud", 500);
      break;
    case "reading-aloud-loading":
      speaking.loads = true;
      press("read-aloud", 500);
      break;
    case "reading-aloud-live":
      start.settings = { ...start.settings, speaking: { ...start.settings.speaking, automatic: "always" } };
      press("again", 500);
      break;
    case "reading-aloud-no-voice":
      speaking.problem = { code: "no-voice", notice: null, detail: null };
      press("read-aloud", 500);
      break;
    case "settings-speaking-none":
      speaking.withoutNeural();
      speaking.withoutSystem();
    // falls through
    case "settings-speaking":
      setTimeout(() => window.dispatchEvent(new KeyboardEvent("keydown", { key: ",", ctrlKey: true })), 400);
      setTimeout(() => document.querySelector<HTMLElement>("[data-page=voice]")?.click(), 900);
      setTimeout(() => document.querySelector("[data-testid=voice-neural]")?.scrollIntoView({ block: "end" }), 1400);
      if (open.has("fetch")) press("voice-fetch", 1500);
      break;
    case "conversation-listening":
      voice.questions = 0;
      break;
    case "conversation-thinking":
      backend.script = { text: "", pace: 40, hangs: true };
      break;
    case "conversation-failed":
      backend.script = { text: "", pace: 40, fails: { code: "offline", detail: "dns error", retryAfterMs: null } };
      break;
    case "conversation-no-voice":
      speaking.problem = { code: "no-voice", notice: null, detail: null };
      break;
    case "conversation-missing":
      voice.withoutRecogniser();
      if (open.has("fetch")) press("speech-fetch", 1200);
      break;
    case "conversation-speaking":
      break;
  }
}
