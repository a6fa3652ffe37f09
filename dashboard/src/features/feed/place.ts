interface Placed {
  /** The place of the first line. */
  first: number;
  lines: readonly { seq: number }[];
}

/** Beyond so many lines they are numbered anew: a page that is open all day stays within what a browser lays out exactly. */
const MOST = 5_000;

/**
 * The place of the first line when lines have come: each line keeps its own for as long as it is shown, and the list is
 * moved past them as a whole. So a new line changes no other one, and none is laid out again.
 */
export function nextPlace(before: Placed, lines: readonly { seq: number }[]): number {
  if (before.lines === lines) {
    return before.first;
  }
  const newest = before.lines[0]?.seq;
  const come = newest === undefined ? -1 : lines.findIndex(({ seq }) => seq === newest);
  const stayed = come >= 0 && lines.slice(come).every(({ seq }, index) => seq === before.lines[index]?.seq);
  return stayed && before.first + come < MOST ? before.first + come : lines.length;
}
