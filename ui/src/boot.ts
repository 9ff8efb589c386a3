/** Starts the window on a backend: reads what the first frame needs, then mounts it at once, so that nothing flashes or shifts. */
import { mount } from "svelte";
import { App } from "./lib/app.svelte";
import type { Backend } from "./lib/backend/backend";
import { commandError } from "./lib/backend/errors";
import { locale } from "./lib/i18n/i18n.svelte";
import { prepare } from "./lib/markdown/extras";
import StartProblem from "./lib/StartProblem.svelte";
import Window from "./lib/Window.svelte";
import "./tokens.css";
import "./base.css";

export async function boot(backend: Backend): Promise<void> {
  const target = document.getElementById("app") ?? document.body;
  try {
    const app = new App(backend, await backend.start());
    await prepare(app.thread?.texts() ?? []);
    mount(Window, { target, props: { app } });
    // The shell began with what it knew without asking. Where nothing leaves, nobody elsewhere is asked.
    if (!app.localOnly) void app.refreshModels();
  } catch (error) {
    // The settings could not be read, so the language is the one the page began with.
    locale.use(document.documentElement.lang.startsWith("zh") ? "zh" : "en");
    mount(StartProblem, { target, props: { error: commandError(error) } });
    await backend.ready().catch(() => undefined);
  }
}
