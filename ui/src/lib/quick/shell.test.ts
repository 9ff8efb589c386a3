import { screen, waitFor } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { answered, answers, composer, openWindow } from "../../test-window";
import { fakeConversation, fakeMessage } from "../backend/fake-scenarios";
import { testIds } from "../testids";

const rows = () => screen.queryAllByTestId(testIds.conversationItem).map((row) => row.textContent.trim());

async function open() {
  return openWindow((state) => {
    const conversation = fakeConversation({ id: "c0", title: "Balcony", head: "m1", updatedAt: 1 });
    state.messages = [
      fakeMessage({ id: "q1", role: "user", text: "How deep?" }),
      fakeMessage({ id: "m1", role: "model", text: "Forty centimetres.", parent: "q1" }),
    ];
    state.start.conversations = [conversation];
    state.start.open = { conversation, messages: state.messages, attachments: [] };
  });
}

describe("the main window hears of other windows", () => {
  it("lists what was asked in another window", async () => {
    const { backend, state } = await open();
    state.start.conversations = [fakeConversation({ id: "c9", title: "Asked quickly" }), ...state.start.conversations];
    backend.screen.emit({ type: "conversations-changed" });
    await waitFor(() => expect(rows()[0]).toContain("Asked quickly"));
    expect(answers()).toHaveLength(1);
  });

  it("reads the shown conversation again where it has changed", async () => {
    const { backend, state } = await open();
    state.messages = [
      ...state.messages,
      fakeMessage({ id: "q2", role: "user", text: "And wide?", parent: "m1", createdAt: 5 }),
      fakeMessage({ id: "m2", role: "model", text: "Sixty.", parent: "q2", createdAt: 6 }),
    ];
    state.start.conversations = state.start.conversations.map((known) => ({ ...known, head: "m2", updatedAt: 2 }));
    backend.screen.emit({ type: "conversations-changed" });
    await waitFor(() => expect(answers()).toHaveLength(2));
    expect(answers()[1]).toHaveTextContent("Sixty.");
  });

  it("does not disturb an answer that is written here", async () => {
    const { backend, app } = await open();
    backend.script = { text: "Half a sent", pace: 0, hangs: true };
    await userEvent.type(composer(), "Go on{Enter}");
    await waitFor(() => expect(answers()[1]).toHaveTextContent("Half a sent"));
    backend.screen.emit({ type: "conversations-changed" });
    await new Promise((resolve) => setTimeout(resolve));
    expect(answers()[1]).toHaveTextContent("Half a sent");
    expect(answers()[1]).toHaveAttribute("data-status", "streaming");
    await app.stop();
    await answered(2);
  });

  it("opens a conversation it is asked to, over whatever lay there", async () => {
    const { backend, state, app } = await open();
    const conversation = fakeConversation({ id: "c9", title: "Asked quickly", head: "m9" });
    state.messages = [
      ...state.messages,
      fakeMessage({ id: "q9", role: "user", text: "Quick?", conversation: "c9" }),
      fakeMessage({ id: "m9", role: "model", text: "Indeed.", conversation: "c9", parent: "q9" }),
    ];
    state.start.conversations = [conversation, ...state.start.conversations];
    app.settingsPage = "general";
    backend.screen.emit({ type: "open-conversation", id: "c9" });
    await waitFor(() => expect(screen.getByTestId(testIds.headerTitle)).toHaveTextContent("Asked quickly"));
    expect(answers()[0]).toHaveTextContent("Indeed.");
    expect(screen.queryByTestId(testIds.settings)).toBeNull();
    expect(rows()[0]).toContain("Asked quickly");
  });

  it("hears nothing any more once it is gone", async () => {
    const { backend, app, state, view } = await open();
    view.unmount();
    state.start.conversations = [];
    backend.screen.emit({ type: "conversations-changed" });
    await new Promise((resolve) => setTimeout(resolve));
    expect(app.conversations).toHaveLength(1);
  });
});
