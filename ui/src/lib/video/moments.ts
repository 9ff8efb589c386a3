/**
 * Times in running text that name a moment of a video or recording: `1:23`, `01:23`, `1:02:03`, also with a fraction or a full-width
 * colon. Clock times, ratios, scores, dates and addresses are none, as far as their neighbours tell.
 */

export interface TextMoment {
  /** Where it stands in the text, in UTF-16 units; `end` is behind it. */
  start: number;
  end: number;
  /** Milliseconds from the beginning. */
  at: number;
}

/** Nothing that goes on, before or behind, and no sign that makes it another thing: `1:23:45:67`, `v1:23`, `$1:23`, `-1:23`. */
const TIME =
  /(?<![\p{Script=Latin}\p{N}_:：./\\@#$€£¥+]|(?<![\p{N}\]])[-−])(?:(\d{1,2})[:：])?(\d{1,3})[:：]([0-5]\d)(?:[.](\d{1,3}))?(?![\p{Script=Latin}\p{N}_/\\@%]|[.,:：]\d)/gu;
/** The time of a day, a ratio or a score. */
const OTHER_BEFORE =
  /(?:\b(?:ratio|scale|score|odds)(?: of| is|:)?|[上下中]午|凌晨|早上|早晨|傍晚|晚上|夜里|比例|比例尺|比分|比率|北京时间)[为是：:]?\s*$/iu;
const OTHER_AFTER =
  /^(?::\d\d)?\s*(?:[ap]\.?\s?m\b|o['’]?clock|(?:UTC|GMT|CET|CEST|EST|EDT|PST|PDT|CST)\b|uhr\b|点|整点)/iu;
/** As much of what stands around as is looked at. */
const AROUND = 24;

/** The moments a text names up to `longest` milliseconds, in order. A time in the last second counts as within. */
export function findMoments(text: string, longest: number): TextMoment[] {
  const found: TextMoment[] = [];
  for (const match of text.matchAll(TIME)) {
    const [whole, hours, minutes = "0", seconds = "0", fraction = ""] = match;
    if (hours !== undefined && (minutes.length !== 2 || Number(minutes) > 59)) continue;
    const end = match.index + whole.length;
    if (OTHER_BEFORE.test(text.slice(Math.max(0, match.index - AROUND), match.index))) continue;
    if (OTHER_AFTER.test(text.slice(end, end + AROUND))) continue;
    const secondsInAll = Number(hours ?? 0) * 3600 + Number(minutes) * 60 + Number(seconds);
    if (secondsInAll > Math.floor(longest / 1000)) continue;
    found.push({ start: match.index, end, at: secondsInAll * 1000 + Number(fraction.padEnd(3, "0")) });
  }
  return found;
}
