// The ways to hash a batch of messages. Each takes `{ bytes, ends, messages }`, and answers the digests packed, as an
// array of arrays, or the last one alone where it makes no collection.

import { Slice } from "../../../pkg/lib/lanes.js";
import { hashPacked } from "../../../pkg/lib/hash.js";
import { tapeSha256 } from "./tape.mjs";

const digest = async (message) => new Uint8Array(await crypto.subtle.digest("SHA-256", message));

/** Our lanes alone, whatever the length: what `hashPacked` gives short messages to. */
function lanes({ ends, messages }) {
  const digests = new Uint8Array(32 * ends.length);
  const slice = new Slice(digests);
  messages.forEach((message, place) => {
    if (slice.isFullFor(message.length)) slice.end();
    slice.add(place, message);
  });
  slice.end();
  return digests;
}

async function webCryptoEach({ messages }) {
  let last;
  for (const message of messages) last = await digest(message);
  return last;
}

/** `createSHA256` is of hash-wasm, which not every runtime lets compile. */
export async function contestants({ tape, createSHA256 }) {
  const all = {
    "labelgate, hashPacked": ({ bytes, ends }) => hashPacked(bytes, ends),
    "labelgate, lanes alone": lanes,
    "WebCrypto, one by one": webCryptoEach,
    "WebCrypto, Promise.all": async ({ messages }) => (await Promise.all(messages.map(digest))).at(-1),
    "tape-sha256, packed": tapeSha256(tape),
  };
  if (createSHA256 !== undefined) {
    const hasher = await createSHA256();
    all["hash-wasm, one hasher"] = ({ messages }) => {
      let last;
      for (const message of messages) last = hasher.init().update(message).digest("binary");
      return last;
    };
  }
  return all;
}

/** Throws unless all of them give the same last digest of the batch. */
export async function requireSameDigests(ways, load) {
  let expected;
  for (const [name, way] of Object.entries(ways)) {
    const last = (await way(load)).slice(-32).join();
    expected ??= last;
    if (last !== expected) throw new Error(`${name} gives another digest`);
  }
}
