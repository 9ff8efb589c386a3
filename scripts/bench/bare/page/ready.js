// Usable: the field has the keyboard and a frame was painted.
document.querySelector("textarea").focus();
requestAnimationFrame(() => requestAnimationFrame(() => window.__TAURI__.core.invoke("ready")));
