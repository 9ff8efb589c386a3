/**
 * Made-up states of the window, to look at it in a browser: `scenario` in the address is one of the names in `SCENARIOS`,
 * `lang` is en or zh, `theme` light or dark.
 */
import type {
  AnswerOptions,
  AnswerTools,
  Attachment,
  Conversation,
  DeliveredMedia,
  Message,
  Model,
  ModelRef,
  NoticeCode,
  PictureReading,
  Receipt,
  RecogniserSet,
  StartState,
} from "./bindings";
import { ANSWER_SCENARIOS, ENDINGS, fakeAnswer, isAnswerScenario, MADE_PICTURES, scriptOf } from "./fake-answers";
import { FakeBackend, type FakeState } from "./fake";
import { ASKING_SCENARIOS, arrangeAsking, isAskingScenario } from "./fake-asking";
import { arrangeTalking, isTalkingScenario, TALKING_SCENARIOS } from "./fake-talking";
import { arrangeWatching, isWatchingScenario, WATCHING_SCENARIOS } from "./fake-watching";
import { arrangeShowing, isShowingScenario, SHOWING_SCENARIOS } from "./fake-showing";
import { arrangeFilming, FILMING_SCENARIOS, isFilmingScenario } from "./fake-filming";
import { arrangeConversing, CONVERSING_SCENARIOS, isConversingScenario } from "./fake-conversing";
import { arrangeTesting, isTestingScenario, TESTING_SCENARIOS } from "./fake-testing";
import {
  EMPTY_READING,
  NOTICE_PICTURE,
  NOTICE_READING,
  notesInWords,
  RECEIPT_PICTURE,
  RECEIPT_READING,
  SCREW_PICTURE,
} from "./fake-pictures";

export const SCENARIOS = [
  "conversation",
  "empty",
  "first-run",
  "no-keychain",
  "streaming",
  "waiting",
  "retrying",
  "failed",
  "blocked",
  "stopped",
  "cut-off",
  "interrupted",
  "receipt-unseen",
  "notes",
  "notes-several",
  "notes-empty",
  "notes-empty-no-key",
  "recognisers-missing",
  "viewer-text",
  "viewer-notice",
  "viewer-empty",
  "viewer-reading",
  "viewer-missing",
  "attachments-reading",
  "attachments-read",
  "reading-stage",
  "settings",
  "key",
  "models",
  "about",
  "long",
  "rich",
  "attachments",
  "dropping",
  "viewer",
  "confirm",
  "picker",
  "edit",
  "drawer",
  "uploading",
  "errors",
  ...ANSWER_SCENARIOS,
  ...ASKING_SCENARIOS,
  ...TALKING_SCENARIOS,
  ...CONVERSING_SCENARIOS,
  ...TESTING_SCENARIOS,
  ...WATCHING_SCENARIOS,
  ...SHOWING_SCENARIOS,
  ...FILMING_SCENARIOS,
] as const;

const HOUR = 3_600_000;
const GEMINI: ModelRef = { mind: "gemini", id: "gemini-3.5-flash" };
const LOCAL: ModelRef = { mind: "local", id: "qwen2.5-coder-1.5b-instruct-q4_k_m" };

/** How the answers of these scenarios were to be made. */
const ANSWER_OPTIONS: Record<string, AnswerOptions> = {
  "answer-thoughts": { thinking: "high" },
  "answer-sources": { search: true, readLinks: true },
  "answer-code": { runCode: true, thinking: "low" },
  "answer-structure": { schema: "{}" },
  "answer-tree": { schema: "{}" },
  "answer-not-json": { schema: "{}" },
};

const GEMINI_TOOLS: AnswerTools = {
  thinking: ["minimal", "low", "medium", "high"],
  search: true,
  readLinks: true,
  runCode: true,
  schema: true,
};

export function fakeModels(): Model[] {
  const images = { longestEdge: 3072, maxBytes: 14_000_000, tokens: 1120, accepts: ["image/jpeg"], maxCount: 16 };
  return [
    {
      ...GEMINI,
      name: "Gemini 3.5 Flash",
      capabilities: {
        images,
        noteTokens: null,
        files: null,
        contextTokens: 1_048_576,
        outputTokens: 65_536,
        tools: GEMINI_TOOLS,
      },
      state: { type: "ready" },
    },
    {
      mind: "gemini",
      id: "gemini-3.5-pro",
      name: "Gemini 3.5 Pro",
      capabilities: {
        images,
        noteTokens: null,
        files: null,
        contextTokens: 1_048_576,
        outputTokens: 65_536,
        tools: GEMINI_TOOLS,
      },
      state: { type: "ready" },
    },
    {
      ...LOCAL,
      name: "Qwen2.5 Coder 1.5B",
      capabilities: {
        images: null,
        noteTokens: 2048,
        files: null,
        contextTokens: 32_768,
        outputTokens: 4096,
        tools: {},
      },
      state: { type: "ready" },
    },
  ];
}

