import { fireEvent, screen, waitFor, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openWindow } from "../../test-window";
import type { Finding, FindingCode, FindingSubject } from "../backend/bindings";
import type { FakeBackend, FakeState } from "../backend/fake";
import { fakeConversation } from "../backend/fake-scenarios";
import { fakeFindings } from "../backend/fake-testing";
import { locale } from "../i18n/i18n.svelte";
// Loaded before the first test, whose time is not for that.
import "../settings/SettingsDialog.svelte";
import { testIds } from "../testids";
import { cameraCode, SHOWN_FOR_MS } from "./camera-try.svelte";
import { SUBJECTS, TROUBLES, wordsOf } from "./findings";
import { scrub } from "./report";

const PLATFORMS = ["linux", "macos", "windows"];
const finding = (
  subject: FindingSubject,
  code: FindingCode,
  state: Finding["state"] = "failed",
  detail: string | null = null,
): Finding => ({ subject, state, code, detail });
/** All works but what is given. */
const but = (...others: Finding[]): Finding[] => [
  ...fakeFindings().filter(({ subject }) => !others.some((other) => other.subject === subject)),
  ...others,
];

const row = (subject: FindingSubject): HTMLElement =>
  screen.getAllByTestId(testIds.selfTestRow).find((element) => element.dataset["subject"] === subject) as HTMLElement;
const states = () => screen.getAllByTestId(testIds.selfTestRow).map(({ dataset }) => dataset["state"]);
const press = (subject: FindingSubject, testid: string) => userEvent.click(within(row(subject)).getByTestId(testid));

async function openPage(change: (state: FakeState) => void = () => undefined) {
  const opened = await openWindow(change);
  opened.app.settingsPage = "self-test";
  await screen.findByTestId(testIds.selfTest, undefined, { timeout: 5000 });
  return opened;
}
async function run(backend: FakeBackend, findings: Finding[]): Promise<void> {
  backend.tests.findings = findings;
  await userEvent.click(screen.getByTestId(testIds.selfTestRun));
  await screen.findByTestId(testIds.selfTestCopy);
}
const allowed = (state: FakeState) =>
  (state.start.settings.camera = { ...state.start.settings.camera, consent: "allowed" });

afterEach(() => locale.use("en"));

describe("the words", () => {
  it.each(TROUBLES)("say %s in both languages on every platform", (code) => {
    for (const platform of PLATFORMS) {
      locale.use("en");
      const en = wordsOf({ subject: "storage", code }, platform);
      locale.use("zh");
      const zh = wordsOf({ subject: "storage", code }, platform);
      expect(en.says).toMatch(/\.$/);
      expect(zh.says).toMatch(/\p{Script=Han}.*。$/u);
      if (code !== "speaker-heard") expect(en.cure).toMatch(/\.$/);
      if (code !== "speaker-heard") expect(zh.cure).toMatch(/\p{Script=Han}.*。$/u);
      expect(zh.command).toBe(en.command);
    }
  });
  it("say of each thing that it works", () => {
    const said = SUBJECTS.map((subject) => wordsOf({ subject, code: "works" }, "linux").says);
    expect(new Set(said).size).toBe(SUBJECTS.length);
  });
  it("name the command of the platform, and nobody else's", () => {
    const command = (code: FindingCode, platform: string) => wordsOf({ subject: "video", code }, platform).command;
    expect(PLATFORMS.map((platform) => command("video-tools-missing", platform))).toEqual([
      "sudo apt install ffmpeg",
      "brew install ffmpeg",
      "winget install --id Gyan.FFmpeg",
    ]);
    expect(command("microphone-server-gone", "linux")).toBe("systemctl --user restart pipewire wireplumber");
    expect(command("camera-no-rights", "linux")).toBe("sudo usermod -aG video $USER");
    expect(command("camera-no-rights", "macos")).toBeNull();
    expect(wordsOf({ subject: "camera", code: "camera-no-rights" }, "macos").cure).toContain("System Settings");
  });
});

