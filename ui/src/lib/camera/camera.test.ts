import { fireEvent, screen, waitFor } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { answered, composer, openWindow } from "../../test-window";
import type { ClipEnd, CommandError } from "../backend/bindings";
import { FakeBackend, type FakeState } from "../backend/fake";
import { locale } from "../i18n/i18n.svelte";
import { testIds } from "../testids";
import { HOLD_MS } from "../voice/voice.svelte";
import { ARRIVES_WITHIN } from "../showing";
import { FIRST_FRAME_MS } from "./feed";
import { MadeUpCameras } from "./made-up-camera";

const error = (code: CommandError["code"]): CommandError => ({ code, notice: null, detail: null });
const called = (backend: FakeBackend, name: string) => backend.calls.filter((call) => call.startsWith(name));
const panel = () => screen.getByTestId(testIds.cameraPanel);
const state = (wanted: string) => waitFor(() => expect(panel()).toHaveAttribute("data-state", wanted));
const problem = (code: string) =>
  waitFor(() => expect(screen.getByTestId(testIds.cameraProblem)).toHaveAttribute("data-code", code));
const press = (key: string, init: KeyboardEventInit = {}, on: Element = document.body) =>
  fireEvent.keyDown(on, { key, ...init });
const click = (testid: string) => fireEvent.click(screen.getByTestId(testid));
const attached = () =>
  screen.queryAllByTestId(testIds.attachment).filter(({ dataset }) => dataset["state"] === "added");
const allowed = (state: FakeState): void => {
  state.start.settings.camera = { consent: "allowed", device: null, mirrored: true };
};

// They come when they are first needed; the tests are not about how long that takes.
beforeAll(async () => {
  await Promise.all([import("./CameraPanel.svelte"), import("../settings/SettingsDialog.svelte")]);
});
let cameras: MadeUpCameras;
beforeEach(() => {
  cameras = new MadeUpCameras();
  cameras.install();
});
afterEach(() => {
  // Nothing of a camera that was left open goes on in the next test.
  window.dispatchEvent(new Event("pagehide"));
  vi.useRealTimers();
  vi.restoreAllMocks();
  locale.use("en");
});

async function live(change: (state: FakeState) => void = () => undefined) {
  const opened = await openWindow((state) => {
    allowed(state);
    change(state);
  });
  await click(testIds.cameraOpen);
  await screen.findByTestId(testIds.cameraPanel);
  await state("live");
  return opened;
}
/** Seconds of frames, ten in each. */
async function watch(seconds: number, from = 1000): Promise<void> {
  for (let index = 0; index < seconds * 10; index += 1) {
    cameras.frame(from + index * 100);
    await new Promise((resolve) => setTimeout(resolve));
  }
}

