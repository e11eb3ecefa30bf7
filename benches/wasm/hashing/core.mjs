// The hashing benches of Node and of a page. The caller says where things are.

import { hash, hashMany, hashPacked } from "../../../pkg/lib/hash.js";
import { loadMore } from "../../../pkg/lib/more.js";
import { Hasher } from "../../../pkg/lib/hasher.js";
import { interleaved } from "../measure.mjs";
import { contestants, requireSameDigests } from "./contestants.mjs";
import { WORKLOADS, batch, ofLength } from "./workloads.mjs";

const OURS = "labelgate, hashPacked";
const LANES = "labelgate, lanes alone";
const EACH = "WebCrypto, one by one";
const ALL = "WebCrypto, Promise.all";
const HASH_WASM = "hash-wasm, one hasher";
const TAPE = "tape-sha256, packed";

/** What must be reached, as quicker than the peer so many times: by runtime, workload and peer. */
const GOALS = {
  chromium: {
    "10,000 x 150 B": { webCrypto: 9, [HASH_WASM]: 2.4 },
    "10,000 x 1 KiB": { webCrypto: 2, [HASH_WASM]: 1.9 },
    "500 x 64 KiB": { [HASH_WASM]: 1.7 },
    "5,000 mixed, 50 B to 16 KiB": { webCrypto: 1.2, [HASH_WASM]: 2, [TAPE]: 3 },
  },
  node: {
    "10,000 x 150 B": { [HASH_WASM]: 2.4 },
    "10,000 x 1 KiB": { [HASH_WASM]: 3 },
    "500 x 64 KiB": { [HASH_WASM]: 1.7 },
    "5,000 mixed, 50 B to 16 KiB": { [HASH_WASM]: 2, [TAPE]: 3 },
  },
};

/** `runtime` is `chromium` or `node`, `tape` the compiled peer, `hashWasm` the package, `workers` whether there are any. */
export async function run({ runtime, tape, hashWasm, report }) {
  const ways = await contestants({ tape, createSHA256: hashWasm.createSHA256 });
  const rates = {};
  for (const [title, make] of Object.entries(WORKLOADS)) {
    const load = make();
    report.title(`SHA-256 of ${title}, a message`);
    await requireSameDigests(ways, load);
    const times = await race(ways, load);
    for (const [name, time] of Object.entries(times)) report.time(name, time);
    rates[title] = load.bytes.length / load.ends.length / times[LANES].us;
    const goals = GOALS[runtime][title];
    const webCrypto = Math.min(times[EACH].us, times[ALL].us);
    report.figure(`${title}: WebCrypto's better, against ours`, webCrypto / times[OURS].us, "x", least(goals.webCrypto));
    for (const peer of [HASH_WASM, TAPE]) {
      report.figure(`${title}: ${peer}, against ours`, times[peer].us / times[OURS].us, "x", least(goals[peer]));
    }
  }
  const share = rates["5,000 mixed, 50 B to 16 KiB"] / rates["500 x 64 KiB"];
  report.figure("lanes: rate of mixed lengths, against 64 KiB", share, "x", { least: 0.9 });
  report.figure("lanes: rate at 64 KiB", rates["500 x 64 KiB"], "MB/s");

  await lengths({ ways, report });
  await strings({ report });
  await workers({ report });
  await others({ hashWasm, report });
}

const least = (goal) => (goal === undefined ? undefined : { least: goal });

/** Each way on the same load, round by round; microseconds a message. */
function race(ways, load, options) {
  const all = Object.entries(ways).map(([name, way]) => ({ name, run: () => way(load), per: load.ends.length }));
  return interleaved(all, options);
}

