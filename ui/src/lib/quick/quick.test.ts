import { render, screen, waitFor } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { tick } from "svelte";
import { afterEach, describe, expect, it, vi } from "vitest";
import { App } from "../app.svelte";
import { FakeBackend, type FakeState, type Script } from "../backend/fake";
import { fakeConversation, fakeMessage, fakeState } from "../backend/fake-scenarios";
import { deliverCaptures } from "../backend/fake-showing";
import { testIds } from "../testids";
import { answered, answers } from "../../test-window";
import { FORGETS_AFTER } from "./quick.svelte";
import QuickAsk from "./QuickAsk.svelte";

async function open(change: (state: FakeState) => void = () => undefined, script: Partial<Script> = {}) {
  const state = fakeState();
  change(state);
  const backend = new FakeBackend(state, { text: "An answer.", pace: 0, ...script });
  const app = new App(backend, await backend.start(), { quick: true });
  const view = render(QuickAsk, { app });
  await tick();
  await tick();
  return { backend, app, state, view };
}
const field = () => screen.getByTestId<HTMLTextAreaElement>(testIds.quickField);
const hidden = (calls: string[]) => calls.filter((call) => call === "hideQuick").length;
const parents = ({ requests }: FakeBackend) =>
  requests.map(({ conversation, action }) => [conversation, action.type === "new" ? action.parent : undefined]);

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

