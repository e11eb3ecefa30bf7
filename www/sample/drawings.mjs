/*
 * The drawings of the sample: four animals, three poses or coats each. Drawn for this project with
 * plain shapes, so that anybody can read the file and see that nothing else is in it.
 */

const INK = "#2b2a33";

function drawing(ground, parts, flip = false) {
  const figure = flip ? `<g transform="matrix(-1 0 0 1 320 0)">\n${parts}\n</g>` : parts;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 240" width="320" height="240">
<rect width="320" height="240" fill="${ground}"/>
${figure}
</svg>
`;
}

function sittingCat({ ground, coat, belly, stripes }, flip) {
  const marks = stripes
    ? `<path d="M150 52v18M160 48v22M170 52v18M119 150q12 4 20 0M118 168q13 4 22 0M201 150q-12 4-20 0M202 168q-13 4-22 0" fill="none" stroke="${stripes}" stroke-width="5" stroke-linecap="round"/>`
    : "";
  return drawing(
    ground,
    `<ellipse cx="160" cy="214" rx="96" ry="10" fill="${INK}" opacity=".12"/>
<path d="M206 196c44 6 62-28 44-58-6-10-20-4-16 8 8 22-8 34-34 28z" fill="${coat}"/>
<path d="M160 108c-34 0-52 46-52 84 0 16 12 22 52 22s52-6 52-22c0-38-18-84-52-84z" fill="${coat}"/>
<ellipse cx="160" cy="176" rx="26" ry="34" fill="${belly}"/>
<path d="M112 92 106 36 142 58h36l36-22-6 56c0 28-22 44-48 44s-48-16-48-44z" fill="${coat}"/>
<path d="M116 52l4 22 14-12zM204 52l-4 22-14-12z" fill="${belly}"/>
${marks}
<ellipse cx="140" cy="88" rx="7" ry="9" fill="${INK}"/><ellipse cx="180" cy="88" rx="7" ry="9" fill="${INK}"/>
<circle cx="143" cy="85" r="2.5" fill="#fff"/><circle cx="183" cy="85" r="2.5" fill="#fff"/>
<path d="M153 104h14l-7 8z" fill="${INK}"/>
<path d="M160 112q-8 10-16 4M160 112q8 10 16 4M132 106l-30-4M132 112l-28 4M188 106l30-4M188 112l28 4" fill="none" stroke="${INK}" stroke-width="2.5" stroke-linecap="round"/>`,
    flip,
  );
}

function walkingCat({ ground, coat, belly }, flip) {
  return drawing(
    ground,
    `<ellipse cx="158" cy="212" rx="112" ry="9" fill="${INK}" opacity=".12"/>
<path d="M80 140C48 132 38 96 56 70c6-9 19-2 14 8-9 20 0 34 26 40z" fill="${coat}"/>
<path d="M86 150v54c0 8 18 8 18 0v-36M126 160v46c0 8 18 8 18 0v-44M176 158v48c0 8 18 8 18 0v-46M206 150v54c0 8 18 8 18 0v-60" fill="${coat}"/>
<path d="M76 136c0-24 20-34 46-32 40 4 58 0 84-12l22 44c0 26-20 38-44 38h-62c-28 0-46-12-46-38z" fill="${coat}"/>
<path d="M112 172c22 8 66 8 92-4-6-12-20-14-46-14s-40 6-46 18z" fill="${belly}"/>
<path d="M196 92l-2-44 28 18h26l28-18-2 44c0 24-16 38-39 38s-39-14-39-38z" fill="${coat}"/>
<path d="M200 60l4 16 10-10zM270 60l-4 16-10-10z" fill="${belly}"/>
<ellipse cx="219" cy="90" rx="5.5" ry="7.5" fill="${INK}"/><ellipse cx="251" cy="90" rx="5.5" ry="7.5" fill="${INK}"/>
<path d="M230 102h10l-5 6z" fill="${INK}"/>
<path d="M235 108q-6 8-12 3M235 108q6 8 12 3M214 104l-22-3M214 109l-20 4M256 104l22-3M256 109l20 4" fill="none" stroke="${INK}" stroke-width="2.2" stroke-linecap="round"/>`,
    flip,
  );
}

function fish({ ground, body, fin, bands }, flip) {
  const marks = bands
    ? `<path d="M140 76q16 44 0 88M178 72q18 48 0 96" fill="none" stroke="${bands}" stroke-width="13" stroke-linecap="round"/>`
    : `<path d="M150 96q12 10 0 22M150 124q12 10 0 22M174 92q12 12 0 26M174 124q12 12 0 26M126 106q10 8 0 18M126 128q10 8 0 16" fill="none" stroke="${fin}" stroke-width="5" stroke-linecap="round"/>`;
  return drawing(
    ground,
    `<path d="M0 204q40-14 80 0t80 0 80 0 80 0v36H0z" fill="#fff" opacity=".35"/>
<path d="M148 78c10-28 46-32 64-18l-6 22zM150 162c8 24 36 26 50 14l-6-16z" fill="${fin}"/>
<path d="M84 120 38 76c-8-8-14 0-12 10 6 24 6 44 0 68-2 10 4 18 12 10z" fill="${fin}"/>
<path d="M72 120c30-42 66-56 108-56 46 0 82 30 98 56-16 26-52 56-98 56-42 0-78-14-108-56z" fill="${body}"/>
${marks}
<path d="M196 128c-16 2-24 14-20 26 14-2 24-10 26-22z" fill="${fin}"/>
<path d="M222 84q-14 36 0 72" fill="none" stroke="${INK}" stroke-opacity=".35" stroke-width="3" stroke-linecap="round"/>
<circle cx="246" cy="106" r="11" fill="#fff"/><circle cx="248" cy="106" r="6" fill="${INK}"/>
<path d="M274 130q-12 6-20 0" fill="none" stroke="${INK}" stroke-width="3" stroke-linecap="round"/>
<g fill="none" stroke="#fff" stroke-width="3" opacity=".8"><circle cx="292" cy="84" r="6"/><circle cx="300" cy="60" r="4.5"/><circle cx="290" cy="42" r="3.5"/></g>`,
    flip,
  );
}

function bird({ ground, back, breast, beak }, flip) {
  return drawing(
    ground,
    `<path d="M10 194c90-10 210-10 300 4" fill="none" stroke="#6b4f3a" stroke-width="9" stroke-linecap="round"/>
<path d="M252 192c12-16 26-20 40-18-2 14-16 24-40 18z" fill="#7fa06a"/>
<path d="M142 168v24M168 168v24M134 194h16M160 194h16" fill="none" stroke="#8a5a2b" stroke-width="5" stroke-linecap="round"/>
<path d="M94 140 28 170c-8 4-6 14 4 14l84-12z" fill="${back}"/>
<path d="M80 128c0-34 34-44 62-58 12-26 36-36 58-28 22 8 30 28 26 50-6 50-40 82-82 82-38 0-64-16-64-46z" fill="${back}"/>
<path d="M226 92c-6 50-40 82-82 82-8 0-16-1-22-3 44-6 70-36 78-76 8 4 18 4 26-3z" fill="${breast}"/>
<path d="M104 132c14-26 44-30 70-20-4 30-32 46-62 40-8-2-12-10-8-20z" fill="${INK}" opacity=".22"/>
<path d="M224 66l34 10-34 14z" fill="${beak}"/>
<circle cx="200" cy="70" r="8" fill="#fff"/><circle cx="202" cy="70" r="5" fill="${INK}"/>`,
    flip,
  );
}

function snail({ ground, shell, whorl, body }, flip) {
  return drawing(
    ground,
    `<path d="M0 206q80-10 160-4t160-2v40H0z" fill="#86a873" opacity=".55"/>
<path d="M42 206c30-20 60-22 96-22 46 0 78-6 90-50 4-18 8-28 22-30 18-2 26 12 24 28-6 44-30 74-84 74z" fill="${body}"/>
<path d="M246 108l-6-44M264 108l14-42" fill="none" stroke="${body}" stroke-width="6" stroke-linecap="round"/>
<circle cx="240" cy="60" r="7" fill="${INK}"/><circle cx="279" cy="62" r="7" fill="${INK}"/>
<path d="M268 136q-8 6-16 2" fill="none" stroke="${INK}" stroke-width="3" stroke-linecap="round"/>
<circle cx="142" cy="124" r="66" fill="${shell}"/>
<path d="M142 124c0-10 14-10 16 2 2 16-18 24-32 14-18-14-10-46 16-50 32-4 52 24 44 54-8 32-50 46-78 24-24-20-26-60-4-82" fill="none" stroke="${whorl}" stroke-width="9" stroke-linecap="round"/>`,
    flip,
  );
}

/** Every drawing by file name, which does not tell what it shows; with the answer that is right. */
export const drawings = {
  "drawing-01.svg": { answer: "cat", content: sittingCat({ ground: "#e4eee6", coat: "#df8f45", belly: "#f8dfc0", stripes: "#a85f22" }) },
  "drawing-02.svg": { answer: "snail", content: snail({ ground: "#eef1dc", shell: "#b9814f", whorl: "#7c4f2a", body: "#d9c29b" }) },
  "drawing-03.svg": { answer: "bird", content: bird({ ground: "#e3ecf0", back: "#6f5a4b", breast: "#d9663b", beak: "#e0a030" }) },
  "drawing-04.svg": { answer: "fish", content: fish({ ground: "#a9d3dc", body: "#ee8a3c", fin: "#c9622a", bands: "#fdf3e4" }) },
  "drawing-05.svg": { answer: "snail", content: snail({ ground: "#dfe9ee", shell: "#d18a97", whorl: "#94505f", body: "#b7a98f" }, true) },
  "drawing-06.svg": { answer: "cat", content: walkingCat({ ground: "#f5e6dc", coat: "#7d8794", belly: "#c5ccd4" }) },
  "drawing-07.svg": { answer: "fish", content: fish({ ground: "#bfe0d0", body: "#8d79b8", fin: "#5f4d8a" }, true) },
  "drawing-08.svg": { answer: "bird", content: bird({ ground: "#f3ead9", back: "#3f6f9c", breast: "#edc84b", beak: "#4a4a52" }, true) },
  "drawing-09.svg": { answer: "snail", content: snail({ ground: "#f4e5e2", shell: "#e2bb4f", whorl: "#9c7420", body: "#c7b3a1" }) },
  "drawing-10.svg": { answer: "cat", content: sittingCat({ ground: "#efe9d2", coat: "#4b4a57", belly: "#8b8a99" }, true) },
  "drawing-11.svg": { answer: "bird", content: bird({ ground: "#ece4ef", back: "#5d8a57", breast: "#b9cf7a", beak: "#d98f6a" }) },
  "drawing-12.svg": { answer: "fish", content: fish({ ground: "#c5d8ee", body: "#d4586a", fin: "#9c3347" }) },
};
