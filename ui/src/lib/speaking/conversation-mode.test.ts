import { fireEvent, screen, waitFor } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import { answered, answers, composer, openWindow } from "../../test-window";
import type { CommandError, RecordingEnd } from "../backend/bindings";
import type { FakeBackend, FakeState, Script } from "../backend/fake";
import { locale } from "../i18n/i18n.svelte";
import { testIds } from "../testids";
import { QUIET_MS } from "./conversation-mode.svelte";

const LOCAL = { mind: "local" as const, id: "qwen2.5-coder-1.5b-instruct-q4_k_m" };
const local = (state: FakeState): void => {
  state.start.settings.model = LOCAL;
};
const error = (code: CommandError["code"]): CommandError => ({ code, notice: null, detail: null });
const called = (backend: FakeBackend, name: string) => backend.calls.filter((call) => call.startsWith(name));
/** What was called of speaking, listening and asking, in order. */
const order = (backend: FakeBackend) =>
  backend.calls
    .map((call) => call.split(" ")[0])
    .filter((name) => /^(record|cancelRecording|stopRecording|ask|stop|speakAnswer|stopSpeaking)$/.test(name ?? ""));
const bar = () => screen.findByTestId(testIds.conversationState);
const state = (wanted: string) => waitFor(async () => expect(await bar()).toHaveAttribute("data-state", wanted));
const ended = () => waitFor(() => expect(screen.queryByTestId(testIds.conversationState)).toBeNull());
const press = (key: string, init: KeyboardEventInit = {}) => fireEvent.keyDown(document.body, { key, ...init });
const open = (backend: FakeBackend) => waitFor(() => expect(backend.voice.isOpen).toBe(true));

async function begin(change: (state: FakeState) => void = local, script: Partial<Script> = {}) {
  const opened = await openWindow(change, script);
  await userEvent.click(screen.getByTestId(testIds.conversationMode));
  await bar();
  return opened;
}
/** Says something into the open microphone, and pauses. */
async function say(backend: FakeBackend, words: string): Promise<void> {
  await open(backend);
  backend.voice.speech = words;
  backend.voice.tell({ type: "speaking", speaking: true });
  backend.voice.tell({ type: "transcript", text: words });
  backend.voice.end("silence");
}

afterEach(() => {
  vi.useRealTimers();
  locale.use("en");
});