export function fakeRecognisers(): RecogniserSet[] {
  return [
    { id: "picture-reading", bytes: 50_300_000, state: { type: "ready" }, inUse: true },
    {
      id: "picture-reading-light",
      bytes: 22_100_000,
      state: { type: "not-fetched", bytes: 22_100_000, have: 0 },
      inUse: false,
    },
  ];
}

/** No recognisers are on this computer yet. */
export function withoutRecognisers(state: FakeState): void {
  state.start.recognisers = state.start.recognisers.map((set) => ({
    ...set,
    state: { type: "not-fetched", bytes: set.bytes, have: 0 },
  }));
}

export function fakeState(): FakeState {
  const start: StartState = {
    version: "0.1.0",
    platform: "linux",
    systemLanguage: "en",
    settings: {
      language: "system",
      theme: "system",
      baseUrl: null,
      model: GEMINI,
      lastConversation: null,
      welcomed: true,
      recognisers: "picture-reading",
      network: { proxy: { type: "system" }, extraCertificates: null, connectSeconds: 15, idleSeconds: 120 },
      safety: {},
      monthlyCapCents: null,
      seenLeaving: ["text", "pictures", "documents", "sound", "video"],
      warnOfSecrets: true,
      voice: {
        microphone: null,
        language: null,
        simplified: true,
        silenceMs: 1200,
        recogniser: "speech-small",
        speakOnRelease: true,
      },
      speaking: { automatic: "spoken-questions", english: null, chinese: null, speed: 1 },
      camera: { consent: "ask", device: null, mirrored: true },
      shortcuts: { quick: "Alt+Space", region: "Ctrl+Shift+S" },
      stayReady: false,
    },
    key: { source: "keychain", keychain: true },
    models: fakeModels(),
    conversations: [],
    recognisers: fakeRecognisers(),
    open: null,
    dataFolder: "/home/ada/.local/share/castor",
  };
  return { start, messages: [], attachments: [] };
}

export function fakeMessage(change: Partial<Message> & { id: string; role: Message["role"]; text: string }): Message {
  const { text, ...rest } = change;
  return {
    conversation: "c0",
    parent: null,
    parts: text === "" ? [] : [{ type: "text", text }],
    status: "complete",
    createdAt: Date.now() - HOUR,
    model: change.role === "model" ? GEMINI : null,
    receipt: null,
    usage: null,
    timing: null,
    cost: null,
    sources: null,
    structure: null,
    notice: null,
    ...rest,
  };
}

export function fakeConversation(change: Partial<Conversation> & { id: string; title: string }): Conversation {
  const at = Date.now();
  return { createdAt: at, updatedAt: at, head: null, model: null, localOnly: false, options: {}, ...change };
}

export function fakePicture(id: string, name: string): Attachment {
  return {
    id,
    hash: "0".repeat(64),
    name,
    kind: "image",
    mime: "image/jpeg",
    bytes: 2_410_000,
    width: 1536,
    height: 1024,
    createdAt: Date.now(),
  };
}

