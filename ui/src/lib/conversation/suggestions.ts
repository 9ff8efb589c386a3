/**
 * The search suggestions that have to stand beside an answer from Google Search: HTML with a style sheet of its own, made
 * harmless. Its look stays as it was provided; nothing in it can run, load, be submitted or cover the page.
 *
 * https://ai.google.dev/gemini-api/docs/grounding/search-suggestions
 */
import DOMPurify from "dompurify";
import { webAddress } from "../markdown/links";

export interface Suggestions {
  html: string;
  css: string;
}

/** A real one has some 5 kB. */
const LONGEST = 200_000;

const PURIFY = {
  ALLOWED_TAGS: [
    ..."div span p a b i em strong br ul ol li".split(" "),
    ..."svg g path defs lineargradient radialgradient stop clippath rect circle ellipse polygon title".split(" "),
  ],
  ALLOWED_ATTR: [
    ..."class href title role aria-label aria-hidden lang dir".split(" "),
    ..."viewbox width height fill fill-rule fill-opacity clip-rule opacity d x y r cx cy rx ry points transform".split(
      " ",
    ),
    ..."stroke stroke-width stroke-linecap stroke-linejoin offset stop-color stop-opacity xmlns".split(" "),
  ],
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
};

/** What could fetch something, or hide that it does. */
const LOADS = /url\(|image\(|image-set\(|src\(|attr\(|expression|\\/i;
const SCHEME = /\(\s*prefers-color-scheme\s*:\s*(dark|light)\s*\)/i;

function ownDeclarations(style: CSSStyleDeclaration): string {
  return Array.from(style)
    .filter((name) => !LOADS.test(style.getPropertyValue(name)))
    .map((name) => {
      const priority = style.getPropertyPriority(name);
      return `${name}:${style.getPropertyValue(name)}${priority === "" ? "" : " !important"};`;
    })
    .join("");
}

/** The rules that hold in this theme. The window's theme may differ from the system's, which a media query would ask. */
function rulesFor(rules: CSSRuleList, dark: boolean): string {
  let css = "";
  for (const rule of Array.from(rules)) {
    if ("selectorText" in rule && "style" in rule) {
      const { selectorText, style } = rule as CSSStyleRule;
      const declarations = ownDeclarations(style);
      // The sheet is for what is inside, not for the place it is put in.
      if (declarations !== "" && !/:host|::slotted|::part/i.test(selectorText))
        css += `${selectorText}{${declarations}}`;
    } else if ("media" in rule && "cssRules" in rule) {
      const { media, cssRules } = rule as CSSMediaRule;
      const scheme = SCHEME.exec(media.mediaText)?.[1]?.toLowerCase();
      if (scheme !== undefined) {
        if ((scheme === "dark") === dark) css += rulesFor(cssRules, dark);
      } else if (/^[\w\s():.,-]+$/.test(media.mediaText))
        css += `@media ${media.mediaText}{${rulesFor(cssRules, dark)}}`;
    }
  }
  return css;
}

function harmlessCss(css: string, dark: boolean): string {
  const sheet = new CSSStyleSheet();
  try {
    sheet.replaceSync(css);
    return rulesFor(sheet.cssRules, dark);
  } catch {
    // A sheet nobody can read is no sheet.
    return "";
  }
}

/** `null` when nothing is left of it. */
export function harmlessSuggestions(html: string, dark: boolean): Suggestions | null {
  if (html.length > LONGEST) return null;
  // A document of its own: nothing in it runs or loads.
  const parsed = new DOMParser().parseFromString(html, "text/html");
  const styles = [...parsed.querySelectorAll("style")];
  const css = styles.map((style) => harmlessCss(style.textContent ?? "", dark)).join("");
  for (const style of styles) style.remove();
  const body = DOMPurify.sanitize(parsed.body.innerHTML, { ...PURIFY, RETURN_DOM: true }) as HTMLElement;
  for (const element of body.querySelectorAll("*")) {
    for (const { name, value } of [...element.attributes]) if (LOADS.test(value)) element.removeAttribute(name);
  }
  for (const anchor of body.querySelectorAll("a")) {
    const address = webAddress(anchor.getAttribute("href") ?? "");
    if (address === null) {
      anchor.removeAttribute("href");
      continue;
    }
    anchor.setAttribute("href", address);
    anchor.setAttribute("title", address);
    anchor.setAttribute("draggable", "false");
    anchor.setAttribute("rel", "noreferrer noopener");
  }
  return body.textContent?.trim() ? { html: body.innerHTML, css } : null;
}
