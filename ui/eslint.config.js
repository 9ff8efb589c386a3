import js from "@eslint/js";
import svelte from "eslint-plugin-svelte";
import globals from "globals";
import typescript from "typescript-eslint";
import svelteConfig from "./svelte.config.js";

export default typescript.config(
  { ignores: ["dist", "src/lib/backend/bindings.ts"] },
  js.configs.recommended,
  ...typescript.configs.strict,
  ...svelte.configs.recommended,
  { languageOptions: { globals: globals.browser } },
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
    languageOptions: { parserOptions: { parser: typescript.parser, extraFileExtensions: [".svelte"], svelteConfig } },
  },
  {
    rules: {
      // TypeScript finds undefined names better than this rule, which does not know its types.
      "no-undef": "off",
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            {
              group: ["@tauri-apps/*"],
              message: "Only lib/backend/tauri.ts talks to Tauri; use the Backend interface.",
            },
          ],
        },
      ],
    },
  },
  { files: ["src/lib/backend/tauri.ts", "src/lib/backend/bindings.ts"], rules: { "no-restricted-imports": "off" } },
);
