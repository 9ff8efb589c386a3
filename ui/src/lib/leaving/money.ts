/** Amounts of money as people write them into a field; see `format.money` for how they are shown. */
/** Cents as they are put into a field. */
export const centsInField = (cents: number | null): string =>
  cents === null ? "" : cents % 100 === 0 ? String(cents / 100) : (cents / 100).toFixed(2);

/** The most the backend keeps. */
const MOST_CENTS = 100_000_000;

/** An amount in dollars as it was written, in cents; `null` for an empty field, `undefined` for what is no amount above zero. */
export function parseDollars(text: string): number | null | undefined {
  const trimmed = text
    .trim()
    .replace(/^\$\s*/, "")
    .replace(/\s*(\$|USD)$/i, "");
  if (trimmed === "") return text.trim() === "" ? null : undefined;
  if (!/^\d{1,7}([.,]\d{1,2})?$/.test(trimmed)) return undefined;
  const cents = Math.round(Number(trimmed.replace(",", ".")) * 100);
  return cents > 0 && cents <= MOST_CENTS ? cents : undefined;
}
