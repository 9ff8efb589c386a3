/** Made-up pictures for the fake backend, and what the recognisers would read in them. */
import type { PictureReading, Point, TextLine } from "./bindings";

const WIDTH = 1536;
const HEIGHT = 1024;

const svg = (body: string) =>
  `data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}">${body}</svg>`)}`;

/** A run of text: where its baseline begins, how high and how wide it is. */
interface Run {
  text: string;
  x: number;
  y: number;
  size: number;
  width: number;
  block: number;
  row: number;
}

const drawn = (runs: Run[]) =>
  runs
    .map(
      ({ text, x, y, size, width }) =>
        `<text x="${x}" y="${y}" font-size="${size}" textLength="${width}">${text}</text>`,
    )
    .join("");

/** The lines that would be found, turned by `degrees` about the middle as the drawing is. */
function found(runs: Run[], degrees: number): TextLine[] {
  const angle = (degrees * Math.PI) / 180;
  const turn = (x: number, y: number): Point => ({
    x: WIDTH / 2 + (x - WIDTH / 2) * Math.cos(angle) - (y - HEIGHT / 2) * Math.sin(angle),
    y: HEIGHT / 2 + (x - WIDTH / 2) * Math.sin(angle) + (y - HEIGHT / 2) * Math.cos(angle),
  });
  return runs.map(({ text, x, y, size, width, block, row }) => {
    const [left, right, top, bottom] = [x - 6, x + width + 6, y - size * 0.9, y + size * 0.28];
    return {
      text,
      score: 0.97,
      corners: [turn(left, top), turn(right, top), turn(right, bottom), turn(left, bottom)],
      block,
      row,
    };
  });
}

const row = (name: string, price: string, y: number, index: number): Run[] => [
  { text: name, x: 530, y, size: 46, width: name.length * 27, block: 1, row: index },
  { text: price, x: 900, y, size: 46, width: 108, block: 1, row: index },
];
const RECEIPT: Run[] = [
  { text: "CAFE LUNA", x: 530, y: 240, size: 46, width: 243, block: 0, row: 0 },
  ...row("Espresso", "2.50", 360, 1),
  ...row("Cappuccino", "3.20", 440, 2),
  ...row("Croissant", "2.80", 520, 3),
  ...row("TOTAL", "8.50", 620, 4),
  { text: "Thank you!", x: 620, y: 760, size: 46, width: 270, block: 2, row: 5 },
];
const NOTICE: Run[] = [
  { text: "停水通知", x: 548, y: 240, size: 110, width: 440, block: 0, row: 0 },
  { text: "因管道检修，3 月 18 日 9:00 至 17:00", x: 300, y: 420, size: 50, width: 860, block: 1, row: 1 },
  { text: "本楼暂停供水，请提前储水。", x: 300, y: 500, size: 50, width: 640, block: 1, row: 2 },
  { text: "阳光物业", x: 1000, y: 820, size: 50, width: 200, block: 2, row: 3 },
];

export const RECEIPT_PICTURE = svg(
  `<rect width="1536" height="1024" fill="#cfd8d3"/><rect y="480" width="1536" height="544" fill="#e9e1d0"/><g transform="rotate(-3 768 512)"><rect x="470" y="130" width="600" height="800" fill="#fffdf7"/><g font-family="monospace" fill="#333">${drawn(RECEIPT)}</g></g>`,
);
export const SCREW_PICTURE = svg(
  `<rect width="1536" height="1024" fill="#b8a58c"/><circle cx="768" cy="512" r="300" fill="#8d9399"/><path d="M768 280v464M536 512h464" stroke="#4b4f54" stroke-width="70"/>`,
);
export const NOTICE_PICTURE = svg(
  `<rect width="1536" height="1024" fill="#f7f7f4"/><rect x="150" y="80" width="1236" height="864" fill="#fff" stroke="#c8322b" stroke-width="12"/><g font-family="sans-serif" fill="#c8322b">${drawn(NOTICE.slice(0, 1))}</g><g font-family="sans-serif" fill="#222">${drawn(NOTICE.slice(1))}</g><g fill="#111"><rect x="310" y="640" width="220" height="220"/><g fill="#fff"><rect x="340" y="670" width="50" height="50"/><rect x="450" y="670" width="50" height="50"/><rect x="340" y="780" width="50" height="50"/><rect x="420" y="750" width="30" height="90"/><rect x="470" y="780" width="40" height="20"/></g></g>`,
);

const size = { width: WIDTH, height: HEIGHT, textTurned: 0 };

/** A receipt on a table: a table of prices. */
export const RECEIPT_READING: PictureReading = {
  notes: {
    ...size,
    kind: "photo",
    colors: [
      { color: "white", share: 0.46 },
      { color: "gray", share: 0.31 },
      { color: "brown", share: 0.2 },
    ],
    things: [
      { en: "menu", zh: "菜单", probability: 0.61 },
      { en: "envelope", zh: "信封", probability: 0.22 },
    ],
    lines: found(RECEIPT, -3),
    codes: [],
  },
  text: "CAFE LUNA\n\nEspresso\t2.50\nCappuccino\t3.20\nCroissant\t2.80\nTOTAL\t8.50\n\nThank you!",
};

/** A notice in Chinese with a QR code. */
export const NOTICE_READING: PictureReading = {
  notes: {
    ...size,
    kind: "document",
    colors: [
      { color: "white", share: 0.88 },
      { color: "red", share: 0.07 },
    ],
    things: [],
    lines: found(NOTICE, 0),
    codes: [
      {
        format: "QR_CODE",
        text: "https://example.com/notice/318",
        points: [
          { x: 310, y: 640 },
          { x: 530, y: 640 },
          { x: 310, y: 860 },
        ],
      },
    ],
  },
  text: "停水通知\n\n因管道检修，3 月 18 日 9:00 至 17:00\n本楼暂停供水，请提前储水。\n\n阳光物业",
};

/** A photo in which the recognisers are sure of nothing. */
export const EMPTY_READING: PictureReading = {
  notes: {
    ...size,
    kind: "photo",
    colors: [
      { color: "brown", share: 0.68 },
      { color: "gray", share: 0.29 },
    ],
    things: [],
    lines: [],
    codes: [],
  },
  text: "",
};

/** How the notes of a reading would be worded for a model. */
export function notesInWords({ notes, text }: PictureReading, number: number): string {
  return [
    `Picture ${number}: ${notes.kind}, ${notes.width} × ${notes.height} pixels`,
    `Main colours: ${notes.colors.map(({ color }) => color).join(", ")}`,
    notes.things.length > 0 ? `Likely in it: ${notes.things.map(({ en }) => en).join(", ")}` : null,
    text === "" ? "No text was found." : `Text:\n${text}`,
    ...notes.codes.map((code) => `${code.format}: ${code.text}`),
  ]
    .filter((line) => line !== null)
    .join("\n");
}
