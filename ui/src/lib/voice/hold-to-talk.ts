/** Makes a button one that is held to talk: with the pointer, and with Space or Enter while it has the focus. */
import type { Attachment } from "svelte/attachments";
import type { Voice } from "./voice.svelte";

const isPress = (event: KeyboardEvent): boolean => event.key === " " || event.key === "Enter";

export const holdToTalk =
  (voice: Voice): Attachment<HTMLElement> =>
  (element) => {
    function pointerDown(event: PointerEvent): void {
      if (event.button !== 0 || !event.isPrimary) return;
      // Listened to on the window: the pointer may be let go anywhere, and what is held may have made way for something else.
      const up = () => {
        removeEventListener("pointerup", up);
        removeEventListener("pointercancel", up);
        voice.release();
      };
      addEventListener("pointerup", up);
      addEventListener("pointercancel", up);
      voice.press();
    }
    function keyDown(event: KeyboardEvent): void {
      if (!isPress(event)) return;
      event.preventDefault();
      if (!event.repeat) voice.press();
    }
    function keyUp(event: KeyboardEvent): void {
      if (!isPress(event)) return;
      event.preventDefault();
      voice.release();
    }
    /** Without a pointer or key: a screen reader's press, which cannot be held. */
    function click(event: MouseEvent): void {
      if (event.detail === 0) voice.tap();
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
