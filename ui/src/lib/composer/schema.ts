/** Answers as data: a table of columns as a JSON Schema, and back. */
export type ColumnKind = "text" | "number" | "yes-no" | "date";
export const COLUMN_KINDS: ColumnKind[] = ["text", "number", "yes-no", "date"];

export interface Column {
  name: string;
  kind: ColumnKind;
  description: string;
}

export type ColumnProblem = "none" | "unnamed" | "twice";

export function columnProblem(columns: Column[]): ColumnProblem | null {
  const names = columns.map(({ name }) => name.trim());
  if (names.length === 0) return "none";
  if (names.includes("")) return "unnamed";
  return new Set(names).size < names.length ? "twice" : null;
}

const TYPES: Record<ColumnKind, object> = {
  text: { type: "string" },
  number: { type: "number" },
  "yes-no": { type: "boolean" },
  date: { type: "string", format: "date" },
};

/** An object with `rows`, each with all of the columns and nothing else. */
export function schemaOf(columns: Column[]): string {
  const properties = columns.map(({ name, kind, description }) => {
    const said = description.trim();
    return [name.trim(), said === "" ? TYPES[kind] : { ...TYPES[kind], description: said }] as const;
  });
  const schema = {
    type: "object",
    properties: {
      rows: {
        type: "array",
        items: {
          type: "object",
          // No prototype is reached by a column called "__proto__".
          properties: Object.fromEntries(properties),
          required: properties.map(([name]) => name),
          additionalProperties: false,
        },
      },
    },
    required: ["rows"],
    additionalProperties: false,
  };
  return JSON.stringify(schema, null, 2);
}

interface Property {
  type?: unknown;
  format?: unknown;
  description?: unknown;
}

function kindOf({ type, format }: Property): ColumnKind | null {
  if (type === "number") return "number";
  if (type === "boolean") return "yes-no";
  if (type === "string") return format === "date" ? "date" : "text";
  return null;
}

/** The columns a schema was made of by {@link schemaOf}; `null` for any other schema. */
export function columnsOf(schema: string): Column[] | null {
  let parsed: { properties?: { rows?: { items?: { properties?: Record<string, Property>; required?: unknown } } } };
  try {
    parsed = JSON.parse(schema) as typeof parsed;
  } catch {
    return null;
  }
  const items = parsed?.properties?.rows?.items;
  if (!items?.properties || !Array.isArray(items.required)) return null;
  const columns: Column[] = [];
  for (const name of items.required as unknown[]) {
    const property = typeof name === "string" ? items.properties[name] : undefined;
    const kind = property ? kindOf(property) : null;
    if (typeof name !== "string" || !property || kind === null) return null;
    columns.push({ name, kind, description: typeof property.description === "string" ? property.description : "" });
  }
  const isWhole = columns.length > 0 && JSON.stringify(JSON.parse(schemaOf(columns))) === JSON.stringify(parsed);
  return isWhole ? columns : null;
}
