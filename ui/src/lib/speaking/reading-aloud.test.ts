import { fireEvent, screen, waitFor, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it } from "vitest";
import { answered, answers, composer, openWindow } from "../../test-window";
import type { CommandError, Message, ReadAloud } from "../backend/bindings";
import type { FakeBackend, FakeState } from "../backend/fake";
import { fakeConversation, fakeMessage } from "../backend/fake-scenarios";
import { locale } from "../i18n/i18n.svelte";
import { testIds } from "../testids";
import { readsByItself } from "./automatic";

const LOCAL = { mind: "local" as const, id: "qwen2.5-coder-1.5b-instruct-q4_k_m" };
const error = (code: CommandError["code"]): CommandError => ({ code, notice: null, detail: null });
const called = (backend: FakeBackend, name: string) => backend.calls.filter((call) => call.startsWith(name));
const button = (name: string) => screen.findByTestId(name);
const none = (name: string) => waitFor(() => expect(screen.queryByTestId(name)).toBeNull());

/** A conversation with an answer to be read. */
function withAnswer(state: FakeState): void {
  state.messages = [
    fakeMessage({ id: "q1", role: "user", text: "How much was it?" }),
    fakeMessage({ id: "m1", role: "model", text: "It was **3.20**. That is right.", parent: "q1", model: LOCAL }),
  ];
  const conversation = fakeConversation({ id: "c0", title: "Receipt", head: "m1", model: LOCAL });
  state.start.conversations = [conversation];
  state.start.open = { conversation, messages: state.messages, attachments: [] };
}
const automatic = (when: ReadAloud) => (state: FakeState) => {
  state.start.settings.model = LOCAL;
  state.start.settings.speaking.automatic = when;
};
async function askByVoice(): Promise<void> {
  await fireEvent.click(screen.getByTestId(testIds.talk), { detail: 0 });
  await userEvent.click(await screen.findByTestId(testIds.recordingSend));
}

afterEach(() => locale.use("en"));

describe("the button under an answer", () => {
  it("reads it, says that the voice is loaded, and what is heard", async () => {
    const { backend } = await openWindow(withAnswer);
    await userEvent.click(await button(testIds.readAloud));
    expect(called(backend, "speakAnswer")).toEqual(["speakAnswer m1"]);
    backend.speaking.tell({ type: "loading" });
    await waitFor(async () => expect(await button(testIds.stopReading)).toHaveTextContent("Getting the voice ready…"));
    backend.speaking.tell({ type: "sentence", text: "It was 3.20." });
    await waitFor(async () => expect(await button(testIds.stopReading)).toHaveTextContent("Stop reading"));
    // This web view cannot mark it in the answer.
    expect(await screen.findByTestId(testIds.spokenSentence)).toHaveTextContent("It was 3.20.");
    backend.speaking.saidAll();
    await button(testIds.readAloud);
    expect(screen.queryByTestId(testIds.spokenSentence)).toBeNull();
    expect(called(backend, "stopSpeaking")).toEqual([]);
  });

  it("stops it, and keeps the keyboard", async () => {
    const { backend } = await openWindow(withAnswer);
    await userEvent.click(await button(testIds.readAloud));
    await userEvent.keyboard("{Enter}");
    await button(testIds.readAloud);
    expect(called(backend, "stopSpeaking")).toHaveLength(1);
    expect(backend.speaking.isSpeaking).toBe(false);
  });

  it("stands under an answer that is still being written, and under none without words", async () => {
    const { backend } = await openWindow(automatic("never"), { text: "It begins", hangs: true });
    await userEvent.type(composer(), "Go on{Enter}");
    await userEvent.click(await button(testIds.readAloud));
    expect(answers()[0]).toHaveAttribute("data-status", "streaming");
    expect(called(backend, "speakAnswer")).toHaveLength(1);
  });

  it("is not there for JSON", async () => {
    await openWindow((state) => {
      withAnswer(state);
      state.messages = state.messages.map((message) =>
        message.role === "model"
          ? { ...message, parts: [{ type: "text", text: "[1]" }], structure: { schema: "{}", problems: [] } }
          : message,
      );
      if (state.start.open) state.start.open.messages = state.messages;
    });
    await answered();
    expect(screen.queryByTestId(testIds.readAloud)).toBeNull();
  });

  it("makes way for another one: the first call ends and changes nothing", async () => {
    const { app, backend } = await openWindow((state) => {
      withAnswer(state);
      state.messages.push(
        fakeMessage({ id: "q2", role: "user", text: "And now?", parent: "m1" }),
        fakeMessage({ id: "m2", role: "model", text: "The same.", parent: "q2", model: LOCAL }),
      );
      const open = state.start.open;
      if (open) open.conversation = { ...open.conversation, head: "m2" };
    });
    const [first, second] = answers() as [HTMLElement, HTMLElement];
    await userEvent.click(within(first).getByTestId(testIds.readAloud));
    await userEvent.click(within(second).getByTestId(testIds.readAloud));
    await within(first).findByTestId(testIds.readAloud);
    expect(within(second).getByTestId(testIds.stopReading)).toBeInTheDocument();
    expect(app.speaking.answer).toBe("m2");
    expect(backend.speaking.isSpeaking).toBe(true);
  });

  it("says what to do where nothing speaks the language, each time it is pressed", async () => {
    const { app, backend } = await openWindow(withAnswer);
    backend.speaking.problem = error("no-voice");
    await userEvent.click(await button(testIds.readAloud));
    await userEvent.click(await button(testIds.voicelessSettings));
    expect(app.settingsPage).toBe("voice");
    await none(testIds.voiceless);
    app.settingsPage = null;
    await userEvent.click(await button(testIds.readAloud));
    await button(testIds.voiceless);
  });

  it("says that there is no speaker", async () => {
    const { backend } = await openWindow(withAnswer);
    backend.speaking.problem = error("no-speaker");
    await userEvent.click(await button(testIds.readAloud));
    expect(await button(testIds.composerProblem)).toHaveTextContent("No speaker or headphones were found");
    await button(testIds.readAloud);
  });

  it("is called in Chinese, too", async () => {
    await openWindow((state) => {
      withAnswer(state);
      state.start.systemLanguage = "zh";
    });
    expect(await button(testIds.readAloud)).toHaveTextContent("朗读");
  });
});

