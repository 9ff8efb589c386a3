/** Arrow keys in a grid whose columns follow the width of the window. */

interface Place {
  left: number;
  top: number;
  width: number;
}

/** Where a key leads from the item at `at`; `null` where it leads nowhere. Up and down go to the nearest item of the next row. */
export function stepIn(places: Place[], at: number, key: string): number | null {
  const from = places[at];
  if (!from) return null;
  if (key === "Home") return at === 0 ? null : 0;
  if (key === "End") return at === places.length - 1 ? null : places.length - 1;
  if (key === "ArrowLeft") return at > 0 ? at - 1 : null;
  if (key === "ArrowRight") return at < places.length - 1 ? at + 1 : null;
  if (key !== "ArrowUp" && key !== "ArrowDown") return null;
  const rows = places
    .map(({ top }) => top)
    .filter((top) => (key === "ArrowDown" ? top > from.top + 1 : top < from.top - 1));
  if (rows.length === 0) return null;
  const row = key === "ArrowDown" ? Math.min(...rows) : Math.max(...rows);
  const middle = ({ left, width }: Place) => left + width / 2;
  let nearest: number | null = null;
  for (const [index, place] of places.entries()) {
    if (Math.abs(place.top - row) > 1) continue;
    const known = nearest === null ? undefined : places[nearest];
    if (!known || Math.abs(middle(place) - middle(from)) < Math.abs(middle(known) - middle(from))) nearest = index;
  }
  return nearest;
}
