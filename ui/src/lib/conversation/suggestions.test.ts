import { describe, expect, it } from "vitest";
import { SUGGESTIONS } from "../backend/fake-made";
import { harmlessSuggestions } from "./suggestions";

const html = (source: string) => harmlessSuggestions(`<p>words</p>${source}`, false)?.html ?? "";
const css = (source: string, dark = false) =>
  harmlessSuggestions(`<style>${source}</style><p>words</p>`, dark)?.css ?? "";

describe("search suggestions", () => {
  it("keep the look they were provided with, in the window's theme", () => {
    const light = harmlessSuggestions(SUGGESTIONS.en, false);
    const dark = harmlessSuggestions(SUGGESTIONS.en, true);
    expect(light?.html).toContain('<svg class="logo-light" width="18" height="18" viewBox="9 9 35 35"');
    expect(light?.html).toContain('href="https://vertexaisearch.cloud.google.com/grounding-api-redirect/CHIP-0"');
    expect(light?.css).toMatch(/\.chip\s*\{[^}]*border-radius:\s*16px/);
    expect(light?.css).toContain("logo-dark");
    expect(dark?.css).toContain("logo-light");
    expect(dark?.css).not.toContain("prefers-color-scheme");
  });

  it.each([
    ["<script>alert(1)</script>", "alert"],
    ['<img src="https://evil.example/x.png" onerror="alert(1)">', "evil"],
    ['<a href="javascript:alert(1)">x</a>', "javascript"],
    ['<a href="data:text/html,<script>alert(1)</script>">x</a>', "data:"],
    ['<a href="https://google.com@evil.example/">x</a>', "evil"],
    ['<a href="mailto:x@evil.example">x</a>', "mailto"],
    ['<form action="https://evil.example"><input name="q"><button>go</button></form>', "<form"],
    ['<iframe src="https://evil.example"></iframe>', "iframe"],
    ['<svg><use href="https://evil.example/x.svg#a"></use><image href="https://evil.example/y.png"/></svg>', "evil"],
    ['<svg><rect fill="url(https://evil.example/p.svg#a)"/></svg>', "evil"],
    ['<svg><foreignObject><img src="https://evil.example/z"></foreignObject></svg>', "evil"],
    ['<div style="background:url(https://evil.example/x)">x</div>', "evil"],
    ['<div onclick="alert(1)">x</div>', "onclick"],
    ['<link rel="stylesheet" href="https://evil.example/x.css"><base href="https://evil.example/">', "evil"],
    ["<svg><style><img src=x onerror=alert(1)></style></svg>", "onerror"],
    ['<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">', "<img"],
  ])("lose %s", (source, gone) => {
    expect(html(source)).toContain("words");
    expect(html(source)).not.toContain(gone);
  });

  it.each([
    '@import url("https://evil.example/x.css");',
    ".a{background:url(https://evil.example/x)}",
    ".a{background:u\\72l(https://evil.example/x)}",
    '@font-face{font-family:x;src:url("https://evil.example/x.woff")}',
    '.a{content:url("https://evil.example/x")}',
    "@media screen{.a{background-image:image-set('https://evil.example/x' 1x)}}",
    ":host{display:none}",
    "}</style><script>alert(1)</script>",
  ])("load and hide nothing by %s", (source) => {
    const left = css(source);
    expect(left).not.toContain("evil");
    expect(left).not.toContain(":host");
    expect(left).not.toContain("<");
    expect(css(`${source} .b{color:red}`) + left).not.toContain("script");
  });

  it("are nothing without words, or when they are absurdly long", () => {
    expect(harmlessSuggestions("<div></div>", false)).toBeNull();
    expect(harmlessSuggestions("x".repeat(200_001), false)).toBeNull();
  });
});