const TEXTS = {
  en: {
    titles: [
      "Café Luna receipt",
      "Which screw is this?",
      "Plan for the balcony",
      "Heat pump manual, page 34",
      "Translate the menu",
      "Label on the medicine",
    ],
    question: "How much was the cappuccino, and is the total right?",
    answer:
      "The cappuccino was **3.20**. The three items add up to 8.50, so the total on the receipt is right.\n\n| Item | Price |\n|---|---|\n| Espresso | 2.50 |\n| Cappuccino | 3.20 |\n| Croissant | 2.80 |\n",
    second: "And how would I sum such a list in Python?",
    code: 'Put the prices in a list and let `sum` add them. With money, use `Decimal`, because `0.1 + 0.2` is not quite `0.3` in binary:\n\n```python\nfrom decimal import Decimal\n\nprices = [Decimal("2.50"), Decimal("3.20"), Decimal("2.80")]\ntotal = sum(prices)\nassert total == Decimal("8.50")\nprint(f"Total: {total}")  # Total: 8.50\n```\n\n- `Decimal` keeps every cent.\n- The `assert` fails loudly when the receipt is wrong.\n',
    rich: "## Why a heat pump beats a heater\n\nA heater turns 1 kWh of electricity into 1 kWh of heat. A heat pump *moves* heat, so it delivers more than it takes. The ratio is the coefficient of performance:\n\n$$\n\\mathrm{COP} = \\frac{Q_\\text{out}}{W_\\text{in}} \\le \\frac{T_\\text{hot}}{T_\\text{hot} - T_\\text{cold}}\n$$\n\nWith $T_\\text{hot} = 308\\,\\mathrm{K}$ and $T_\\text{cold} = 273\\,\\mathrm{K}$ the limit is about **8.8**; real machines reach half of it. It costs $5 to $10 a day.\n\n1. Measure the flow temperature.\n2. Lower the heating curve one step at a time.\n   - Wait a day between steps.\n   - Write down what the rooms do.\n3. Stop when the coldest room complains.\n\n> Below −7 °C the electric backup starts. That is normal.\n\n| Outside | COP | Power |\n|---|---|---|\n| 7 °C | 4.6 | 1.9 kW |\n| 2 °C | 3.8 | 2.3 kW |\n| −7 °C | 2.7 | 3.1 kW |\n\n![The curve](https://example.com/curve.png)\n\nMore in [the manual](https://example.com/manual), page 34.[^1]\n\n[^1]: The printed edition, not the quick guide.\n",
    cannotTell: "I have no notes about what this picture shows, so I cannot tell.\n",
  },
  zh: {
    titles: ["露娜咖啡馆小票", "这是什么型号的螺丝？", "阳台改造计划", "热泵手册第 34 页", "翻译菜单", "药盒上的说明"],
    question: "卡布奇诺多少钱？总价对吗？",
    answer:
      "卡布奇诺 **3.20**。三项相加为 8.50，小票上的总价是对的。\n\n| 项目 | 价格 |\n|---|---|\n| Espresso | 2.50 |\n| Cappuccino | 3.20 |\n| Croissant | 2.80 |\n",
    second: "用 Python 怎么把这样的列表加起来？",
    code: '把价格放进列表，用 `sum` 相加。涉及金额时建议用 `Decimal`，因为二进制里 `0.1 + 0.2` 并不正好等于 `0.3`：\n\n```python\nfrom decimal import Decimal\n\nprices = [Decimal("2.50"), Decimal("3.20"), Decimal("2.80")]\ntotal = sum(prices)\nassert total == Decimal("8.50")\nprint(f"合计：{total}")  # 合计：8.50\n```\n\n- `Decimal` 一分钱也不会丢。\n- 如果小票有误，`assert` 会立刻报错。\n',
    rich: "## 热泵为什么比电暖器省电\n\n电暖器用 1 度电产生 1 度热。热泵是*搬运*热量，所以输出多于输入，两者之比叫能效比：\n\n$$\n\\mathrm{COP} = \\frac{Q_\\text{out}}{W_\\text{in}} \\le \\frac{T_\\text{hot}}{T_\\text{hot} - T_\\text{cold}}\n$$\n\n当$T_\\text{hot} = 308\\,\\mathrm{K}$、$T_\\text{cold} = 273\\,\\mathrm{K}$时，上限约为 **8.8**，实际机器能达到一半。每天大约 $5 到 $10。\n\n1. 测量供水温度。\n2. 每次把供暖曲线调低一档。\n   - 每调一档等一天。\n   - 记下各房间的变化。\n3. 最冷的房间觉得冷了就停。\n\n> 低于 −7 °C 时电辅热会启动，这是正常的。\n\n| 室外 | COP | 功率 |\n|---|---|---|\n| 7 °C | 4.6 | 1.9 kW |\n| 2 °C | 3.8 | 2.3 kW |\n| −7 °C | 2.7 | 3.1 kW |\n\n![曲线](https://example.com/curve.png)\n\n更多内容见[手册](https://example.com/manual)第 34 页。[^1]\n\n[^1]: 指印刷版，不是快速指南。\n",
    cannotTell: "没有这张图片的识别结果，所以无法判断。\n",
  },
};

