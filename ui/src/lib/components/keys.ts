/** Keyboard shortcuts, named and recognised the way of the platform. */
import type { StartState } from "../backend/bindings";

export type Platform = StartState["platform"];

/** "Ctrl N" or "⌘ N", "Ctrl Shift N" or "⌘ ⇧ N". */
export function shortcut(platform: Platform, key: string, shift = false): string {
  const keys = platform === "macos" ? ["⌘", "⇧"] : ["Ctrl", "Shift"];
  return [...(shift ? keys : keys.slice(0, 1)), key].join(" ");
}

/** Whether the event is `key` with the platform's command key, with Shift where `shift`, and nothing else. */
export function isShortcut(event: KeyboardEvent, platform: Platform, key: string, shift = false): boolean {
  const command = platform === "macos" ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey;
  return command && !event.altKey && event.shiftKey === shift && event.key.toLowerCase() === key;
}
