/** A camera as the system opens it, where the web view cannot: JPEG pictures on a canvas. */
import type { Backend } from "../backend/backend";
import type { CameraOptions, NativeCamera } from "../backend/bindings";
import { FIRST_FRAME_MS, type Feed, type FeedWishes } from "./feed";

/** Every frame comes over the bridge: half as many as the web view shows. */
const OPTIONS: CameraOptions = { width: 1920, height: 1080, frameRate: 15 };

/** Opens a camera. Rejects with a `CommandError`, or an `AbortError` where it shows nothing, and then it is let go. */
export function openNativeFeed(
  backend: Backend,
  { id, name }: NativeCamera,
  { onOpen, onLost, signal }: Omit<FeedWishes, "name">,
): Promise<Feed> {
  const element = document.createElement("canvas");
  const listeners = new Set<(takenAt: number) => void>();
  let drawing = false;
  let seen = false;
  let closed = false;

  return new Promise((resolve, reject) => {
    /** The backend's own word that it is closed. */
    let ended: Promise<void> = Promise.resolve();
    const close = async () => {
      if (closed) return ended;
      closed = true;
      clearTimeout(timer);
      await backend.closeCamera().catch(() => undefined);
      await ended;
    };
    const silent = async () => {
      await close();
      reject(new DOMException("the camera shows nothing", "AbortError"));
    };
    const timer = setTimeout(() => void silent(), FIRST_FRAME_MS);
    signal.addEventListener("abort", () => !seen && void silent(), { once: true });

    const feed: Feed = {
      name,
      element,
      get size() {
        return { width: element.width, height: element.height };
      },
      onFrame(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      close,
    };

    async function draw(frame: ArrayBuffer): Promise<void> {
      // One that comes while another is drawn is late already.
      if (drawing || closed) return;
      drawing = true;
      const takenAt = performance.now();
      try {
        const bitmap = await createImageBitmap(new Blob([frame], { type: "image/jpeg" }));
        if (element.width !== bitmap.width) element.width = bitmap.width;
        if (element.height !== bitmap.height) element.height = bitmap.height;
        element.getContext("2d", { alpha: false })?.drawImage(bitmap, 0, 0);
        bitmap.close();
      } catch {
        // A torn frame; the next one comes at once.
        return;
      } finally {
        drawing = false;
      }
      if (closed) return;
      if (!seen) {
        seen = true;
        clearTimeout(timer);
        resolve(feed);
      }
      for (const listener of listeners) listener(takenAt);
    }

    const gone = (error: unknown) => {
      clearTimeout(timer);
      if (closed) return;
      closed = true;
      if (seen) onLost();
      else reject(error);
    };
    onOpen(element);
    ended = backend
      .openCamera(id, OPTIONS, (frame) => void draw(frame))
      .then(() => gone(new DOMException("the camera shows nothing", "AbortError")), gone);
  });
}