/** What a model that only reads text gets of a picture. */
export function fakeNotes(attachment: string, reading: PictureReading, number: number, leftOut = 0): DeliveredMedia {
  const { lines, things, codes } = reading.notes;
  const words = notesInWords(reading, number);
  return {
    attachment,
    current: true,
    mime: "text/plain",
    width: 1536,
    height: 1024,
    bytes: words.length,
    tokens: 148,
    scaled: false,
    metadataRemoved: true,
    number,
    notes: {
      words,
      usable: lines.length + things.length + codes.length > 0,
      lines: lines.length,
      linesLeftOut: leftOut,
    },
  };
}

function pictureReceipt(change: Partial<Receipt> = {}): Receipt {
  return {
    delivered: [
      {
        attachment: "a1",
        current: true,
        mime: "image/jpeg",
        width: 1536,
        height: 1024,
        bytes: 312_000,
        tokens: 1120,
        scaled: false,
        metadataRemoved: true,
      },
    ],
    omitted: [],
    earlierMessages: 0,
    promptTokens: 1240,
    estimated: false,
    ...change,
  };
}

export function fakeFromQuery(query: URLSearchParams): FakeBackend {
  const scenario = query.get("scenario") ?? "conversation";
  const language = query.get("lang") === "zh" ? "zh" : "en";
  const texts = TEXTS[language];
  const state = fakeState();
  const { start } = state;
  start.systemLanguage = language;
  const theme = query.get("theme");
  if (theme === "light" || theme === "dark") start.settings = { ...start.settings, theme };
  const backend = new FakeBackend(state, { text: `${texts.rich}\n${texts.code}`, pace: 30 });
  backend.pictures = new Map([
    ["a1", RECEIPT_PICTURE],
    ["a2", SCREW_PICTURE],
    ["a3", NOTICE_PICTURE],
  ]);
  backend.readings = new Map([
    ["a1", RECEIPT_READING],
    ["a2", EMPTY_READING],
    ["a3", NOTICE_READING],
  ]);
  state.attachments = [
    fakePicture("a1", "IMG_2041.jpg"),
    fakePicture("a2", "screw.jpg"),
    fakePicture("a3", "IMG_2042.jpg"),
  ];
  const click = (selector: string) => setTimeout(() => document.querySelector<HTMLElement>(selector)?.click(), 400);

  const openSettings = () =>
    setTimeout(() => window.dispatchEvent(new KeyboardEvent("keydown", { key: ",", ctrlKey: true })), 400);

  if (scenario === "first-run" || scenario === "no-keychain") {
    start.settings = { ...start.settings, welcomed: false };
    start.key = { source: "none", keychain: scenario === "first-run" };
    start.models = start.models.map((model) => ({
      ...model,
      state: model.mind === "gemini" ? { type: "needs-key" } : { type: "not-fetched", bytes: 1_117_320_768, have: 0 },
    }));
    withoutRecognisers(state);
    return backend;
  }

  const minds = [GEMINI, GEMINI, LOCAL, GEMINI, LOCAL, LOCAL];
  const ages = [0.1, 2, 27, 60, 90, 400];
  start.conversations = texts.titles.map((title, index) => {
    const at = Date.now() - (ages[index] ?? 0) * HOUR;
    return fakeConversation({ id: `c${index}`, title, createdAt: at, updatedAt: at, model: minds[index] ?? GEMINI });
  });
  if (scenario === "attachments-reading" || scenario === "attachments-read") {
    if (scenario === "attachments-reading") backend.readingPace = 400;
    start.settings = { ...start.settings, model: LOCAL };
    setTimeout(() => {
      for (const [index, attachment] of state.attachments.entries()) {
        backend.emit({ type: "adding", token: index, name: attachment.name });
        backend.emit({ type: "added", token: index, attachment });
      }
    }, 300);
    return backend;
  }
  if (scenario === "empty" || scenario === "attachments") {
    if (scenario === "attachments") {
      setTimeout(() => {
        backend.emit({ type: "adding", token: 1, name: "IMG_2041.jpg" });
        backend.emit({ type: "added", token: 1, attachment: fakePicture("a1", "IMG_2041.jpg") });
        backend.emit({ type: "adding", token: 2, name: "notes.md" });
        backend.emit({
          type: "added",
          token: 2,
          attachment: { ...fakePicture("t1", "notes.md"), kind: "text", mime: "text/markdown", width: 0, height: 0 },
        });
        backend.emit({ type: "adding", token: 3, name: "IMG_2042.heic" });
        backend.emit({ type: "adding", token: 4, name: "holiday.mp4" });
        backend.emit({
          type: "refused",
          token: 4,
          name: "holiday.mp4",
          problem: { code: "unsupported", detail: language === "zh" ? "视频" : "a video" },
        });
      }, 300);
      start.settings = { ...start.settings, model: LOCAL };
    }
    return backend;
  }

  const question = fakeMessage({ id: "q1", role: "user", text: texts.question });
  question.parts = [{ type: "attachment", id: "a1" }, ...question.parts];
  const answer = fakeMessage({
    id: "m1",
    role: "model",
    text: texts.answer,
    parent: "q1",
    receipt: pictureReceipt(),
    usage: { promptTokens: 1240, answerTokens: 92, thoughtTokens: 0 },
    timing: { firstTextMs: 620, totalMs: 1900 },
  });
  state.messages = [question, answer];
  const local = {
    model: LOCAL,
    timing: { firstTextMs: 700, totalMs: 6400 },
    usage: { promptTokens: 212, answerTokens: 120, thoughtTokens: 0 },
  };
  const textReceipt = (tokens: number): Receipt => ({
    delivered: [],
    omitted: [],
    earlierMessages: 2,
    promptTokens: tokens,
    estimated: false,
  });
  const follow = (text: string, change: Partial<Message>): void => {
    const q = fakeMessage({ id: "q2", role: "user", text: texts.second, parent: "m1" });
    state.messages.push(
      q,
      fakeMessage({ id: "m2", role: "model", text, parent: "q2", receipt: textReceipt(212), ...change }),
    );
  };
  const fail = (
    code: NoticeCode,
    change: Partial<Message> = {},
    detail: string | null = null,
    retryAfterMs: number | null = null,
  ) => follow("", { status: "failed", notice: { code, detail, retryAfterMs }, ...change });

  switch (scenario) {
    case "conversation":
    case "viewer":
    case "confirm":
    case "dropping":
    case "picker":
    case "edit":
    case "drawer":
      follow(texts.code, local);
      state.messages.push(
        fakeMessage({
          id: "m2b",
          role: "model",
          text: texts.code,
          parent: "q2",
          receipt: textReceipt(212),
          ...local,
          createdAt: Date.now() - HOUR + 1,
        }),
      );
      if (scenario === "picker") {
        start.models = start.models.map((model, index) =>
          index === 1 ? { ...model, state: { type: "needs-key" } } : model,
        );
        setTimeout(() => {
          const trigger = document.querySelector("[data-testid=picker]");
          trigger?.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
        }, 300);
      }
      if (scenario === "edit") {
        setTimeout(() => {
          document
            .querySelector("textarea")
            ?.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowUp", bubbles: true }));
        }, 300);
      }
      if (scenario === "drawer") click("[data-testid=sidebar-toggle]");
      if (scenario === "viewer") click(".picture");
      if (scenario === "dropping") setTimeout(() => backend.emit({ type: "dragging", over: true }), 300);
      if (scenario === "confirm") {
        setTimeout(
          () =>
            document
              .querySelector("[data-row]")
              ?.dispatchEvent(new KeyboardEvent("keydown", { key: "Delete", bubbles: true })),
          300,
        );
      }
      break;
    case "rich":
      follow(texts.rich, {});
      break;
    case "failed":
      fail(
        "quota-exhausted",
        {},
        "429 RESOURCE_EXHAUSTED: You exceeded your current quota, please check your plan and billing details.",
      );
      break;
    case "rate-limited":
      fail("rate-limited", { createdAt: Date.now() }, "429 RESOURCE_EXHAUSTED", 34_000);
      break;
    case "offline":
      fail("offline");
      break;
    case "no-key":
      fail("key-missing");
      start.key = { source: "none", keychain: true };
      start.models = start.models.map((model) =>
        model.mind === "gemini" ? { ...model, state: { type: "needs-key" } } : model,
      );
      break;
    case "blocked":
      fail("prompt-blocked", { status: "blocked" }, "PROHIBITED_CONTENT");
      break;
    case "stopped":
      follow(texts.code.slice(0, 120), { ...local, status: "stopped" });
      break;
    case "cut-off":
      follow(texts.code.slice(0, 200), {
        status: "incomplete",
        notice: { code: "cut-off", detail: null, retryAfterMs: null },
      });
      break;
    case "interrupted":
      follow(texts.code.slice(0, 200), { ...local, status: "interrupted" });
      break;
    case "receipt-unseen":
      Object.assign(answer, local, {
        receipt: pictureReceipt({
          delivered: [],
          omitted: [{ attachment: "a1", reason: "model-cannot-see", count: 1 }],
          promptTokens: 48,
        }),
      });
      click("[aria-controls$=details]");
      break;
    case "notes":
      Object.assign(answer, local, {
        receipt: pictureReceipt({ delivered: [fakeNotes("a1", RECEIPT_READING, 1, 12)], promptTokens: 212 }),
      });
      click("[aria-controls$=details]");
      break;
    case "notes-several":
      question.parts = ["a1", "a2", "a3"]
        .map((id): Message["parts"][number] => ({ type: "attachment", id }))
        .concat({ type: "text", text: texts.question });
      Object.assign(answer, local, {
        receipt: pictureReceipt({
          delivered: [
            fakeNotes("a1", RECEIPT_READING, 1),
            fakeNotes("a2", EMPTY_READING, 2),
            fakeNotes("a3", NOTICE_READING, 3),
          ],
          promptTokens: 640,
        }),
      });
      if (query.has("open")) click("[aria-controls$=details]");
      break;
    case "notes-empty":
    case "notes-empty-no-key":
      question.parts = [
        { type: "attachment", id: "a2" },
        { type: "text", text: texts.titles[1] ?? "" },
      ];
      Object.assign(answer, local, {
        receipt: pictureReceipt({ delivered: [fakeNotes("a2", EMPTY_READING, 1)], promptTokens: 96 }),
        parts: [{ type: "text", text: texts.cannotTell }],
      });
      if (scenario === "notes-empty-no-key") {
        start.key = { source: "none", keychain: true };
        start.models = start.models.map((model) =>
          model.mind === "gemini" ? { ...model, state: { type: "needs-key" } } : model,
        );
      }
      break;
    case "recognisers-missing":
      withoutRecognisers(state);
      Object.assign(answer, local, {
        receipt: pictureReceipt({
          delivered: [],
          omitted: [{ attachment: "a1", reason: "recognisers-missing", count: 1 }],
          promptTokens: 48,
        }),
        parts: [{ type: "text", text: texts.cannotTell }],
      });
      if (query.has("run"))
        setTimeout(() => document.querySelector<HTMLElement>("[data-testid=recognisers-fetch]")?.click(), 900);
      break;
    case "viewer-text":
    case "viewer-notice":
    case "viewer-empty":
    case "viewer-reading":
    case "viewer-missing": {
      const shown = { "viewer-notice": "a3", "viewer-empty": "a2" }[scenario as string] ?? "a1";
      question.parts = [{ type: "attachment", id: shown }, ...question.parts.slice(1)];
      if (scenario === "viewer-reading") backend.readingPace = 700;
      if (scenario === "viewer-missing") withoutRecognisers(state);
      click(".picture");
      setTimeout(() => document.querySelector<HTMLElement>("[data-testid=viewer-text]")?.click(), 900);
      if (query.has("point"))
        setTimeout(() => document.querySelectorAll<SVGElement>("[data-testid=text-box]")[3]?.focus(), 1400);
      if (query.has("run"))
        setTimeout(() => document.querySelector<HTMLElement>("[data-testid=recognisers-fetch]")?.click(), 1400);
      break;
    }
    case "long":
      for (let index = 2; index <= 200; index += 1) {
        state.messages.push(
          fakeMessage({ id: `q${index}`, role: "user", text: `${texts.second} (${index})`, parent: `m${index - 1}` }),
          fakeMessage({
            id: `m${index}`,
            role: "model",
            text: index % 3 ? texts.code : texts.rich,
            parent: `q${index}`,
            receipt: textReceipt(212 * index),
            ...local,
          }),
        );
      }
      break;
    case "settings":
      openSettings();
      break;
    case "models":
      start.models = start.models.map((model) =>
        model.mind === "local"
          ? { ...model, state: { type: "not-fetched", bytes: 1_117_320_768, have: 402_000_000 } }
          : model,
      );
      click("[data-testid=open-models]");
      if (query.has("missing")) withoutRecognisers(state);
      if (query.has("run"))
        setTimeout(() => document.querySelector<HTMLElement>("[data-testid=model-fetch]")?.click(), 900);
      break;
    case "key":
    case "about":
      openSettings();
      setTimeout(
        () => document.querySelector<HTMLElement>(`[data-page=${scenario === "key" ? "gemini" : "about"}]`)?.click(),
        900,
      );
      break;
    case "reading-stage":
      backend.readingPace = 700;
      Object.assign(answer, local, { receipt: pictureReceipt({ delivered: [fakeNotes("a1", RECEIPT_READING, 1)] }) });
      click("[data-testid=again]");
      break;
    case "errors": {
      state.messages = [question, answer];
      for (const [index, { notice, status, text, local: here }] of ENDINGS.entries()) {
        const parent = state.messages.at(-1)?.id ?? null;
        const asked = fakeMessage({ id: `qe${index}`, role: "user", text: notice.code, parent });
        state.messages.push(
          asked,
          fakeMessage({
            id: `me${index}`,
            role: "model",
            text: text?.[language] ?? "",
            parent: asked.id,
            status,
            notice,
            model: here ? LOCAL : GEMINI,
            createdAt: Date.now(),
          }),
        );
      }
      break;
    }
    case "uploading":
      Object.assign(answer, { receipt: pictureReceipt() });
      backend.script = { text: texts.answer, pace: 30, uploads: 0.4 };
      click("[data-testid=again]");
      break;
    case "streaming":
    case "waiting":
    case "retrying":
      if (scenario === "waiting") backend.script = { text: "", pace: 30, hangs: true };
      if (scenario === "retrying")
        backend.script = {
          text: texts.code,
          pace: 30,
          retries: { code: "overloaded", detail: null, retryAfterMs: 8000 },
        };
      setTimeout(() => {
        const field = document.querySelector("textarea");
        if (!field) return;
        field.value = texts.second;
        field.dispatchEvent(new Event("input", { bubbles: true }));
        field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
      }, 300);
      break;
  }
  const live = query.has("live");
  if (isAnswerScenario(scenario)) {
    const made = fakeAnswer(scenario, language);
    for (const [id, picture] of MADE_PICTURES) {
      backend.pictures.set(id, picture);
      const name = language === "zh" ? "温室.png" : "greenhouse.png";
      state.attachments.push({ ...fakePicture(id, name), mime: "image/png", width: 1024, height: 768 });
    }
    state.messages = [
      fakeMessage({ id: "q1", role: "user", text: made.question }),
      fakeMessage({
        id: "m1",
        role: "model",
        text: "",
        parent: "q1",
        receipt: { ...textReceipt(96), earlierMessages: 0, options: ANSWER_OPTIONS[scenario] ?? {} },
        timing: { firstTextMs: 900, totalMs: 7400 },
        ...made.answer,
      }),
    ];
    if (live) {
      backend.script = scriptOf(made, 30);
      click("[data-testid=again]");
    }
    if (query.has("card")) setTimeout(() => document.querySelectorAll<HTMLElement>("[data-source]")[3]?.click(), 900);
    if (query.has("open"))
      setTimeout(() => {
        for (const toggle of document.querySelectorAll<HTMLElement>(".answer [aria-expanded=false]")) toggle.click();
      }, 500);
  }
  const localOnly = scenario === "errors" || scenario.startsWith("locked");
  if (isAskingScenario(scenario)) arrangeAsking(scenario, backend, language);
  if (isTalkingScenario(scenario)) arrangeTalking(scenario, backend, language, query);
  if (isTestingScenario(scenario)) arrangeTesting(scenario, backend, query);
  if (isConversingScenario(scenario)) arrangeConversing(scenario, backend, language, query);
  if (isWatchingScenario(scenario)) arrangeWatching(scenario, backend, language, query);
  if (isShowingScenario(scenario)) arrangeShowing(scenario, backend, language, query);
  if (isFilmingScenario(scenario)) arrangeFilming(scenario, backend, language, query);
  const head = state.messages.at(-1)?.id ?? null;
  start.conversations = start.conversations.map((conversation) =>
    conversation.id === "c0"
      ? { ...conversation, head, localOnly, model: state.messages.at(-1)?.model ?? GEMINI }
      : conversation,
  );
  const conversation = start.conversations[0];
  if (conversation) start.open = { conversation, messages: state.messages, attachments: state.attachments };
  return backend;
}