describe("opening", () => {
  it("asks first, and the app knows the answer before the camera is asked for", async () => {
    const { app, backend } = await openWindow();
    const saved: string[] = [];
    const save = backend.saveSettings.bind(backend);
    backend.saveSettings = async (settings) => {
      saved.push(`${settings.camera.consent} ${String(cameras.asked.length)}`);
      return save(settings);
    };
    await press("L", { ctrlKey: true, shiftKey: true });
    expect(await screen.findByTestId(testIds.cameraPanel)).toHaveAttribute("data-state", "asking");
    expect(panel()).toHaveTextContent("Pictures stay on this computer until you send them.");
    expect(cameras.asked).toEqual([]);
    await click(testIds.cameraAllow);
    await state("live");
    expect(saved).toEqual(["allowed 0"]);
    expect(app.settings.camera.consent).toBe("allowed");
    expect(cameras.asked).toEqual([null]);
    expect(panel().querySelector("video")).toBeInTheDocument();
  });

  it("opens nothing when the person does not want it, or it cannot be saved", async () => {
    const { app, backend } = await openWindow();
    app.camera.open();
    await screen.findByTestId(testIds.cameraPanel);
    await click(testIds.cameraRefuse);
    await waitFor(() => expect(screen.queryByTestId(testIds.cameraPanel)).toBeNull());
    expect(app.settings.camera.consent).toBe("ask");
    app.camera.open();
    backend.settingsProblem = error("disk-full");
    await screen.findByTestId(testIds.cameraPanel);
    await click(testIds.cameraAllow);
    await state("asking");
    expect(cameras.asked).toEqual([]);
  });

  it("says how to allow it again where it was refused", async () => {
    await openWindow((state) => (state.start.settings.camera.consent = "denied"));
    await click(testIds.cameraOpen);
    expect(await screen.findByTestId(testIds.cameraPanel)).toHaveAttribute("data-state", "denied");
    expect(panel()).toHaveTextContent("Settings under General");
    expect(cameras.asked).toEqual([]);
    await click(testIds.cameraAllow);
    await state("live");
  });

  it("shows the camera that was chosen, and remembers another one by its name", async () => {
    const { app } = await live((state) => (state.start.settings.camera.device = "Document Camera"));
    // Names are not known before one was open.
    expect(cameras.asked).toEqual([null, "desk"]);
    expect(cameras.tracks.map(({ stopped }) => stopped)).toEqual([true, false]);
    const choice = await screen.findByTestId<HTMLSelectElement>(testIds.cameraDevice);
    expect(choice).toHaveValue("Document Camera");
    await fireEvent.change(choice, { target: { value: "Integrated Camera" } });
    await waitFor(() => expect(cameras.asked.at(-1)).toBe("front"));
    await waitFor(() => expect(screen.getByTestId(testIds.cameraDevice)).toHaveValue("Integrated Camera"));
    expect(app.settings.camera.device).toBe("Integrated Camera");
    expect(cameras.tracks.map(({ stopped }) => stopped)).toEqual([true, true, false]);
  });

  it("takes the system's choice where the chosen one is not there", async () => {
    await live((state) => (state.start.settings.camera.device = "Lent to a friend"));
    expect(cameras.asked).toEqual([null]);
  });

  it("mirrors the preview only", async () => {
    const { app } = await live();
    const preview = screen.getByTestId(testIds.cameraPreview);
    expect(preview).toHaveAttribute("data-mirrored", "true");
    expect(preview.querySelector(".mirrored video")).toBeInTheDocument();
    await click(testIds.cameraMirror);
    await waitFor(() => expect(preview).toHaveAttribute("data-mirrored", "false"));
    expect(preview.querySelector(".mirrored")).toBeNull();
    expect(app.settings.camera.mirrored).toBe(false);
  });
});

