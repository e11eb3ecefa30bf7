// A publisher: signs BOMs of the demo's items and checkpoints of them, and the policy that pins their keys. Beside
// it what tests of the worker need that look at its BOM.

import { createHash } from "node:crypto";

import { bom } from "../../demo/make.mjs";
import { newKey, publicPart, sign, signed } from "../../demo/sign.mjs";
import { answer, sha256 } from "./lab.mjs";

export const SERIAL = "urn:uuid:9d1c2f7e-3a54-4c1b-8a52-0f6f1f2f6a10";

const ORIGIN = "labelgate.example/pets";

export class Publisher {
  /** The key of the BOM, and that of the checkpoint. */
  key;
  #checkpointKey;

  static async with(curve) {
    const publisher = new Publisher();
    publisher.key = await newKey(curve);
    publisher.#checkpointKey = await newKey();
    return publisher;
  }

  /** The policy's section `bom` pins the key; `more` adds to it. */
  policy(more = {}) {
    return JSON.stringify({ bom: { trust: "pinned-key", keys: [publicPart(this.key)], ...more } });
  }

  /** What the policy says of checkpoints. */
  checkpoints() {
    return { checkpoint: { keys: [verifierKey(ORIGIN, this.#checkpointKey)] } };
  }

  /** The BOM under this version; `more` replaces members before it is signed. */
  bom(version, more = {}) {
    return signed({ serialNumber: SERIAL, version, ...bom(), ...more }, this.key);
  }

  /** A C2SP signed note (https://c2sp.org/signed-note) that says which BOM is in force, and until when. */
  async checkpoint(bomText, { expires, size }) {
    const { serialNumber, version } = JSON.parse(bomText);
    const lines = [
      ORIGIN,
      size,
      createHash("sha256").update(`the log at ${size}`).digest("base64"),
      `bom sha256:${createHash("sha256").update(bomText).digest("hex")}`,
      `serial ${serialNumber}`,
      `version ${version}`,
      `expires ${expires}`,
    ];
    const text = lines.map((line) => `${line}\n`).join("");
    const signature = new Uint8Array(await sign(Buffer.from(text), this.#checkpointKey));
    const value = Buffer.concat([keyHash(ORIGIN, this.#checkpointKey), signature]).toString("base64");
    return `${text}\n\u2014 ${ORIGIN} ${value}\n`;
  }
}

function verifierKey(name, key) {
  return `${name}+${keyHash(name, key).toString("hex")}+${typedKey(key).toString("base64")}`;
}

function keyHash(name, key) {
  return createHash("sha256").update(`${name}\n`).update(typedKey(key)).digest().subarray(0, 4);
}

/** 1 stands for Ed25519. */
function typedKey({ x }) {
  return Buffer.concat([Buffer.from([1]), Buffer.from(x, "base64url")]);
}

/** The setting `BOM_REFRESH_S` by default. */
export const REFRESH_MS = 300_000;
export const RETRY_MS = 10_000;

export async function health(lab) {
  const response = await fetch(`${lab.url}/healthz`);
  return { ...(await response.json()), status: response.status };
}

/** Puts documents into the bucket that the worker reads, now and after a restart. */
export async function publish(lab, documents, worker = "labelgate") {
  Object.assign(lab.documents, documents);
  const bucket = await lab.edge.miniflare.getR2Bucket("DATA", worker);
  for (const [key, text] of Object.entries(documents)) {
    await (text === undefined ? bucket.delete(key) : bucket.put(key, typeof text === "string" ? text : Uint8Array.from(text).buffer));
  }
}

/** Moves the clock, has the worker look at its documents, and waits until it has. */
export async function look(lab, ms = REFRESH_MS, { fails = false } = {}) {
  lab.nowMs += ms;
  const { refresh } = await health(lab);
  for (let asked = refresh; ; asked = (await health(lab)).refresh) {
    if (fails ? asked.error !== undefined : asked.error === undefined && asked.age_s === 0) {
      return asked;
    }
  }
}

/** One item more than the demo has. */
export function withItem(name, content) {
  const document = bom();
  document.components[0].components.push({
    type: "file",
    "bom-ref": name,
    name,
    hashes: [{ alg: "SHA-256", content: sha256(content) }],
  });
  return { components: document.components };
}

export const NEW_ITEM = { name: "zebra.svg", content: "<svg/>" };

export function aboutNewItem(id) {
  return { ...answer({ id }), item: { id: NEW_ITEM.name, digest: { sha256: sha256(NEW_ITEM.content) } } };
}