describe("a run", () => {
  it("begins only when it is asked for, and shows each finding as it comes", async () => {
    const { backend } = await openPage();
    expect(states()).toEqual(SUBJECTS.map(() => "untried"));
    expect(screen.getAllByTestId(testIds.selfTestRow).map(({ dataset }) => dataset["subject"])).toEqual(SUBJECTS);
    expect(backend.calls).not.toContain("selfTest");
    backend.tests.hangs = true;
    await userEvent.click(screen.getByTestId(testIds.selfTestRun));
    await waitFor(() => expect(row("microphone")).toHaveAttribute("data-state", "trying"));
    expect(row("speaker")).toHaveAttribute("data-state", "untried");
    expect(screen.getByTestId(testIds.selfTestRun)).toBeDisabled();
    backend.tests.find(finding("microphone", "works", "ok", "Built-in Microphone"));
    // Another one may be ready before its turn.
    backend.tests.find(finding("camera", "camera-busy"));
    await waitFor(() => expect(states().slice(0, 4)).toEqual(["ok", "trying", "failed", "untried"]));
    expect(row("microphone")).toHaveTextContent("Built-in Microphone");
    expect(screen.getByTestId(testIds.selfTestSummary)).toHaveTextContent("2 of 9 done");
    expect(screen.queryByTestId(testIds.selfTestCopy)).toBeNull();
    backend.tests.go();
    await screen.findByTestId(testIds.selfTestCopy);
    expect(states().slice(0, 4)).toEqual(["ok", "untried", "failed", "untried"]);
  });

  it("sums up first, and tells it politely", async () => {
    const { backend } = await openPage();
    await run(backend, fakeFindings());
    expect(screen.getByTestId(testIds.selfTestSummary)).toHaveTextContent("All 9 work");
    await run(backend, but(finding("screen", "screen-black"), finding("network", "network-locked", "skipped")));
    await waitFor(() =>
      expect(screen.getByTestId(testIds.selfTestSummary)).toHaveTextContent("7 of 9 work, 1 left out"),
    );
    expect(screen.getByText("7 of 9 work, 1 left out. To look at: Screen.")).toHaveAttribute("role", "status");
  });

  it("shows everything that was found of one thing, the worst first", async () => {
    const { backend } = await openPage();
    await run(backend, [
      ...fakeFindings(),
      finding("local-model", "speech-missing", "warning"),
      finding("local-model", "model-damaged", "failed"),
    ]);
    expect(row("local-model")).toHaveAttribute("data-code", "model-damaged");
    expect(row("local-model")).toHaveAttribute("data-state", "failed");
    const said = row("local-model").textContent ?? "";
    const places = ["damaged", "Speech recognition", "answers without the network"].map((part) => said.indexOf(part));
    expect(places.every((place) => place >= 0)).toBe(true);
    expect(places).toEqual([...places].sort((one, other) => one - other));
    expect(screen.getByTestId(testIds.selfTestSummary)).toHaveTextContent("8 of 9 work");
  });

  it("keeps what it found when it breaks off, and begins anew", async () => {
    const { backend } = await openPage();
    backend.tests.breaksOff = { code: "internal", notice: null, detail: "the thread is gone" };
    await run(backend, fakeFindings().slice(0, 2));
    expect(screen.getByRole("alert")).toHaveTextContent("broke off");
    expect(screen.getByTestId(testIds.selfTestSummary)).toHaveTextContent("2 of 9 work");
    backend.tests.breaksOff = null;
    await run(backend, fakeFindings());
    await waitFor(() => expect(screen.queryByRole("alert")).toBeNull());
    expect(states()).toEqual(SUBJECTS.map(() => "ok"));
  });

  it("says the state in words beside the colour", async () => {
    const { backend } = await openPage();
    await run(backend, but(finding("key", "key-unchecked", "warning"), finding("camera", "camera-none")));
    expect(row("key")).toHaveTextContent("Needs a look");
    expect(row("camera")).toHaveTextContent("Does not work");
    expect(row("storage")).toHaveTextContent("Works");
  });
});

