/*
 * Writes the sample: items/, bom.json and the key that signed it, crowd.ndjson and crowd.json. The same bytes on every machine.
 *
 *   node sample/make.mjs           writes beside this file
 *   node sample/make.mjs FOLDER    writes there, to compare
 */
import { createHash, createPrivateKey, createPublicKey, sign } from "node:crypto";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { recordCrowd } from "./crowd.mjs";
import { drawings } from "./drawings.mjs";
import { texts } from "./texts.mjs";

/** Chosen once; it stays when the items change, and `BOM_VERSION` goes up by one. */
const SERIAL_NUMBER = "urn:uuid:7b0c5a3e-52d4-4f1a-9a66-3f1d0f6f2c18";
const BOM_VERSION = 1;

/** A CycloneDX BOM that lists every item by name and SHA-256, and says that the list is complete. */
function bomOf(items) {
  const components = Object.entries(items)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, content]) => ({
      type: "file",
      "bom-ref": name,
      name,
      hashes: [{ alg: "SHA-256", content: createHash("sha256").update(content).digest("hex") }],
    }));
  return {
    $schema: "http://cyclonedx.org/schema/bom-1.7.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.7",
    serialNumber: SERIAL_NUMBER,
    version: BOM_VERSION,
    components: [{ type: "data", "bom-ref": "urn:labelgate:sample", name: "labelgate sample: four animals", components }],
    compositions: [{ aggregate: "complete", assemblies: ["urn:labelgate:sample"] }],
  };
}

/**
 * The sample's private key. Everybody has it, so that everybody can make the sample anew; a signature by it proves
 * nothing but that the page works. `labelgate bom keygen` makes keys that are secret.
 */
const SEED = createHash("sha256").update("labelgate sample: everybody has this key").digest();
/** RFC 8410: what stands before the seed of an Ed25519 key in PKCS #8. */
const PKCS8 = Buffer.from("302e020100300506032b657004220420", "hex");
const PRIVATE_KEY = createPrivateKey({ key: Buffer.concat([PKCS8, SEED]), format: "der", type: "pkcs8" });
const PUBLIC_KEY = createPublicKey(PRIVATE_KEY).export({ format: "jwk" });

/** The canonical form of RFC 8785, for values of strings and whole numbers alone. */
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object") return JSON.stringify(value);
  const members = Object.keys(value).sort();
  return `{${members.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(",")}}`;
}

/** The BOM with a JSF signature, in the place where `labelgate bom sign` puts it. */
function signed(bom) {
  const signature = { algorithm: "Ed25519", publicKey: PUBLIC_KEY };
  const value = sign(null, Buffer.from(canonical({ ...bom, signature })), PRIVATE_KEY).toString("base64url");
  return { signature: { ...signature, value }, ...bom };
}

const folder = process.argv[2] ? resolve(process.argv[2]) : fileURLToPath(new URL(".", import.meta.url));
// The answers stay out: a page, or whoever reads its files, must not know them.
const items = Object.fromEntries(
  Object.entries({ ...drawings, ...texts }).map(([name, { content }]) => [name, content]),
);
await rm(join(folder, "items"), { recursive: true, force: true });
await mkdir(join(folder, "items"), { recursive: true });
for (const [name, content] of Object.entries(items)) await writeFile(join(folder, "items", name), content);
await writeFile(join(folder, "bom.json"), `${JSON.stringify(signed(bomOf(items)), null, 1)}\n`);
await writeFile(join(folder, "key.pub.jwk"), `${JSON.stringify(PUBLIC_KEY)}\n`);
const { ndjson, about } = recordCrowd();
await writeFile(join(folder, "crowd.ndjson"), ndjson);
await writeFile(join(folder, "crowd.json"), `${JSON.stringify(about, null, 1)}\n`);
console.log(`${Object.keys(items).length} items, ${ndjson.split("\n").length - 1} recorded answers in ${folder}`);
