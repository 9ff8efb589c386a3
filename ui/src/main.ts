/** The window's entry in the app. */
import { boot } from "./boot";

if ("__TAURI_INTERNALS__" in window) {
  const { tauriBackend } = await import("./lib/backend/tauri");
  await boot(tauriBackend);
}
