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

const press = (selector: string, wait: number) =>
  setTimeout(() => document.querySelector<HTMLElement>(selector)?.click(), wait);

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
  setTimeout(() => window.dispatchEvent(new KeyboardEvent("keydown", { key: ",", ctrlKey: true })), 400);
  press("[data-page=self-test]", 900);
  if (scenario !== "self-test") press("[data-testid=self-test-run]", 1200);
  const tried = query.get("try");
  if (tried !== null) press(`[data-subject="${tried}"] [data-testid=self-test-try]`, 1800);
  if (query.has("end"))
    setTimeout(() => document.querySelector("[data-subject=storage]")?.scrollIntoView({ block: "end" }), 2400);
}
