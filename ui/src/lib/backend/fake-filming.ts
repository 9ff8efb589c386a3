/** Made-up states about the camera, with a drawing that moves in a camera's place. */
import type { FakeBackend } from "./fake";

export const FILMING_SCENARIOS = [
  "camera-asking",
  "camera-denied",
  "camera-starting",
  "camera-live",
  "camera-counting",
  "camera-recording",
  "camera-full",
  "camera-taken",
  "camera-none",
  "camera-busy",
  "camera-lost",
  "camera-settings",
] as const;
type FilmingScenario = (typeof FILMING_SCENARIOS)[number];

export const isFilmingScenario = (name: string): name is FilmingScenario =>
  (FILMING_SCENARIOS as readonly string[]).includes(name);

const WORDS = {
  en: { asked: "Which of these two screws do I need here?", sign: "M6 × 20" },
  zh: { asked: "这里该用哪一颗螺丝？", sign: "M6 × 20" },
};
const NAMES = ["Integrated Camera", "USB Document Camera 4K"];

const find = (testid: string) => document.querySelector<HTMLElement>(`[data-testid=${testid}]`);
const press = (testid: string, wait: number) => setTimeout(() => find(testid)?.click(), wait);

/** A workbench with two screws, one of which rolls. */
function draw(context: CanvasRenderingContext2D, sign: string, at: number): void {
  const { width, height } = context.canvas;
  context.fillStyle = "#b8a389";
  context.fillRect(0, 0, width, height);
  context.fillStyle = "#a08a6e";
  for (let y = 60; y < height; y += 130) context.fillRect(0, y, width, 5);
  const screw = (x: number, y: number, length: number) => {
    context.fillStyle = "#5d6166";
    context.fillRect(x, y - 17, length, 34);
    context.beginPath();
    context.arc(x, y, 46, 0, 7);
    context.fillStyle = "#73787e";
    context.fill();
    context.strokeStyle = "#3b3e42";
    context.lineWidth = 2;
    for (let at = x + 70; at < x + length; at += 16) context.strokeRect(at, y - 19, 2, 38);
  };
  screw(420 + Math.sin(at / 900) * 40, 330, 420);
  screw(420, 640, 260);
  context.fillStyle = "#f4efe6";
  context.fillRect(1180, 420, 420, 160);
  context.fillStyle = "#2b2925";
  context.font = "600 84px sans-serif";
  context.fillText(sign, 1215, 530);
}

function madeUpStream(sign: string): MediaStream {
  const canvas = document.createElement("canvas");
  canvas.width = 1920;
  canvas.height = 1080;
  const context = canvas.getContext("2d");
  if (context) {
    draw(context, sign, 0);
    setInterval(() => draw(context, sign, performance.now()), 33);
  }
  const stream = canvas.captureStream(30);
  for (const track of stream.getVideoTracks()) track.getSettings = () => ({ deviceId: "made-up-0" });
  return stream;
}

/** Arranges one of the states; `open`: `along` opens the choice of what goes along, `text` writes a question, `settings` opens those over it,
 * `real` uses the browser's own camera. */
export function arrangeFilming(
  scenario: FilmingScenario,
  backend: FakeBackend,
  language: "en" | "zh",
  open: URLSearchParams,
): void {
  const { start } = backend.state;
  const words = WORDS[language];
  const consent = scenario === "camera-asking" ? "ask" : scenario === "camera-denied" ? "denied" : "allowed";
  start.settings = { ...start.settings, camera: { consent, device: null, mirrored: false } };
  const refusal = { "camera-none": "NotFoundError", "camera-busy": "NotReadableError" }[scenario as string];
  let shown: MediaStream | null = null;
  const devices = Object.assign(new EventTarget(), {
    getUserMedia: () => {
      if (refusal !== undefined) return Promise.reject(new DOMException("made up", refusal));
      if (scenario === "camera-starting") return new Promise<MediaStream>(() => undefined);
      shown = madeUpStream(words.sign);
      return Promise.resolve(shown);
    },
    enumerateDevices: () =>
      Promise.resolve(NAMES.map((label, index) => ({ kind: "videoinput", label, deviceId: `made-up-${index}` }))),
  });
  if (!open.has("real")) Object.defineProperty(navigator, "mediaDevices", { value: devices, configurable: true });

  backend.onAttachment((event) => {
    const { kept } = backend.camera;
    if (event.type === "added" && kept)
      backend.pictures.set(event.attachment.id, URL.createObjectURL(new Blob([kept])));
  });

  if (scenario !== "camera-settings") press("camera-open", 400);
  if (open.has("text"))
    setTimeout(() => {
      const field = document.querySelector("textarea");
      if (!field) return;
      field.value = words.asked;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }, 500);
  if (open.has("along"))
    setTimeout(
      () => find("camera-along")?.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true })),
      2000,
    );
  if (open.has("settings"))
    setTimeout(() => window.dispatchEvent(new KeyboardEvent("keydown", { key: ",", ctrlKey: true })), 2400);
  const record = () => {
    press("camera-record", 1800);
    setInterval(() => backend.camera.tell({ type: "level", level: 0.3 + 0.25 * Math.sin(Date.now() / 200) }), 2000);
  };
  switch (scenario) {
    case "camera-counting":
      press("camera-countdown", 1600);
      press("camera-shutter", 1900);
      break;
    case "camera-recording":
      record();
      break;
    case "camera-full":
      record();
      setTimeout(() => backend.camera.endClip("full"), 2600);
      break;
    case "camera-taken":
      press("camera-shutter", 1800);
      press("camera-shutter", 2200);
      break;
    case "camera-lost":
      setTimeout(() => shown?.getVideoTracks()[0]?.dispatchEvent(new Event("ended")), 2000);
      break;
    case "camera-settings":
      setTimeout(() => window.dispatchEvent(new KeyboardEvent("keydown", { key: ",", ctrlKey: true })), 400);
      setTimeout(() => find("camera-consent")?.scrollIntoView({ block: "center" }), 1200);
      break;
    default:
      break;
  }
}
