/** Made-up states about asking by voice and about sound. */
import type { Attachment, DeliveredMedia } from "./bindings";
import type { FakeBackend } from "./fake";
import { fakeSound, fakeTranscript } from "./fake-voice";

export const TALKING_SCENARIOS = [
  "recording",
  "recording-hold",
  "hands-free",
  "no-microphone",
  "unplugged",
  "voice-draft",
  "voice-question",
  "voice-meeting",
  "transcribing",
  "transcript-missing",
  "settings-voice",
] as const;
type TalkingScenario = (typeof TALKING_SCENARIOS)[number];

export const isTalkingScenario = (name: string): name is TalkingScenario =>
  (TALKING_SCENARIOS as readonly string[]).includes(name);

const LOCAL = { mind: "local", id: "qwen2.5-coder-1.5b-instruct-q4_k_m" } as const;

const WORDS = {
  en: {
    spoken: "How much was the cappuccino on this receipt, and is the total at the bottom right?",
    meeting: "Team meeting.m4a",
    file: "Recording.flac",
    sentences: [
      "So the delivery moves from Tuesday to Thursday next week.",
      "That leaves us two more days for the labels.",
      "Mira calls the printer today and asks whether Wednesday noon is early enough.",
      "If it is not, we print the first two hundred here.",
      "And the invoice goes out on Friday, as planned.",
    ],
    question: "What was decided about the delivery?",
    answer:
      "The delivery moves to **Thursday next week**. Mira asks the printer today whether Wednesday noon is early enough.",
  },
  zh: {
    spoken: "这张小票上的卡布奇诺多少钱？最下面的总价对吗？",
    meeting: "周会录音.m4a",
    file: "录音.flac",
    sentences: [
      "那交货就从下周二改到下周四。",
      "这样标签还能多做两天。",
      "小梅今天给印刷厂打电话，问周三中午之前来不来得及。",
      "要是来不及，前两百份我们自己打印。",
      "发票还是按原计划周五开。",
    ],
    question: "关于交货，会上是怎么定的？",
    answer: "交货改到**下周四**。小梅今天会问印刷厂周三中午之前来不来得及。",
  },
};

const id = (name: string) => `[data-testid=${name}]`;
const press = (selector: string, wait: number) =>
  setTimeout(() => document.querySelector<HTMLElement>(selector)?.click(), wait);

function attach(backend: FakeBackend, file: Attachment): void {
  backend.state.attachments = [...backend.state.attachments, file];
  setTimeout(() => {
    backend.emit({ type: "adding", token: 80, name: file.name });
    backend.emit({ type: "added", token: 80, attachment: file });
  }, 200);
}

const openSettings = () =>
  setTimeout(() => window.dispatchEvent(new KeyboardEvent("keydown", { key: ",", ctrlKey: true })), 400);

/** Arranges one of the states on top of a conversation with one answer; `open`: what of it is opened, or scrolled to. */
export function arrangeTalking(
  scenario: TalkingScenario,
  backend: FakeBackend,
  language: "en" | "zh",
  open: URLSearchParams,
): void {
  const { state, voice } = backend;
  const { start } = state;
  const words = WORDS[language];
  const meeting = fakeSound("s1", words.meeting, 3_120_000);
  const spoken = fakeSound("s2", words.file);
  const heard = fakeTranscript(words.sentences, language, 7);
  voice.pace = 50;
  voice.language = language;
  voice.speech = words.spoken;
  voice.shapes.set("s1", 36_000);
  voice.shapes.set("s2", 7400);
  const files = { accepts: ["audio/flac"], maxBytes: 20_000_000, maxSentAhead: 2_000_000_000 };
  start.models = start.models.map((model) =>
    model.mind === "gemini" ? { ...model, capabilities: { ...model.capabilities, files } } : model,
  );
  const local = () => {
    state.messages = state.messages.map((message) => (message.model ? { ...message, model: LOCAL } : message));
  };
  /** Has the question of the conversation asked with a sound. */
  const ask = (sound: Attachment, text: string) => {
    state.attachments = [...state.attachments, sound];
    const transcript = voice.transcripts.get(sound.id);
    const delivered: DeliveredMedia = {
      attachment: sound.id,
      current: true,
      mime: "text/plain",
      width: 0,
      height: 0,
      bytes: 96,
      tokens: 31,
      scaled: false,
      metadataRemoved: false,
      notes: {
        words: transcript?.text ?? "",
        usable: true,
        lines: transcript?.segments.length ?? 0,
        linesLeftOut: 0,
      },
    };
    state.messages = state.messages.map((message) =>
      message.role === "user"
        ? {
            ...message,
            parts: [{ type: "attachment", id: sound.id }, ...(text === "" ? [] : [{ type: "text" as const, text }])],
          }
        : { ...message, receipt: message.receipt && { ...message.receipt, delivered: [delivered], promptTokens: 148 } },
    );
  };

  switch (scenario) {
    case "recording":
      local();
      press(id("talk"), 600);
      break;
    case "recording-hold":
      setTimeout(
        () => window.dispatchEvent(new KeyboardEvent("keydown", { key: "j", ctrlKey: true, cancelable: true })),
        600,
      );
      break;
    case "hands-free":
      setTimeout(
        () =>
          document
            .querySelector(id("talk-more"))
            ?.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true })),
        500,
      );
      press(id("talk-hands-free"), 1000);
      break;
    case "no-microphone":
      voice.problem = { code: "no-microphone", notice: null, detail: null };
      press(id("talk"), 600);
      break;
    case "unplugged":
      local();
      voice.fault = { reason: "unplugged", after: 40 };
      press(id("talk"), 400);
      break;
    case "voice-draft":
      local();
      press(id("talk"), 300);
      press(id("recording-done"), 2600);
      break;
    case "voice-question":
      local();
      voice.transcripts.set("s2", fakeTranscript([words.spoken], language));
      ask(spoken, "");
      break;
    case "voice-meeting":
      local();
      voice.transcripts.set("s1", heard);
      if (open.has("play")) press(id("transcript-mark"), 900);
      ask(meeting, words.question);
      state.messages = state.messages.map((message) =>
        message.role === "model" ? { ...message, parts: [{ type: "text", text: words.answer }] } : message,
      );
      break;
    case "transcribing":
      voice.said.set("s1", heard);
      voice.hangs = true;
      attach(backend, meeting);
      press(id("transcribe"), 900);
      break;
    case "transcript-missing":
      voice.withoutRecogniser();
      attach(backend, meeting);
      press(id("transcribe"), 900);
      break;
    case "settings-voice":
      openSettings();
      press("[data-page=voice]", 900);
      if (open.has("test")) press(id("microphone-test"), 1400);
      if (open.has("end"))
        setTimeout(() => document.querySelector(id("simplified"))?.scrollIntoView({ block: "end" }), 1400);
      break;
  }
}
