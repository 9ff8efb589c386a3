/** A camera as the web view opens it: a media stream in a video element. */
import { FIRST_FRAME_MS, type Feed, type FeedWishes } from "./feed";

/** How long a web view may tell of no frame: some never do, and none does while its window is hidden. */
const UNTOLD_MS = 500;
/** Frames a second that are taken without being told of, where the web view does not count them either. */
const UNTOLD_RATE = 15;
/** How often the web view's count of frames is looked at. */
const COUNTED_RATE = 60;
/** A capture time further from now than this is told by another clock. */
const LATEST_MS = 1000;

interface Device {
  id: string;
  name: string;
}

/** The cameras the web view names: none before one was opened. Two of a kind get different names. */
export async function webDevices(): Promise<Device[]> {
  const named = (await navigator.mediaDevices.enumerateDevices()).filter(
    ({ kind, label }) => kind === "videoinput" && label !== "",
  );
  return named.map(({ deviceId, label }, index) => {
    const before = named.slice(0, index).filter((other) => other.label === label).length;
    return { id: deviceId, name: before === 0 ? label : `${label} (${String(before + 1)})` };
  });
}

const ask = (id?: string): Promise<MediaStream> =>
  navigator.mediaDevices.getUserMedia({
    video: {
      ...(id !== undefined && { deviceId: { exact: id } }),
      width: { ideal: 1920 },
      height: { ideal: 1080 },
      frameRate: { ideal: 30 },
    },
    audio: false,
  });

const deviceOf = (stream: MediaStream): string | undefined => stream.getVideoTracks()[0]?.getSettings().deviceId;

function stop(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

/** The stream of the camera that was chosen, or of the system's choice where that one is not there. */
async function streamOf(name: string | null): Promise<MediaStream> {
  const idOf = async () => (name === null ? undefined : (await webDevices()).find((one) => one.name === name)?.id);
  const known = await idOf();
  if (known !== undefined) return ask(known).catch(() => ask());
  const stream = await ask();
  // Names are told only once a camera was open.
  const id = await idOf();
  if (id === undefined || id === deviceOf(stream)) return stream;
  stop(stream);
  return ask(id).catch(() => ask());
}

function firstFrame(element: HTMLVideoElement, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const silent = () => reject(new DOMException("the camera shows nothing", "AbortError"));
    const timer = setTimeout(silent, FIRST_FRAME_MS);
    const settled = () => clearTimeout(timer);
    element.addEventListener("loadeddata", () => (settled(), resolve()), { once: true });
    element.addEventListener("error", () => (settled(), silent()), { once: true });
    signal.addEventListener("abort", () => (settled(), silent()), { once: true });
    element.play().catch(() => undefined);
  });
}

/** When a frame was taken: by the camera's word where that is told by this clock. */
const momentOf = (now: number, { captureTime }: VideoFrameCallbackMetadata): number =>
  captureTime !== undefined && Math.abs(now - captureTime) < LATEST_MS ? captureTime : now;

/** How many frames the web view has shown, where it counts them. WebKitGTK does, and tells of none by a callback. */
const countOf = (element: HTMLVideoElement): number =>
  (element as Partial<HTMLVideoElement>).getVideoPlaybackQuality?.().totalVideoFrames ?? 0;

function followFrames(element: HTMLVideoElement, listener: (takenAt: number) => void): () => void {
  const tells = typeof element.requestVideoFrameCallback === "function";
  let told = tells ? performance.now() : -Infinity;
  let handle = 0;
  const tell: VideoFrameRequestCallback = (now, metadata) => {
    told = performance.now();
    handle = element.requestVideoFrameCallback(tell);
    listener(momentOf(now, metadata));
  };
  if (tells) handle = element.requestVideoFrameCallback(tell);
  let counted = countOf(element);
  let last = told;
  const timer = setInterval(() => {
    const now = performance.now();
    if (now - told <= UNTOLD_MS) return;
    const count = countOf(element);
    if (count === counted && now - last < 1000 / UNTOLD_RATE) return;
    counted = count;
    last = now;
    listener(now);
  }, 1000 / COUNTED_RATE);
  return () => {
    clearInterval(timer);
    if (tells) element.cancelVideoFrameCallback(handle);
  };
}

/** Opens a camera. Rejects with what `getUserMedia` says, or an `AbortError` where it shows nothing. */
export async function openWebFeed({ name, onOpen, onLost, signal }: FeedWishes): Promise<Feed> {
  const stream = await streamOf(name);
  const element = document.createElement("video");
  const followers = new Set<() => void>();
  const close = () => {
    for (const unfollow of followers) unfollow();
    stop(stream);
    element.srcObject = null;
    return Promise.resolve();
  };
  try {
    signal.throwIfAborted();
    element.muted = true;
    element.playsInline = true;
    element.srcObject = stream;
    onOpen(element);
    const track = stream.getVideoTracks()[0];
    track?.addEventListener("ended", onLost);
    await firstFrame(element, signal);
    const device = deviceOf(stream);
    const devices = await webDevices();
    return {
      name: devices.find(({ id }) => id === device)?.name ?? track?.label ?? "",
      element,
      get size() {
        return { width: element.videoWidth, height: element.videoHeight };
      },
      onFrame(listener) {
        const unfollow = followFrames(element, listener);
        followers.add(unfollow);
        return () => {
          followers.delete(unfollow);
          unfollow();
        };
      },
      close,
    };
  } catch (error) {
    void close();
    throw error;
  }
}