describe("Escape", () => {
  it("silences first, and stops the answer only when pressed again", async () => {
    const { backend } = await openWindow(automatic("always"), { text: "It begins", hangs: true });
    await userEvent.type(composer(), "Go on{Enter}");
    await button(testIds.stopReading);
    await userEvent.keyboard("{Escape}");
    await button(testIds.readAloud);
    expect(called(backend, "stop")).toEqual(["stopSpeaking"]);
    await userEvent.keyboard("{Escape}");
    await answered();
    expect(called(backend, "stop")).toEqual(["stopSpeaking", "stop"]);
  });

  it("silences before it closes the settings", async () => {
    const { app, backend } = await openWindow(withAnswer);
    await userEvent.click(await button(testIds.readAloud));
    app.settingsPage = "general";
    await screen.findByTestId(testIds.settings, undefined, { timeout: 5000 });
    await userEvent.keyboard("{Escape}");
    expect(called(backend, "stopSpeaking")).toHaveLength(1);
    expect(app.settingsPage).toBe("general");
    await userEvent.keyboard("{Escape}");
    await waitFor(() => expect(app.settingsPage).toBeNull());
  });
});

describe("by itself", () => {
  const question = { parts: [{ type: "attachment", id: "s1" }] } as Message;
  it.each<[ReadAloud, boolean, boolean]>([
    ["never", true, false],
    ["never", false, false],
    ["spoken-questions", true, true],
    ["spoken-questions", false, false],
    ["always", true, true],
    ["always", false, true],
  ])("with %s and a question that was recorded here (%s): %s", (when, recorded, reads) => {
    expect(readsByItself(when, question, new Set(recorded ? ["s1"] : ["s2"]))).toBe(reads);
  });

  it("reads the answer to what was said, from its beginning on", async () => {
    const { backend } = await openWindow(automatic("spoken-questions"), { text: "It begins", hangs: true });
    await askByVoice();
    await button(testIds.stopReading);
    expect(answers()[0]).toHaveAttribute("data-status", "streaming");
    expect(called(backend, "speakAnswer")).toHaveLength(1);
  });

  it.each<[ReadAloud, number]>([
    ["never", 0],
    ["spoken-questions", 0],
    ["always", 1],
  ])("with %s, reads what was asked in writing %i times", async (when, times) => {
    const { backend } = await openWindow(automatic(when));
    await userEvent.type(composer(), "Hello{Enter}");
    await answered();
    expect(called(backend, "speakAnswer")).toHaveLength(times);
  });

  it("does not read what is continued from its beginning again", async () => {
    const { backend } = await openWindow(automatic("always"), { text: "It begins", hangs: true });
    await userEvent.type(composer(), "Go on{Enter}");
    await button(testIds.stopReading);
    await userEvent.keyboard("{Escape}{Escape}");
    await userEvent.click(await button(testIds.continueAnswer));
    await waitFor(() => expect(called(backend, "ask")).toHaveLength(2));
    expect(called(backend, "speakAnswer")).toHaveLength(1);
  });

  it("hints once that nothing speaks the language, and is quiet afterwards", async () => {
    const { backend } = await openWindow(automatic("always"));
    backend.speaking.problem = error("no-voice");
    await userEvent.type(composer(), "One{Enter}");
    await answered();
    await userEvent.click(within(await button(testIds.voiceless)).getByText("Dismiss"));
    await userEvent.type(composer(), "Two{Enter}");
    await answered(2);
    expect(called(backend, "speakAnswer")).toHaveLength(2);
    expect(screen.queryByTestId(testIds.voiceless)).toBeNull();
    expect(screen.queryByTestId(testIds.composerProblem)).toBeNull();
  });

  it("falls silent when the person records, and when they go elsewhere", async () => {
    const { app, backend } = await openWindow(withAnswer);
    await userEvent.click(await button(testIds.readAloud));
    await fireEvent.click(screen.getByTestId(testIds.talk), { detail: 0 });
    await waitFor(() => expect(backend.voice.isOpen).toBe(true));
    expect(backend.calls.indexOf("stopSpeaking")).toBeLessThan(
      backend.calls.findIndex((call) => call.startsWith("record ")),
    );
    await userEvent.keyboard("{Escape}");
    await userEvent.click(await button(testIds.readAloud));
    app.newConversation();
    expect(called(backend, "stopSpeaking")).toHaveLength(2);
  });
});
