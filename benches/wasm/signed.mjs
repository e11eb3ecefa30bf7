// A signed BOM: read, its items indexed and its signature checked, beside what a page would do without us.

import canonicalize from "canonicalize";

import * as fixture from "./fixture.mjs";
import { interleaved } from "./measure.mjs";

const ITEMS = 100_000;
const PIECE = 128 * 1024;

/**
 * A BOM with a JSF signature of Ed25519, twice: with the signature first, as `labelgate bom sign` writes it, so that
 * nothing has to wait for it; and in canonical form, where it comes last.
 */
async function signedBom() {
  const { privateKey, publicKey } = await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"]);
  const { kty, crv, x } = await crypto.subtle.exportKey("jwk", publicKey);
  const document = JSON.parse(new TextDecoder().decode(fixture.bom(ITEMS)));
  const signature = { algorithm: "Ed25519", publicKey: { kty, crv, x } };
  const message = new TextEncoder().encode(canonicalize({ ...document, signature }));
  signature.value = base64url(new Uint8Array(await crypto.subtle.sign("Ed25519", privateKey, message)));
  const first = `{"signature":${canonicalize(signature)},${canonicalize(document).slice(1)}`;
  const last = canonicalize({ ...document, signature });
  return { first: new TextEncoder().encode(first), last: new TextEncoder().encode(last), publicKey, jwk: { kty, crv, x } };
}

/** The way of the peers: one document in memory, its canonical form made anew, and the runtime's own Ed25519. */
async function parsedAndVerified(bytes, publicKey) {
  const document = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  const value = fromBase64url(document.signature.value);
  delete document.signature.value;
  const message = new TextEncoder().encode(canonicalize(document));
  if (!(await crypto.subtle.verify("Ed25519", publicKey, value, message))) throw new Error("expected a good signature");
}

export async function signed({ freshInstance, report }) {
  const { first, last, publicKey, jwk } = await signedBom();
  const reading = async (bytes) => {
    const { glue, memory } = await freshInstance();
    const before = memory().byteLength;
    const gate = new glue.Gate(fixture.encode({ bom: { keys: [jwk] } }));
    const read = () => {
      gate.beginBom();
      for (let at = 0; at < bytes.length; at += PIECE) gate.pushBom(bytes.subarray(at, at + PIECE));
      const summary = JSON.parse(new TextDecoder().decode(gate.finishBom()));
      if (!summary.trusted || summary.items !== ITEMS) throw new Error("expected a BOM that is trusted, with all its items");
    };
    read();
    return { read, megabytes: (memory().byteLength - before) / 1e6 };
  };
  report.title(`A signed BOM of ${ITEMS} items, ${(first.length / 1e6).toFixed(1)} MB, until it is trusted`);
  const [ours, canonical] = [await reading(first), await reading(last)];
  report.figure("memory in wasm", ours.megabytes, "MB", { most: 30 });
  report.figure("memory in wasm, the signature at the end", canonical.megabytes, "MB");
  const peer = "JSON.parse + canonicalize + WebCrypto";
  const contestants = [
    { name: "labelgate", run: ours.read, per: 1 },
    { name: "labelgate, the signature at the end", run: canonical.read, per: 1 },
    { name: peer, run: () => parsedAndVerified(first, publicKey), per: 1 },
  ];
  const times = await interleaved(contestants, { rounds: 9, warmUp: 2 });
  for (const [name, time] of Object.entries(times)) report.time(name, time);
  report.figure(`${peer}, against ours`, times[peer].us / times.labelgate.us, "x", { least: 5 });
}

function base64url(bytes) {
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

function fromBase64url(text) {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
}
