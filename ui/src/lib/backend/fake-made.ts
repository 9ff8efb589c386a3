/** A made-up picture of a model, and search suggestions built like Google's own. */
import type { Language } from "../i18n/format";

/** 1024 × 768. */
export const GREENHOUSE_PICTURE = `data:image/svg+xml,${encodeURIComponent(
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1024 768" width="1024" height="768"><defs><linearGradient id="s" x2="0" y2="1"><stop stop-color="#2b3a55"/><stop offset="1" stop-color="#7d8aa5"/></linearGradient><linearGradient id="g" x2="0" y2="1"><stop stop-color="#ffe7a8"/><stop offset="1" stop-color="#e2a94f"/></linearGradient></defs><rect width="1024" height="560" fill="url(#s)"/><rect y="560" width="1024" height="208" fill="#3c4453"/><path d="M260 560V330l252-150 252 150v230z" fill="url(#g)" opacity=".92"/><g stroke="#39424f" stroke-width="7" fill="none"><path d="M260 560V330l252-150 252 150v230M260 330h504M344 560V280M428 560V230M512 560V180M596 560V230M680 560V280"/></g><g fill="#3f6b45"><ellipse cx="360" cy="520" rx="70" ry="44"/><ellipse cx="520" cy="505" rx="90" ry="60"/><ellipse cx="670" cy="522" rx="74" ry="42"/></g><ellipse cx="512" cy="640" rx="330" ry="40" fill="#e2b15f" opacity=".35"/><g stroke="#cfd8e8" stroke-width="2" opacity=".55"><path d="M90 60l-20 70M220 180l-20 70M130 330l-20 70M820 80l-20 70M930 220l-20 70M870 400l-20 70M420 60l-20 70M640 110l-20 70M560 20l-20 70M40 470l-20 70M980 520l-20 70"/></g></svg>`,
)}`;

const chips = { en: ["heat pump subsidy 2026", "heat pump running cost"], zh: ["热泵 补贴 2026", "热泵 年运行费用"] };

function suggestions(language: Language): string {
  const links = chips[language]
    .map(
      (words, index) =>
        `<a class="chip" href="https://vertexaisearch.cloud.google.com/grounding-api-redirect/CHIP-${index}">${words}</a>`,
    )
    .join("");
  return `<style>
.container { align-items: center; border-radius: 8px; display: flex; font-family: Google Sans, Roboto, sans-serif; font-size: 14px; line-height: 20px; padding: 8px 12px; }
.chip { display: inline-block; border: solid 1px; border-radius: 16px; min-width: 14px; padding: 5px 16px; text-align: center; user-select: none; margin: 0 8px; text-decoration: none; }
.carousel { overflow: auto; scrollbar-width: none; white-space: nowrap; margin-right: -12px; }
.headline { display: flex; margin-right: 4px; }
.gradient-container { position: relative; }
.gradient { position: absolute; transform: translate(3px, -9px); height: 36px; width: 9px; }
@media (prefers-color-scheme: light) {
  .container { background-color: #fafafa; box-shadow: 0 0 0 1px #0000000f; }
  .headline-label { color: #1f1f1f; }
  .chip { background-color: #ffffff; border-color: #d2d2d2; color: #5e5e5e; }
  .chip:hover { background-color: #f2f2f2; }
  .logo-dark { display: none; }
}
@media (prefers-color-scheme: dark) {
  .container { background-color: #1f1f1f; box-shadow: 0 0 0 1px #ffffff26; }
  .headline-label { color: #fff; }
  .chip { background-color: #2c2c2c; border-color: #3c4043; color: #fff; }
  .chip:hover { background-color: #353536; }
  .logo-light { display: none; }
}
</style>
<div class="container"><div class="headline">
<svg class="logo-light" width="18" height="18" viewBox="9 9 35 35" fill="none" xmlns="http://www.w3.org/2000/svg"><path fill-rule="evenodd" clip-rule="evenodd" d="M42.8622 27.0064C42.8622 25.7839 42.7525 24.6084 42.5487 23.4799H26.3109V30.1568H35.5897C35.1821 32.3041 33.9596 34.1222 32.1258 35.3448V39.6864H37.7213C40.9814 36.677 42.8622 32.2571 42.8622 27.0064V27.0064Z" fill="#4285F4"/><path fill-rule="evenodd" clip-rule="evenodd" d="M26.3109 43.8555C30.9659 43.8555 34.8687 42.3195 37.7213 39.6863L32.1258 35.3447C30.5898 36.3792 28.6306 37.0061 26.3109 37.0061C21.8282 37.0061 18.0195 33.9811 16.6559 29.906H10.9194V34.3573C13.7563 39.9841 19.5712 43.8555 26.3109 43.8555V43.8555Z" fill="#34A853"/><path fill-rule="evenodd" clip-rule="evenodd" d="M16.6559 29.8904C16.3111 28.8559 16.1074 27.7588 16.1074 26.6146C16.1074 25.4704 16.3111 24.3733 16.6559 23.3388V18.8875H10.9194C9.74388 21.2072 9.06992 23.8247 9.06992 26.6146C9.06992 29.4045 9.74388 32.022 10.9194 34.3417L15.3864 30.8621L16.6559 29.8904V29.8904Z" fill="#FBBC05"/><path fill-rule="evenodd" clip-rule="evenodd" d="M26.3109 16.2386C28.85 16.2386 31.107 17.1164 32.9095 18.8091L37.8466 13.8719C34.853 11.082 30.9659 9.3736 26.3109 9.3736C19.5712 9.3736 13.7563 13.245 10.9194 18.8875L16.6559 23.3388C18.0195 19.2636 21.8282 16.2386 26.3109 16.2386V16.2386Z" fill="#EA4335"/></svg>
<svg class="logo-dark" width="18" height="18" viewBox="0 0 48 48" xmlns="http://www.w3.org/2000/svg"><circle cx="24" cy="23" fill="#FFF" r="22"/><path d="M33.76 34.26c2.75-2.56 4.49-6.37 4.49-11.26 0-.89-.08-1.84-.29-3H24.01v5.99h8.03c-.4 2.02-1.5 3.56-3.07 4.56v.75l3.91 2.97h.88z" fill="#4285F4"/></svg>
<div class="gradient-container"><div class="gradient"></div></div></div><div class="carousel">${links}</div></div>`;
}

export const SUGGESTIONS: Record<Language, string> = { en: suggestions("en"), zh: suggestions("zh") };
