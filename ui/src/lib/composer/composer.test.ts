import { fireEvent, screen, waitFor } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import { answered, answers, composer, openWindow } from "../../test-window";
import { fakeConversation, fakeMessage, fakePicture, withoutRecognisers } from "../backend/fake-scenarios";
import { testIds } from "../testids";

const asks = (calls: string[]) => calls.filter((call) => call.startsWith("ask"));

afterEach(() => vi.restoreAllMocks());

describe("sending", () => {
  it("sends with Enter and shows the answer", async () => {
    const { backend } = await openWindow();
    await userEvent.type(composer(), "Hello{Enter}");
    const [answer] = await answered();
    expect(answer).toHaveTextContent("An answer.");
    expect(asks(backend.calls)).toHaveLength(1);
    expect(composer()).toHaveValue("");
    expect(screen.getByTestId(testIds.headerTitle)).toHaveTextContent("Hello");
  });

  it("makes a new line with Shift Enter", async () => {
    const { backend } = await openWindow();
    await userEvent.type(composer(), "one{Shift>}{Enter}{/Shift}two");
    expect(composer()).toHaveValue("one\ntwo");
    expect(asks(backend.calls)).toHaveLength(0);
  });

  it("sends nothing when nothing was written", async () => {
    const { backend } = await openWindow();
    await userEvent.type(composer(), "  {Enter}");
    expect(asks(backend.calls)).toHaveLength(0);
  });

  it("gives everything back when nothing was saved", async () => {
    const { app } = await openWindow(undefined, { rejects: { code: "disk-full", notice: null, detail: null } });
    await userEvent.type(composer(), "Keep this{Enter}");
    expect(await screen.findByTestId(testIds.composerProblem)).toHaveTextContent("The disk is full");
    expect(composer()).toHaveValue("Keep this");
    expect(app.thread).toBeNull();
  });

  it("stops with Escape", async () => {
    const { backend } = await openWindow(undefined, { text: "", hangs: true });
    await userEvent.type(composer(), "Hello{Enter}");
    await screen.findByTestId(testIds.stop);
    await waitFor(() => expect(answers()).toHaveLength(1));
    await userEvent.keyboard("{Escape}");
    await waitFor(() => expect(answers()[0]).toHaveAttribute("data-status", "stopped"));
    expect(backend.calls).toContain("stop");
  });

  it("keeps what is written meanwhile for the conversation that began", async () => {
    await openWindow(undefined, { text: "A", pace: 30 });
    await userEvent.type(composer(), "First{Enter}");
    await userEvent.type(composer(), "second thought");
    await answered();
    expect(composer()).toHaveValue("second thought");
  });
});

describe("Chinese input", () => {
  const key = (timeStamp: number, init: KeyboardEventInit = {}) => {
    const event = new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true, ...init });
    Object.defineProperty(event, "timeStamp", { value: timeStamp });
    return event;
  };
  const composition = (type: string, timeStamp: number) => {
    const event = new CompositionEvent(type, { bubbles: true });
    Object.defineProperty(event, "timeStamp", { value: timeStamp });
    return event;
  };

  it("does not send with the Enter that confirms, in WebKit's order, and does with the next", async () => {
    const { backend } = await openWindow();
    await userEvent.type(composer(), "你好");
    await fireEvent(composer(), composition("compositionstart", 500));
    await fireEvent(composer(), composition("compositionend", 1000));
    await fireEvent(composer(), key(1001, { keyCode: 229 }));
    expect(asks(backend.calls)).toHaveLength(0);
    await fireEvent.keyUp(composer(), { key: "Enter" });
    await fireEvent(composer(), key(1300, { keyCode: 229 }));
    await answered();
    expect(asks(backend.calls)).toHaveLength(1);
  });

  it("does not send with the Enter that confirms, in Chromium's order, and does with the next", async () => {
    const { backend } = await openWindow();
    await userEvent.type(composer(), "你好");
    await fireEvent(composer(), composition("compositionstart", 500));
    await fireEvent(composer(), key(1000, { keyCode: 229, isComposing: true }));
    await fireEvent(composer(), composition("compositionend", 1001));
    await fireEvent.keyUp(composer(), { key: "Enter" });
    expect(asks(backend.calls)).toHaveLength(0);
    await fireEvent(composer(), key(1300));
    await answered();
    expect(asks(backend.calls)).toHaveLength(1);
  });
});

