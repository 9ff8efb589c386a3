/** Makes a button one that is held to talk: with the pointer, and with Space or Enter while it has the focus. */
import type { Attachment } from "svelte/attachments";

/** What is held: told when the button goes down and comes up, or that it was pressed by something that cannot hold. */
export interface Holdable {
  press(): void;
  release(): void;
  tap(): void;
}

const isPress = (event: KeyboardEvent): boolean => event.key === " " || event.key === "Enter";

export const holdToTalk =
  (held: Holdable): Attachment<HTMLElement> =>
  (element) => {
    function pointerDown(event: PointerEvent): void {
      if (event.button !== 0 || !event.isPrimary) return;
      // Listened to on the window: the pointer may be let go anywhere, and what is held may have made way for something else.
      const up = () => {
        removeEventListener("pointerup", up);
        removeEventListener("pointercancel", up);
        held.release();
      };
      addEventListener("pointerup", up);
      addEventListener("pointercancel", up);
      held.press();
    }
    function keyDown(event: KeyboardEvent): void {
      if (!isPress(event)) return;
      event.preventDefault();
      if (!event.repeat) held.press();
    }
    function keyUp(event: KeyboardEvent): void {
      if (!isPress(event)) return;
      event.preventDefault();
      held.release();
    }
    /** Without a pointer or key: a screen reader's press, which cannot be held. */
    function click(event: MouseEvent): void {
      if (event.detail === 0) held.tap();
    }
    element.addEventListener("pointerdown", pointerDown);
    element.addEventListener("keydown", keyDown);
    element.addEventListener("keyup", keyUp);
    element.addEventListener("click", click);
    return () => {
      element.removeEventListener("pointerdown", pointerDown);
      element.removeEventListener("keydown", keyDown);
      element.removeEventListener("keyup", keyUp);
      element.removeEventListener("click", click);
    };
  };
