import { screen, waitFor } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { answered, composer, openWindow } from "../../test-window";
import type { FoundSecret } from "../backend/bindings";
import type { FakeState } from "../backend/fake";
import { fakeFile } from "../backend/fake-asking";
import { fakeConversation, fakeMessage, fakePicture } from "../backend/fake-scenarios";
import { locale } from "../i18n/i18n.svelte";
import { testIds } from "../testids";
import { makeFormat } from "../i18n/format";
import { parseDollars } from "./money";
import { secretsSentence } from "./secrets";

const LOCAL = { mind: "local" as const, id: "qwen2.5-coder-1.5b-instruct-q4_k_m" };
const nothingSeen = (state: FakeState): void => void (state.start.settings.seenLeaving = []);
const asks = (calls: string[]) => calls.filter((call) => call.startsWith("ask"));
/** A picture that was only asked about on this computer. */
const askedHere = (state: FakeState): void => {
  state.attachments = [fakePicture("p1", "old.jpg")];
  const question = fakeMessage({ id: "q1", role: "user", text: "First" });
  question.parts.unshift({ type: "attachment", id: "p1" });
  state.messages = [question, fakeMessage({ id: "m1", role: "model", text: "Reply", parent: "q1", model: LOCAL })];
  const conversation = fakeConversation({ id: "c0", title: "Old", head: "m1", model: LOCAL });
  state.start.conversations = [conversation];
  state.start.open = { conversation, messages: state.messages, attachments: state.attachments };
};

describe("what leaves", () => {
  it("is shown before the first question, and not before the second of the same kind", async () => {
    const { backend, state } = await openWindow(nothingSeen);
    await userEvent.type(composer(), "Hello{Enter}");
    expect(await screen.findByTestId(testIds.leavingSheet)).toHaveTextContent("This is the first time that text");
    await waitFor(() => expect(screen.getByTestId(testIds.leavingTokens)).toHaveTextContent("about 1,240 tokens"));
    expect(screen.getByTestId(testIds.leavingHost)).toHaveTextContent("generativelanguage.googleapis.com");
    expect(screen.getByTestId(testIds.leavingPrice)).toHaveTextContent("about $0.0004");
    expect(asks(backend.calls)).toEqual([]);
    expect(backend.calls).not.toContain("preview true");
    expect(composer()).toHaveValue("Hello");
    await userEvent.click(screen.getByTestId(testIds.leavingSend));
    await answered();
    expect(state.start.settings.seenLeaving).toEqual(["text"]);
    expect(asks(backend.calls)).toHaveLength(1);
    await userEvent.type(composer(), "Again{Enter}");
    await answered(2);
    expect(screen.queryByTestId(testIds.leavingSheet)).toBeNull();
    // Another kind is shown again.
    backend.emit({ type: "added", token: 1, attachment: fakePicture("p1", "a.jpg") });
    await screen.findByTestId(testIds.attachment);
    await userEvent.type(composer(), "{Enter}");
    expect(await screen.findByTestId(testIds.leavingSheet)).toHaveTextContent("This is the first time that pictures");
  });

  it("keeps the draft when the person does not want it", async () => {
    const { app, backend, state } = await openWindow(nothingSeen);
    const picture = fakePicture("p1", "a.jpg");
    state.attachments = [picture];
    backend.emit({ type: "added", token: 1, attachment: picture });
    await screen.findByTestId(testIds.attachment);
    await userEvent.type(composer(), "What is it?{Enter}");
    const file = await screen.findByTestId(testIds.leavingFile);
    expect(file).toHaveTextContent("a.jpg");
    expect(file).toHaveTextContent("1,536 × 1,024 pixels · 312 kB · place, time and camera removed");
    await userEvent.click(screen.getByTestId(testIds.leavingCancel));
    await waitFor(() => expect(screen.queryByTestId(testIds.leavingSheet)).toBeNull());
    expect(composer()).toHaveValue("What is it?");
    expect(app.draft.attachments).toEqual([picture]);
    expect(asks(backend.calls)).toEqual([]);
    expect(app.settings.seenLeaving).toEqual([]);
    // Esc is a no as well, and it can be sent afterwards.
    await userEvent.type(composer(), "{Enter}");
    await screen.findByTestId(testIds.leavingSheet);
    await userEvent.keyboard("{Escape}");
    expect(composer()).toHaveValue("What is it?");
    await userEvent.type(composer(), "{Enter}");
    await waitFor(() => expect(screen.getByTestId(testIds.leavingSend)).toBeEnabled());
    await userEvent.click(screen.getByTestId(testIds.leavingSend));
    await answered();
    expect(asks(backend.calls)).toHaveLength(1);
  });

  it("counts exactly only when asked to", async () => {
    const { backend } = await openWindow(nothingSeen);
    await userEvent.type(composer(), "Hello{Enter}");
    const count = await screen.findByTestId(testIds.leavingCount);
    expect(screen.getByTestId(testIds.leavingSheet)).toHaveTextContent("already sends all of this to Google");
    await userEvent.click(count);
    await waitFor(() => expect(screen.getByTestId(testIds.leavingTokens)).toHaveTextContent("counted by Google"));
    expect(backend.calls.filter((call) => call.startsWith("preview"))).toEqual(["preview false", "preview true"]);
  });

  it("sends nothing while it cannot be shown", async () => {
    const { backend } = await openWindow(nothingSeen);
    backend.previewProblem = { code: "not-found", notice: null, detail: null };
    await userEvent.type(composer(), "Hello{Enter}");
    expect(await screen.findByTestId(testIds.leavingProblem)).toHaveTextContent("so nothing was sent");
    expect(screen.queryByTestId(testIds.leavingSend)).toBeNull();
    backend.previewProblem = null;
    await userEvent.click(screen.getByText("Try again"));
    await waitFor(() => expect(screen.getByTestId(testIds.leavingSend)).toBeEnabled());
  });

  it("does not ask for a local model", async () => {
    const { backend } = await openWindow((state) => {
      nothingSeen(state);
      state.start.settings.model = LOCAL;
    });
    await userEvent.type(composer(), "Hello{Enter}");
    await answered();
    expect(backend.calls).not.toContain("findSecrets");
    expect(screen.queryByTestId(testIds.leavingSheet)).toBeNull();
  });

  it("counts in what was asked before on this computer", async () => {
    const { app, backend } = await openWindow((state) => {
      askedHere(state);
      state.start.settings.seenLeaving = ["text"];
    });
    const gemini = app.models.find(({ mind }) => mind === "gemini");
    const answer = app.thread?.message("m1");
    if (!gemini || !answer) throw new Error("not arranged");
    void app.again(answer, gemini);
    expect(await screen.findByTestId(testIds.leavingSheet)).toHaveTextContent("This is the first time that pictures");
    await userEvent.click(screen.getByTestId(testIds.leavingCancel));
    expect(app.model).toEqual(LOCAL);
    app.choose(gemini);
    await userEvent.type(composer(), "And now?{Enter}");
    expect(await screen.findByTestId(testIds.leavingSheet)).toHaveTextContent("This is the first time that pictures");
    expect(asks(backend.calls)).toEqual([]);
  });
});

