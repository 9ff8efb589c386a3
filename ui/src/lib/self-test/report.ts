/** The report of a self-test as plain text: for the person, and for whoever is asked for help. */
import type { Platform } from "../components/keys";
import { locale, t } from "../i18n/i18n.svelte";
import { SUBJECT, wordsOf } from "./findings";
import type { SelfTest } from "./self-test.svelte";
import { STATE } from "./states";

/** Folders of people, up to the next part of the path; names hold spaces only on Windows. */
const HOMES = [
  /[A-Za-z]:[\\/]Users[\\/][^\\/:*?"<>|\n]+(?=[\\/])/g,
  /(?:\/home\/|\/Users\/|[A-Za-z]:[\\/]Users[\\/])[^\\/\s"'“”:,;：，；。]+/g,
];
const SECRETS = [
  // Keys of Google's APIs, old and new.
  /AIza[\w-]{10,}/g,
  /AQ\.[\w-]{10,}/g,
  // In an address: name and password of a proxy, and what is given as a key.
  /(?<=:\/\/)[^\s/@]+@/g,
  /(?<=[?&](?:key|token|access_token)=)[^\s&"']+/gi,
];

/** Without keys, passwords and the name of the person's folder. */
export function scrub(text: string): string {
  const homeless = HOMES.reduce((scrubbed, home) => scrubbed.replace(home, "~"), text);
  return SECRETS.reduce((scrubbed, secret) => scrubbed.replace(secret, "…"), homeless);
}

/** Each thing with its state and the code of what was found; what is to be done stands under it. */
export function reportText(test: SelfTest, app: { version: string; platform: Platform }): string {
  const title = t("selfTestReportTitle", {
    version: app.version,
    platform: app.platform,
    at: test.endedAt ?? Date.now(),
  });
  const head = [title, test.problem, test.outcome()].filter((line) => line !== null && line !== "");
  const rows = test.rows.map(({ subject, state, found }) => {
    const name = t(SUBJECT[subject]);
    const heading = locale.language === "zh" ? `${name}：${t(STATE[state])}` : `${name}: ${t(STATE[state])}`;
    const lines = found.flatMap((finding) => {
      const { says, cure, command } = wordsOf(finding, app.platform);
      const detail = finding.detail === null ? [] : [`  ${finding.detail}`];
      const help = [cure, command].filter((line) => line !== null).map((line) => `  > ${line}`);
      return [`  [${finding.code}] ${says}`, ...detail, ...help];
    });
    return [heading, ...lines].join("\n");
  });
  return scrub(`${head.join("\n")}\n\n${rows.join("\n")}\n`);
}
