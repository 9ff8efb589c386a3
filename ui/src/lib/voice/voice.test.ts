import { fireEvent, screen, waitFor } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { answered, composer, openWindow } from "../../test-window";
import type { CommandError, RecordingEnd } from "../backend/bindings";
import type { FakeBackend, FakeState } from "../backend/fake";
import { locale } from "../i18n/i18n.svelte";
import { testIds } from "../testids";
import { HOLD_MS } from "./voice.svelte";

const LOCAL = { mind: "local" as const, id: "qwen2.5-coder-1.5b-instruct-q4_k_m" };
const local = (state: FakeState): void => {
  state.start.settings.model = LOCAL;
};
const called = (backend: FakeBackend, name: string) => backend.calls.filter((call) => call.startsWith(name));
const error = (code: CommandError["code"]): CommandError => ({ code, notice: null, detail: null });
const talk = () => screen.getByTestId(testIds.talk);
const light = () => screen.queryByTestId(testIds.microphoneLight);
const bar = () => screen.findByTestId(testIds.recordingBar);
const ended = () => waitFor(() => expect(screen.queryByTestId(testIds.recordingBar)).toBeNull());

/** The clock that tells a hold from a tap. */
let now = 0;
beforeEach(() => {
  now = 1000;
  vi.spyOn(performance, "now").mockImplementation(() => now);
});
afterEach(() => {
  vi.restoreAllMocks();
  locale.use("en");
});

const pointer = (type: string, init: PointerEventInit = {}) =>
  Object.assign(new MouseEvent(type, { bubbles: true, cancelable: true, button: 0, ...init }), { isPrimary: true });
const down = (element: Element = talk()) => fireEvent(element, pointer("pointerdown"));
const up = () => fireEvent(window, pointer("pointerup"));
const press = (key: string, init: KeyboardEventInit = {}) => fireEvent.keyDown(document.body, { key, ...init });

/** Holds the button for so long. */
async function hold(milliseconds: number): Promise<void> {
  await down();
  await bar();
  now += milliseconds;
  await up();
}

describe("holding", () => {
  it("sends what was said as soon as the person lets go", async () => {
    const { backend } = await openWindow(local);
    backend.voice.speech = "How much was it?";
    await hold(HOLD_MS);
    await answered();
    expect(called(backend, "record ")).toEqual(['record {"handsFree":false,"transcribe":true,"conversation":false}']);
    expect(backend.requests[0]?.action).toMatchObject({ type: "new", text: "", attachments: [{ id: "voice-1" }] });
    expect(screen.queryByTestId(testIds.recordingBar)).toBeNull();
  });

  it("goes with what is written already", async () => {
    const { backend } = await openWindow(local);
    await userEvent.type(composer(), "About the receipt:");
    await hold(HOLD_MS);
    await answered();
    expect(backend.requests[0]?.action).toMatchObject({ text: "About the receipt:", attachments: [{ id: "voice-1" }] });
  });

  it("puts it into the composer where the person wants to look first", async () => {
    const { backend } = await openWindow((state) => {
      local(state);
      state.start.settings.voice.speakOnRelease = false;
    });
    await down();
    expect(await bar()).toHaveTextContent("Let go to finish");
    now += HOLD_MS;
    await up();
    expect(await screen.findByTestId(testIds.sound)).toBeInTheDocument();
    expect(called(backend, "ask")).toEqual([]);
  });

  it("works with the key, which repeats while it is held", async () => {
    const { backend } = await openWindow(local);
    await press("j", { ctrlKey: true });
    await press("j", { ctrlKey: true, repeat: true });
    await bar();
    now += HOLD_MS;
    await fireEvent.keyUp(document.body, { key: "Control" });
    await answered();
    expect(called(backend, "record ")).toHaveLength(1);
    expect(called(backend, "stopRecording")).toHaveLength(1);
  });

  it("takes the command key on a Mac, and nothing with other keys beside it", async () => {
    const { backend } = await openWindow((state) => (state.start.platform = "macos"));
    await press("j", { ctrlKey: true });
    await press("J", { metaKey: true, altKey: true });
    expect(called(backend, "record ")).toEqual([]);
    await press("j", { metaKey: true });
    await bar();
    now += HOLD_MS;
    await fireEvent.keyUp(document.body, { key: "Meta" });
    await ended();
    expect(called(backend, "stopRecording")).toHaveLength(1);
  });

  it("works with the keyboard on the button, too", async () => {
    const { backend } = await openWindow(local);
    await fireEvent.keyDown(talk(), { key: " " });
    await bar();
    now += HOLD_MS;
    await fireEvent.keyUp(talk(), { key: " " });
    await answered();
    expect(called(backend, "ask")).toHaveLength(1);
  });

  it("keeps and does not send what was said when the window loses the keyboard", async () => {
    const { backend } = await openWindow(local);
    await press("j", { ctrlKey: true });
    await bar();
    now += HOLD_MS * 4;
    await fireEvent.blur(window);
    expect(await screen.findByTestId(testIds.sound)).toBeInTheDocument();
    expect(called(backend, "ask")).toEqual([]);
  });

  it("does not begin under a dialog", async () => {
    const { app, backend } = await openWindow();
    app.settingsPage = "general";
    await press("j", { ctrlKey: true });
    expect(called(backend, "record ")).toEqual([]);
  });

  it("can begin on the empty page", async () => {
    const { backend } = await openWindow(local);
    await down(screen.getByText("Hold to talk").closest("button") as Element);
    await bar();
    now += HOLD_MS;
    await up();
    await answered();
    expect(called(backend, "ask")).toHaveLength(1);
  });
});