describe("what can go wrong", () => {
  it.each([
    ["NotFoundError", "no-camera"],
    ["OverconstrainedError", "no-camera"],
    ["NotReadableError", "camera-busy"],
    ["NotAllowedError", "camera-denied"],
    ["AbortError", "camera-failed"],
  ])("says what %s means", async (name, code) => {
    cameras.refusal = name;
    await openWindow(allowed);
    await click(testIds.cameraOpen);
    await problem(code);
    expect(panel()).toHaveAttribute("data-state", "failed");
    expect(screen.queryByTestId(testIds.cameraLight)).toBeNull();
    cameras.refusal = null;
    await click(testIds.cameraRetry);
    await state("live");
  });

  it("says so where the camera opens and shows nothing", async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    cameras.silent = true;
    await openWindow(allowed);
    await click(testIds.cameraOpen);
    await waitFor(() => expect(cameras.isOn).toBe(true));
    await vi.advanceTimersByTimeAsync(FIRST_FRAME_MS);
    await problem("camera-failed");
    expect(cameras.isOn).toBe(false);
  });

  it("tries the system's cameras where the web view's fail, but not round a no", async () => {
    const { backend } = await openWindow(allowed);
    backend.camera.named = [{ id: "/dev/video0", name: "USB Camera" }];
    cameras.refusal = "NotAllowedError";
    await click(testIds.cameraOpen);
    await problem("camera-denied");
    expect(called(backend, "openCamera")).toEqual([]);
    cameras.refusal = "NotFoundError";
    await click(testIds.cameraRetry);
    await state("live");
    expect(called(backend, "openCamera")).toEqual(["openCamera /dev/video0 1920"]);
    expect(panel().querySelector("canvas")).toBeInTheDocument();
    expect(screen.getByTestId(testIds.cameraLight)).toBeInTheDocument();
    await click(testIds.cameraShutter);
    await waitFor(() => expect(attached()).toHaveLength(1));
    expect(cameras.encoded.at(-1)).toEqual({ width: 640, height: 480, quality: 0.92 });
    await click(testIds.cameraClose);
    await waitFor(() => expect(backend.camera.isOpen).toBe(false));
    expect(called(backend, "closeCamera")).toHaveLength(1);
  });

  it("says what the system says of its camera", async () => {
    const { backend } = await openWindow(allowed);
    backend.camera.named = [{ id: "/dev/video0", name: "USB Camera" }];
    backend.camera.problem = error("camera-busy");
    cameras.refusal = "NotFoundError";
    await click(testIds.cameraOpen);
    await problem("camera-busy");
    backend.camera.problem = null;
    await click(testIds.cameraRetry);
    await state("live");
    backend.camera.lose(error("camera-lost"));
    await problem("camera-lost");
  });

  it("sees that the camera is unplugged, and opens it again by itself", async () => {
    await live();
    cameras.plugged = [];
    cameras.unplug();
    await problem("camera-lost");
    expect(panel()).toHaveTextContent("unplugged or switched off");
    expect(cameras.isWatched).toBe(false);
    expect(screen.queryByTestId(testIds.cameraLight)).toBeNull();
    cameras.plugged = [{ id: "front", name: "Integrated Camera" }];
    cameras.dispatchEvent(new Event("devicechange"));
    await state("live");
  });
});

describe("the light", () => {
  it("is on while the camera is, also over what covers the composer, and puts it out", async () => {
    const { app } = await live();
    app.settingsPage = "general";
    await screen.findByTestId(testIds.settings);
    const light = screen.getByTestId(testIds.cameraLight);
    expect(light).toHaveTextContent("Camera on");
    expect(light).toHaveAttribute("title", "Camera on: Integrated Camera. Click to switch it off.");
    // The style that lets it be clicked over a dialog is not read here.
    await userEvent.setup({ pointerEventsCheck: 0 }).click(light);
    await waitFor(() => expect(screen.queryByTestId(testIds.cameraLight)).toBeNull());
    expect(cameras.isOn).toBe(false);
    expect(screen.getByTestId(testIds.settings)).toBeInTheDocument();
  });

  it("is on as soon as the camera is, before it shows anything", async () => {
    cameras.silent = true;
    await openWindow(allowed);
    await click(testIds.cameraOpen);
    await screen.findByTestId(testIds.cameraLight);
    await state("starting");
    await press("l", { ctrlKey: true, shiftKey: true });
    await waitFor(() => expect(cameras.isOn).toBe(false));
    expect(screen.queryByTestId(testIds.cameraLight)).toBeNull();
  });

  it("goes out when the person goes elsewhere, takes their word back or closes the window", async () => {
    const { app } = await live();
    app.newConversation();
    await waitFor(() => expect(screen.queryByTestId(testIds.cameraPanel)).toBeNull());
    expect(cameras.isOn).toBe(false);
    for (const end of [() => app.camera.setConsent("denied"), () => fireEvent(window, new Event("pagehide"))]) {
      await app.camera.setConsent("allowed");
      app.camera.open();
      await screen.findByTestId(testIds.cameraPanel);
      await state("live");
      expect(cameras.isOn).toBe(true);
      await end();
      await waitFor(() => expect(cameras.isOn).toBe(false));
    }
  });

  it("can be kept from coming on in the settings", async () => {
    const { app } = await live();
    app.settingsPage = "general";
    const choice = await screen.findByTestId(testIds.cameraConsent);
    await fireEvent.click(choice.querySelector("[data-value=ask]") as Element);
    await waitFor(() => expect(cameras.isOn).toBe(false));
    expect(app.settings.camera.consent).toBe("ask");
    await click(testIds.cameraMirrored);
    await waitFor(() => expect(app.settings.camera.mirrored).toBe(false));
  });
});

