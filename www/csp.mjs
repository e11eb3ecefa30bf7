/* The page's Content-Security-Policy: in the page itself, and sent as a header where the server lets us. */

const DIRECTIVES = {
  "default-src": "'none'",
  "script-src": "'self' 'wasm-unsafe-eval'",
  "style-src": "'self'",
  // blob: shows an item from the very bytes that were hashed; data: is the page's icon.
  "img-src": "'self' blob: data:",
  "connect-src": "'self'",
  "worker-src": "'self'",
  "base-uri": "'none'",
  "form-action": "'none'",
};

function written(directives) {
  return Object.entries(directives)
    .map(([name, sources]) => `${name} ${sources}`)
    .join("; ");
}

/** For the page's meta element. */
export const CSP_META = written(DIRECTIVES);

/** For the header, where `frame-ancestors` counts too; a meta element must not say it. */
export const CSP_HEADER = written({ ...DIRECTIVES, "frame-ancestors": "'none'" });

/** Headers of every file of the page. */
export const HEADERS = {
  "Content-Security-Policy": CSP_HEADER,
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
};
