/** Keyboard shortcuts, named and recognised the way of the platform. */
import type { StartState } from "../backend/bindings";

export type Platform = StartState["platform"];

/** "Ctrl N" or "⌘ N". */
export const shortcut = (platform: Platform, key: string): string => `${platform === "macos" ? "⌘" : "Ctrl"} ${key}`;

/** Whether the event is `key` with the platform's command key and nothing else. */
export function isShortcut(event: KeyboardEvent, platform: Platform, key: string): boolean {
  const command = platform === "macos" ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey;
  return command && !event.altKey && !event.shiftKey && event.key.toLowerCase() === key;
}