describe("cures", () => {
  it.each([
    ["microphone", "microphone-none", "voice"],
    ["key", "key-locked", "gemini"],
    ["network", "network-proxy", "gemini"],
    ["local-model", "model-none", "models"],
  ] as const)("of %s, %s, open the page %s", async (subject, code, page) => {
    const { app, backend } = await openPage();
    await run(backend, but(finding(subject, code)));
    await press(subject, testIds.selfTestCure);
    expect(app.settingsPage).toBe(page);
  });

  it("open the folder that is full", async () => {
    const { backend } = await openPage();
    await run(backend, but(finding("storage", "storage-full")));
    await press("storage", testIds.selfTestCure);
    expect(backend.calls).toContain("openDataFolder");
  });

  it("fetch what is missing, and say that it is done", async () => {
    const { backend } = await openPage((state) => {
      state.start.recognisers = state.start.recognisers.map((set) => ({
        ...set,
        state: { type: "not-fetched", bytes: set.bytes, have: 0 },
      }));
    });
    await run(backend, but(finding("local-model", "recognisers-missing", "warning")));
    await press("local-model", testIds.selfTestCure);
    await waitFor(() => expect(row("local-model")).toHaveTextContent("That is done"));
    expect(backend.calls).toContain("fetchModel picture-reading");
  });

  it("take the lock off only after the person was told what that means", async () => {
    const { app, backend } = await openPage((state) => {
      const conversation = fakeConversation({ id: "c1", title: "Taxes", localOnly: true });
      state.start.conversations = [conversation];
      state.start.open = { conversation, messages: [], attachments: [] };
    });
    await run(backend, but(finding("network", "network-locked", "skipped")));
    await press("network", testIds.selfTestCure);
    expect(app.localOnly).toBe(true);
    await userEvent.click(await screen.findByTestId(testIds.confirm));
    await waitFor(() => expect(app.localOnly).toBe(false));
    expect(row("network")).toHaveTextContent("That is done");
  });

  it("copy their command", async () => {
    const { backend } = await openPage();
    await run(backend, but(finding("video", "video-tools-missing")));
    await userEvent.click(within(row("video")).getByRole("button", { name: "Copy the command" }));
    expect(backend.copied).toEqual(["sudo apt install ffmpeg"]);
  });
});

describe("the microphone", () => {
  it("is heard live, and closed when the page is left or a run begins", async () => {
    const { app, backend } = await openPage();
    await press("microphone", testIds.selfTestTry);
    await waitFor(() => expect(backend.voice.isOpen).toBe(true));
    backend.voice.tell({ type: "level", level: 0.4 });
    const meter = await within(row("microphone")).findByTestId(testIds.selfTestMeter);
    await waitFor(() => expect(within(meter).getByRole("meter")).toHaveAttribute("aria-valuenow", "40"));
    await run(backend, fakeFindings());
    expect(backend.voice.isOpen).toBe(false);
    expect(backend.calls.indexOf("cancelRecording")).toBeLessThan(backend.calls.indexOf("selfTest"));
    await press("microphone", testIds.selfTestTry);
    await waitFor(() => expect(backend.voice.isOpen).toBe(true));
    app.settingsPage = "about";
    await waitFor(() => expect(backend.voice.isOpen).toBe(false));
  });
});

describe("the speaker", () => {
  it("is judged by the person", async () => {
    const { backend } = await openPage();
    await run(backend, fakeFindings());
    await press("speaker", testIds.selfTestTry);
    expect(backend.calls).toContain("playTestSound");
    await userEvent.click(await screen.findByTestId(testIds.selfTestNotHeard));
    await waitFor(() => expect(row("speaker")).toHaveAttribute("data-code", "speaker-not-heard"));
    expect(row("speaker")).toHaveTextContent("Turn the volume up");
    expect(screen.getByTestId(testIds.selfTestSummary)).toHaveTextContent("8 of 9 work");
    await press("speaker", testIds.selfTestTry);
    await userEvent.click(await screen.findByTestId(testIds.selfTestHeard));
    await waitFor(() => expect(row("speaker")).toHaveAttribute("data-state", "ok"));
    expect(screen.getByTestId(testIds.selfTestSummary)).toHaveTextContent("All 9 work");
  });

  it("that plays nothing says why, and asks nothing", async () => {
    const { backend } = await openPage();
    backend.tests.problem = { code: "no-speaker", notice: null, detail: null };
    await press("speaker", testIds.selfTestTry);
    await waitFor(() => expect(row("speaker")).toHaveAttribute("data-code", "speaker-none"));
    expect(screen.queryByTestId(testIds.selfTestHeard)).toBeNull();
    backend.tests.problem = { code: "internal", notice: null, detail: "ALSA: busy" };
    await press("speaker", testIds.selfTestTry);
    await waitFor(() => expect(row("speaker")).toHaveAttribute("data-code", "speaker-failed"));
    expect(row("speaker")).toHaveTextContent("ALSA: busy");
  });
});

