/** Amounts of money as people read and write them. */
import type { Language } from "../i18n/format";

const MICRO = 1_000_000;

/** Millionths of a US dollar: two figures below a dollar, cents above it. */
export function dollars(microUsd: number, language: Language): string {
  const value = microUsd / MICRO;
  const format = (options: Intl.NumberFormatOptions) =>
    new Intl.NumberFormat(language === "zh" ? "zh-CN" : "en", {
      style: "currency",
      currency: "USD",
      currencyDisplay: "narrowSymbol",
      ...options,
    });
  if (value === 0) return format({ maximumFractionDigits: 0 }).format(0);
  if (value < 0.0001) return `<${format({ minimumFractionDigits: 4 }).format(0.0001)}`;
  // "$0.10" and "$0.012": never one lone figure after a cent's place.
  if (value < 0.995)
    return format({ minimumFractionDigits: 2, maximumFractionDigits: value < 0.01 ? 4 : 3 }).format(value);
  return format({ minimumFractionDigits: 2, maximumFractionDigits: 2 }).format(value);
}

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