describe("a tap", () => {
  it("goes on until the next one, and keeps without sending", async () => {
    const { backend } = await openWindow(local);
    await hold(HOLD_MS - 1);
    expect(screen.getByTestId(testIds.recordingDone)).toBeInTheDocument();
    expect(called(backend, "stopRecording")).toEqual([]);
    expect(talk()).toHaveAttribute("aria-pressed", "true");
    await down();
    await up();
    await ended();
    expect(await screen.findByTestId(testIds.sound)).toBeInTheDocument();
    expect(called(backend, "record ")).toHaveLength(1);
    expect(called(backend, "ask")).toEqual([]);
  });

  it("ends with Enter, wherever the keyboard is", async () => {
    const { backend } = await openWindow(local);
    await hold(10);
    await press("Enter");
    expect(await screen.findByTestId(testIds.sound)).toBeInTheDocument();
    await userEvent.type(composer(), "And this?");
    await hold(10);
    await fireEvent.keyDown(composer(), { key: "Enter" });
    await waitFor(() => expect(screen.getAllByTestId(testIds.sound)).toHaveLength(2));
    expect(called(backend, "ask")).toEqual([]);
    expect(composer()).toHaveValue("And this?");
  });

  it("is thrown away with Escape, and nothing else happens", async () => {
    const { app, backend } = await openWindow(local);
    await hold(10);
    await press("Escape");
    await ended();
    expect(called(backend, "cancelRecording")).toHaveLength(1);
    expect(screen.queryByTestId(testIds.sound)).toBeNull();
    expect(screen.queryByTestId(testIds.voiceFault)).toBeNull();
    expect(app.voice.listening).toBe(false);
  });

  it("is sent with the button of the bar", async () => {
    const { backend } = await openWindow(local);
    await hold(10);
    await userEvent.click(screen.getByTestId(testIds.recordingSend));
    await answered();
    expect(called(backend, "ask")).toHaveLength(1);
  });

  it("leaves Escape and Enter to the settings while they are open", async () => {
    const { app, backend } = await openWindow(local);
    await hold(10);
    app.settingsPage = "general";
    await screen.findByTestId(testIds.settings, undefined, { timeout: 5000 });
    await userEvent.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByTestId(testIds.settings)).toBeNull());
    expect(called(backend, "cancelRecording")).toEqual([]);
    expect(backend.voice.isOpen).toBe(true);
  });

  it("comes of a screen reader's press, which cannot be held", async () => {
    const { backend } = await openWindow(local);
    await fireEvent.click(talk(), { detail: 0 });
    await bar();
    expect(screen.getByTestId(testIds.recordingDone)).toBeInTheDocument();
    await fireEvent.click(talk(), { detail: 0 });
    await ended();
    expect(called(backend, "stopRecording")).toHaveLength(1);
  });

  it("puts the recording where the person ended it", async () => {
    const { app, backend } = await openWindow(local);
    await userEvent.type(composer(), "Hello{Enter}");
    await answered();
    await hold(10);
    app.newConversation();
    await userEvent.click(screen.getByTestId(testIds.recordingDone));
    expect(await screen.findByTestId(testIds.sound)).toBeInTheDocument();
    expect(app.thread).toBeNull();
    expect(called(backend, "ask")).toHaveLength(1);
  });
});