describe("the camera", () => {
  /** Stands in for the web view's camera. */
  class Track extends EventTarget {
    readyState = "live";
    label = "Integrated Camera";
    stop(): void {
      this.readyState = "ended";
    }
  }
  const streamOf = (track: Track) => ({ getTracks: () => [track], getVideoTracks: () => [track] });
  const enumerateDevices = () =>
    Promise.resolve([
      { kind: "audioinput", label: "Desk Camera", deviceId: "mic-1" },
      { kind: "videoinput", label: "Integrated Camera", deviceId: "cam-1" },
      { kind: "videoinput", label: "Desk Camera", deviceId: "cam-2" },
    ]);
  let getUserMedia: ReturnType<typeof vi.fn>;

  beforeEach(() => {
    getUserMedia = vi.fn();
    Object.defineProperty(navigator, "mediaDevices", { value: { getUserMedia, enumerateDevices }, configurable: true });
  });
  afterEach(() => {
    vi.useRealTimers();
    Reflect.deleteProperty(navigator, "mediaDevices");
  });

  it.each([
    ["NotAllowedError", "camera-refused", "camera-no-rights"],
    ["NotFoundError", "camera-none", "camera-none"],
    ["OverconstrainedError", "camera-none", "camera-none"],
    ["NotReadableError", "camera-busy", "camera-busy"],
    ["AbortError", "camera-busy", "camera-busy"],
    ["NotSupportedError", "camera-plugin-missing", "camera-plugin-missing"],
  ])("names %s: %s, and where Castor allows it %s", (name, asked, consented) => {
    expect(cameraCode(name, "ask")).toBe(asked);
    expect(cameraCode(name, "allowed")).toBe(consented);
  });

  it("shows its picture, and is let go when the page is left", async () => {
    const track = new Track();
    getUserMedia.mockResolvedValue(streamOf(track));
    const { app } = await openPage((state) => {
      allowed(state);
      state.start.settings.camera.device = "Desk Camera";
    });
    await press("camera", testIds.selfTestTry);
    expect(await screen.findByTestId(testIds.selfTestCamera)).toBeInTheDocument();
    expect(getUserMedia).toHaveBeenCalledWith({ video: { deviceId: "cam-2" }, audio: false });
    expect(row("camera")).toHaveTextContent("Integrated Camera");
    expect(row("camera")).toHaveTextContent("Camera on");
    app.settingsPage = "general";
    await waitFor(() => expect(track.readyState).toBe("ended"));
    expect(screen.queryByTestId(testIds.selfTestCamera)).toBeNull();
  });

  it("is let go when the dialog is closed, also while it is still being opened", async () => {
    const track = new Track();
    let open: (stream: unknown) => void = () => undefined;
    getUserMedia.mockReturnValue(new Promise((resolve) => (open = resolve)));
    const { app } = await openPage(allowed);
    await press("camera", testIds.selfTestTry);
    app.settingsPage = null;
    await waitFor(() => expect(screen.queryByTestId(testIds.selfTest)).toBeNull());
    open(streamOf(track));
    await waitFor(() => expect(track.readyState).toBe("ended"));
  });

  it("closes by itself after a few seconds", async () => {
    const track = new Track();
    getUserMedia.mockResolvedValue(streamOf(track));
    await openPage(allowed);
    vi.useFakeTimers();
    await fireEvent.click(within(row("camera")).getByTestId(testIds.selfTestTry));
    await vi.advanceTimersByTimeAsync(SHOWN_FOR_MS - 1);
    expect(track.readyState).toBe("live");
    await vi.advanceTimersByTimeAsync(1);
    expect(track.readyState).toBe("ended");
  });

  it("is not touched before the person allows it, then opened at once", async () => {
    const track = new Track();
    getUserMedia.mockResolvedValue(streamOf(track));
    const { app } = await openPage();
    await press("camera", testIds.selfTestTry);
    await waitFor(() => expect(row("camera")).toHaveAttribute("data-code", "camera-not-asked"));
    expect(row("camera")).toHaveAttribute("data-state", "skipped");
    expect(getUserMedia).not.toHaveBeenCalled();
    expect(within(row("camera")).queryByTestId(testIds.selfTestTry)).toBeNull();
    await press("camera", testIds.selfTestCure);
    expect(await screen.findByTestId(testIds.selfTestCamera)).toBeInTheDocument();
    expect(app.settings.camera.consent).toBe("allowed");
    expect(row("camera")).toHaveAttribute("data-code", "works");
  });

  it("says what the web view says, unless the system knew better", async () => {
    getUserMedia.mockRejectedValue(new DOMException("Requested device not found", "NotFoundError"));
    const { backend } = await openPage(allowed);
    await press("camera", testIds.selfTestTry);
    await waitFor(() => expect(row("camera")).toHaveAttribute("data-code", "camera-none"));
    expect(row("camera")).toHaveTextContent("Requested device not found");
    await run(backend, but(finding("camera", "camera-plugin-missing")));
    await press("camera", testIds.selfTestTry);
    await waitFor(() => expect(getUserMedia).toHaveBeenCalledTimes(2));
    await waitFor(() => expect(within(row("camera")).getByTestId(testIds.selfTestTry)).toBeEnabled());
    expect(row("camera")).toHaveAttribute("data-code", "camera-plugin-missing");
  });

  it("is opened by the system where the web view cannot, and let go", async () => {
    URL.createObjectURL = vi.fn(() => "blob:frame");
    URL.revokeObjectURL = vi.fn();
    getUserMedia.mockRejectedValue(new DOMException("", "NotFoundError"));
    const { app, backend } = await openPage(allowed);
    backend.camera.named = [{ id: "/dev/video0", name: "Integrated Camera" }];
    await press("camera", testIds.selfTestTry);
    expect(await screen.findByTestId(testIds.selfTestCamera)).toHaveAttribute("src", "blob:frame");
    expect(backend.calls).toContain("openCamera /dev/video0 640");
    expect(row("camera")).toHaveAttribute("data-code", "works");
    expect(backend.calls).not.toContain("closeCamera");
    app.settingsPage = "general";
    await waitFor(() => expect(backend.calls).toContain("closeCamera"));
    expect(URL.revokeObjectURL).toHaveBeenCalledWith("blob:frame");
    expect(screen.queryByTestId(testIds.selfTestCamera)).toBeNull();
  });

  it.each([
    ["camera-busy", "camera-busy"],
    ["camera-denied", "camera-no-rights"],
    ["no-camera", "camera-none"],
    // Nothing of use: what the web view said counts.
    ["internal", "camera-busy"],
  ] as const)("that the system refuses with %s is told as %s", async (refusal, code) => {
    getUserMedia.mockRejectedValue(new DOMException("", "NotReadableError"));
    const { backend } = await openPage(allowed);
    backend.camera.named = [{ id: "/dev/video0", name: "Integrated Camera" }];
    backend.camera.problem = { code: refusal, notice: null, detail: null };
    await press("camera", testIds.selfTestTry);
    await waitFor(() => expect(row("camera")).toHaveAttribute("data-code", code));
  });

  it("is not asked of the system once the person or the system has said no", async () => {
    getUserMedia.mockRejectedValue(new DOMException("", "NotAllowedError"));
    const { backend } = await openPage(allowed);
    backend.camera.named = [{ id: "/dev/video0", name: "Integrated Camera" }];
    await press("camera", testIds.selfTestTry);
    await waitFor(() => expect(row("camera")).toHaveAttribute("data-code", "camera-no-rights"));
    expect(backend.calls.some((call) => call.startsWith("openCamera"))).toBe(false);
  });

  it("that goes away while it is shown is told", async () => {
    const track = new Track();
    getUserMedia.mockResolvedValue(streamOf(track));
    await openPage(allowed);
    await press("camera", testIds.selfTestTry);
    await screen.findByTestId(testIds.selfTestCamera);
    track.dispatchEvent(new Event("ended"));
    await waitFor(() => expect(row("camera")).toHaveAttribute("data-code", "camera-none"));
    expect(screen.queryByTestId(testIds.selfTestCamera)).toBeNull();
  });
});