describe("secrets", () => {
  const KEY: FoundSecret = { kind: { type: "apiKey", service: null }, attachment: "t1", hint: "sk-a…9f" };
  const CARD: FoundSecret = { kind: { type: "cardNumber" }, attachment: null, hint: "4111…1111" };

  it("hold the question back until the person says so", async () => {
    const { backend } = await openWindow();
    backend.secrets = [KEY];
    backend.emit({ type: "added", token: 1, attachment: fakeFile("t1", "notes.txt", "text", "text/plain") });
    await screen.findByTestId(testIds.attachment);
    await userEvent.type(composer(), "Read it{Enter}");
    expect(await screen.findByTestId(testIds.secrets)).toHaveTextContent(
      "This looks like it holds a secret: an API key (sk-a…9f) in notes.txt.",
    );
    expect(asks(backend.calls)).toEqual([]);
    await userEvent.click(screen.getByTestId(testIds.secretsKeep));
    expect(screen.queryByTestId(testIds.secrets)).toBeNull();
    expect(composer()).toHaveValue("Read it");
    // Another secret is not covered by the answer to the first.
    await userEvent.type(composer(), "{Enter}");
    await screen.findByTestId(testIds.secrets);
    backend.secrets = [KEY, CARD];
    await userEvent.click(screen.getByTestId(testIds.secretsSend));
    await waitFor(() => expect(screen.getByTestId(testIds.secrets)).toHaveTextContent("a card number"));
    expect(asks(backend.calls)).toEqual([]);
    await userEvent.click(screen.getByTestId(testIds.secretsSend));
    await answered();
    expect(asks(backend.calls)).toHaveLength(1);
    expect(screen.queryByTestId(testIds.secrets)).toBeNull();
  });

  it("are not looked for where the person does not want it", async () => {
    const { backend } = await openWindow((state) => void (state.start.settings.warnOfSecrets = false));
    backend.secrets = [CARD];
    await userEvent.type(composer(), "4111 1111 1111 1111{Enter}");
    await answered();
    expect(backend.calls).not.toContain("findSecrets");
  });

  it("are looked for in a question that Gemini is asked instead", async () => {
    const { app, backend } = await openWindow(askedHere);
    backend.secrets = [CARD];
    const gemini = app.models.find(({ mind }) => mind === "gemini");
    const answer = app.thread?.message("m1");
    if (gemini && answer) void app.again(answer, gemini);
    await userEvent.click(await screen.findByTestId(testIds.secretsSend));
    await waitFor(() => expect(backend.requests[0]?.action).toEqual({ type: "again", question: "q1" }));
  });

  it("hold the question back when they cannot be looked for", async () => {
    const { backend } = await openWindow();
    backend.findSecrets = () => Promise.reject({ code: "not-found", notice: null, detail: null });
    await userEvent.type(composer(), "Hello{Enter}");
    expect(await screen.findByTestId(testIds.composerProblem)).toHaveTextContent("your text is still here");
    expect(composer()).toHaveValue("Hello");
    expect(asks(backend.calls)).toEqual([]);
  });

  it("are named in both languages", () => {
    expect(secretsSentence([CARD, CARD, CARD, CARD], [])).toContain("and 1 more");
    locale.use("zh");
    const file = fakeFile("t1", "便条.txt", "text", "text/plain");
    expect(secretsSentence([KEY], [file])).toBe("内容里好像有机密信息：API 密钥（sk-a…9f，位于 便条.txt）。");
    locale.use("en");
  });
});