/** Which way is the best at which length, and whether ours takes it. */
async function lengths({ ways, report }) {
  report.title("many messages of one length, a message: ours against the better of lanes and WebCrypto");
  for (const length of [64, 512, 1024, 2048, 3072, 4096, 6144, 8192, 12_288, 16_384, 65_536, 262_144]) {
    const chosen = Object.fromEntries([OURS, LANES, EACH, ALL].map((name) => [name, ways[name]]));
    const times = await race(chosen, ofLength(length));
    show(report, length, times, OURS);
  }
  report.title("one message, awaited: ours against the better of lanes, stream and WebCrypto");
  const single = {
    "labelgate, hash": ({ messages }) => awaitEach(messages, hash),
    "the stream": ({ messages }) => awaitEach(messages, async (message) => new Hasher().update(message).digest()),
    "WebCrypto": ways[EACH],
  };
  for (const length of [64, 512, 1024, 2048, 4096, 8192, 12_288, 16_384, 32_768, 65_536, 262_144]) {
    show(report, length, await race(single, ofLength(length)), "labelgate, hash");
  }
}

function show(report, length, times, ours) {
  const others = Object.entries(times).filter(([name]) => name !== ours);
  const [best, { us }] = others.reduce((a, b) => (a[1].us <= b[1].us ? a : b));
  const shown = others.map(([name, time]) => `${name} ${time.us.toFixed(2)}`).join(", ");
  report.figure(`${length} B: ${best}, against ours (${shown})`, us / times[ours].us, "x", { least: 0.95 });
}

async function awaitEach(messages, way) {
  let last;
  for (const message of messages) last = await way(message);
  return last;
}

async function strings({ report }) {
  report.title("10,000 x 150 B in arrays of their own, digests as text");
  const { messages } = WORKLOADS["10,000 x 150 B"]();
  const own = messages.map((message) => message.slice());
  const times = await interleaved([{ name: "labelgate, hashMany", run: () => hashMany(own), per: own.length }]);
  for (const [name, time] of Object.entries(times)) report.time(name, time);
}

async function workers({ report }) {
  report.title("64 MB in messages of 1 KiB, by workers");
  const { bytes, ends } = batch(new Array(62_500).fill(1024));
  const by = (count) => ({ name: `${count}`, run: () => hashPacked(bytes, ends, { workers: count }), per: ends.length });
  const times = await interleaved([by(1), by(2)], { rounds: 9 });
  for (const [name, time] of Object.entries(times)) report.time(`workers: ${name}`, time);
  report.figure("one worker, against two", times[1].us / times[2].us, "x", { least: 1.8 });
}

/** The algorithms of the module that is loaded on demand, 64 KiB a message. */
async function others({ hashWasm, report }) {
  report.title("other algorithms, 64 KiB a message");
  await loadMore();
  const { bytes } = batch([65_536]);
  const peers = {
    blake3: [await hashWasm.createBLAKE3(), 2],
    "sha3-256": [await hashWasm.createSHA3(256), 1],
    "blake2b-512": [await hashWasm.createBLAKE2b(512), undefined],
    sha512: [await hashWasm.createSHA512(), undefined],
  };
  for (const [algorithm, [peer, goal]] of Object.entries(peers)) {
    const hasher = new Hasher(algorithm);
    const theirs = () => peer.init().update(bytes).digest("hex");
    if (hasher.update(bytes).digest() !== `${algorithm}:${theirs()}`) throw new Error(`${algorithm} differs`);
    const repeat = (one) => () => {
      for (let n = 0; n < 50; n += 1) one();
    };
    const times = await interleaved([
      { name: `${algorithm}, labelgate`, run: repeat(() => hasher.update(bytes).digest()), per: 50 },
      { name: `${algorithm}, hash-wasm`, run: repeat(theirs), per: 50 },
    ]);
    for (const [name, time] of Object.entries(times)) report.time(name, time);
    const share = times[`${algorithm}, hash-wasm`].us / times[`${algorithm}, labelgate`].us;
    report.figure(`${algorithm}: hash-wasm, against ours`, share, "x", least(goal));
  }
}
