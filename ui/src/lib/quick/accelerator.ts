/**
 * Keys that work over every application, as the settings keep them: "Alt+Space", "Ctrl+Shift+S". The names are those of Tauri's global
 * shortcuts, https://docs.rs/global-hotkey/latest/global_hotkey/hotkey/index.html; keys go by their place on the keyboard.
 */
import type { Platform } from "../components/keys";

/** What a key press says about a shortcut. */
export type Pressed =
  | { type: "keys"; accelerator: string }
  /** Only modifiers are down so far. */
  | { type: "unfinished" }
  /** It would take away a key that is typed with. */
  | { type: "needs-modifier" }
  /** No name for it. */
  | { type: "unknown" };

const MODIFIERS = new Set(["Control", "Alt", "AltGraph", "Shift", "Meta", "OS", "Super", "Hyper", "Fn"]);
const OTHERS = new Set([
  ...["Space", "Enter", "Tab", "Insert", "Delete", "Home", "End", "PageUp", "PageDown", "PrintScreen", "Pause"],
  ...["Minus", "Equal", "Comma", "Period", "Slash", "Backslash", "Semicolon", "Quote", "Backquote"],
  ...["BracketLeft", "BracketRight"],
]);

function nameOf(code: string): string | null {
  const named = /^(?:Key([A-Z])|Digit(\d)|Arrow(Up|Down|Left|Right)|(F(?:[1-9]|1\d|2[0-4]))|(Numpad\d))$/.exec(code);
  if (named) return named.slice(1).find((name) => name !== undefined) ?? null;
  return OTHERS.has(code) ? code : null;
}

export function pressed(
  event: Pick<KeyboardEvent, "key" | "code" | "ctrlKey" | "altKey" | "shiftKey" | "metaKey">,
  platform: Platform,
): Pressed {
  if (MODIFIERS.has(event.key)) return { type: "unfinished" };
  const name = nameOf(event.code);
  if (name === null) return { type: "unknown" };
  const types = !/^(F\d+|PrintScreen|Pause)$/.test(name);
  if (types && !event.ctrlKey && !event.altKey && !event.metaKey) return { type: "needs-modifier" };
  const modifiers = [
    event.ctrlKey ? "Ctrl" : null,
    event.altKey ? "Alt" : null,
    event.shiftKey ? "Shift" : null,
    event.metaKey ? (platform === "macos" ? "Cmd" : "Super") : null,
  ];
  return { type: "keys", accelerator: [...modifiers, name].filter((part) => part !== null).join("+") };
}

const ON_MACOS: Record<string, string> = {
  ctrl: "⌃",
  control: "⌃",
  alt: "⌥",
  option: "⌥",
  shift: "⇧",
  cmd: "⌘",
  command: "⌘",
  super: "⌘",
  commandorcontrol: "⌘",
  cmdorctrl: "⌘",
};
const SIGNS: Record<string, string> = {
  Minus: "-",
  Equal: "=",
  Comma: ",",
  Period: ".",
  Slash: "/",
  Backslash: "\\",
  Semicolon: ";",
  Quote: "'",
  Backquote: "`",
  BracketLeft: "[",
  BracketRight: "]",
  Up: "↑",
  Down: "↓",
  Left: "←",
  Right: "→",
};

/** As the platform's menus write it: "Ctrl Shift S", "⌃ ⇧ S". */
export function inWords(accelerator: string, platform: Platform): string {
  return accelerator
    .split("+")
    .map((part) => {
      const onMacos = platform === "macos" ? ON_MACOS[part.toLowerCase()] : undefined;
      if (onMacos !== undefined) return onMacos;
      if (/^(commandorcontrol|cmdorctrl)$/i.test(part)) return "Ctrl";
      return SIGNS[part] ?? part;
    })
    .join(" ");
}
