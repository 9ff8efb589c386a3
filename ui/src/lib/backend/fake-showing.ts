/** Made-up states about pictures of the screen, the region window and the quick-ask window. */
import type { Attachment, ScreenSource, ShortcutState } from "./bindings";
import type { FakeBackend } from "./fake";
import { RECEIPT_PICTURE } from "./fake-pictures";

export const SHOWING_SCENARIOS = [
  "screen-menu",
  "screen-picker",
  "screen-picker-screens",
  "screen-picker-none",
  "screen-picker-failed",
  "screen-portal",
  "screen-kept",
  "screen-problem",
  "settings-shortcuts",
  "region",
  "quick",
  "quick-answer",
  "quick-picture",
] as const;
type ShowingScenario = (typeof SHOWING_SCENARIOS)[number];

export const isShowingScenario = (name: string): name is ShowingScenario =>
  (SHOWING_SCENARIOS as readonly string[]).includes(name);

const NAMES = {
  en: ["Built-in display", "DELL U2723QE", "Invoice 2041.pdf", "Balcony plan - Sheet 1", "Terminal", "Holiday photos"],
  zh: ["内置显示器", "DELL U2723QE", "发票 2041.pdf", "阳台改造 - 表 1", "终端", "假期照片"],
};

export function fakeSources(language: "en" | "zh" = "en"): ScreenSource[] {
  const names = NAMES[language];
  const source = (index: number, change: Partial<ScreenSource>): ScreenSource => ({
    id: `s${index}`,
    kind: "window",
    name: names[index] ?? "",
    app: null,
    width: 1280,
    height: 860,
    primary: false,
    ...change,
  });
  return [
    source(0, { kind: "screen", width: 1920, height: 1080, primary: true }),
    source(1, { kind: "screen", width: 3840, height: 2160 }),
    source(2, { app: "Okular", width: 900, height: 1200 }),
    source(3, { app: "LibreOffice Calc" }),
    source(4, { app: "Konsole", width: 960, height: 640 }),
    source(5, { app: "Gwenview", width: 1600, height: 900 }),
  ];
}

const COLOURS = ["#31506b", "#405a3c", "#f4f1ea", "#eef3ee", "#1c1c22", "#6b4a3a"];

/** A made-up desktop with a window on it. */
function draw(index: number, width: number, height: number): Promise<ArrayBuffer> {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const pen = canvas.getContext("2d");
  if (!pen) return Promise.resolve(new ArrayBuffer(0));
  pen.fillStyle = COLOURS[index] ?? "#444";
  pen.fillRect(0, 0, width, height);
  const edge = index < 2 ? 0.12 : 0;
  pen.fillStyle = index === 4 ? "#1c1c22" : "#fbfaf8";
  pen.fillRect(width * edge, height * edge, width * (1 - 2 * edge), height * (1 - 2 * edge));
  pen.fillStyle = index === 4 ? "#7fd0a8" : "#3b3f46";
  const step = height / 22;
  for (let line = 0; line < 13; line += 1) {
    const share = 0.3 + 0.4 * Math.abs(Math.sin(line * 2.3 + index));
    pen.fillRect(
      width * (edge + 0.06),
      height * (edge + 0.08) + line * step,
      width * share * (1 - 2 * edge),
      step * 0.4,
    );
  }
  return new Promise((resolve) => canvas.toBlob((picture) => resolve(picture?.arrayBuffer() ?? new ArrayBuffer(0))));
}

const id = (name: string) => `[data-testid=${name}]`;
const press = (selector: string, wait: number) =>
  setTimeout(() => document.querySelector<HTMLElement>(selector)?.click(), wait);
/** Menus open by key here: a click that no pointer came before does nothing. */
const openMenu = (wait: number) =>
  setTimeout(
    () =>
      document
        .querySelector(id("screen-menu"))
        ?.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true })),
    wait,
  );
