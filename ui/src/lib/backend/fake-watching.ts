/** Made-up states about videos. */
import type { Attachment, DeliveredMedia } from "./bindings";
import type { FakeBackend } from "./fake";
import { fakeTranscript } from "./fake-voice";

export const WATCHING_SCENARIOS = [
  "video-draft",
  "video-viewer",
  "video-problem",
  "video-question",
  "video-answer",
  "video-watching",
] as const;
type WatchingScenario = (typeof WATCHING_SCENARIOS)[number];

export const isWatchingScenario = (name: string): name is WatchingScenario =>
  (WATCHING_SCENARIOS as readonly string[]).includes(name);

const LOCAL = { mind: "local", id: "qwen2.5-coder-1.5b-instruct-q4_k_m" } as const;

const WORDS = {
  en: {
    names: ["Balcony walk.mp4", "Ferry to the island.mov"],
    question: "When does the cat come in, and what happens after that?",
    answer:
      "The cat comes in at [0:13], right after the door opens at 0:11. From **0:21–0:34** it sleeps on the blue chair.\n\n1. 0:42 – somebody waters the tomatoes\n2. 1:05 – the rain begins; at 1:29 the picture goes dark\n\nThe clock on the wall says 14:30, and nothing happens at 2:10.",
    notes:
      'Video 1 "Balcony walk.mp4", 1:35 long, 1280 × 720.\n[0:05] a door, a chair\n[0:13] a cat, a door\n[0:21–0:34] a cat, a blue chair\n[1:05] rain, a window\nSaid:\n[0:07] So this is the new balcony.\n[0:16] Look who is here.',
    said: [
      "So this is the new balcony.",
      "The tomatoes are from the market on the square.",
      "Look who is here.",
      "She has been sleeping on that chair all week.",
      "And now it rains, of course.",
    ],
  },
  zh: {
    names: ["阳台.mp4", "坐渡轮上岛.mov"],
    question: "猫是什么时候进来的？之后发生了什么？",
    answer:
      "猫在 [0:13] 进来，就在 0:11 门打开之后。**0:21–0:34** 它睡在蓝色椅子上。\n\n1. 0:42：有人给番茄浇水\n2. 1:05：开始下雨，到1:29画面变暗\n\n墙上的钟显示下午 1:30，2:10 什么也没有发生。",
    notes:
      "视频 1“阳台.mp4”，时长 1:35，1280 × 720。\n[0:05] 门、椅子\n[0:13] 猫、门\n[0:21–0:34] 猫、蓝色椅子\n[1:05] 雨、窗户\n说的话：\n[0:07] 这就是新阳台。\n[0:16] 看看谁来了。",
    said: [
      "这就是新阳台。",
      "番茄是从广场的集市上买的。",
      "看看谁来了。",
      "她整个星期都睡在那把椅子上。",
      "这不，又下雨了。",
    ],
  },
};

export function fakeVideo(id: string, name: string, bytes = 48_200_000): Attachment {
  return {
    id,
    hash: "0".repeat(64),
    name,
    kind: "video",
    mime: name.endsWith(".mov") ? "video/quicktime" : "video/mp4",
    bytes,
    width: 0,
    height: 0,
    createdAt: Date.now(),
  };
}

/** A picture with a shape in it, as a video's poster. */
function fakePoster(hue: number): string {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="320" height="180"><rect width="320" height="180" fill="hsl(${String(hue)} 30% 62%)"/><rect y="118" width="320" height="62" fill="hsl(${String(hue)} 26% 46%)"/><circle cx="236" cy="62" r="26" fill="hsl(42 80% 76%)"/><rect x="58" y="70" width="62" height="74" rx="8" fill="hsl(210 40% 46%)"/></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

/** Of a video, to a model that only reads text. */
export function fakeWatched(attachment: string, words: string, moments: number[]): DeliveredMedia {
  return {
    attachment,
    current: true,
    mime: "text/plain",
    width: 0,
    height: 0,
    bytes: words.length,
    tokens: 164,
    scaled: false,
    metadataRemoved: false,
    moments,
    notes: { words, usable: true, lines: 6, linesLeftOut: 0 },
  };
}

/**
 * Arranges one of the states on top of a conversation with one answer. `open`: `at` shows the viewer at a moment, `receipt` unfolds the
 * receipt, `media` is where a video to be played is.
 */
export function arrangeWatching(
  scenario: WatchingScenario,
  backend: FakeBackend,
  language: "en" | "zh",
  open: URLSearchParams,
): void {
  const { state } = backend;
  const words = WORDS[language];
  const one = fakeVideo("v1", words.names[0] ?? "");
  const two = fakeVideo("v2", words.names[1] ?? "", 112_000_000);
  const press = (selector: string, wait: number) =>
    setTimeout(() => document.querySelector<HTMLElement>(selector)?.click(), wait);
  const asLocal = (): void => {
    state.messages = state.messages.map((message) => (message.model ? { ...message, model: LOCAL } : message));
  };
  backend.video.address = open.get("media");
  backend.pictures.set("v1", fakePoster(96)).set("v2", fakePoster(204));
  backend.video.infos.set("v2", { durationMs: 754_000, width: 1920, height: 1080, frameRate: 30, hasSound: true });
  backend.voice.transcripts.set("v1", fakeTranscript(words.said, language, 9));

  switch (scenario) {
    case "video-draft":
    case "video-viewer":
    case "video-problem":
      asLocal();
      if (scenario === "video-problem") backend.voice.transcripts.delete("v1");
      state.attachments = [...state.attachments, one, two];
      setTimeout(() => {
        for (const [index, attachment] of [one, two].entries()) {
          backend.emit({ type: "adding", token: 90 + index, name: attachment.name });
          backend.emit({ type: "added", token: 90 + index, attachment });
        }
      }, 200);
      if (scenario !== "video-draft") press("[data-kind=video] [data-testid=video-tile]", 700);
      if (open.has("trim"))
        setTimeout(() => {
          for (const [name, key] of [
            ["video-trim-start", "PageUp"],
            ["video-trim-end", "PageDown"],
            ["video-trim-end", "PageDown"],
          ] as const)
            document
              .querySelector(`[data-testid=${name}]`)
              ?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
        }, 1400);
      break;
    case "video-question":
    case "video-answer":
    case "video-watching": {
      const several = scenario === "video-question" ? [one, two] : [one];
      state.attachments = [...state.attachments, ...several];
      state.messages = state.messages.slice(0, 2).map((message) =>
        message.role === "user"
          ? {
              ...message,
              parts: [
                ...several.map(({ id }, index) => ({
                  type: "attachment" as const,
                  id,
                  ...(index === 1 && { view: { startMs: 63_000, endMs: 124_000 } }),
                })),
                { type: "text", text: words.question },
              ],
            }
          : {
              ...message,
              parts: [{ type: "text", text: words.answer }],
              receipt: message.receipt && {
                ...message.receipt,
                delivered: [
                  fakeWatched("v1", words.notes, [5000, 13_000, 21_000, 34_000, 42_000, 65_000, 77_000, 89_000]),
                ],
                promptTokens: 312,
              },
            },
      );
      asLocal();
      if (scenario === "video-watching") {
        backend.script = { text: words.answer, pace: 30, watches: 0.4 };
        press("[data-testid=again]", 400);
      }
      if (open.has("receipt")) press("[data-testid=receipt] [aria-expanded]", 600);
      if (open.has("at")) press(`.answer [data-at="${open.get("at") ?? ""}"]`, 900);
      break;
    }
  }
}
