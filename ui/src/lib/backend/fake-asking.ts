/** Made-up states about how a question is asked, what leaves with it, and what that costs. */
import type { Attachment } from "./bindings";
import type { FakeBackend } from "./fake";

export const ASKING_SCENARIOS = [
  "tools",
  "tools-local",
  "chips",
  "schema",
  "views",
  "view-video",
  "sheet",
  "sheet-look",
  "secrets",
  "redact",
  "locked",
  "locked-missing",
  "spending",
  "connection",
] as const;
type AskingScenario = (typeof ASKING_SCENARIOS)[number];

export const isAskingScenario = (name: string): name is AskingScenario =>
  (ASKING_SCENARIOS as readonly string[]).includes(name);

const LOCAL = { mind: "local", id: "qwen2.5-coder-1.5b-instruct-q4_k_m" } as const;

export function fakeFile(id: string, name: string, kind: Attachment["kind"], mime: string): Attachment {
  return {
    id,
    hash: "0".repeat(64),
    name,
    kind,
    mime,
    bytes: kind === "text" ? 1840 : 4_820_000,
    width: 0,
    height: 0,
    createdAt: Date.now(),
  };
}

const WORDS = {
  en: {
    question: "Does the total on this receipt fit the note? My key is sk-a1b2c3d4e5f6a7b8c99f.",
    columns: ["item", "price", "paid"],
  },
  zh: { question: "小票上的总价和便条一致吗？我的密钥是 sk-a1b2c3d4e5f6a7b8c99f。", columns: ["品名", "价格", "已付"] },
};

const press = (selector: string, wait: number) =>
  setTimeout(() => document.querySelector<HTMLElement>(selector)?.click(), wait);
const key = (selector: string, name: string, wait: number) =>
  setTimeout(
    () => document.querySelector(selector)?.dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true })),
    wait,
  );
const id = (name: string) => `[data-testid=${name}]`;

function write(text: string): void {
  setTimeout(() => {
    const field = document.querySelector("textarea");
    if (!field) return;
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }, 400);
}

function attach(backend: FakeBackend, files: Attachment[]): void {
  const known = backend.state.attachments;
  backend.state.attachments = [...known, ...files.filter((file) => !known.some(({ id }) => id === file.id))];
  setTimeout(() => {
    for (const [index, attachment] of files.entries()) {
      backend.emit({ type: "adding", token: 70 + index, name: attachment.name });
      backend.emit({ type: "added", token: 70 + index, attachment });
    }
  }, 200);
}

const openSettings = () =>
  setTimeout(() => window.dispatchEvent(new KeyboardEvent("keydown", { key: ",", ctrlKey: true })), 400);

/** Arranges one of the states on top of a conversation with one answer. */
export function arrangeAsking(scenario: AskingScenario, backend: FakeBackend, language: "en" | "zh"): void {
  const { state } = backend;
  const { start } = state;
  const words = WORDS[language];
  const note = fakeFile("t1", language === "zh" ? "便条.txt" : "notes.txt", "text", "text/plain");
  const video = fakeFile("v1", "holiday.mp4", "video", "video/mp4");
  const manual = fakeFile("d1", "manual.pdf", "document", "application/pdf");
  const receipt = state.attachments.find(({ id }) => id === "a1");
  const picture = receipt ? [{ ...receipt, id: "a1" }] : [];
  const files = { accepts: ["application/pdf", "video/mp4"], maxBytes: 20_000_000, maxSentAhead: 2_000_000_000 };
  start.models = start.models.map((model) =>
    model.mind === "gemini" ? { ...model, capabilities: { ...model.capabilities, files } } : model,
  );
  const allOn = {
    thinking: "high" as const,
    search: true,
    runCode: true,
    schema: '{"type":"object"}',
  };
  const inConversation = (change: object) => {
    start.conversations = start.conversations.map((conversation) =>
      conversation.id === "c0" ? { ...conversation, ...change } : conversation,
    );
  };
  const secret = { kind: { type: "apiKey" as const, service: null }, attachment: null, hint: "sk-a…9f" };

  switch (scenario) {
    case "tools":
    case "tools-local":
      if (scenario === "tools-local")
        state.messages = state.messages.map((message) => (message.model ? { ...message, model: LOCAL } : message));
      else inConversation({ options: { thinking: "high", search: true } });
      key(id("tools"), "Enter", 500);
      break;
    case "chips":
      inConversation({ options: allOn });
      attach(backend, [...picture, manual, note]);
      write(words.question);
      break;
    case "schema":
      key(id("tools"), "Enter", 500);
      press("[data-tool=schema]", 800);
      break;
    case "views":
      attach(backend, [...picture, manual, video]);
      press(`[data-kind=video] ${id("view-open")}`, 800);
      break;
    case "view-video":
      attach(backend, [video]);
      press("[data-kind=video] [data-testid=video-tile]", 800);
      press(`.viewer ${id("view-open")}`, 1400);
      break;
    case "sheet":
    case "sheet-look":
      start.settings = {
        ...start.settings,
        monthlyCapCents: 2000,
        seenLeaving: scenario === "sheet" ? ["text"] : start.settings.seenLeaving,
      };
      attach(backend, [...picture, note]);
      write(words.question);
      if (scenario === "sheet") press(id("send"), 900);
      else press(id("estimate"), 1600);
      break;
    case "secrets":
      backend.secrets = [secret, { ...secret, kind: { type: "cardNumber" }, attachment: "t1", hint: "4111…1111" }];
      attach(backend, [note]);
      write(words.question);
      press(id("send"), 900);
      break;
    case "redact":
      attach(backend, picture);
      press("[data-kind=image] .thumbnail", 700);
      press(id("redact"), 1300);
      setTimeout(() => {
        const area = document.querySelector(id("redact-area"));
        const box = area?.getBoundingClientRect();
        if (!area || !box) return;
        const pointer = (type: string, x: number, y: number) =>
          area.dispatchEvent(
            new PointerEvent(type, {
              bubbles: true,
              isPrimary: true,
              button: 0,
              clientX: box.left + box.width * x,
              clientY: box.top + box.height * y,
            }),
          );
        pointer("pointerdown", 0.4, 0.5);
        for (let step = 0; step <= 10; step += 1) pointer("pointermove", 0.4 + step * 0.025, 0.5 + step * 0.004);
        pointer("pointerup", 0.65, 0.54);
        document.querySelector<HTMLElement>("[data-tool=rectangle]")?.click();
        pointer("pointerdown", 0.35, 0.2);
        pointer("pointermove", 0.6, 0.32);
        pointer("pointerup", 0.6, 0.32);
      }, 1700);
      break;
    case "locked":
    case "locked-missing":
      inConversation({ localOnly: true });
      if (scenario === "locked-missing")
        start.models = start.models.map((model) =>
          model.mind === "local" ? { ...model, state: { type: "not-fetched", bytes: 1_117_320_768, have: 0 } } : model,
        );
      else key(id("picker"), "Enter", 500);
      break;
    case "spending":
      start.settings = { ...start.settings, monthlyCapCents: 2000 };
      state.messages = state.messages.map((message) =>
        message.model ? { ...message, cost: { microUsd: 1_834_000, estimated: false } } : message,
      );
      openSettings();
      press("[data-page=spending]", 900);
      break;
    case "connection":
      openSettings();
      press("[data-page=gemini]", 900);
      setTimeout(() => document.querySelector(id("warn-of-secrets"))?.scrollIntoView(), 1300);
      break;
  }
}