describe("attachments", () => {
  const picture = fakePicture("p1", "photo 1 #2 % 图.jpg");

  it("come from a drop, are shown, sent and named", async () => {
    const { backend } = await openWindow();
    backend.emit({ type: "dragging", over: true });
    expect(await screen.findByTestId(testIds.dropTarget)).toHaveTextContent("Drop to attach");
    backend.emit({ type: "dragging", over: false });
    await waitFor(() => expect(screen.queryByTestId(testIds.dropTarget)).toBeNull());
    backend.emit({ type: "adding", token: 1, name: picture.name });
    expect(await screen.findByTestId(testIds.attachment)).toHaveAttribute("data-state", "adding");
    backend.emit({ type: "added", token: 1, attachment: picture });
    await waitFor(() => expect(screen.getByTestId(testIds.attachment)).toHaveAttribute("data-state", "added"));
    expect(screen.getByAltText(picture.name)).toBeInTheDocument();
    await userEvent.type(composer(), "What is it?{Enter}");
    await answered();
    expect(asks(backend.calls)[0]).toContain('"attachments":[{"id":"p1"}]');
    expect(screen.queryByTestId(testIds.attachment)).toBeNull();
  });

  it("hold the question back until they are there", async () => {
    const { backend } = await openWindow();
    backend.emit({ type: "adding", token: 1, name: picture.name });
    await userEvent.type(composer(), "What is it?{Enter}");
    expect(asks(backend.calls)).toHaveLength(0);
    expect(screen.getByTestId(testIds.send)).toHaveAccessibleName("Sends once the files are ready");
    backend.emit({ type: "added", token: 1, attachment: picture });
    await answered();
    expect(asks(backend.calls)).toHaveLength(1);
  });

  it("say in a sentence why one was refused, and the question waits for a decision", async () => {
    const { backend } = await openWindow();
    backend.emit({ type: "adding", token: 1, name: "a.zip" });
    await userEvent.type(composer(), "What is it?{Enter}");
    backend.emit({ type: "refused", token: 1, name: "a.zip", problem: { code: "unsupported", detail: "archive" } });
    expect(await screen.findByTestId(testIds.attachmentRefused)).toHaveTextContent(
      "“a.zip” was not added: it is an archive",
    );
    expect(asks(backend.calls)).toHaveLength(0);
    await userEvent.click(screen.getByText("Dismiss"));
    expect(screen.queryByTestId(testIds.attachmentRefused)).toBeNull();
  });

  it("can be removed and opened", async () => {
    const { backend } = await openWindow();
    backend.emit({ type: "added", token: 1, attachment: picture });
    await userEvent.click(await screen.findByLabelText(`Open ${picture.name}`));
    expect(await screen.findByTestId(testIds.viewerPicture)).toHaveAttribute("alt", picture.name);
    await userEvent.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByTestId(testIds.viewer)).toBeNull());
    await userEvent.click(screen.getByTestId(testIds.attachmentRemove));
    expect(screen.queryByTestId(testIds.attachment)).toBeNull();
    expect(backend.calls).toContain("removeAttachment p1");
  });

  it("warn before sending to a model that only reads text", async () => {
    const { backend, app } = await openWindow((state) => {
      state.start.settings.model = { mind: "local", id: "qwen2.5-coder-1.5b-instruct-q4_k_m" };
      withoutRecognisers(state);
    });
    backend.emit({ type: "added", token: 1, attachment: picture });
    await userEvent.click(await screen.findByText("Use Gemini 3.5 Flash"));
    expect(app.model?.mind).toBe("gemini");
  });
});