describe("the screen", () => {
  beforeEach(() => {
    URL.createObjectURL = vi.fn(() => "blob:screen");
    URL.revokeObjectURL = vi.fn();
  });

  it("is shown as it is now, and forgotten when the page is left", async () => {
    const { app, backend } = await openPage();
    const source = { kind: "screen" as const, app: null, width: 1920, height: 1080 };
    backend.screen.sources = {
      sources: [
        { ...source, id: "s1", name: "HDMI-1", primary: false },
        { ...source, id: "s2", name: "eDP-1", primary: true },
      ],
      portal: false,
    };
    await press("screen", testIds.selfTestTry);
    expect(await screen.findByTestId(testIds.selfTestScreen)).toHaveAccessibleName("The screen now: eDP-1");
    expect(backend.calls).toContain("screenPreview s2 640");
    app.settingsPage = "general";
    await waitFor(() => expect(URL.revokeObjectURL).toHaveBeenCalledWith("blob:screen"));
  });

  it("that cannot be shown says why", async () => {
    const { backend } = await openPage();
    backend.screen.sources = { sources: [], portal: true };
    await press("screen", testIds.selfTestTry);
    await waitFor(() => expect(row("screen")).toHaveTextContent("asks you itself"));
    backend.screen.problem = { code: "screen-denied", notice: null, detail: null };
    await press("screen", testIds.selfTestTry);
    await waitFor(() => expect(row("screen")).toHaveTextContent("does not let Castor see the screen"));
  });
});

