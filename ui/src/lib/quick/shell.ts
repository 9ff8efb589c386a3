/** What the main window hears from the rest of Castor: another window asked something, or wants a conversation to be shown. */
import type { App } from "../app.svelte";
import { Thread } from "../conversation/thread.svelte";
import { prepare } from "../markdown/extras";

/** Begins to listen; the returned function ends it. */
export function followShell(app: App): () => void {
  return app.backend.onShell((event) => {
    if (event.type === "conversations-changed") void app.attempt(() => refresh(app));
    else if (event.type === "open-conversation") void app.attempt(() => show(app, event.id));
  });
}

async function refresh(app: App): Promise<void> {
  const conversations = await app.backend.conversations();
  app.conversations = conversations;
  const shown = app.thread?.conversation;
  const now = conversations.find(({ id }) => id === shown?.id);
  if (shown && now && (now.head !== shown.head || now.updatedAt !== shown.updatedAt)) await reread(app);
}

async function show(app: App, id: string): Promise<void> {
  app.settingsPage = null;
  app.viewer = null;
  app.conversations = await app.backend.conversations();
  if (app.thread?.conversation.id === id) await reread(app);
  else await app.open(id);
}

/** Reads the shown conversation anew; one that is answered through this window is newer here. */
async function reread(app: App): Promise<void> {
  const { thread } = app;
  if (!thread || app.isRunning(thread.conversation.id)) return;
  const view = await app.backend.openConversation(thread.conversation.id);
  await prepare(Thread.from(view).texts());
  if (app.isRunning(thread.conversation.id)) return;
  thread.replace(view);
  if (app.thread === thread) app.endRequests += 1;
}