describe("taking turns", () => {
  it("asks what was said, has the answer read, and listens on meanwhile", async () => {
    const { app, backend } = await begin(local, { text: "It was 3.20.", hangs: true });
    expect(called(backend, "record ")).toEqual(['record {"handsFree":true,"transcribe":true,"conversation":true}']);
    expect(screen.queryByTestId(testIds.composer)).toBeNull();
    await waitFor(() => expect(screen.getByTestId(testIds.microphoneLight)).toBeInTheDocument());
    await state("listening");
    await say(backend, "How much was it?");
    await state("thinking");
    await waitFor(() => expect(order(backend)).toEqual(["record", "ask", "speakAnswer", "record"]));
    expect(backend.requests[0]?.action).toMatchObject({ type: "new", text: "", attachments: [{ id: "voice-1" }] });
    backend.speaking.tell({ type: "sentence", text: "It was 3.20." });
    await state("speaking");
    expect(screen.getByTestId(testIds.conversationText)).toHaveTextContent("It was 3.20.");
    expect(app.voice.recorded.has("voice-1")).toBe(true);
    expect(screen.getByTestId(testIds.microphoneLight)).toBeInTheDocument();
  });

  it("listens on with the same recording once all is said, and asks the next one after it", async () => {
    const { backend } = await begin(local, { text: "It was 3.20." });
    await say(backend, "How much was it?");
    await waitFor(() => expect(backend.speaking.isSpeaking).toBe(true));
    await answered();
    backend.speaking.tell({ type: "sentence", text: "It was 3.20." });
    await state("speaking");
    backend.speaking.saidAll();
    await state("listening");
    expect(called(backend, "record ")).toHaveLength(2);
    const [first] = answers();
    await say(backend, "And the tip?");
    await waitFor(() => expect(order(backend).slice(4)).toEqual(["ask", "speakAnswer", "record"]));
    await answered(2);
    expect(first).toBeInTheDocument();
    expect(backend.requests[1]?.action).toMatchObject({ attachments: [{ id: "voice-2" }] });
    expect(called(backend, "stop")).toEqual([]);
  });

  it("shows what was understood so far", async () => {
    const { backend } = await begin();
    await open(backend);
    expect(screen.getByTestId(testIds.conversationText)).toHaveTextContent("Say something.");
    backend.voice.tell({ type: "transcript", text: "How mush" });
    backend.voice.tell({ type: "transcript", text: "How much was it" });
    await waitFor(() =>
      expect(screen.getByTestId(testIds.conversationText).textContent?.trim()).toBe("How much was it"),
    );
  });

  it("works with Gemini, which hears for itself, without a recogniser", async () => {
    const { app, backend } = await openWindow((state) => {
      const files = { accepts: ["audio/flac"], maxBytes: 1, maxSentAhead: 1 };
      state.start.models = state.start.models.map((model) => ({
        ...model,
        capabilities: { ...model.capabilities, files: model.mind === "gemini" ? files : null },
      }));
    });
    backend.voice.withoutRecogniser();
    await app.refreshModels();
    await press("J", { ctrlKey: true, shiftKey: true });
    await open(backend);
    expect(called(backend, "record ")).toEqual(['record {"handsFree":true,"transcribe":false,"conversation":true}']);
    backend.voice.end("silence");
    await waitFor(() => expect(called(backend, "speakAnswer")).toHaveLength(1));
    expect(backend.requests[0]?.model.mind).toBe("gemini");
  });

  it("takes along what was written before", async () => {
    const { backend } = await openWindow(local);
    await userEvent.type(composer(), "About the receipt:");
    await press("J", { ctrlKey: true, shiftKey: true });
    await say(backend, "How much was it?");
    await waitFor(() => expect(backend.requests).toHaveLength(1));
    expect(backend.requests[0]?.action).toMatchObject({ text: "About the receipt:", attachments: [{ id: "voice-1" }] });
  });

  it("listens again where no words were understood, and asks nothing", async () => {
    const { backend } = await begin();
    await open(backend);
    const transcript = backend.transcript.bind(backend);
    backend.transcript = async (id) =>
      (await transcript(id)) ?? { text: "", language: "en", segments: [], edited: false };
    backend.voice.tell({ type: "speaking", speaking: true });
    backend.voice.end("silence");
    expect(await screen.findByTestId(testIds.conversationWord)).toHaveTextContent("Please say it again");
    await waitFor(() => expect(called(backend, "record ")).toHaveLength(2));
    expect(called(backend, "removeAttachment")).toEqual(["removeAttachment voice-1"]);
    expect(called(backend, "ask")).toEqual([]);
  });

  it("leaves the answer to a question of its own to nobody else: it is read once", async () => {
    const { backend } = await begin((state) => {
      local(state);
      state.start.settings.speaking.automatic = "always";
    });
    await say(backend, "How much was it?");
    await answered();
    expect(called(backend, "speakAnswer")).toHaveLength(1);
  });
});