describe("while it records", () => {
  it("lights up only once the microphone is open, also over the settings", async () => {
    const { app, backend } = await openWindow(local);
    let open = (): void => undefined;
    const record = backend.record.bind(backend);
    backend.record = async (options, onEvent) => {
      await new Promise<void>((resolve) => (open = resolve));
      return record(options, onEvent);
    };
    await hold(10);
    expect(await bar()).toHaveAttribute("data-open", "false");
    expect(screen.getByTestId(testIds.recordingText)).toHaveTextContent("Opening the microphone");
    expect(light()).toBeNull();
    open();
    await waitFor(() => expect(light()).toHaveTextContent("Microphone on"));
    expect(screen.getByTestId(testIds.recordingBar)).toHaveAttribute("data-open", "true");
    app.settingsPage = "general";
    await waitFor(() => expect(light()?.parentElement?.closest("main")).toBeNull());
    app.settingsPage = null;
    await press("Escape");
    await waitFor(() => expect(light()).toBeNull());
  });

  it("shows how loud it is and what was understood", async () => {
    const { backend } = await openWindow(local);
    await hold(10);
    backend.voice.tell({ type: "level", level: 0.42 });
    await waitFor(() => expect(screen.getByRole("meter")).toHaveAttribute("aria-valuenow", "42"));
    expect(screen.getByTestId(testIds.recordingText)).toHaveTextContent("Listening");
    backend.voice.tell({ type: "transcript", text: "How mush" });
    backend.voice.tell({ type: "transcript", text: "How much was it" });
    await waitFor(() => expect(screen.getByTestId(testIds.recordingText).textContent).toBe("How much was it"));
  });

  it("asks for no words where no recogniser is here", async () => {
    const { app, backend } = await openWindow(local);
    backend.voice.withoutRecogniser();
    await app.refreshModels();
    await hold(10);
    expect(called(backend, "record ")).toEqual(['record {"handsFree":false,"transcribe":false,"conversation":false}']);
  });
});

describe("hands-free", () => {
  async function begin(): Promise<void> {
    screen.getByTestId(testIds.talkMore).focus();
    await userEvent.keyboard("{Enter}");
    await userEvent.click(await screen.findByTestId(testIds.talkHandsFree));
    await bar();
  }

  it("waits for speech, ends by itself and is sent", async () => {
    const { backend } = await openWindow(local);
    await begin();
    expect(called(backend, "record ")).toEqual(['record {"handsFree":true,"transcribe":true,"conversation":false}']);
    expect(screen.getByTestId(testIds.recordingText)).toHaveTextContent("Speak when you are ready");
    backend.voice.tell({ type: "speaking", speaking: true });
    await waitFor(() => expect(screen.getByTestId(testIds.recordingText)).toHaveTextContent("Listening"));
    backend.voice.end("silence");
    await answered();
    expect(called(backend, "ask")).toHaveLength(1);
  });

  it("is found with the other button of the mouse, and leads to the settings", async () => {
    const { app } = await openWindow(local);
    await fireEvent.contextMenu(talk());
    await userEvent.click(await screen.findByTestId(testIds.talkSettings));
    expect(app.settingsPage).toBe("voice");
  });
});