function write(selector: string, text: string): void {
  const field = document.querySelector<HTMLTextAreaElement>(selector);
  if (!field) return;
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

export function fakeCapture(token: number, name: string): Attachment {
  return {
    id: `shot${token}`,
    hash: "5".repeat(64),
    name,
    kind: "image",
    mime: "image/png",
    bytes: 820_000,
    width: 1920,
    height: 1080,
    createdAt: Date.now(),
  };
}

/** Has every capture deliver a picture, as the shell does. */
export function deliverCaptures(backend: FakeBackend, name = "Screen.png"): void {
  let token = 500;
  backend.screen.deliver = () => {
    token += 1;
    const attachment = fakeCapture(token, name);
    backend.state.attachments = [...backend.state.attachments, attachment];
    backend.pictures.set(attachment.id, RECEIPT_PICTURE);
    backend.emit({ type: "adding", token, name });
    backend.emit({ type: "added", token, attachment });
  };
}

/**
 * Arranges one of the states on top of a conversation with one answer, or of an empty window of its own; `open`: `source` says what is kept
 * open, `along` opens the choice of what of it goes with a question, and chooses its value where it has one.
 */
export function arrangeShowing(
  scenario: ShowingScenario,
  backend: FakeBackend,
  language: "en" | "zh",
  open: URLSearchParams,
): void {
  const { screen } = backend;
  const sources = fakeSources(language);
  screen.sources = { sources, portal: scenario === "screen-portal" };
  screen.draw = (source, edge) => {
    if (source === "shot") {
      return draw(3, Math.round(innerWidth * devicePixelRatio), Math.round(innerHeight * devicePixelRatio));
    }
    const known = sources.find((candidate) => candidate.id === source);
    const { width, height } = known ?? { width: 1600, height: 1000 };
    const scale = Math.min(1, edge / Math.max(width, height));
    return draw(known ? sources.indexOf(known) : 0, Math.round(width * scale), Math.round(height * scale));
  };
  deliverCaptures(backend, language === "zh" ? "屏幕.png" : "Screen.png");
  const item = (name: string) => `${id("screen-item")}[data-screen=${name}]`;
  switch (scenario) {
    case "screen-menu":
      openMenu(300);
      break;
    case "screen-picker":
    case "screen-portal":
      openMenu(300);
      press(item("keep"), 700);
      break;
    case "screen-picker-screens":
      openMenu(300);
      press(item("whole"), 700);
      break;
    case "screen-picker-none":
      screen.sources = { sources: [], portal: false };
      openMenu(300);
      press(item("window"), 700);
      break;
    case "screen-picker-failed":
      screen.problem = { code: "screen-denied", notice: null, detail: null };
      openMenu(300);
      press(item("keep"), 700);
      break;
    case "screen-problem":
      screen.problem = { code: "no-screen", notice: null, detail: null };
      if (open.has("gone")) screen.problem = { code: "screen-gone", notice: null, detail: null };
      openMenu(300);
      press(item("region"), 700);
      break;
    case "screen-kept":
      openMenu(300);
      press(item("keep"), 700);
      press(`${id("screen-source")}[data-id=${open.get("source") ?? "s2"}]`, 1300);
      if (open.has("without-ffmpeg")) screen.unwatchable = { code: "video-tools-missing", notice: null, detail: null };
      if (open.has("along"))
        setTimeout(
          () =>
            document
              .querySelector(id("screen-along"))
              ?.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true })),
          1900,
        );
      press(`${id("screen-along-item")}[data-along="${open.get("along") ?? ""}"]`, 2300);
      break;
    case "settings-shortcuts": {
      const state = (open.get("state") ?? "on") as ShortcutState["state"];
      screen.shortcuts = [
        { action: "quick", state },
        { action: "region", state: state === "unsupported" ? state : "on" },
      ];
      setTimeout(() => window.dispatchEvent(new KeyboardEvent("keydown", { key: ",", ctrlKey: true })), 400);
      setTimeout(() => document.querySelector(id("shortcut-quick"))?.scrollIntoView({ block: "center" }), 1200);
      if (open.has("record")) press(id("shortcut-quick"), 1300);
      break;
    }
    case "quick-answer":
    case "quick-picture":
      if (scenario === "quick-picture") setTimeout(() => screen.deliver(), 200);
      else {
        const question = language === "zh" ? "热泵为什么比电暖器省电？" : "Why does a heat pump beat a heater?";
        setTimeout(() => {
          write(id("quick-field"), question);
          document
            .querySelector(id("quick-field"))
            ?.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
        }, 300);
      }
      break;
    case "region":
      if (open.has("rect")) {
        const drag = (type: string, x: number, y: number) =>
          document
            .querySelector(id("region-picker"))
            ?.dispatchEvent(new PointerEvent(type, { clientX: x, clientY: y, bubbles: true, cancelable: true }));
        setTimeout(() => {
          drag("pointerdown", innerWidth * 0.2, innerHeight * 0.2);
          drag("pointermove", innerWidth * 0.6, innerHeight * 0.62);
          drag("pointerup", innerWidth * 0.6, innerHeight * 0.62);
        }, 900);
      }
      break;
    case "quick":
      break;
  }
}