describe("the report", () => {
  it("holds every state, code and cure, and nothing that is private", async () => {
    const { backend } = await openPage();
    await run(
      backend,
      but(
        finding("storage", "storage-failed", "failed", "/home/ada/.local/share/castor: read-only"),
        finding("network", "network-proxy", "failed", "http://ada:secret@proxy.example:3128"),
        finding("key", "key-refused", "failed", "AIzaSyA-0123456789abcdef is not accepted"),
      ),
    );
    await userEvent.click(screen.getByTestId(testIds.selfTestCopy));
    const [report = ""] = backend.copied;
    expect(report.split("\n")[0]).toMatch(/^Castor 0\.1\.0 self-test, linux, /);
    expect(report.split("\n")[1]).toBe("6 of 9 work. To look at: Gemini key, Network, and Storage.");
    expect(report).toContain("Microphone: Works\n  [works] The microphone opens");
    expect(report).toContain("Storage: Does not work\n  [storage-failed] Castor's folder cannot be written to");
    expect(report).toContain("  ~/.local/share/castor: read-only\n  > Check that the folder");
    expect(report).toContain("http://…proxy.example:3128");
    expect(report).not.toMatch(/ada|secret|AIzaSy/);
    expect(SUBJECTS.every((subject) => report.includes(row(subject).querySelector("h4")?.textContent ?? "?"))).toBe(
      true,
    );
    await waitFor(() => expect(screen.getByTestId(testIds.selfTestCopy)).toHaveTextContent("Copied"));
  });

  it("knows the folders of people on every platform", () => {
    expect(scrub("/Users/ada/Library/x")).toBe("~/Library/x");
    expect(scrub(String.raw`C:\Users\Ada Byron\AppData`)).toBe(String.raw`~\AppData`);
    expect(scrub("文件夹：/home/ada，只读")).toBe("文件夹：~，只读");
    expect(scrub("https://example.com/v1?key=abc&x=1")).toBe("https://example.com/v1?key=…&x=1");
    expect(scrub("/dev/video0, PipeWire 1.4")).toBe("/dev/video0, PipeWire 1.4");
  });
});

it("is found from the voice page", async () => {
  const { app } = await openWindow();
  app.settingsPage = "voice";
  await userEvent.click(await screen.findByTestId(testIds.somethingWrong, undefined, { timeout: 5000 }));
  expect(app.settingsPage).toBe("self-test");
});
