/** Made-up videos, for the backend in memory. */
import type { AttachmentId, CommandError, VideoInfo } from "./bindings";

export class FakeVideo {
  readonly #calls: string[];
  readonly infos = new Map<AttachmentId, VideoInfo>();
  problem: CommandError | null = null;
  /** Where a video that can be played is; without one, nothing is there. */
  address: string | null = null;

  constructor(calls: string[]) {
    this.#calls = calls;
  }

  videoInfo(id: AttachmentId): Promise<VideoInfo> {
    this.#calls.push(`videoInfo ${id}`);
    if (this.problem) return Promise.reject(this.problem);
    return Promise.resolve(
      this.infos.get(id) ?? { durationMs: 95_000, width: 1280, height: 720, frameRate: 30, hasSound: true },
    );
  }
  mediaAddress(id: AttachmentId): Promise<string> {
    this.#calls.push(`mediaAddress ${id}`);
    return Promise.resolve(this.address ?? `http://127.0.0.1:9/${id}`);
  }
  momentUrl(id: AttachmentId, milliseconds: number): string {
    const hue = Math.round(milliseconds / 250) % 360;
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="160" height="90"><rect width="160" height="90" fill="hsl(${String(hue)} 45% 55%)"/><text x="8" y="80" font-size="14" fill="white">${id.slice(-4)}</text></svg>`;
    return `data:image/svg+xml,${encodeURIComponent(svg)}`;
  }
}
