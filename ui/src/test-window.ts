/** Puts the whole window on a fake backend, for tests. */
import { render, screen, waitFor } from "@testing-library/svelte";
import { tick } from "svelte";
import { App } from "./lib/app.svelte";
import { FakeBackend, type FakeState, type Script } from "./lib/backend/fake";
import { fakeState } from "./lib/backend/fake-scenarios";
import { testIds } from "./lib/testids";
import Window from "./lib/Window.svelte";

export async function openWindow(change: (state: FakeState) => void = () => undefined, script: Partial<Script> = {}) {
  const state = fakeState();
  change(state);
  const backend = new FakeBackend(state, { text: "An answer.", pace: 0, ...script });
  const app = new App(backend, await backend.start());
  const view = render(Window, { app });
  // The composer has taken the keyboard.
  await tick();
  await tick();
  return { backend, app, state, view };
}

export const composer = () => screen.getByTestId<HTMLTextAreaElement>(testIds.composer);
export const answers = () => screen.queryAllByTestId(testIds.answer);
export const answered = (count = 1) =>
  waitFor(() => {
    const all = answers();
    if (all.length < count || all.some((answer) => answer.dataset["status"] === "streaming"))
      throw new Error("still writing");
    return all;
  });
