// Sets theme and language before the first paint, from the last start's choice; the app's own settings replace it once they are
// here. A file of its own because the content security policy allows no inline script, and not a module because those run late.
(function () {
  var theme = "system";
  var language = null;
  try {
    theme = localStorage.getItem("castor.theme") || theme;
    language = localStorage.getItem("castor.language");
  } catch {
    // Without storage the system's theme is the best guess.
  }
  var dark = theme === "dark" || (theme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.theme = dark ? "dark" : "light";
  document.documentElement.lang = language || (navigator.language.startsWith("zh") ? "zh" : "en");
})();