describe("interrupting", () => {
  it("silences Castor and stops the answer as soon as the person speaks; what they say is the next question", async () => {
    const { backend } = await begin(local, { text: "It was", hangs: true });
    await say(backend, "How much was it?");
    await waitFor(() => expect(backend.speaking.isSpeaking).toBe(true));
    backend.speaking.tell({ type: "sentence", text: "It was 3.20." });
    await state("speaking");
    const before = order(backend).length;
    backend.voice.tell({ type: "speaking", speaking: true });
    await state("listening");
    expect(order(backend).slice(before)).toEqual(["stopSpeaking", "stop"]);
    await answered();
    backend.voice.tell({ type: "transcript", text: "No, the tip" });
    backend.voice.end("silence");
    await waitFor(() =>
      expect(order(backend).slice(before)).toEqual(["stopSpeaking", "stop", "ask", "speakAnswer", "record"]),
    );
    const [first, second] = backend.requests;
    expect(second?.conversation).not.toBeNull();
    expect(first?.action).toMatchObject({ attachments: [{ id: "voice-1" }] });
    expect(second?.action).toMatchObject({ attachments: [{ id: "voice-2" }] });
    // It follows what was there of the first answer.
    expect(second?.action).toMatchObject({ parent: backend.state.messages.find(({ role }) => role === "model")?.id });
  });

  it("waits until the answer that was stopped is kept before it asks", async () => {
    const { backend } = await begin(local, { text: "It was", hangs: true });
    await say(backend, "How much was it?");
    await waitFor(() => expect(backend.speaking.isSpeaking).toBe(true));
    let stop = (): void => undefined;
    const really = backend.stop.bind(backend);
    backend.stop = (id) => {
      stop = () => void really(id);
      return Promise.resolve();
    };
    await say(backend, "No, the tip");
    await state("thinking");
    await waitFor(() => expect(screen.queryByTestId(testIds.microphoneLight)).toBeNull());
    expect(backend.requests).toHaveLength(1);
    stop();
    await waitFor(() => expect(backend.requests).toHaveLength(2));
  });

  it.each(["button", "space", "escape"])("works without a voice: %s", async (how) => {
    const { backend } = await begin(local, { text: "It was", hangs: true });
    await say(backend, "How much was it?");
    await waitFor(() => expect(backend.speaking.isSpeaking).toBe(true));
    backend.speaking.tell({ type: "sentence", text: "It was 3.20." });
    await state("speaking");
    if (how === "button") await userEvent.click(screen.getByTestId(testIds.conversationInterrupt));
    else await press(how === "space" ? " " : "Escape");
    await answered();
    await state("listening");
    expect(called(backend, "stopSpeaking")).toHaveLength(1);
    expect(answers()[0]).toHaveAttribute("data-status", "stopped");
    expect(backend.voice.isOpen).toBe(true);
    // The next Escape ends it.
    await press("Escape");
    await ended();
    await waitFor(() => expect(backend.voice.isOpen).toBe(false));
    expect(called(backend, "cancelRecording")).toHaveLength(1);
  });

  it("leaves Space alone while it listens, and on a button", async () => {
    const { backend } = await begin();
    await open(backend);
    await press(" ");
    expect(called(backend, "stop")).toEqual([]);
    screen.getByTestId(testIds.conversationEnd).focus();
    await userEvent.keyboard(" ");
    await ended();
  });
});

describe("the end", () => {
  it("keeps in the composer what is being said", async () => {
    const { app, backend } = await begin();
    await open(backend);
    backend.voice.tell({ type: "speaking", speaking: true });
    backend.voice.tell({ type: "transcript", text: "How much" });
    await userEvent.click(screen.getByTestId(testIds.conversationEnd));
    await ended();
    expect(await screen.findByTestId(testIds.sound)).toBeInTheDocument();
    expect(app.draft.attachments.map(({ id }) => id)).toEqual(["voice-1"]);
    expect(called(backend, "ask")).toEqual([]);
    await waitFor(() => expect(composer()).toHaveFocus());
  });

  it("lets an answer be written to its end", async () => {
    const { backend } = await begin(local, { text: "It was", hangs: true });
    await say(backend, "How much was it?");
    await waitFor(() => expect(backend.speaking.isSpeaking).toBe(true));
    await userEvent.click(screen.getByTestId(testIds.conversationEnd));
    await ended();
    expect(backend.speaking.isSpeaking).toBe(false);
    expect(called(backend, "stop")).toEqual(["stopSpeaking"]);
    expect(answers()[0]).toHaveAttribute("data-status", "streaming");
  });

  it("leaves unread what was asked and not begun", async () => {
    const { app, backend } = await begin((state) => {
      local(state);
      state.start.settings.speaking.automatic = "always";
    });
    let ask = (): void => undefined;
    const really = backend.ask.bind(backend);
    backend.ask = async (request, onEvent) => {
      await new Promise<void>((resolve) => (ask = resolve));
      return really(request, onEvent);
    };
    await say(backend, "How much was it?");
    await waitFor(() => expect(app.sending).toBe(true));
    await userEvent.click(screen.getByTestId(testIds.conversationEnd));
    ask();
    await answered();
    expect(called(backend, "speakAnswer")).toEqual([]);
    // What is asked in writing afterwards is read as the settings say.
    backend.ask = really;
    await userEvent.type(composer(), "And the tip?{Enter}");
    await answered(2);
    expect(called(backend, "speakAnswer")).toHaveLength(1);
  });

  it("comes with another conversation", async () => {
    const { app, backend } = await begin();
    await open(backend);
    app.newConversation();
    await ended();
    await waitFor(() => expect(backend.voice.isOpen).toBe(false));
  });

  it("comes after two minutes in which nobody spoke, with a word", async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    const { backend } = await begin();
    await open(backend);
    backend.voice.tell({ type: "speaking", speaking: true });
    await vi.advanceTimersByTimeAsync(QUIET_MS + 1000);
    expect(screen.getByTestId(testIds.conversationState)).toBeInTheDocument();
    backend.voice.tell({ type: "speaking", speaking: false });
    await vi.advanceTimersByTimeAsync(QUIET_MS - 1000);
    expect(screen.getByTestId(testIds.conversationState)).toBeInTheDocument();
    await vi.advanceTimersByTimeAsync(2000);
    await ended();
    expect(screen.getByTestId(testIds.composerProblem)).toHaveTextContent("Nothing was heard for two minutes");
    await waitFor(() => expect(backend.voice.isOpen).toBe(false));
  });

  it("does not come while Castor speaks, however long", async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    const { backend } = await begin();
    await say(backend, "Tell me a long story");
    await waitFor(() => expect(backend.speaking.isSpeaking).toBe(true));
    backend.speaking.tell({ type: "sentence", text: "Once upon a time." });
    await vi.advanceTimersByTimeAsync(QUIET_MS * 3);
    await state("speaking");
    backend.speaking.saidAll();
    await vi.advanceTimersByTimeAsync(QUIET_MS - 1000);
    await state("listening");
    await vi.advanceTimersByTimeAsync(2000);
    await ended();
  });
});