describe("the quick-ask window", () => {
  it("takes the keys, asks with Enter and shows the answer under the field", async () => {
    const { backend } = await open();
    expect(field()).toHaveFocus();
    await userEvent.keyboard("How deep?{Enter}");
    await answered();
    expect(screen.getByTestId(testIds.quickAnswer)).toHaveTextContent("How deep?");
    expect(screen.getByTestId(testIds.quickAnswer)).toHaveTextContent("An answer.");
    expect(field()).toHaveValue("");
    expect(backend.requests).toHaveLength(1);
  });

  it("goes on in the same conversation, showing what was asked last", async () => {
    const { backend } = await open();
    await userEvent.keyboard("How deep?{Enter}");
    await answered();
    await userEvent.keyboard("And how wide?{Enter}");
    await waitFor(() => expect(screen.getByTestId(testIds.quickAnswer)).toHaveTextContent("And how wide?"));
    await answered();
    const [first, second] = parents(backend);
    expect(first).toEqual([null, null]);
    expect(second?.[0]).not.toBeNull();
    expect(second?.[1]).not.toBeNull();
    expect(answers()).toHaveLength(1);
    expect(screen.getByTestId(testIds.quickAnswer)).not.toHaveTextContent("How deep?");
  });

  it("begins with nothing, whatever the main window shows, and leaves its place alone", async () => {
    const { backend, state } = await open((made) => {
      const conversation = fakeConversation({ id: "c0", title: "Balcony", head: "m1" });
      made.messages = [fakeMessage({ id: "m1", role: "model", text: "Forty." })];
      made.start.conversations = [conversation];
      made.start.open = { conversation, messages: made.messages, attachments: [] };
      made.start.settings = { ...made.start.settings, lastConversation: "c0" };
    });
    expect(answers()).toHaveLength(0);
    await userEvent.keyboard("Quick?{Enter}");
    await answered();
    expect(parents(backend)).toEqual([[null, null]]);
    await userEvent.keyboard("{Control>}n{/Control}");
    expect(state.start.settings.lastConversation).toBe("c0");
    expect(state.start.settings.model).toEqual({ mind: "gemini", id: "gemini-3.5-flash" });
  });

  it("stops an answer with Esc first, and hides with the next", async () => {
    const { backend } = await open(undefined, { text: "Half", hangs: true });
    await userEvent.keyboard("Long?{Enter}");
    await waitFor(() => expect(answers()[0]).toHaveTextContent("Half"));
    await userEvent.keyboard("{Escape}");
    await waitFor(() => expect(answers()[0]).toHaveAttribute("data-status", "stopped"));
    expect(hidden(backend.calls)).toBe(0);
    await userEvent.keyboard("{Escape}");
    expect(hidden(backend.calls)).toBe(1);
  });

  it("closes a menu with Esc before it hides", async () => {
    const { backend } = await open();
    await userEvent.click(screen.getByTestId(testIds.picker));
    await screen.findAllByTestId(testIds.pickerItem);
    await userEvent.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryAllByTestId(testIds.pickerItem)).toHaveLength(0));
    expect(hidden(backend.calls)).toBe(0);
  });

  it.each(["button", "keys"])("hands the conversation to the main window by %s, hides and begins anew", async (way) => {
    const { backend, app } = await open();
    expect(screen.queryByTestId(testIds.quickOpen)).toBeNull();
    await userEvent.keyboard("How deep?{Enter}");
    await answered();
    const id = app.thread?.conversation.id ?? "";
    if (way === "button") await userEvent.click(screen.getByTestId(testIds.quickOpen));
    else await userEvent.keyboard("{Control>}{Enter}{/Control}");
    await waitFor(() => expect(hidden(backend.calls)).toBe(1));
    expect(backend.calls.indexOf(`openInMain ${id}`)).toBeLessThan(backend.calls.indexOf("hideQuick"));
    expect(backend.calls).toContain(`openInMain ${id}`);
    expect(screen.queryByTestId(testIds.quickAnswer)).toBeNull();
    expect(backend.requests).toHaveLength(1);
  });

  it("stays where the main window could not be opened", async () => {
    const { backend } = await open();
    await userEvent.keyboard("How deep?{Enter}");
    await answered();
    backend.screen.problem = { code: "internal", notice: null, detail: null };
    await userEvent.click(screen.getByTestId(testIds.quickOpen));
    expect(await screen.findByTestId(testIds.composerProblem)).toBeInTheDocument();
    expect(hidden(backend.calls)).toBe(0);
    expect(screen.getByTestId(testIds.quickAnswer)).toBeInTheDocument();
  });

  it("begins anew with Ctrl N and keeps what is written", async () => {
    const { backend } = await open();
    await userEvent.keyboard("How deep?{Enter}");
    await answered();
    await userEvent.keyboard("Something else{Control>}n{/Control}");
    expect(screen.queryByTestId(testIds.quickAnswer)).toBeNull();
    expect(field()).toHaveValue("Something else");
    await userEvent.type(field(), "{Enter}");
    await waitFor(() => expect(backend.requests).toHaveLength(2));
    expect(parents(backend)[1]).toEqual([null, null]);
    await answered();
  });

  it.each([
    [FORGETS_AFTER - 1000, true],
    [FORGETS_AFTER + 1000, false],
  ])("was away for %i ms: goes on is %s", async (away, goesOn) => {
    const { backend } = await open();
    await userEvent.keyboard("How deep?{Enter}");
    await answered();
    const now = Date.now();
    const clock = vi.spyOn(Date, "now").mockReturnValue(now);
    await userEvent.keyboard("{Escape}");
    expect(hidden(backend.calls)).toBe(1);
    clock.mockReturnValue(now + away);
    backend.screen.emit({ type: "quick-shown" });
    await tick();
    if (goesOn) expect(screen.getByTestId(testIds.quickAnswer)).toBeInTheDocument();
    else await waitFor(() => expect(screen.queryByTestId(testIds.quickAnswer)).toBeNull());
  });

  it("takes the keys and learns what was set elsewhere when it is shown", async () => {
    const { backend, state } = await open();
    field().blur();
    state.start.settings = { ...state.start.settings, language: "zh" };
    backend.screen.emit({ type: "quick-shown" });
    await waitFor(() => expect(field()).toHaveFocus());
    await waitFor(() => expect(field()).toHaveAttribute("placeholder", "想问什么都行"));
  });

  it("adds a part of the screen, and pasted pictures, to its own question", async () => {
    const { backend, app } = await open();
    deliverCaptures(backend);
    await userEvent.click(screen.getAllByRole("button", { name: /Add a part of the screen/ })[0] as HTMLElement);
    expect(backend.calls).toContain("captureRegion quick");
    backend.screen.deliver();
    await waitFor(() => expect(screen.getAllByTestId(testIds.attachment)).toHaveLength(1));
    await userEvent.type(field(), "What is this?{Enter}");
    await answered();
    expect(app.draft.attachments).toHaveLength(0);
    const action = backend.requests[0]?.action;
    expect(action && "attachments" in action ? action.attachments : []).toHaveLength(1);
  });

  it("says where settings are instead of opening them", async () => {
    await open((state) => {
      state.start.models = state.start.models.map((model) => ({ ...model, state: { type: "needs-key" } }));
    });
    await userEvent.click(screen.getByTestId(testIds.picker));
    await userEvent.click((await screen.findAllByTestId(testIds.pickerItem))[1] as HTMLElement);
    expect(await screen.findByTestId(testIds.composerProblem)).toHaveTextContent("Castor’s own window");
    expect(screen.queryByTestId(testIds.settings)).toBeNull();
  });

  it("gives everything back when nothing was saved", async () => {
    await open(undefined, { rejects: { code: "disk-full", notice: null, detail: null } });
    await userEvent.keyboard("Keep this{Enter}");
    expect(await screen.findByTestId(testIds.composerProblem)).toHaveTextContent("The disk is full");
    expect(field()).toHaveValue("Keep this");
  });
});