describe("dropping on the page", () => {
  const drag = (type: string, types: string[]) => {
    const event = new Event(type, { bubbles: true, cancelable: true });
    Object.assign(event, { dataTransfer: { types, dropEffect: "none" } });
    return event;
  };

  it.each(["dragenter", "dragover", "drop"])("never lets the page handle %s", async (type) => {
    await openWindow();
    for (const target of [document.body, composer()]) {
      for (const types of [["Files"], ["text/uri-list", "text/plain"], ["text/html"], []]) {
        const event = drag(type, types);
        target.dispatchEvent(event);
        expect(event.defaultPrevented).toBe(true);
      }
    }
  });

  it("lets selected text be dragged into the field, and nowhere else", async () => {
    await openWindow();
    const inside = drag("drop", ["text/plain"]);
    composer().dispatchEvent(inside);
    expect(inside.defaultPrevented).toBe(false);
    const outside = drag("drop", ["text/plain"]);
    document.body.dispatchEvent(outside);
    expect(outside.defaultPrevented).toBe(true);
  });
});

describe("pasting", () => {
  const paste = (text: string) => {
    const event = new Event("paste", { bubbles: true, cancelable: true });
    Object.assign(event, { clipboardData: { getData: () => text } });
    return event;
  };

  it("inserts text in a way that can be undone", async () => {
    const { backend } = await openWindow();
    const insert = vi.fn(() => true);
    document.execCommand = insert;
    const event = paste("some text");
    composer().dispatchEvent(event);
    expect(event.defaultPrevented).toBe(true);
    await waitFor(() => expect(insert).toHaveBeenCalledWith("insertText", false, "some text"));
    expect(backend.calls).toContain("paste true");
  });

  it("takes a copied picture through the backend", async () => {
    const { backend } = await openWindow();
    backend.clipboard = fakePicture("p2", "Pasted picture.png");
    composer().dispatchEvent(paste(""));
    expect(await screen.findByTestId(testIds.attachment)).toHaveAttribute("data-state", "added");
    expect(backend.calls).toContain("paste false");
  });
});

describe("drafts and editing", () => {
  async function withConversation() {
    const opened = await openWindow((state) => {
      const conversation = fakeConversation({ id: "c0", title: "Old", head: "m1" });
      state.attachments = [fakePicture("p1", "old.jpg")];
      const question = fakeMessage({ id: "q1", role: "user", text: "First" });
      question.parts.unshift({ type: "attachment", id: "p1" });
      state.messages = [question, fakeMessage({ id: "m1", role: "model", text: "Reply", parent: "q1" })];
      state.start.conversations = [conversation, { ...conversation, id: "c1", title: "Other", head: null }];
      state.start.open = { conversation, messages: state.messages, attachments: state.attachments };
    });
    return opened;
  }

  it("keeps a draft for each conversation", async () => {
    await withConversation();
    await userEvent.type(composer(), "half a thought");
    await userEvent.click(screen.getByText("Other"));
    await waitFor(() => expect(composer()).toHaveValue(""));
    await userEvent.click(screen.getByTestId(testIds.newConversation));
    expect(composer()).toHaveValue("");
    await userEvent.click(screen.getByTitle("Old"));
    await waitFor(() => expect(composer()).toHaveValue("half a thought"));
  });

  it("edits the last question with the Up key and keeps its pictures", async () => {
    const { backend } = await withConversation();
    composer().focus();
    await userEvent.keyboard("{ArrowUp}");
    expect(composer()).toHaveValue("First");
    await userEvent.click(screen.getByTestId(testIds.attachmentRemove));
    expect(backend.calls).not.toContain("removeAttachment p1");
    await userEvent.type(composer(), " again{Enter}");
    await waitFor(() => expect(asks(backend.calls)[0]).toContain('"type":"edit","question":"q1","text":"First again"'));
    await answered();
    expect(screen.getByTestId(testIds.versions)).toHaveTextContent("2/2");
    await userEvent.click(screen.getByLabelText("Previous version"));
    await waitFor(() => expect(screen.getByTestId(testIds.answerText)).toHaveTextContent("Reply"));
  });

  it("gives the draft back when editing is cancelled", async () => {
    const { app } = await withConversation();
    await userEvent.type(composer(), "draft");
    const question = app.thread?.path[0];
    if (question) app.edit(question);
    await waitFor(() => expect(composer()).toHaveValue("First"));
    composer().focus();
    await userEvent.keyboard("{Escape}");
    await waitFor(() => expect(composer()).toHaveValue("draft"));
  });
});