describe("the microphone", () => {
  it("is closed and opened again, and nothing is said to be wrong", async () => {
    const { app, backend } = await begin();
    await open(backend);
    await userEvent.click(screen.getByTestId(testIds.conversationMute));
    await waitFor(() => expect(backend.voice.isOpen).toBe(false));
    expect(screen.queryByTestId(testIds.microphoneLight)).toBeNull();
    expect(await bar()).toHaveTextContent("Microphone off");
    await userEvent.click(screen.getByTestId(testIds.conversationMute));
    await open(backend);
    expect(app.voice.fault).toBeNull();
    expect(called(backend, "record ")).toHaveLength(2);
  });

  it("has itself to no one else meanwhile", async () => {
    const { app, backend } = await begin();
    await open(backend);
    await press("j", { ctrlKey: true });
    app.voice.handsFree();
    await app.voice.beginTest();
    expect(called(backend, "record ")).toHaveLength(1);
  });
});

describe("what can go wrong", () => {
  it.each<CommandError["code"]>(["no-microphone", "microphone-busy", "microphone-refused"])(
    "ends it with a sentence where the microphone cannot be opened: %s",
    async (code) => {
      const { backend } = await openWindow(local);
      backend.voice.problem = error(code);
      await userEvent.click(screen.getByTestId(testIds.conversationMode));
      expect(await screen.findByTestId(testIds.voiceFault)).toHaveAttribute("data-code", code);
      await ended();
    },
  );

  it.each<RecordingEnd>(["unplugged", "disk-full", "failed"])(
    "ends it and keeps what was said until then: %s",
    async (reason) => {
      const { app, backend } = await begin();
      await open(backend);
      backend.voice.tell({ type: "speaking", speaking: true });
      backend.voice.end(reason);
      expect(await screen.findByTestId(testIds.voiceFault)).toHaveAttribute("data-code", reason);
      await ended();
      expect(app.draft.attachments.map(({ id }) => id)).toEqual(["voice-1"]);
      expect(called(backend, "ask")).toEqual([]);
    },
  );

  it("offers to fetch what understands speech for a mind that reads, and listens once it is here", async () => {
    const { app, backend } = await openWindow(local);
    backend.voice.withoutRecogniser();
    await app.refreshModels();
    await userEvent.click(screen.getByTestId(testIds.conversationMode));
    expect(await screen.findByTestId(testIds.conversationMissing)).toHaveTextContent("Qwen2.5 Coder 1.5B");
    expect(called(backend, "record ")).toEqual([]);
    await userEvent.click(screen.getByTestId(testIds.speechFetch));
    await open(backend);
    expect(screen.queryByTestId(testIds.conversationMissing)).toBeNull();
    expect(called(backend, "record ")).toEqual(['record {"handsFree":true,"transcribe":true,"conversation":true}']);
  });

  it("says that nothing speaks the language, and goes on in writing", async () => {
    const { app, backend } = await begin();
    backend.speaking.problem = error("no-voice");
    await say(backend, "How much was it?");
    await answered();
    const word = await screen.findByTestId(testIds.conversationWord);
    expect(word).toHaveTextContent("answers are only shown");
    await state("listening");
    expect(backend.voice.isOpen).toBe(true);
    expect(screen.queryByTestId(testIds.voiceless)).toBeNull();
    await userEvent.click(screen.getByText("Voice settings"));
    expect(app.settingsPage).toBe("voice");
  });

  it("says that an answer failed, and waits for the person", async () => {
    const { backend } = await begin(local, {
      text: "",
      fails: { code: "out-of-memory", detail: null, retryAfterMs: null },
    });
    await say(backend, "How much was it?");
    expect(await screen.findByTestId(testIds.conversationWord)).toHaveTextContent("memory");
    backend.speaking.saidAll();
    await state("listening");
    expect(backend.voice.isOpen).toBe(true);
    backend.voice.tell({ type: "speaking", speaking: true });
    await waitFor(() => expect(screen.queryByTestId(testIds.conversationWord)).toBeNull());
  });

  it("keeps what was said where nothing could be saved, and listens again", async () => {
    const { app, backend } = await begin(local, { rejects: error("disk-full") });
    await say(backend, "How much was it?");
    await waitFor(() => expect(screen.getByTestId(testIds.composerProblem)).toHaveTextContent("disk"));
    await state("listening");
    expect(app.draft.attachments.map(({ id }) => id)).toEqual(["voice-1"]);
    await open(backend);
  });

  it("ends where the person does not want it to leave, and keeps it", async () => {
    const { app, backend } = await begin((state) => {
      const files = { accepts: ["audio/flac"], maxBytes: 1, maxSentAhead: 1 };
      state.start.settings.seenLeaving = [];
      state.start.models = state.start.models.map((model) => ({
        ...model,
        capabilities: { ...model.capabilities, files },
      }));
    });
    await say(backend, "How much was it?");
    await waitFor(() => expect(app.departure.sheet).not.toBeNull());
    await state("thinking");
    await app.departure.decide(false);
    await ended();
    expect(app.draft.attachments.map(({ id }) => id)).toEqual(["voice-1"]);
    expect(called(backend, "ask")).toEqual([]);
  });

  it("goes on where the person lets it leave", async () => {
    const { app, backend } = await begin((state) => {
      const files = { accepts: ["audio/flac"], maxBytes: 1, maxSentAhead: 1 };
      state.start.settings.seenLeaving = [];
      state.start.models = state.start.models.map((model) => ({
        ...model,
        capabilities: { ...model.capabilities, files },
      }));
    });
    await say(backend, "How much was it?");
    await waitFor(() => expect(app.departure.sheet).not.toBeNull());
    await app.departure.decide(true);
    await waitFor(() => expect(order(backend)).toEqual(["record", "ask", "speakAnswer", "record"]));
  });

  it("does not begin without a model that can answer: it leads to where one is had", async () => {
    const { app, backend } = await openWindow((state) => {
      local(state);
      state.start.models = state.start.models.map((model) => ({
        ...model,
        state: { type: "not-fetched", bytes: 1, have: 0 },
      }));
    });
    await userEvent.click(screen.getByTestId(testIds.conversationMode));
    expect(app.settingsPage).toBe("models");
    expect(app.conversing.on).toBe(false);
    expect(called(backend, "record ")).toEqual([]);
  });

  it("is said in Chinese, too", async () => {
    const { backend } = await begin((state) => {
      local(state);
      state.start.systemLanguage = "zh";
    });
    expect(await bar()).toHaveTextContent("正在听");
    backend.speaking.problem = error("no-voice");
    await say(backend, "多少钱？");
    expect(await screen.findByTestId(testIds.conversationWord)).toHaveTextContent("回答只显示文字");
  });
});
