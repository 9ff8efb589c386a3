import { fireEvent, screen, waitFor, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { answered, answers, composer, openWindow } from "../../test-window";
import type { Message, NoticeCode, Receipt } from "../backend/bindings";
import type { FakeState } from "../backend/fake";
import { fakeConversation, fakeMessage, fakePicture } from "../backend/fake-scenarios";
import { testIds } from "../testids";
import { groupByDay } from "./groups";
import { speedOf } from "./messages";
import { receiptLine } from "./receipt-line";

const LOCAL = { mind: "local" as const, id: "qwen2.5-coder-1.5b-instruct-q4_k_m" };
const RECEIPT: Receipt = {
  delivered: [
    {
      attachment: "p1",
      current: true,
      mime: "image/jpeg",
      width: 1536,
      height: 2048,
      bytes: 312_000,
      tokens: 1120,
      scaled: true,
      metadataRemoved: true,
    },
  ],
  omitted: [],
  earlierMessages: 4,
  promptTokens: 1240,
  estimated: false,
};

const holding =
  (answer: Partial<Message> & { text?: string }) =>
  (state: FakeState): void => {
    const conversation = fakeConversation({ id: "c0", title: "Old", head: "m1" });
    state.attachments = [fakePicture("p1", "photo.jpg")];
    const question = fakeMessage({ id: "q1", role: "user", text: "What is it?" });
    question.parts.unshift({ type: "attachment", id: "p1" });
    state.messages = [question, fakeMessage({ id: "m1", role: "model", text: "A cat.", parent: "q1", ...answer })];
    state.start.conversations = [conversation];
    state.start.open = { conversation, messages: state.messages, attachments: state.attachments };
  };

describe("the receipt", () => {
  it("says what was sent", () => {
    expect(receiptLine(RECEIPT, { mind: "gemini", id: "x" }, "Gemini").text).toBe(
      "1 picture sent, 1536 × 2048, 312 kB · place and camera data removed · 1,240 tokens",
    );
  });

  it("says what was not seen, and offers a mind that sees", async () => {
    const receipt: Receipt = {
      ...RECEIPT,
      delivered: [],
      omitted: [{ attachment: "p1", reason: "model-cannot-see", count: 1 }],
    };
    const { backend } = await openWindow(holding({ model: LOCAL, receipt }));
    const line = screen.getByTestId(testIds.receipt);
    expect(line).toHaveTextContent("The picture was not seen: Qwen2.5 Coder 1.5B only reads text");
    await userEvent.click(within(line).getByTestId(testIds.askInstead));
    await waitFor(() => expect(backend.calls).toContain('ask {"type":"again","question":"q1"} gemini-3.5-flash'));
  });

  it("unfolds to everything that went along", async () => {
    await openWindow(holding({ receipt: RECEIPT }));
    await userEvent.click(within(screen.getByTestId(testIds.receipt)).getByRole("button"));
    const details = screen.getByTestId(testIds.receiptDetails);
    expect(details).toHaveTextContent("photo.jpg");
    expect(details).toHaveTextContent("4 earlier messages went along");
    expect(details).toHaveTextContent("made smaller from 1536 × 1024");
  });
});

describe("how an answer ended", () => {
  const CODES: NoticeCode[] = [
    "key-missing",
    "key-invalid",
    "key-forbidden",
    "region-or-billing",
    "balance-empty",
    "rate-limited",
    "quota-exhausted",
    "overloaded",
    "model-not-found",
    "request-rejected",
    "request-too-large",
    "file-unusable",
    "file-unavailable",
    "offline",
    "timed-out",
    "unexpected-reply",
    "prompt-blocked",
    "answer-blocked",
    "empty-answer",
    "cut-off",
    "length-limit",
    "interrupted",
    "model-missing",
    "model-unusable",
    "out-of-memory",
    "context-full",
    "local-only",
    "spending-cap",
    "internal",
  ];
  it.each(CODES)("says %s in a sentence with one thing to do", async (code) => {
    await openWindow(
      holding({ text: "", status: "failed", notice: { code, detail: "raw words", retryAfterMs: null } }),
    );
    const notice = screen.getByTestId(testIds.notice);
    expect(notice).toHaveAttribute("data-code", code);
    expect(notice.textContent?.length).toBeGreaterThan(40);
    expect(within(notice).getAllByTestId(testIds.noticeAction)).toHaveLength(1);
    expect(notice).not.toHaveTextContent("raw words");
    await userEvent.click(within(notice).getByText("Details"));
    expect(notice).toHaveTextContent("raw words");
  });

  it("counts down before another try", async () => {
    const { backend } = await openWindow(
      holding({
        text: "",
        status: "failed",
        createdAt: Date.now(),
        notice: { code: "overloaded", detail: null, retryAfterMs: 20_000 },
      }),
    );
    expect(screen.getByRole("timer")).toHaveTextContent(/another try in (20|19) s/);
    await waitFor(() => expect(screen.getByRole("timer")).toHaveTextContent("in 18 s"), { timeout: 3000 });
    // Nobody has to wait.
    await userEvent.click(screen.getByTestId(testIds.noticeAction));
    await waitFor(() => expect(backend.calls).toContain('ask {"type":"again","question":"q1"} gemini-3.5-flash'));
  });

  it("continues a stopped answer in place", async () => {
    const { backend } = await openWindow(holding({ text: "A c", status: "stopped" }), { text: "at." });
    await userEvent.click(screen.getByTestId(testIds.continueAnswer));
    await waitFor(() => expect(screen.getByTestId(testIds.answerText)).toHaveTextContent("A cat."));
    expect(backend.calls).toContain('ask {"type":"continue","answer":"m1"} gemini-3.5-flash');
  });

  it("offers to go on after the app was closed", async () => {
    await openWindow(holding({ text: "A c", status: "interrupted" }));
    expect(screen.getByTestId(testIds.notice)).toHaveTextContent("Castor was closed while this was being written");
    expect(screen.getByTestId(testIds.noticeAction)).toHaveTextContent("Continue");
  });

  it("says a failure politely once", async () => {
    await openWindow(undefined, { text: "", fails: { code: "offline", detail: null, retryAfterMs: null } });
    await userEvent.type(composer(), "Hello{Enter}");
    await answered();
    await waitFor(() => expect(screen.getByTestId(testIds.announcement)).toHaveTextContent("Gemini cannot be reached"));
  });
});

describe("an answer", () => {
  it("keeps the elements of its finished blocks while it grows", async () => {
    await openWindow(undefined, { text: "First paragraph.\n\nSecond paragraph.\n\nThird one.", pace: 20 });
    await userEvent.type(composer(), "Hello{Enter}");
    const first = await screen.findByText("First paragraph.");
    await answered();
    expect(screen.getByText("First paragraph.")).toBe(first);
    expect(screen.getByText("Third one.")).toBeInTheDocument();
  });

  it("is made again as another version", async () => {
    await openWindow(holding({}), { text: "A dog." });
    await userEvent.click(screen.getByTestId(testIds.again));
    await waitFor(() => expect(screen.getByTestId(testIds.answerText)).toHaveTextContent("A dog."));
    await answered();
    await userEvent.click(screen.getByLabelText("Previous version"));
    await waitFor(() => expect(screen.getByTestId(testIds.answerText)).toHaveTextContent("A cat."));
  });

  it("copies its Markdown and its code", async () => {
    const { backend } = await openWindow(holding({ text: "Text\n\n```js\nlet a = 1;\n```" }));
    await userEvent.click(screen.getByTestId(testIds.copy));
    await userEvent.click(screen.getByLabelText("Copy the code"));
    await waitFor(() => expect(backend.copied).toEqual(["Text\n\n```js\nlet a = 1;\n```", "let a = 1;"]));
  });

  it("opens links outside and never navigates", async () => {
    const { backend } = await openWindow(holding({ text: "[page](https://example.com/x)" }));
    const link = screen.getByRole("link", { name: "page" });
    for (const event of [
      new MouseEvent("click", { bubbles: true, cancelable: true }),
      new MouseEvent("click", { bubbles: true, cancelable: true, ctrlKey: true }),
      new MouseEvent("auxclick", { bubbles: true, cancelable: true, button: 1 }),
    ]) {
      await fireEvent(link, event);
      expect(event.defaultPrevented).toBe(true);
    }
    expect(backend.opened).toEqual(["https://example.com/x", "https://example.com/x", "https://example.com/x"]);
    const drag = new Event("dragstart", { bubbles: true, cancelable: true });
    await fireEvent(link, drag);
    expect(drag.defaultPrevented).toBe(true);
  });

  it("goes on in the background while another conversation is shown", async () => {
    const { app } = await openWindow(holding({}), { text: "Slow answer text", pace: 10 });
    await userEvent.type(composer(), "More{Enter}");
    await waitFor(() => expect(answers()).toHaveLength(2));
    await userEvent.click(screen.getByTestId(testIds.newConversation));
    expect(answers()).toHaveLength(0);
    await waitFor(() => expect(app.isRunning("c0")).toBe(false));
    await userEvent.click(screen.getByTestId(testIds.conversationItem));
    await waitFor(() => expect(answers()[1]).toHaveTextContent("Slow answer text"));
  });

  it("shows the speed only when it can be told", () => {
    const message = fakeMessage({ id: "m", role: "model", text: "x" });
    const usage = { promptTokens: 1, answerTokens: 40, thoughtTokens: 0 };
    expect(speedOf({ ...message, usage, timing: { firstTextMs: 100, totalMs: 2100 } })).toBe(20);
    expect(speedOf({ ...message, usage, timing: { firstTextMs: 100, totalMs: 101 } })).toBeNull();
    expect(speedOf(message)).toBeNull();
  });
});

describe("the list", () => {
  it("groups by the calendar", () => {
    const at = (text: string) => fakeConversation({ id: text, title: text, updatedAt: new Date(text).getTime() });
    const groups = groupByDay(
      [at("2026-03-30T00:10"), at("2026-03-29T23:50"), at("2026-03-24T12:00"), at("2025-12-01T12:00")],
      new Date("2026-03-30T00:20"),
    );
    expect(groups.map(({ key }) => key)).toEqual(["today", "yesterday", "lastWeek", "earlier"]);
  });

  it("finds by title with Ctrl K", async () => {
    await openWindow((state) => {
      state.start.conversations = [
        fakeConversation({ id: "a", title: "Café receipt" }),
        fakeConversation({ id: "b", title: "热泵手册" }),
      ];
    });
    await userEvent.keyboard("{Control>}k{/Control}");
    await waitFor(() => expect(screen.getByTestId(testIds.find)).toHaveFocus());
    await userEvent.keyboard("手册");
    expect(screen.getAllByTestId(testIds.conversationItem)).toHaveLength(1);
    await userEvent.clear(screen.getByTestId(testIds.find));
    await userEvent.keyboard("nothing like it");
    expect(screen.getByText("No conversation has this in its title.")).toBeInTheDocument();
  });

  it("renames with F2 and deletes only after a question that names what is lost", async () => {
    const { backend } = await openWindow(holding({}));
    screen.getByTestId(testIds.conversationItem).focus();
    await userEvent.keyboard("{F2}");
    await userEvent.clear(await screen.findByTestId(testIds.renameInput));
    await userEvent.keyboard("A new name{Enter}");
    await waitFor(() => expect(backend.calls).toContain("rename A new name"));
    expect(screen.getByTestId(testIds.headerTitle)).toHaveTextContent("A new name");
    screen.getByTestId(testIds.conversationItem).focus();
    await userEvent.keyboard("{Delete}");
    expect(await screen.findByText(/“A new name” goes from this computer/)).toBeInTheDocument();
    await userEvent.click(screen.getByTestId(testIds.confirm));
    await waitFor(() => expect(backend.calls).toContain("delete c0"));
    expect(screen.queryByTestId(testIds.conversationItem)).toBeNull();
  });
});