describe("pictures", () => {
  it("are taken as the camera gives them and come into the question, one after the other", async () => {
    vi.setSystemTime(new Date(2026, 10, 29, 23, 10, 5));
    const { backend } = await live();
    await click(testIds.cameraShutter);
    await waitFor(() => expect(attached()).toHaveLength(1));
    await click(testIds.cameraShutter);
    await waitFor(() => expect(attached()).toHaveLength(2));
    expect(called(backend, "keepPicture")).toEqual([
      "keepPicture Camera 2026-11-29 23-10-05.jpg 1920",
      "keepPicture Camera 2026-11-29 23-10-05 (2).jpg 1920",
    ]);
    expect(cameras.encoded.at(-1)).toEqual({ width: 1920, height: 1080, quality: 0.92 });
    expect(panel()).toHaveAttribute("data-state", "live");
  });

  it("are taken with Space or Enter, and the panel keeps the keyboard until somebody writes", async () => {
    await live();
    await waitFor(() => expect(panel()).toHaveFocus());
    await press(" ", {}, panel());
    await waitFor(() => expect(attached()).toHaveLength(1));
    await press("Enter", {}, panel());
    await waitFor(() => expect(attached()).toHaveLength(2));
    expect(panel()).toHaveFocus();
    await userEvent.keyboard("Which");
    expect(composer()).toHaveFocus();
    expect(composer()).toHaveValue("Which");
    await press(" ", {}, composer());
    expect(attached()).toHaveLength(2);
  });

  it("wait for the timer, which Esc stops", async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    const { backend } = await live();
    await click(testIds.cameraCountdown);
    expect(screen.getByTestId(testIds.cameraCountdown)).toHaveAttribute("data-seconds", "3");
    await click(testIds.cameraShutter);
    expect(await screen.findByTestId(testIds.cameraCounting)).toHaveTextContent("3");
    await press("Escape");
    await waitFor(() => expect(screen.queryByTestId(testIds.cameraCounting)).toBeNull());
    await vi.advanceTimersByTimeAsync(4000);
    expect(called(backend, "keepPicture")).toEqual([]);
    expect(panel()).toBeInTheDocument();
    await click(testIds.cameraShutter);
    await vi.advanceTimersByTimeAsync(1000);
    await waitFor(() => expect(screen.getByTestId(testIds.cameraCounting)).toHaveTextContent("2"));
    expect(called(backend, "keepPicture")).toEqual([]);
    await vi.advanceTimersByTimeAsync(2000);
    await waitFor(() => expect(attached()).toHaveLength(1));
    expect(screen.queryByTestId(testIds.cameraCounting)).toBeNull();
  });

  it("say why one was not taken", async () => {
    const { backend } = await live();
    backend.camera.problem = error("disk-full");
    await click(testIds.cameraShutter);
    await problem("not-taken");
    expect(screen.getByTestId(testIds.cameraProblem)).toHaveTextContent("The picture was not taken.");
    expect(panel()).toHaveAttribute("data-state", "live");
  });

  it("are named as a Chinese product would name them", async () => {
    const { backend } = await live((state) => (state.start.settings.language = "zh"));
    await click(testIds.cameraShutter);
    await waitFor(() =>
      expect(called(backend, "keepPicture")[0]).toMatch(/^keepPicture 照片 \d{4}-\d\d-\d\d \d\d-\d\d-\d\d\.jpg/),
    );
  });

  it("leave the camera with Esc from the panel", async () => {
    await live();
    await press("Escape", {}, composer());
    expect(panel()).toBeInTheDocument();
    await press("Escape", {}, panel());
    await waitFor(() => expect(screen.queryByTestId(testIds.cameraPanel)).toBeNull());
    expect(cameras.isOn).toBe(false);
  });
});