describe("the lock", () => {
  it("keeps a new conversation here from its first question on", async () => {
    const { app, backend } = await openWindow();
    await userEvent.click(screen.getByTestId(testIds.localLock));
    expect(screen.getByTestId(testIds.localLock)).toHaveTextContent("Nothing leaves this computer");
    expect(app.model).toEqual(LOCAL);
    await userEvent.type(composer(), "Hello{Enter}");
    await answered();
    expect(backend.requests[0]).toMatchObject({ localOnly: true, model: LOCAL });
    expect(screen.getByTestId(testIds.conversationLocked)).toBeInTheDocument();
    // The next one is free again.
    app.newConversation();
    expect(app.localOnly).toBe(false);
  });

  it("cannot be talked round: not by the picker, the keys or asking instead", async () => {
    const { app, backend } = await openWindow(askedHere);
    await userEvent.click(screen.getByTestId(testIds.localLock));
    await waitFor(() => expect(backend.calls).toContain("setLocalOnly c0 true"));
    screen.getByTestId(testIds.picker).focus();
    await userEvent.keyboard("{Enter}");
    const gemini = (await screen.findAllByTestId(testIds.pickerItem)).find(
      (item) => item.dataset["model"] === "gemini-3.5-flash",
    );
    expect(gemini).toHaveAttribute("aria-disabled", "true");
    expect(gemini).toHaveTextContent("Locked: stays on this computer");
    await userEvent.keyboard("{Escape}");
    app.switchMind();
    expect(app.model).toEqual(LOCAL);
    expect(await screen.findByTestId(testIds.composerProblem)).toHaveTextContent("Gemini cannot be asked");
    const [answer, other] = [app.thread?.message("m1"), app.models[0]];
    if (answer && other) await app.again(answer, other);
    expect(backend.requests).toEqual([]);
  });

  it("comes off only after a question", async () => {
    const { app, backend } = await openWindow((state) => {
      askedHere(state);
      const conversation = state.start.conversations[0];
      if (!conversation || !state.start.open) return;
      conversation.localOnly = true;
      conversation.model = { mind: "gemini", id: "gemini-3.5-flash" };
      state.start.open = { ...state.start.open, conversation };
    });
    expect(app.model).toEqual(LOCAL);
    await userEvent.click(screen.getByTestId(testIds.localLock));
    await userEvent.click(await screen.findByTestId(testIds.confirmCancel));
    expect(app.localOnly).toBe(true);
    await userEvent.click(screen.getByTestId(testIds.localLock));
    await userEvent.click(await screen.findByTestId(testIds.confirm));
    await waitFor(() => expect(app.localOnly).toBe(false));
    expect(backend.calls).toContain("setLocalOnly c0 false");
  });

  it("leads to a model where none is on this computer", async () => {
    const { app } = await openWindow((state) => {
      state.start.models = state.start.models.map((model) =>
        model.mind === "local" ? { ...model, state: { type: "not-fetched", bytes: 1e9, have: 0 } } : model,
      );
    });
    await userEvent.click(screen.getByTestId(testIds.localLock));
    expect(await screen.findByTestId(testIds.lockedModelMissing)).toHaveTextContent("No model on this computer");
    await userEvent.type(composer(), "Hello{Enter}");
    await waitFor(() => expect(app.settingsPage).toBe("models"));
    expect(app.draft.text).toBe("Hello");
  });

  it("keeps the draft when the backend refuses, and says it", async () => {
    await openWindow(undefined, { rejects: { code: "local-only", notice: null, detail: null } });
    await userEvent.type(composer(), "Hello{Enter}");
    expect(await screen.findByTestId(testIds.composerProblem)).toHaveTextContent(
      "Not sent, your text is still here. This conversation stays on this computer.",
    );
    expect(composer()).toHaveValue("Hello");
  });
});

describe("money", () => {
  it.each([
    [0, "$0"],
    [12, "<$0.0001"],
    [372, "$0.0004"],
    [12_400, "$0.012"],
    [100_000, "$0.10"],
    [1_834_000, "$1.83"],
    [20_000_000, "$20.00"],
  ])("%i millionths are %s", (micro, text) => {
    expect(makeFormat("en").money(micro)).toBe(text);
    expect(makeFormat("zh").money(micro)).toBe(text);
  });

  it.each([
    ["", null],
    ["  ", null],
    ["20", 2000],
    ["$12.50", 1250],
    ["12,5", 1250],
    ["0.01", 1],
    ["0", undefined],
    ["-5", undefined],
    ["1,000", undefined],
    ["12.345", undefined],
    ["lots", undefined],
    ["$", undefined],
  ])("the cap %j is %s cents", (text, cents) => expect(parseDollars(text)).toBe(cents));
});
