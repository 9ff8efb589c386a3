/** Numbers, sizes, durations and counts in the way of one language. */
export type Language = "en" | "zh";

export interface Format {
  number(value: number): string;
  /** A share from 0 to 1, e.g. "42%". */
  percent(share: number): string;
  /** Decimal units, as file managers show them: "312 kB", "1.1 GB". */
  bytes(bytes: number): string;
  /** Milliseconds as "0.4 s", "12 s" or "2 min 5 s". */
  duration(milliseconds: number): string;
  /** Tokens each second: one decimal below ten. */
  speed(tokens: number): string;
  /** Up to three decimals. */
  decimal(value: number): string;
  /** Millionths of a US dollar: cents from a dollar on, below it as many digits as say something. */
  money(microUsd: number): string;
  /** Chooses the form for `count`; `#` stands for the number. */
  plural(count: number, forms: { one: string; other: string }): string;
  dateTime(milliseconds: number): string;
  /** "1, 2 and 3". */
  list(items: string[]): string;
}

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;

export function makeFormat(language: Language): Format {
  const locale = language === "zh" ? "zh-CN" : "en";
  const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  const oneDecimal = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
  const decimal = new Intl.NumberFormat(locale, { maximumFractionDigits: 3 });
  const money = (least: number, most: number) =>
    new Intl.NumberFormat(locale, {
      style: "currency",
      currency: "USD",
      currencyDisplay: "narrowSymbol",
      minimumFractionDigits: least,
      maximumFractionDigits: most,
    });
  const percent = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 0 });
  const rules = new Intl.PluralRules(locale);
  const dateTime = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });
  const list = new Intl.ListFormat(locale, { type: "conjunction" });
  const seconds = language === "zh" ? " 秒" : " s";
  const minutes = language === "zh" ? " 分" : " min";

  return {
    number: (value) => number.format(value),
    percent: (share) => percent.format(share),
    bytes(bytes) {
      let unit = 0;
      let value = bytes;
      // 999.5 would round to "1000 kB".
      while (value >= 999.5 && unit < UNITS.length - 1) {
        value /= 1000;
        unit += 1;
      }
      return new Intl.NumberFormat(locale, {
        style: "unit",
        unit: UNITS[unit],
        unitDisplay: "short",
        maximumFractionDigits: unit > 1 && value < 10 ? 1 : 0,
      }).format(value);
    },
    duration(milliseconds) {
      const value = milliseconds / 1000;
      if (value < 9.95) return oneDecimal.format(value) + seconds;
      const whole = Math.round(value);
      if (whole < 60) return number.format(whole) + seconds;
      const rest = whole % 60;
      return number.format(Math.floor(whole / 60)) + minutes + (rest > 0 ? ` ${number.format(rest)}${seconds}` : "");
    },
    speed: (tokens) => (tokens < 10 ? oneDecimal : number).format(tokens),
    decimal: (value) => decimal.format(value),
    money(microUsd) {
      const value = microUsd / 1_000_000;
      if (value === 0) return money(0, 0).format(0);
      if (value < 0.0001) return `<${money(4, 4).format(0.0001)}`;
      if (value < 0.01) return money(2, 4).format(value);
      return (value < 0.995 ? money(2, 3) : money(2, 2)).format(value);
    },
    plural: (count, forms) =>
      (rules.select(count) === "one" ? forms.one : forms.other).replace("#", number.format(count)),
    dateTime: (milliseconds) => dateTime.format(milliseconds),
    list: (items) => list.format(items),
  };
}
