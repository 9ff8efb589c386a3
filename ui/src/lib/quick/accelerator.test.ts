import { describe, expect, it } from "vitest";
import { inWords, pressed } from "./accelerator";

const press = (code: string, modifiers: Partial<Record<"ctrlKey" | "altKey" | "shiftKey" | "metaKey", true>> = {}) => ({
  key: code.replace(/^(Key|Digit)/, ""),
  code,
  ctrlKey: false,
  altKey: false,
  shiftKey: false,
  metaKey: false,
  ...modifiers,
});

describe("keys of a shortcut", () => {
  it.each([
    ["Space", { altKey: true }, "Alt+Space"],
    ["KeyS", { ctrlKey: true, shiftKey: true }, "Ctrl+Shift+S"],
    ["Digit4", { metaKey: true, shiftKey: true }, "Shift+Super+4"],
    ["ArrowUp", { ctrlKey: true, altKey: true }, "Ctrl+Alt+Up"],
    ["F9", {}, "F9"],
    ["Slash", { ctrlKey: true }, "Ctrl+Slash"],
    ["Numpad3", { altKey: true }, "Alt+Numpad3"],
  ] as const)("%s with %o is %s", (code, modifiers, accelerator) => {
    expect(pressed(press(code, modifiers), "linux")).toEqual({ type: "keys", accelerator });
  });

  it("calls the command key so on macOS", () => {
    expect(pressed(press("KeyK", { metaKey: true }), "macos")).toEqual({ type: "keys", accelerator: "Cmd+K" });
  });

  it("goes by the place of a key, not by what it writes", () => {
    // Option and S write ß on a Mac.
    expect(pressed({ ...press("KeyS", { altKey: true }), key: "ß" }, "macos")).toMatchObject({ accelerator: "Alt+S" });
  });

  it("leaves alone what is typed with", () => {
    expect(pressed(press("KeyA"), "linux").type).toBe("needs-modifier");
    expect(pressed(press("KeyA", { shiftKey: true }), "linux").type).toBe("needs-modifier");
    expect(pressed(press("Space"), "linux").type).toBe("needs-modifier");
  });

  it("waits for more while only modifiers are down, and knows what it cannot name", () => {
    expect(pressed({ ...press("ControlLeft", { ctrlKey: true }), key: "Control" }, "linux").type).toBe("unfinished");
    expect(pressed(press("MediaPlayPause", { ctrlKey: true }), "linux").type).toBe("unknown");
    expect(pressed(press("F25"), "linux").type).toBe("unknown");
  });

  it("is shown the platform's way", () => {
    expect(inWords("Ctrl+Shift+S", "linux")).toBe("Ctrl Shift S");
    expect(inWords("Ctrl+Shift+S", "macos")).toBe("⌃ ⇧ S");
    expect(inWords("Alt+Space", "macos")).toBe("⌥ Space");
    expect(inWords("CommandOrControl+K", "macos")).toBe("⌘ K");
    expect(inWords("CommandOrControl+K", "windows")).toBe("Ctrl K");
    expect(inWords("Ctrl+Slash", "linux")).toBe("Ctrl /");
  });
});
