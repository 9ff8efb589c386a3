import { fireEvent, screen, waitFor } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { beforeAll, describe, expect, it } from "vitest";
import { openWindow } from "../../test-window";
import type { ShortcutCondition } from "../backend/bindings";
import { testIds } from "../testids";

const field = (action: "quick" | "region") =>
  screen.findByTestId(action === "quick" ? testIds.shortcutQuick : testIds.shortcutRegion);
const stateOf = (action: "quick" | "region") =>
  waitFor(() => {
    const found = screen.getAllByTestId(testIds.shortcutState).find(({ dataset }) => dataset["action"] === action);
    if (!found) throw new Error("not known yet");
    return found;
  });

// What the window loads when it is idle, before anybody waits for it.
beforeAll(() => import("../settings/SettingsDialog.svelte"), 30_000);

async function open(quick: ShortcutCondition = "on", region: ShortcutCondition = "on") {
  const opened = await openWindow();
  opened.backend.screen.shortcuts = [
    { action: "quick", state: quick },
    { action: "region", state: region },
  ];
  opened.app.settingsPage = "general";
  await field("quick");
  return opened;
}

describe("shortcuts over every application", () => {
  it("are shown, and another one is recorded by pressing it", async () => {
    const { state } = await open();
    const quick = await field("quick");
    expect(quick).toHaveTextContent("Alt Space");
    await userEvent.click(quick);
    expect(quick).toHaveTextContent("Press the keys…");
    await fireEvent.keyDown(quick, { key: "Control", code: "ControlLeft", ctrlKey: true });
    expect(quick).toHaveAttribute("aria-pressed", "true");
    await fireEvent.keyDown(quick, { key: "k", code: "KeyK", ctrlKey: true, altKey: true });
    await waitFor(() => expect(quick).toHaveTextContent("Ctrl Alt K"));
    expect(state.start.settings.shortcuts).toEqual({ quick: "Ctrl+Alt+K", region: "Ctrl+Shift+S" });
    expect(quick).toHaveAttribute("aria-pressed", "false");
  });

  it("go on without a window where the person wants that, and Ctrl Q quits", async () => {
    const { state, backend } = await open();
    const ready = screen.getByTestId(testIds.stayReady);
    expect(ready).toHaveAttribute("aria-checked", "false");
    expect(screen.getByText(/Ctrl Q quits/)).toBeInTheDocument();
    await userEvent.click(ready);
    await waitFor(() => expect(state.start.settings.stayReady).toBe(true));
    expect(backend.calls).not.toContain("quit");
    await fireEvent.keyDown(document.body, { key: "q", ctrlKey: true });
    expect(backend.calls).toContain("quit");
  });

  it("learn again whether they work once they are changed", async () => {
    const { backend } = await open();
    const region = await field("region");
    backend.screen.shortcuts = [
      { action: "quick", state: "on" },
      { action: "region", state: "taken" },
    ];
    await userEvent.click(region);
    await fireEvent.keyDown(region, { key: "F8", code: "F8" });
    const state = await stateOf("region");
    await waitFor(() => expect(state).toHaveAttribute("data-state", "taken"));
    expect(state).toHaveTextContent("Another application has these keys. Choose others.");
  });

  it("are left as they are with Esc, which closes nothing else", async () => {
    const { state } = await open();
    const quick = await field("quick");
    await userEvent.click(quick);
    await userEvent.keyboard("{Escape}");
    expect(quick).toHaveTextContent("Alt Space");
    expect(screen.getByTestId(testIds.settings)).toBeInTheDocument();
    expect(state.start.settings.shortcuts.quick).toBe("Alt+Space");
    await userEvent.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByTestId(testIds.settings)).toBeNull());
  });

  it("are none with Backspace", async () => {
    const { state } = await open();
    const region = await field("region");
    await userEvent.click(region);
    await userEvent.keyboard("{Backspace}");
    await waitFor(() => expect(region).toHaveTextContent("None"));
    expect(state.start.settings.shortcuts.region).toBeNull();
  });

  it("refuse what is typed with, and what the other one has", async () => {
    const { state } = await open();
    const quick = await field("quick");
    await userEvent.click(quick);
    await fireEvent.keyDown(quick, { key: "a", code: "KeyA" });
    expect(screen.getByText(/so that typing stays typing/)).toBeInTheDocument();
    await fireEvent.keyDown(quick, { key: "S", code: "KeyS", ctrlKey: true, shiftKey: true });
    expect(screen.getByText(/The other one has these keys/)).toBeInTheDocument();
    expect(quick).toHaveAttribute("aria-pressed", "true");
    expect(state.start.settings.shortcuts.quick).toBe("Alt+Space");
  });

  it("tell what to do where the desktop gives none", async () => {
    const { backend } = await open("unsupported", "unsupported");
    const state = await stateOf("quick");
    expect(state).toHaveAttribute("data-state", "unsupported");
    expect(state).toHaveTextContent("This desktop gives applications no keys of their own.");
    await userEvent.click(screen.getByRole("button", { name: "Copy" }));
    expect(backend.copied).toEqual(["castor quick"]);
  });

  it("tell that keys cannot be used", async () => {
    await open("invalid", "off");
    expect(await stateOf("quick")).toHaveTextContent("These keys cannot be used. Choose others.");
    expect((await stateOf("region")).textContent.trim()).toBe("");
  });
});