describe("what can go wrong", () => {
  it.each([
    ["no-microphone", "linux", "No microphone was found. Plug one in", true],
    ["microphone-busy", "linux", "Another program is using the microphone. Close it there", true],
    ["microphone-refused", "linux", "Settings under Privacy, Microphone", false],
    ["microphone-refused", "macos", "System Settings under Privacy & Security, Microphone", false],
    ["microphone-refused", "windows", "Allow desktop apps to use it in Settings", false],
    ["microphone-lost", "linux", "unplugged before anything was said", true],
    ["disk-full", "linux", "The disk is full, so nothing could be recorded", false],
    ["internal", "linux", "Nothing was recorded. Something in Castor went wrong", false],
  ] as const)("is said in a sentence: %s on %s", async (code, platform, sentence, leads) => {
    const { app, backend } = await openWindow((state) => (state.start.platform = platform));
    backend.voice.problem = error(code);
    await down();
    const fault = await screen.findByTestId(testIds.voiceFault);
    await up();
    expect(fault).toHaveTextContent(sentence);
    expect(fault).toHaveAttribute("data-code", code);
    expect(screen.queryByTestId(testIds.recordingBar)).toBeNull();
    expect(light()).toBeNull();
    const settings = screen.queryByTestId(testIds.voiceFaultSettings);
    expect(settings !== null).toBe(leads);
    if (settings) {
      await userEvent.click(settings);
      expect(app.settingsPage).toBe("voice");
    }
  });

  it.each<[RecordingEnd, string]>([
    ["unplugged", "The microphone was unplugged. What was said until then is kept."],
    ["disk-full", "What was said until then is kept"],
    ["too-long", "reached the longest it may be"],
    ["failed", "broke off because of a fault in Castor. What was said until then is kept"],
  ])("keeps what was said, sends nothing and says so: %s", async (reason, sentence) => {
    const { backend } = await openWindow(local);
    await down();
    await bar();
    backend.voice.end(reason);
    expect(await screen.findByTestId(testIds.voiceFault)).toHaveTextContent(sentence);
    now += HOLD_MS;
    await up();
    expect(await screen.findByTestId(testIds.sound)).toBeInTheDocument();
    expect(called(backend, "ask")).toEqual([]);
  });

  it("says that nothing was heard, until the next try", async () => {
    const { backend } = await openWindow(local);
    await hold(10);
    backend.voice.end("nothing-heard");
    expect(await screen.findByTestId(testIds.voiceFault)).toHaveTextContent("Nothing was heard");
    await hold(10);
    expect(screen.queryByTestId(testIds.voiceFault)).toBeNull();
  });

  it("is said in Chinese, too", async () => {
    const { backend } = await openWindow((state) => (state.start.systemLanguage = "zh"));
    backend.voice.problem = error("microphone-busy");
    await down();
    expect(await screen.findByTestId(testIds.voiceFault)).toHaveTextContent("麦克风正被其他程序占用");
  });

  it("learns why it ended also when that comes after the recording", async () => {
    const { backend } = await openWindow(local);
    const record = backend.record.bind(backend);
    backend.record = async (options, onEvent) => {
      let reason: RecordingEnd = "failed";
      const attachment = await record(options, (event) => {
        if (event.type === "ended") reason = event.reason;
        else onEvent(event);
      });
      setTimeout(() => onEvent({ type: "ended", reason }), 20);
      return attachment;
    };
    await hold(10);
    backend.voice.end("unplugged");
    expect(await screen.findByTestId(testIds.voiceFault)).toHaveTextContent("unplugged");
  });
});
