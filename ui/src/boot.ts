/** Starts a window on a backend: reads what the first frame needs, then mounts it at once, so that nothing flashes or shifts. */
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

/** The settings may not be known, but the language the page began with is. */
const guessLanguage = () => locale.use(document.documentElement.lang.startsWith("zh") ? "zh" : "en");

/** `view` in the address says which window this is: `region`, `quick`, or the main one. */
export async function boot(backend: Backend): Promise<void> {
  const target = document.getElementById("app") ?? document.body;
  const view = new URLSearchParams(location.search).get("view");
  if (view === "region") return chooseRegion(backend, target);
  try {
    const quick = view === "quick";
    const app = new App(backend, await backend.start(), { quick });
    if (quick) {
      const { default: QuickAsk } = await import("./lib/quick/QuickAsk.svelte");
      mount(QuickAsk, { target, props: { app } });
      void backend.ready();
      return;
    }
    await prepare(app.thread?.texts() ?? []);
    mount(Window, { target, props: { app } });
    // The shell began with what it knew without asking. Where nothing leaves, nobody elsewhere is asked.
    if (!app.localOnly) void app.refreshModels();
  } catch (error) {
    // The settings could not be read.
    guessLanguage();
    mount(StartProblem, { target, props: { error: commandError(error) } });
    await backend.ready().catch(() => undefined);
  }
}

/** The person waits with the pointer in hand: the screen is shown before anything else is known. */
async function chooseRegion(backend: Backend, target: Element): Promise<void> {
  guessLanguage();
  const { default: RegionPicker } = await import("./lib/screen/RegionPicker.svelte");
  mount(RegionPicker, { target, props: { backend } });
  try {
    const { settings, systemLanguage } = await backend.start();
    locale.use(settings.language === "system" ? systemLanguage : settings.language);
  } catch {
    // The guess stays; a part of the screen can be chosen all the same.
  }
}