describe("clips", () => {
  const record = () => screen.getByTestId(testIds.cameraRecord);
  const pointer = (type: string) =>
    Object.assign(new MouseEvent(type, { bubbles: true, cancelable: true, button: 0 }), { isPrimary: true });
  const tap = () => fireEvent.click(record());
  const recording = () => waitFor(() => expect(record()).toHaveAttribute("aria-pressed", "true"));
  const recorded = () => waitFor(() => expect(screen.queryByTestId(testIds.cameraClipTime)).toBeNull());

  it("hand over frames, smaller, and come into the question", async () => {
    const { app, backend } = await live();
    await tap();
    await recording();
    expect(called(backend, "recordClip")).toEqual(["recordClip 15 true"]);
    expect(screen.getByTestId(testIds.microphoneLight)).toBeInTheDocument();
    await watch(1);
    await tap();
    await recorded();
    expect(attached().map(({ dataset }) => dataset["kind"])).toEqual(["video"]);
    expect(app.draft.attachments.map(({ id }) => id)).toEqual(["clip-1"]);
    expect(backend.camera.frames[0]).toEqual({ bytes: 1280, takenAt: performance.timeOrigin + 1000 });
    expect(backend.camera.frames).toHaveLength(10);
    expect(cameras.encoded).toContainEqual({ width: 1280, height: 720, quality: 0.8 });
    expect(called(backend, "stopClip")).toHaveLength(1);
    expect(panel()).toHaveAttribute("data-state", "live");
    expect(screen.queryByTestId(testIds.microphoneLight)).toBeNull();
  });

  it("take at most fifteen frames a second", async () => {
    const { backend } = await live();
    await tap();
    await recording();
    for (let index = 0; index < 60; index += 1) {
      cameras.frame(1000 + (index * 1000) / 30);
      await new Promise((resolve) => setTimeout(resolve));
    }
    expect(backend.camera.frames).toHaveLength(30);
  });

  it("take frames also where the web view tells of none", async () => {
    const { backend } = await live();
    await tap();
    await recording();
    cameras.now += 400;
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(backend.camera.frames).toEqual([]);
    cameras.now += 400;
    await waitFor(() => expect(backend.camera.frames).toHaveLength(1));
    cameras.now += 70;
    await waitFor(() => expect(backend.camera.frames).toHaveLength(2));
    expect(backend.camera.frames[1]?.takenAt).toBe(performance.timeOrigin + cameras.now);
  });

  it("drop frames rather than have them wait, and send none before it has begun", async () => {
    const { backend } = await live();
    backend.camera.begins = false;
    backend.camera.slow = true;
    await tap();
    await watch(1);
    expect(backend.camera.frames).toEqual([]);
    backend.camera.tell({ type: "started" });
    await recording();
    await watch(1, 5000);
    // One is being taken, the next waits for it; all others were dropped.
    expect(backend.camera.frames).toHaveLength(1);
    backend.camera.takeFrames();
    await waitFor(() => expect(backend.camera.frames).toHaveLength(2));
    backend.camera.takeFrames();
    await watch(1, 7000);
    expect(backend.camera.frames.map(({ takenAt }) => Math.round(takenAt - performance.timeOrigin))).toEqual([
      5000, 5100, 7000,
    ]);
  });

  it("go on as long as the button is held", async () => {
    let now = 1000;
    vi.spyOn(performance, "now").mockImplementation(() => now);
    const { app, backend } = await live();
    await fireEvent(record(), pointer("pointerdown"));
    await recording();
    now += HOLD_MS;
    await fireEvent(window, pointer("pointerup"));
    await recorded();
    expect(app.draft.attachments).toHaveLength(1);
    // A tap goes on until the next one.
    await fireEvent(record(), pointer("pointerdown"));
    await fireEvent(window, pointer("pointerup"));
    await recording();
    expect(called(backend, "stopClip")).toHaveLength(1);
  });

  it("can be thrown away", async () => {
    const { app, backend } = await live();
    await tap();
    await recording();
    await click(testIds.cameraClipDiscard);
    await recorded();
    await tap();
    await recording();
    await press("Escape");
    await recorded();
    expect(called(backend, "cancelClip")).toHaveLength(2);
    expect(app.draft.attachments).toEqual([]);
    expect(screen.queryByTestId(testIds.cameraProblem)).toBeNull();
  });

  it.each<[ClipEnd, number]>([
    ["full", 1],
    ["disk-full", 1],
    ["failed", 1],
    ["no-frames", 0],
  ])("say that they ended by themselves: %s", async (reason, kept) => {
    const { app, backend } = await live();
    await tap();
    await recording();
    backend.camera.endClip(reason);
    await problem(reason);
    await recorded();
    expect(app.draft.attachments).toHaveLength(kept);
    await tap();
    await recording();
    expect(screen.queryByTestId(testIds.cameraProblem)).toBeNull();
  });

  it("say why one cannot be recorded", async () => {
    const { backend } = await live();
    backend.camera.problem = error("video-tools-missing");
    await tap();
    await problem("video-tools-missing");
  });

  it("are kept when the camera goes away", async () => {
    const { app, backend } = await live();
    await tap();
    await recording();
    cameras.plugged = [];
    cameras.unplug();
    await problem("camera-lost");
    expect(screen.getByTestId(testIds.cameraProblem)).toHaveTextContent("What it had seen by then is kept.");
    await waitFor(() => expect(app.draft.attachments).toHaveLength(1));
    expect(called(backend, "stopClip")).toHaveLength(1);
  });

  it("are kept when the camera is closed", async () => {
    const { app, backend } = await live();
    await tap();
    await recording();
    app.camera.close();
    await waitFor(() => expect(app.draft.attachments).toHaveLength(1));
    expect(called(backend, "stopClip")).toHaveLength(1);
    expect(cameras.isOn).toBe(false);
  });

  it("have the microphone to themselves, and leave it to what listens already", async () => {
    const { app, backend } = await live();
    await tap();
    await recording();
    expect(screen.getByTestId(testIds.talk)).toBeDisabled();
    expect(screen.getByTestId(testIds.conversationMode)).toBeDisabled();
    app.voice.tap();
    app.voice.handsFree();
    await app.voice.beginTest();
    app.conversing.begin();
    expect(called(backend, "record ")).toEqual([]);
    await tap();
    await recorded();
    app.voice.tap();
    await screen.findByTestId(testIds.recordingBar);
    expect(record()).toBeDisabled();
    await tap();
    expect(called(backend, "recordClip")).toHaveLength(1);
  });
});

