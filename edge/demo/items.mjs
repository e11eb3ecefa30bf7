// The items of the demo are those of the demo page's sample, so that its answers can be sent here.

import { drawings } from "../../www/sample/drawings.mjs";
import { texts } from "../../www/sample/texts.mjs";

/** Name, content, and the class that is right for it. Names are in ascending byte order, as in the BOM. */
export const ITEMS = Object.entries({ ...drawings, ...texts })
  .map(([name, { answer, content }]) => ({ name, content, answer }))
  .sort((a, b) => (a.name < b.name ? -1 : 1));

/** Whose answers count as known. A secret of the edge: it is not sent to any page. */
export const GOLD = ["drawing-02.svg", "note-3.txt"];

export const ANSWERS = [...new Set(ITEMS.map(({ answer }) => answer))].sort();
