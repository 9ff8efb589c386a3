/** Pasting into a question. Rust decides what the clipboard holds: the page cannot see copied files or pictures in every web view. */
import type { App } from "../app.svelte";

/** Takes what is pasted, be it files, a picture or text for `field`. */
export async function pasteInto(
  app: App,
  field: HTMLTextAreaElement | undefined,
  event: ClipboardEvent,
): Promise<void> {
  event.preventDefault();
  const text = event.clipboardData?.getData("text/plain") ?? "";
  let taken = false;
  await app.attempt(async () => {
    taken = await app.backend.paste(text !== "");
  });
  if (taken || text === "" || !field) return;
  field.focus();
  // Deprecated, and the only way to insert text that Ctrl Z takes back.
  if (!document.execCommand("insertText", false, text)) {
    field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
    app.draft.text = field.value;
  }
}
