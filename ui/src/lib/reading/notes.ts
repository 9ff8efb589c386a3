/** Small questions to the notes of a picture, without state. */
import type { ColorName, PictureKind, PictureNotes, TextLine } from "../backend/bindings";
import type { PlainKey } from "../i18n/i18n.svelte";

/** One line of text and its place in the notes. */
export interface PlacedLine extends TextLine {
  index: number;
}

/** Lines that belong together, as rows of cells. */
export interface Block {
  rows: PlacedLine[][];
  /** Most cells in one row; more than one makes a table. */
  columns: number;
}

/** The text in reading order: blocks of rows of cells. */
export function blocksOf(lines: TextLine[]): Block[] {
  const blocks: (Block & { block: number; row: number })[] = [];
  for (const [index, line] of lines.entries()) {
    const placed = { ...line, index };
    let block = blocks.at(-1);
    // A row is never torn apart, whatever blocks its cells are counted to.
    if (!block || (block.block !== line.block && block.row !== line.row)) {
      block = { block: line.block, row: line.row, rows: [[placed]], columns: 1 };
      blocks.push(block);
      continue;
    }
    const row = block.rows.at(-1);
    if (row && block.row === line.row) row.push(placed);
    else block.rows.push([placed]);
    block.row = line.row;
    block.columns = Math.max(block.columns, block.rows.at(-1)?.length ?? 1);
  }
  return blocks;
}

/** Figures, prices and shares, which stand right-aligned in tables. */
export const isFigure = (text: string): boolean =>
  /^[-+−(]?\s?[¥$€£￥]?\s?\d[\d\s.,:/]*\s?[%¥$€£元)]?$/.test(text.trim());

/** Whether the notes say anything about what the picture shows: `PictureNotes::are_usable` of the vocabulary. */
export const areUsable = ({ things, lines, codes }: PictureNotes): boolean =>
  things.length + lines.length + codes.length > 0;

export const PICTURE_KIND: Record<PictureKind, PlainKey> = {
  photo: "kindPhoto",
  screenshot: "kindScreenshot",
  document: "kindDocument",
  drawing: "kindDrawing",
};

/** A colour's word, and the colour itself as a swatch. */
export const COLOR: Record<ColorName, { name: PlainKey; swatch: string }> = {
  black: { name: "colorBlack", swatch: "#1a1a1a" },
  white: { name: "colorWhite", swatch: "#ffffff" },
  gray: { name: "colorGray", swatch: "#8a8a8a" },
  red: { name: "colorRed", swatch: "#cc2f2f" },
  orange: { name: "colorOrange", swatch: "#e8842c" },
  yellow: { name: "colorYellow", swatch: "#ecc93a" },
  green: { name: "colorGreen", swatch: "#3f9a4f" },
  blue: { name: "colorBlue", swatch: "#3a6fd0" },
  purple: { name: "colorPurple", swatch: "#8450b8" },
  pink: { name: "colorPink", swatch: "#e58bab" },
  brown: { name: "colorBrown", swatch: "#85603d" },
};
