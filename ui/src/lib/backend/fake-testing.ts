/** Made-up states of the self-test. */
import type { Finding, FindingCode, FindingSubject } from "./bindings";
import type { FakeBackend } from "./fake";

export const TESTING_SCENARIOS = [
  "self-test",
  "self-test-works",
  "self-test-fails",
  "self-test-running",
  "self-test-mixed",
] as const;
type TestingScenario = (typeof TESTING_SCENARIOS)[number];

export const isTestingScenario = (name: string): name is TestingScenario =>
  (TESTING_SCENARIOS as readonly string[]).includes(name);

const works = (subject: FindingSubject, detail: string | null = null): Finding => ({
  subject,
  state: "ok",
  code: "works",
  detail,
});
const fails = (subject: FindingSubject, code: FindingCode, detail: string | null = null): Finding => ({
  subject,
  state: "failed",
  code,
  detail,
});

export const fakeFindings = (): Finding[] => [
  works("microphone", "Built-in Microphone"),
  works("speaker", "Built-in Audio Analog Stereo"),
  works("camera", "Integrated Camera"),
  works("screen", "eDP-1, 2560 × 1600"),
  works("video", "ffmpeg 7.1.1"),
  works("key"),
  works("network", "generativelanguage.googleapis.com, 84 ms"),
  works("local-model", "Qwen2.5 Coder 1.5B"),
  works("storage", "212 GB"),
];

const FAILING: Finding[] = [
  fails("microphone", "microphone-server-gone", "Connection refused (os error 111)"),
  fails("speaker", "speaker-none"),
  fails("camera", "camera-plugin-missing", "pipewiresrc"),
  fails("screen", "screen-portal-missing", "org.freedesktop.portal.Desktop"),
  fails("video", "video-tools-missing"),
  fails("key", "key-none"),
  fails("network", "network-name", "generativelanguage.googleapis.com"),
  fails("local-model", "model-none"),
  { subject: "local-model", state: "warning", code: "speech-missing", detail: null },
  fails("storage", "storage-full", "/home/ada/.local/share/castor"),
];

/** A picture that looks like a desktop from afar. */
async function drawn(): Promise<ArrayBuffer> {
  const canvas = new OffscreenCanvas(640, 400);
  const context = canvas.getContext("2d");
  const rectangles: [string, number, number, number, number][] = [
    ["#3c5a78", 0, 0, 640, 400],
    ["#20262e", 0, 0, 640, 14],
    ["#f4f2ee", 60, 50, 320, 260],
    ["#ffffff", 300, 110, 290, 220],
  ];
  for (const [colour, ...place] of rectangles) {
    if (context) context.fillStyle = colour;
    context?.fillRect(...place);
  }
  return (await canvas.convertToBlob({ type: "image/jpeg" })).arrayBuffer();
}

/** Presses one button of the settings after the other, each once it is there. */
function press([selector, ...others]: string[]): void {
  if (selector === undefined) return;
  window.dispatchEvent(new KeyboardEvent("keydown", { key: ",", ctrlKey: true }));
  const found = document.querySelector<HTMLButtonElement>(selector);
  const ready = found !== null && !found.disabled;
  if (ready) found.click();
  setTimeout(() => press(ready ? others : [selector, ...others]), 200);
}

/** Arranges one of the states on top of a conversation; `try`: the subject of the row whose own try is begun, `end`: scrolled to its end. */
export function arrangeTesting(scenario: TestingScenario, backend: FakeBackend, query: URLSearchParams): void {
  const { tests, state, voice, screen } = backend;
  const { start } = state;
  voice.pace = 50;
  start.settings = { ...start.settings, camera: { ...start.settings.camera, consent: "allowed" } };
  tests.findings = fakeFindings();
  switch (scenario) {
    case "self-test":
    case "self-test-works":
      break;
    case "self-test-fails":
      tests.findings = FAILING;
      voice.withoutRecogniser();
      break;
    case "self-test-running":
      tests.findings = tests.findings.slice(0, 4);
      tests.pace = 200;
      tests.hangs = true;
      break;
    case "self-test-mixed":
      start.settings = { ...start.settings, camera: { ...start.settings.camera, consent: "ask" } };
      tests.findings = tests.findings.map((finding) => {
        if (finding.subject === "microphone")
          return { ...finding, state: "warning", code: "microphone-silent", detail: "Built-in Microphone" };
        if (finding.subject === "camera") return { ...finding, state: "skipped", code: "camera-not-asked" };
        return finding;
      });
      break;
  }
  screen.sources = {
    sources: [{ id: "s1", kind: "screen", name: "eDP-1", app: null, width: 2560, height: 1600, primary: true }],
    portal: false,
  };
  backend.screenPreview = drawn;
  const tried = query.get("try");
  const steps = [
    "[data-page=self-test]",
    ...(scenario === "self-test" ? [] : ["[data-testid=self-test-run]"]),
    ...(tried === null ? [] : [`[data-subject="${tried}"] [data-testid=self-test-try]`]),
  ];
  setTimeout(() => press(steps), 400);
  if (query.has("end"))
    setTimeout(() => document.querySelector("[data-subject=storage]")?.scrollIntoView({ block: "end" }), 3000);
}
