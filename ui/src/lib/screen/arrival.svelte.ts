/** Waits for a picture that was asked for: it comes into a draft by itself, as dropped files do. */
import type { Attachment } from "../backend/bindings";
import type { Draft } from "../composer/drafts.svelte";
import { NotArrived } from "../showing";

/**
 * The first picture that comes into `draft` from now on, of that `name` where it is known. Rejects with {@link NotArrived} when a file is
 * refused there, when `limit` milliseconds have passed, or when `signal` says that nobody waits any more.
 */
export function arrival(draft: Draft, limit: number, signal: AbortSignal, name?: string): Promise<Attachment> {
  const known = draft.attachments.map(({ id }) => id);
  const refused = draft.refused.map(({ token }) => token);
  const awaited = (file: { name: string }) => name === undefined || file.name === name;
  return new Promise((resolve, reject) => {
    const give = (settle: () => void) => {
      clearTimeout(timer);
      signal.removeEventListener("abort", missed);
      // The effect that calls this cannot end itself while it runs.
      queueMicrotask(stop);
      settle();
    };
    const missed = () => give(() => reject(new NotArrived()));
    const timer = setTimeout(missed, limit);
    const stop = $effect.root(() => {
      $effect(() => {
        const came = draft.attachments.find(
          (file) => file.kind === "image" && !known.includes(file.id) && awaited(file),
        );
        if (came) give(() => resolve(came));
        else if (draft.refused.some((file) => !refused.includes(file.token) && awaited(file))) missed();
      });
    });
    signal.addEventListener("abort", missed);
  });
}