describe("what goes along", () => {
  const alongs = () => screen.getByTestId(testIds.cameraAlong);
  const choose = async (along: string) => {
    await press("Enter", {}, alongs());
    const items = await screen.findAllByTestId(testIds.cameraAlongItem);
    await press(
      "Enter",
      {},
      items.find(({ dataset }) => dataset["along"] === along),
    );
    await waitFor(() => expect(alongs()).toHaveAttribute("data-along", along));
    // The menu has let the window go again.
    await waitFor(() => expect(document.body.style.pointerEvents).not.toBe("none"));
  };
  const filesOf = (backend: FakeBackend, index = 0) => {
    const action = backend.requests[index]?.action;
    return action?.type === "new" ? action.attachments.map(({ id }) => id) : null;
  };

  it("is the picture of the moment the question is sent at", async () => {
    const { backend } = await live();
    expect(alongs()).toHaveTextContent("With the camera's picture");
    await userEvent.type(composer(), "What is this?{Enter}");
    await answered();
    expect(called(backend, "keepPicture")).toHaveLength(1);
    expect(filesOf(backend)).toEqual(["camera-1"]);
    // The camera stays open for the next one.
    await userEvent.type(composer(), "And now?{Enter}");
    await answered(2);
    expect(filesOf(backend, 1)).toEqual(["camera-2"]);
  });

  it("is a clip of the last seconds", async () => {
    const { backend } = await live();
    await watch(8);
    await choose("5");
    expect(alongs()).toHaveTextContent("With the camera's last 5 s");
    await userEvent.type(composer(), "What happened?{Enter}");
    await answered();
    expect(called(backend, "recordClip")).toEqual(["recordClip 5 false"]);
    expect(filesOf(backend)).toEqual(["clip-1"]);
    const moments = backend.camera.frames.map(({ takenAt }) => takenAt - performance.timeOrigin);
    expect(moments).toHaveLength(25);
    expect(Math.round(moments.at(-1) ?? 0)).toBe(8800);
    expect(Math.round(moments[0] ?? 0)).toBe(4000);
    expect(backend.camera.frames[0]?.bytes).toBe(960);
    expect(called(backend, "keepPicture")).toEqual([]);
  });

  it("is the picture where there are no seconds yet, and nothing where the person wants nothing", async () => {
    const { backend } = await live();
    await choose("10");
    await userEvent.type(composer(), "What happened?{Enter}");
    await answered();
    expect(filesOf(backend)).toEqual(["camera-1"]);
    await choose("nothing");
    await userEvent.type(composer(), "Thanks{Enter}");
    await answered(2);
    expect(filesOf(backend, 1)).toEqual([]);
  });

  it("is what the person took themselves, and nothing else", async () => {
    const { backend } = await live();
    await click(testIds.cameraShutter);
    await waitFor(() => expect(attached()).toHaveLength(1));
    await waitFor(() => expect(screen.queryByTestId(testIds.cameraAlong)).toBeNull());
    await userEvent.type(composer(), "What is this?{Enter}");
    await answered();
    expect(filesOf(backend)).toEqual(["camera-1"]);
    await waitFor(() => expect(alongs()).toBeInTheDocument());
  });

  it("is the clip that is being recorded", async () => {
    const { backend } = await live();
    await fireEvent.click(screen.getByTestId(testIds.cameraRecord));
    await waitFor(() => expect(backend.camera.isRecording).toBe(true));
    await userEvent.type(composer(), "What happens here?{Enter}");
    await answered();
    expect(filesOf(backend)).toEqual(["clip-1"]);
    expect(called(backend, "keepPicture")).toEqual([]);
  });

  it("waits for the camera that is starting", async () => {
    cameras.silent = true;
    const { backend } = await openWindow(allowed);
    await click(testIds.cameraOpen);
    await screen.findByTestId(testIds.cameraLight);
    await userEvent.type(composer(), "What is this?{Enter}");
    expect(backend.requests).toEqual([]);
    panel().querySelector("video")?.dispatchEvent(new Event("loadeddata"));
    await answered();
    expect(filesOf(backend)).toEqual(["camera-1"]);
  });

  it.each(["refused", "never"] as const)("keeps the question where the picture does not come: %s", async (arrival) => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    const { app, backend } = await live();
    backend.camera.arrival = arrival;
    app.draft.text = "What is this?";
    void app.send();
    // The one press waits; another does not ask twice.
    void app.send();
    await vi.advanceTimersByTimeAsync(ARRIVES_WITHIN);
    await waitFor(() =>
      expect(screen.getByTestId(testIds.composerProblem)).toHaveTextContent("could not be taken along"),
    );
    expect(backend.requests).toEqual([]);
    expect(composer()).toHaveValue("What is this?");
    backend.camera.arrival = "added";
    void app.send();
    await answered();
    expect(backend.requests).toHaveLength(1);
    expect(filesOf(backend)).toHaveLength(1);
  });

  it("is taken anew, in place of the last one, when a question that was held back is sent again", async () => {
    const { app, backend } = await live();
    backend.secrets = [
      { kind: { type: "password" }, attachment: null, hint: "hun…" },
    ] as unknown as typeof backend.secrets;
    await userEvent.type(composer(), "Is hunter2 on this note?{Enter}");
    await screen.findByTestId(testIds.secrets);
    expect(app.draft.attachments.map(({ id }) => id)).toEqual(["camera-1"]);
    await userEvent.type(composer(), "{Enter}");
    await waitFor(() => expect(app.draft.attachments.map(({ id }) => id)).toEqual(["camera-2"]));
    expect(called(backend, "removeAttachment")).toEqual(["removeAttachment camera-1"]);
    // What was looked through is what goes.
    await screen.findByTestId(testIds.secrets);
    await click(testIds.secretsSend);
    await answered();
    expect(filesOf(backend)).toEqual(["camera-2"]);
  });
});
