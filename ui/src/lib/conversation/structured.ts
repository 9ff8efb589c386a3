/** JSON an answer was asked for, as a table or a tree, and out again for other programs. */

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
export type Scalar = null | boolean | number | string;

export interface Table {
  columns: string[];
  /** One cell for each column; `undefined` where a row lacks it. */
  rows: (Scalar | undefined)[][];
  /** Columns that hold numbers only. */
  figures: boolean[];
}

/** More columns than this are easier to read as a tree. */
const MOST_COLUMNS = 40;

/** The value, or `undefined` when the text is no JSON. */
export function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

export const isScalar = (value: Json | undefined): value is Scalar => value === null || typeof value !== "object";

const isObject = (value: Json): value is { [name: string]: Json } =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A list of flat objects, or an object that holds nothing but one, is a table. */
export function tableOf(value: Json): Table | null {
  if (isObject(value)) {
    const [only, ...others] = Object.values(value);
    return others.length === 0 && Array.isArray(only) ? tableOf(only) : null;
  }
  if (!Array.isArray(value) || value.length === 0) return null;
  const columns = new Set<string>();
  const objects: Record<string, Scalar>[] = [];
  for (const row of value) {
    if (!isObject(row) || !Object.values(row).every(isScalar)) return null;
    for (const name of Object.keys(row)) columns.add(name);
    objects.push(row as Record<string, Scalar>);
  }
  if (columns.size === 0 || columns.size > MOST_COLUMNS) return null;
  const names = [...columns];
  // Own values only: a column may be called like something every object has.
  const rows = objects.map((row) => names.map((name) => (Object.hasOwn(row, name) ? row[name] : undefined)));
  const figures = names.map((_, column) => {
    const filled = rows.map((row) => row[column]).filter((cell) => cell !== undefined && cell !== null);
    return filled.length > 0 && filled.every((cell) => typeof cell === "number");
  });
  return { columns: names, rows, figures };
}

const plain = (cell: Scalar | undefined): string => (cell === null || cell === undefined ? "" : String(cell));

/** A spreadsheet would run a text that begins like a formula; an apostrophe keeps it a text there. Numbers stay numbers. */
const harmless = (cell: Scalar | undefined): string =>
  typeof cell === "string" && /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : plain(cell);

/** Tab-separated, for pasting into a spreadsheet. A cell cannot hold tabs or line ends there. */
export const toTsv = ({ columns, rows }: Table): string =>
  [columns, ...rows].map((row) => row.map((cell) => harmless(cell).replace(/[\t\r\n]+/g, " ")).join("\t")).join("\n");

/** Comma-separated after RFC 4180. */
export const toCsv = ({ columns, rows }: Table): string =>
  [columns, ...rows]
    .map((row) =>
      row
        .map(harmless)
        .map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell))
        .join(","),
    )
    .join("\r\n");

/** Names and values inside a list or an object. */
export const entriesOf = (value: Json): [string, Json][] =>
  Array.isArray(value) ? value.map((inner, index) => [String(index), inner]) : Object.entries(value ?? {});
