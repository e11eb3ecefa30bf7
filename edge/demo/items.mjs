// The items of the demo: small drawings and sentences of one shape each, made for this purpose.

const drawing = (shape) =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" role="img"><rect width="64" height="64" fill="#f4f1ea"/>${shape}</svg>\n`;

/** Name, content, and the class that is right for it. Names are in ascending byte order, as in the BOM. */
export const ITEMS = [
  ["drawings/1.svg", drawing('<circle cx="32" cy="32" r="20" fill="#20639b"/>'), "circle"],
  ["drawings/2.svg", drawing('<rect x="14" y="14" width="36" height="36" fill="#ed553b"/>'), "square"],
  ["drawings/3.svg", drawing('<path d="M32 12 54 50H10Z" fill="#3caea3"/>'), "triangle"],
  ["drawings/4.svg", drawing('<path d="M32 8 56 32 32 56 8 32Z" fill="#173f5f"/>'), "square"],
  ["drawings/5.svg", drawing('<path d="M12 14H52L32 52Z" fill="#b5651d"/>'), "triangle"],
  ["drawings/6.svg", drawing('<circle cx="24" cy="40" r="14" fill="none" stroke="#6a4c93" stroke-width="6"/>'), "circle"],
  ["sentences/1.txt", "Every point of it is as far from the middle as every other.\n", "circle"],
  ["sentences/2.txt", "It has four equal sides and four right angles.\n", "square"],
  ["sentences/3.txt", "Its three angles add up to a straight line.\n", "triangle"],
  ["sentences/4.txt", "A wheel seen from the side.\n", "circle"],
  ["sentences/5.txt", "A roof seen from the front, a slice of pizza, a musical instrument of steel.\n", "triangle"],
  ["sentences/6.txt", "One field of a chess board.\n", "square"],
].map(([name, content, shape]) => ({ name, content, shape }));

/** Whose answers count as known. A secret of the edge: it is not sent to any page. */
export const GOLD = ["drawings/2.svg", "sentences/3.txt"];

export const SHAPES = ["circle", "square", "triangle"];
